"""Make finished runs again: one alone, to see it fail; a sample of them, to see that every byte is the same."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.experiments.designs.study import Experiment
from sim.experiments.engine import Engine, draw, place_table

if TYPE_CHECKING:
    from sim.experiments.running.runner import StudyFolder
    from sim.person_states import Persons


@dataclass(frozen=True)
class Repeated:
    """One run made again: the grains that came out otherwise, or why it could not be made."""

    experiment: Experiment
    differing: tuple[str, ...]
    why: str = ""

    @property
    def is_same(self) -> bool:
        """Whether every byte is the same."""
        return not self.differing and not self.why


def repeat_alone(folder: StudyFolder, experiment: Experiment, engine: Engine) -> dict[str, float]:
    """Make one run in this process and return its outcomes.

    Raises:
        Exception: whatever the run raises.
    """
    return _made_again(folder, experiment, engine)[1]


def sample(folder: StudyFolder, number: int) -> list[Experiment]:
    """Return some of the finished runs, the same ones whenever it is asked, spread over the study."""
    study, pending = folder.study, folder.pending()
    finished = (~pending.missing & ~pending.quarantined).nonzero()[0]
    ranked = sorted(finished.tolist(), key=lambda run: hashlib.blake2b(str(run).encode(), digest_size=8).digest())
    return [study.experiment(run) for run in sorted(ranked[:number])]


def repeat_sample(folder: StudyFolder, runs: Sequence[Experiment], engine: Engine) -> list[Repeated]:
    """Make runs again, keep them in a folder of their own, and compare what is kept of them to the byte."""
    from sim.experiments.running.worker import RECORDS
    from sim.experiments.storage.shard_reading import read_grain
    from sim.experiments.storage.shards import RunKeys, ShardWriter

    grains = ["runs", *(grain for grain in (*RECORDS, "persons") if grain in folder.study.keep)]
    found = []
    for experiment in runs:
        try:
            records, outcomes = _made_again(folder, experiment, engine)
        except Exception as error:
            found.append(Repeated(experiment, (), f"{type(error).__name__}: {error}"))
            continue
        plan, name = folder.study.worlds[experiment.world], folder.run_id(experiment)
        scenario = folder.study.scenarios[experiment.scenario].name
        keys = RunKeys(scenario, plan.draw, experiment.replicate, folder.identities.world_key(plan.number))
        with tempfile.TemporaryDirectory(prefix="verify-") as again:
            with ShardWriter(Path(again), grains) as writer:
                frames = {grain: getattr(records, grain) for grain in RECORDS if grain in grains}
                persons = records.persons if "persons" in grains else None
                writer.add(name, keys, outcomes, frames, persons, None, records.facts, records.timings)
                note = writer.commit()
            assert note is not None
            differing = []
            for grain in grains:
                kept = read_grain(folder.results, folder.ledger.where([name], grain)[name], grain, [name])
                if not kept.equals(read_grain(Path(again), note.name, grain, [name])):
                    differing.append(grain)
        found.append(Repeated(experiment, tuple(differing)))
    return found


def persons_again(folder: StudyFolder, world: int, scenarios: Sequence[str], engine: Engine) -> list[Persons]:
    """Return everyone at the horizon of some scenarios in one world, its first replicate, made again in this process.

    Raises:
        KeyError: if a scenario did not run in the world.
    """
    study, found = folder.study, []
    for name in scenarios:
        position = next(n for n, scenario in enumerate(study.scenarios) if scenario.name == name)
        runs = (one for one in study.experiments_of(world) if one.scenario == position)
        experiment = next(runs, None)
        if experiment is None:
            raise KeyError(name)
        found.append(_made_again(folder, experiment, engine)[0].persons)
    return found


def _made_again(folder: StudyFolder, experiment: Experiment, engine: Engine) -> tuple[Any, dict[str, float]]:
    """Make one run in this process and return its records and outcomes."""
    study, plan = folder.study, folder.study.worlds[experiment.world]
    world = draw(plan, folder.evidence, study.seed)
    start = engine.prepare(folder.evidence, world, study.settings, study.seed, plan.draw)
    scenario = study.scenarios[experiment.scenario]
    records = engine.simulate(
        scenario, world, folder.evidence, start, study.settings, study.seed, plan.draw, experiment.replicate
    )
    return records, engine.outcomes(records, place_table(folder.evidence))
