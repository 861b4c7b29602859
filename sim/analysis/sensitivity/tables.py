"""The tables of a sensitivity analysis: one emulator an output, and what those that explain enough say of each input.

An emulator that foretells less than ``LEAST_Q2`` of the variance of points held back gets a row that says so, and no
index: the shares of a variance that is mostly unexplained would be taken for shares of the whole.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim.analysis.calibration.emulator import FEWEST_POINTS
from sim.analysis.outcomes import OUTCOMES
from sim.analysis.sensitivity.emulated import Emulated, emulate
from sim.analysis.sensitivity.morris import elementary_effects
from sim.analysis.sensitivity.outputs import Output
from sim.analysis.sensitivity.plausible import Plausible, plausible
from sim.analysis.sensitivity.sobol import sobol_indices
from sim.analysis.sensitivity.tornado import ENDS, HIGH, LOW, swings

if TYPE_CHECKING:
    from sim.evidence.parameters import Parameter

FUNCTIONS = 40  # drawn from each emulator
LARGEST = 10  # rows of a tornado
ABOUT = ("scenario", "outcome", "label", "unit", "what")
INPUT = ("parameter", "status")
TABLES = {
    "emulators": (*ABOUT, "n", "q2", "coverage", "transform", "active", "inputs", "reading"),
    "morris": (*ABOUT, *INPUT, "mu", "mu_star", "mu_star_low", "mu_star_high", "sigma", "sigma_low", "sigma_high", "n",
               "q2", "reading"),
    "sobol": (*ABOUT, *INPUT, "first", "first_low", "first_high", "total", "total_low", "total_high", "n", "q2",
              "reading"),
    "tornado": (*ABOUT, *INPUT, "low", "high", "middle", "at_low", "at_low_low", "at_low_high", "at_high",
                "at_high_low", "at_high_high", "n", "q2", "reading"),
}  # fmt: skip


@dataclass(frozen=True)
class Job:
    """One output to explain. ``cube`` (n, k): the worlds it was measured in; ``parameters``: the k inputs."""

    output: Output
    cube: np.ndarray
    parameters: tuple[Parameter, ...]
    seed: int

    @property
    def about(self) -> dict[str, Any]:
        """Which output this is, in words."""
        known, output = OUTCOMES[self.output.outcome], self.output
        words = (output.scenario, output.outcome, known.label, known.unit, output.what)
        return dict(zip(ABOUT, words, strict=True))

    @property
    def key(self) -> int:
        """A number above 0 that follows from study seed, scenario and outcome: SALib takes 0 for none."""
        text = f"sensitivity|{self.seed}|{self.output.scenario}|{self.output.outcome}"
        return 1 + int.from_bytes(hashlib.sha256(text.encode()).digest()[:3], "little")


@dataclass
class Explained:
    """Rows of each table about one output."""

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {name: [] for name in TABLES})


def explain(job: Job) -> Explained:
    """Fit the emulator of one output; take indices of it if it explains enough."""
    found, about, n = Explained(), job.about, len(job.output.values)
    emulated = emulate(job.cube, job.output.values) if n >= FEWEST_POINTS else None
    reading = _reading(emulated, n)
    facts = {"n": n, "q2": math.nan if emulated is None else emulated.q2, "reading": reading}
    row = about | facts | {"coverage": math.nan, "transform": "", "active": 0, "inputs": ""}
    if emulated is not None:
        active = [job.parameters[column] for column in emulated.emulator.active]
        row |= {"coverage": emulated.coverage, "transform": emulated.transform, "active": len(active),
                "inputs": " ".join(parameter.name for parameter in active)}  # fmt: skip
    found.rows["emulators"].append(row)
    if emulated is None or reading:
        for name in ("morris", "sobol", "tornado"):
            found.rows[name].append(about | facts)
        return found
    functions = plausible(emulated, FUNCTIONS, np.random.default_rng(job.key))
    for name, rows in (
        ("morris", _morris(functions, active, job.key)),
        ("sobol", _sobol(functions, active, job.key)),
        ("tornado", _tornado(functions, active)),
    ):
        found.rows[name] += [about | row | facts for row in rows]
    return found


def tables(explained: Iterable[Explained]) -> dict[str, pd.DataFrame]:
    """Return the tables ``TABLES``, in the order of the outputs; within one, the strongest input first."""
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
    for one in explained:
        for name, some in one.rows.items():
            rows[name] += some
    return {name: pd.DataFrame(rows[name], columns=list(columns)) for name, columns in TABLES.items()}


def _reading(emulated: Emulated | None, n: int) -> str:
    """Why there are no indices; empty if there are."""
    if emulated is None:
        return f"only {n} worlds: no emulator"
    if not len(emulated.emulator.active):
        return "the same in every world: nothing to explain"
    if emulated.is_read:
        return ""
    return f"emulator explains only {max(math.floor(100 * emulated.q2), 0)}% of the variance: no indices"


def _morris(functions: Plausible, active: Sequence[Parameter], key: int) -> list[dict[str, Any]]:
    found = elementary_effects(functions, [parameter.name for parameter in active], key)
    low, _, high = np.quantile(found.strength, ENDS, axis=0)
    calm, _, wild = np.quantile(found.spread, ENDS, axis=0)
    columns = {
        "mu": found.mean.mean(axis=0), "mu_star": found.strength.mean(axis=0), "mu_star_low": low, "mu_star_high": high,
        "sigma": found.spread.mean(axis=0), "sigma_low": calm, "sigma_high": wild,
    }  # fmt: skip
    return _rows(active, columns, columns["mu_star"])


def _sobol(functions: Plausible, active: Sequence[Parameter], key: int) -> list[dict[str, Any]]:
    found = sobol_indices(functions, [parameter.name for parameter in active], key)
    return _rows(active, vars(found), found.total)


def _tornado(functions: Plausible, active: Sequence[Parameter]) -> list[dict[str, Any]]:
    found = swings(functions, len(active))
    columns = {
        "low": np.array([parameter.quantile(LOW) for parameter in active]),
        "high": np.array([parameter.quantile(HIGH) for parameter in active]),
        "middle": np.full(len(active), found.middle[1]),
    }
    for name, side in (("at_low", found.low), ("at_high", found.high)):
        columns |= {f"{name}_low": side[:, 0], name: side[:, 1], f"{name}_high": side[:, 2]}
    return _rows(active, columns, found.size)[:LARGEST]


def _rows(active: Sequence[Parameter], columns: dict[str, np.ndarray], size: np.ndarray) -> list[dict[str, Any]]:
    """Return a row an input, the largest first."""
    return [
        {"parameter": active[n].name, "status": active[n].status} | {name: float(v[n]) for name, v in columns.items()}
        for n in np.argsort(-size, kind="stable")
    ]
