"""Run a study: reuse what is finished, make the rest, and account for every run.

The shards on disk are the only record of what is finished: the driver watches them, so no message can be lost
and nothing that finished is ever made again. One task is one world.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sim.experiments.design import Experiment, Study
from sim.experiments.engine import NUMERIC, Engine, draw, package_versions
from sim.experiments.pairs import reference_shards
from sim.experiments.store import Store, identity
from sim.experiments.supervisor import Interrupted, Progress, Supervisor
from sim.experiments.worker import Context, WorldTask

if TYPE_CHECKING:
    from sim.evidence import Evidence


@dataclass
class Outcome:
    """How a study went. ``names`` are the shards of all experiments, in run order; ``code`` is the code digest."""

    names: list[str]
    code: str
    finished: list[Experiment] = field(default_factory=list)
    failures: dict[int, str] = field(default_factory=dict)
    reused: int = 0
    interrupted: bool = False
    prepare_seconds: float = 0.0


def shard_names(study: Study, evidence: Evidence, code: str) -> list[str]:
    """Return the shard name of every experiment, in run order: equal names mean equal results."""
    versions = package_versions(NUMERIC)
    worlds = [draw(plan, evidence, study.seed).digest for plan in study.worlds]
    settings = study.settings
    return [
        identity(
            {
                "scenario": study.scenarios[experiment.scenario].digest,
                "world": worlds[experiment.world],
                "seed": study.seed,
                "draw": study.worlds[experiment.world].draw,
                "replicate": experiment.replicate,
                "scales": [settings.talent_scale, settings.startup_scale],
                "years": settings.years,
                "evidence": evidence.digest,
                "code": code,
                "versions": versions,
            }
        )
        for experiment in study.experiments
    ]


def run_study(
    study: Study, evidence: Evidence, store: Store, engine: Engine, workers: int, progress: Progress
) -> Outcome:
    """Make every run of a study that is not finished yet.

    Args:
        study: what to run.
        evidence: sent to the workers.
        store: where finished runs are found and kept.
        engine: the model.
        workers: number of worker processes.
        progress: told how many runs have ended.

    Returns:
        which runs are finished and which failed, with why. Nothing is raised for a run that fails, for a
        worker that dies, or for Ctrl-C.
    """
    code = engine.code_digest()  # before anything runs: sources may be edited meanwhile
    outcome = Outcome(shard_names(study, evidence, code), code)
    pending: list[Experiment] = []
    for experiment, name in zip(study.experiments, outcome.names, strict=True):
        if store.finished(name):
            outcome.reused += 1
        else:
            store.forget(name)
            pending.append(experiment)
    references = reference_shards(study, outcome.names)
    context = Context(engine, evidence, study.scenarios, study.settings, study.seed, store.folder.parent, references)
    supervisor = Supervisor(context, store, workers, progress, outcome.reused)
    try:
        supervisor.run(tasks_of(study, pending, outcome.names, workers))
    except Interrupted:
        outcome.interrupted = True
    outcome.prepare_seconds = supervisor.prepare_seconds
    for experiment, name in zip(study.experiments, outcome.names, strict=True):
        if store.receipt(name) is not None:
            outcome.finished.append(experiment)
        elif (text := store.failure(name) or supervisor.failures.get(name)) is not None:
            outcome.failures[experiment.run] = text
    return outcome


def tasks_of(study: Study, pending: Sequence[Experiment], names: Sequence[str], workers: int) -> list[WorldTask]:
    """Group runs by world, the reference scenario first; split worlds only if fewer than workers."""
    by_world: dict[int, list[Experiment]] = {}
    for experiment in pending:
        by_world.setdefault(experiment.world, []).append(experiment)
    parts = -(-workers // len(by_world)) if by_world else 1
    tasks = []
    for world, runs in sorted(by_world.items()):
        runs.sort(key=lambda run: (study.scenarios[run.scenario].name != study.reference, run.run))
        for part in range(min(parts, len(runs))):
            chosen = tuple((run, names[run.run]) for run in runs[part::parts])
            tasks.append(WorldTask(study.worlds[world], chosen))
    return tasks
