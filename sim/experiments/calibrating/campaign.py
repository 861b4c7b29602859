"""A calibration: waves of worlds, emulators of their rows, what is not ruled out, the posterior, and its checks.

Every step depends on what is on disk and on the plan alone: the same command again goes on where it was stopped.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.stats import qmc

from sim.analysis.calibration.emulator import fit
from sim.analysis.calibration.history_matching import Remaining, remaining
from sim.analysis.calibration.likelihood import Aims, Emulated, aims, emulated, observe
from sim.analysis.calibration.posterior import Draws, posterior
from sim.analysis.calibration.simulation_based import Ranks, ranks_of
from sim.errors import InputError
from sim.experiments.calibrating.waves import fitted_parameters, make_rows, wave_study
from sim.experiments.engine import Engine
from sim.experiments.running.runner import Manner, Outcome
from sim.experiments.running.side_by_side import side_by_side
from sim.experiments.storage.atomic import write_atomically
from sim.experiments.targets.aims import rows_to_meet
from sim.experiments.targets.engine import TargetEngine
from sim.settings import Settings

if TYPE_CHECKING:
    from sim.evidence import Evidence
    from sim.evidence.parameters import Parameter
    from sim.scenario import Scenario

TRUTHS, MODEL_TRUTHS = 100, 10
# Tells how the runs of a stage go: (stage, runs) -> a context that takes (outcome, doing).
Telling = Callable[[str, int], AbstractContextManager[Callable[[Outcome, str], None]]]


@dataclass(frozen=True)
class Plan:
    """How much is run. ``points`` of each wave; ``draws`` of the posterior; ``checked`` of them are run."""

    points: tuple[int, ...] = (320, 240, 240)
    draws: int = 512
    checked: int = 96
    seed: int = 2013
    probes: int = 20_000
    settings: Settings = field(default_factory=lambda: Settings(talent_scale=100, years=10))

    @property
    def words(self) -> str:
        """The plan in one line, for digests."""
        settings = self.settings
        scales = f"{settings.talent_scale}|{settings.startup_scale}|{settings.years}"
        return f"{self.points}|{self.draws}|{self.checked}|{self.seed}|{self.probes}|{scales}"


@dataclass(frozen=True)
class Wave:
    """Worlds of a wave that were finished: ``cube`` (n, k) their points, ``rows`` (n, ·) their target rows."""

    cube: np.ndarray
    rows: pd.DataFrame


@dataclass(frozen=True)
class Fit:
    """What a calibration leaves. ``left``: what each wave did not rule out. ``check``: posterior worlds, run."""

    parameters: tuple[Parameter, ...]
    targets: pd.DataFrame
    goal: Aims
    waves: tuple[Wave, ...]
    left: tuple[Remaining, ...]
    emulators: Emulated
    draws: Draws
    check: Wave
    ranks: Ranks
    model_ranks: Ranks


class Stopped(Exception):
    """The runs of a stage were interrupted or cannot go on; what is finished is kept. The text says why."""


class Campaign:
    """One calibration in one folder.

    Args:
        out: its folder; it exists.
        plan: how much is run.
        evidence: parameters and targets.
        scenario: of what happened.
        manner: how runs are made.
        telling: told how they go.
        say: told what is found, a sentence at a time.
        engine: that measures the rows; another one in tests.
    """

    def __init__(
        self, out: Path, plan: Plan, evidence: Evidence, scenario: Scenario, manner: Manner, telling: Telling,
        say: Callable[[str], None], engine: Engine | None = None,
    ) -> None:  # fmt: skip
        self.out, self.plan, self.evidence, self.scenario = out, plan, evidence, scenario
        self.manner, self.telling, self.say = manner, telling, say
        self.engine = engine or TargetEngine(plan.probes)
        self.parameters = tuple(fitted_parameters(evidence))
        self.targets = rows_to_meet(evidence)
        self.goal = aims(self.targets)

    def run(self) -> Fit:
        """Go through all stages.

        Raises:
            Stopped: if runs were interrupted or could not go on.
            InputError: if too few worlds of a wave could be run.
        """
        from threadpoolctl import threadpool_limits

        waves: list[Wave] = []
        left: list[Remaining] = []
        # One thread: sums in another order would be another posterior in the last bits.
        with threadpool_limits(1):
            for number, size in enumerate(self.plan.points, 1):
                cube = self._points(number, size, waves, left)
                waves.append(self._made(f"wave {number}", number, cube))
                self.say(f"Wave {number}: {len(waves[-1].rows)} worlds.")
            emulators = self._emulated(waves)
            left.append(self._left(emulators, len(self.plan.points) + 1, self.plan.draws))
            self.say(self._share_in_words(len(waves), left[-1]))
            draws = posterior(self.goal, emulators, left[-1].points, self.plan.draws, self._luck("posterior"))
            self.say(f"Posterior: {len(draws.points)} draws of {len(draws.names)} parameters, R-hat at most "
                     f"{draws.r_hat.max():.2f}.")  # fmt: skip
            number = len(self.plan.points) + 1
            check = self._made("posterior worlds", number, self._whole(emulators, draws.points[: self.plan.checked]))
            ranks, model_ranks = self._ranks(emulators, waves)
        return Fit(
            self.parameters, self.targets, self.goal, tuple(waves), tuple(left), emulators, draws, check, ranks,
            model_ranks,
        )  # fmt: skip

    def _luck(self, *what: object) -> np.random.Generator:
        """Return the generator of one step: a pure function of the seed and the step."""
        text = "|".join(str(part) for part in ("calibration", self.plan.seed, *what))
        return np.random.default_rng(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little"))

    def _points(self, number: int, size: int, waves: list[Wave], left: list[Remaining]) -> np.ndarray:
        """Return the points of a wave: evenly over the prior, later over what is not ruled out; kept on disk."""
        if number == 1:
            return qmc.LatinHypercube(len(self.parameters), rng=self._luck("wave", 1)).random(size)
        kept, key = self.out / f"wave_{number}.npz", self._key(number, waves)
        found = _load(kept, key)
        if found is None:
            rest = self._left(self._emulated(waves), number, size)
            whole = qmc.LatinHypercube(len(self.parameters), rng=self._luck("wave", number)).random(size)
            whole[:, [self._column(name) for name in self._names]] = rest.points
            found = {"cube": whole, "points": rest.points, "share": np.array([*rest.share, rest.cut])}
            content: dict[str, Any] = {"key": np.frombuffer(key, np.uint8), **found}
            write_atomically(kept, lambda file: np.savez(file, **content))
        share = found["share"]
        left.append(Remaining(found["points"], (float(share[0]), float(share[1])), float(share[2])))
        self.say(self._share_in_words(number - 1, left[-1]))
        return found["cube"]

    def _share_in_words(self, number: int, left: Remaining) -> str:
        share, error = left.share
        cut = "" if left.cut <= 3.0 else f" (nothing meets the cut of 3; {left.cut:.1f} is used)"
        return f"After wave {number}: {share:.2g} ± {error:.1g} of the prior is not ruled out{cut}."

    def _key(self, number: int, waves: list[Wave]) -> bytes:
        digest = hashlib.sha256(f"{number}|{self.plan.words}".encode())
        for wave in waves:
            digest.update(wave.cube.tobytes() + wave.rows[[*self.goal.rows]].to_numpy().tobytes())
        for name in ("emulator", "history_matching", "likelihood", "slice_sampling"):
            digest.update((Path(__file__).parents[2] / "analysis" / "calibration" / f"{name}.py").read_bytes())
        return digest.digest()

    def _made(self, stage: str, number: int, cube: np.ndarray) -> Wave:
        """Run the worlds of a stage."""
        plan = self.plan
        study = wave_study(self.scenario, list(self.parameters), cube, number, plan.seed, plan.settings)
        folder = self.out / stage.replace(" ", "_")
        with self.telling(stage, study.n_runs) as tell:
            rows, outcome = make_rows(folder, study, self.evidence, self.engine, self.manner, tell)
        if outcome.interrupted or outcome.trouble:
            raise Stopped(outcome.trouble or "Stopped.")
        if len(rows) < 0.9 * len(cube):
            raise InputError(f"{folder}: {len(cube) - len(rows)} of {len(cube)} worlds failed; quarantine/ says why.")
        return Wave(cube[rows["world"].to_numpy()], rows.drop(columns="world"))

    def _emulated(self, waves: list[Wave]) -> Emulated:
        """Fit the emulators of all rows to all waves but the truths of the last check; one process a row."""
        cube, seen = self._training(waves)
        with side_by_side(partial(fit, cube), [*seen.T], self.manner.workers) as coming:
            made = dict(zip(self.goal.rows, coming, strict=True))
        found = emulated(made, self.goal.rows, tuple(p.name for p in self.parameters))
        self._names = found.names
        return found

    def _training(self, waves: list[Wave]) -> tuple[np.ndarray, np.ndarray]:
        cubes = [wave.cube[MODEL_TRUTHS * (number == 0) :] for number, wave in enumerate(waves)]
        rows = [self.goal.read(wave.rows)[MODEL_TRUTHS * (number == 0) :] for number, wave in enumerate(waves)]
        return np.concatenate(cubes), np.concatenate(rows)

    def _left(self, emulators: Emulated, number: int, size: int) -> Remaining:
        return remaining(self.goal, emulators, size, self._luck("remaining", number))

    def _column(self, name: str) -> int:
        return [parameter.name for parameter in self.parameters].index(name)

    def _whole(self, emulators: Emulated, points: np.ndarray) -> np.ndarray:
        """Return points of all parameters: those that no emulator reads are drawn from the prior."""
        whole = self._luck("others").random((len(points), len(self.parameters)))
        whole[:, [self._column(name) for name in emulators.names]] = points
        return whole

    def _ranks(self, emulators: Emulated, waves: list[Wave]) -> tuple[Ranks, Ranks]:
        """Calibrate to known truths: of the emulator, and of the model at points that it was not fitted to."""
        luck = self._luck("truths")
        truths = luck.random((TRUTHS, len(emulators.names)))
        mean, variance = emulators.predict(truths)
        ranks = ranks_of(self.goal, emulators, truths, observe(self.goal, mean, variance.mean(axis=0), luck), luck)
        columns = [self._column(name) for name in emulators.names]
        known, seen = waves[0].cube[:MODEL_TRUTHS, columns], self.goal.read(waves[0].rows)[:MODEL_TRUTHS]
        seen = np.where(np.isfinite(seen), seen, emulators.mean(known))
        observed = observe(self.goal, seen, np.zeros(seen.shape[1]), luck)
        return ranks, ranks_of(self.goal, emulators, known, observed, luck)


def _load(path: Path, key: bytes) -> dict[str, np.ndarray] | None:
    """Return what was kept under this key; None if there is nothing, or something else."""
    try:
        with np.load(path, allow_pickle=False) as kept:
            found = {name: kept[name] for name in kept.files}
    except (OSError, ValueError, EOFError):
        return None
    return found if found.pop("key", np.empty(0, np.uint8)).tobytes() == key else None
