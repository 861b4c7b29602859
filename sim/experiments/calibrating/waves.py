"""The runs that calibration asks for: target rows of the scenario of what happened, in worlds of a wave."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

from sim.experiments.designs.points import Points
from sim.experiments.designs.study import Study
from sim.experiments.running.runner import Manner, Outcome, StudyFolder
from sim.experiments.storage.merging import Merge, run_tables
from sim.settings import Settings

if TYPE_CHECKING:
    from sim.evidence import Evidence
    from sim.evidence.parameters import Parameter
    from sim.experiments.engine import Engine
    from sim.scenario import Scenario

# Groups of parameters that no target row is about: what instruments do and cost. They are drawn, but never fitted.
UNFITTED = ("lever.", "city.", "label.", "law.", "connectivity.")
LUCK_OF_A_WAVE = 100_000  # draws between the luck of one wave and of the next


def fitted_parameters(evidence: Evidence) -> list[Parameter]:
    """Return the uncertain parameters that a wave spreads, in the order of the evidence."""
    return [
        parameter for name, parameter in evidence.parameters.items()
        if parameter.prior != "fixed" and not name.startswith(UNFITTED)
    ]  # fmt: skip


def wave_study(
    scenario: Scenario, parameters: list[Parameter], cube: np.ndarray, wave: int, seed: int, settings: Settings
) -> Study:
    """Return the study of one wave.

    Args:
        scenario: of what happened.
        parameters: those that the wave spreads; all others follow their priors.
        cube: (n, k) shares of the priors below the values.
        wave: counted from 1; each has luck of its own.
        seed: of the study.
        settings: scales and horizon.
    """
    values = np.array([[p.quantile(float(u)) for p, u in zip(parameters, row, strict=True)] for row in cube])
    draws = np.arange(len(cube)) + wave * LUCK_OF_A_WAVE
    points = Points("prior", tuple(p.name for p in parameters), values, draws)
    return Study((scenario,), points, seed, 1, settings, None, frozenset())


def make_rows(
    folder: Path, study: Study, evidence: Evidence, engine: Engine, manner: Manner,
    progress: Callable[[Outcome, str], None],
) -> tuple[pd.DataFrame, Outcome]:  # fmt: skip
    """Make what is missing of a wave; return the finished worlds with their rows, and how it went.

    Returns:
        table with ``world`` (number within the wave) and a column a row; worlds that failed are not in it.

    Raises:
        OSError: if the folder cannot be written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    kept = StudyFolder(folder, study, evidence, engine.code_digest())
    outcome = kept.run(engine, manner, progress)
    if not outcome.finished:
        return pd.DataFrame({"world": np.empty(0, np.int64)}), outcome
    tables = list(run_tables(Merge(folder, study, kept.ledger, kept.identities)))
    return pa.concat_tables(tables).to_pandas().drop(columns=["run", "scenario", "replicate"]), outcome
