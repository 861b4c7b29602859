"""Make the runs of a study in a results folder: open what is there, lead the workers, mend what is damaged."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from sim.experiments.designs.limits import size_in_words
from sim.experiments.designs.study import Experiment, Study
from sim.experiments.engine import Engine
from sim.experiments.running.chunks import CONTEXT, Context
from sim.experiments.running.driver import CHUNK_SECONDS, Driver, Progress, Tally
from sim.experiments.running.executors import ChunkExecutor, SerialExecutor, in_this_process
from sim.experiments.running.last_words import let_go
from sim.experiments.running.loaded_sources import note_sources
from sim.experiments.running.pending import Pending
from sim.experiments.running.pool import WorkerPool
from sim.experiments.running.quarantine import Quarantine
from sim.experiments.running.scratch import scratch_folder, showing_life, sweep_scratch
from sim.experiments.running.semaphores import sweep_semaphores
from sim.experiments.running.stopping import Stopping
from sim.experiments.running.warm import LoadedOnce, take_warm
from sim.experiments.starts import cache_folder
from sim.experiments.storage.atomic import write_atomically
from sim.experiments.storage.identity import Identities
from sim.experiments.storage.ledger import Finished, Ledger
from sim.experiments.storage.leftovers import sweep_out
from sim.experiments.storage.members import Members
from sim.experiments.storage.merging import Merge, run_tables, write_tables
from sim.experiments.storage.shards import FOLDER as SHARDS
from sim.experiments.storage.shards import Damaged

if TYPE_CHECKING:
    from sim.evidence import Evidence
    from sim.experiments.designs.stopping_rule import Decision, StoppingRule

SECONDS_PER_RUN = 1800.0
MOST_ROUNDS = 5  # of mending: a folder that damages more shards than that while it is used is on a bad disk
MOST_FAILURES = 1000  # listed; the quarantine holds them all
# Makes the executor of a driver from its folder.
MakeExecutor = Callable[[Path], ChunkExecutor]


@dataclass(frozen=True)
class Manner:
    """How runs are made. Nothing here changes a result.

    ``part``: (i, n), the i-th of n parts of the worlds; ``retry``: quarantined runs are tried again; ``executor``:
    where chunks are made, by default ``workers`` processes of this machine; ``disk_bytes``: most that the results may
    take; ``seconds_per_run``: a run that takes longer is ended.
    """

    workers: int = 2
    part: tuple[int, int] = (1, 1)
    retry: bool = False
    seconds_per_run: float | None = SECONDS_PER_RUN
    disk_bytes: int | None = None
    chunk_seconds: float = CHUNK_SECONDS
    executor: MakeExecutor | None = None

    @property
    def is_whole(self) -> bool:
        """Whether one driver makes the whole study."""
        return self.part[1] == 1

    @property
    def suffix(self) -> str:
        """What this driver's own files of the results folder are told apart by."""
        return "" if self.is_whole else f"-{self.part[0]}-of-{self.part[1]}"


@dataclass
class Outcome:
    """How a study went.

    ``reused``: runs finished before; ``made``: now, in ``run_seconds`` of all workers, after ``worlds`` starts in
    ``prepare_seconds``; ``failures``: those in quarantine, at most some.
    """

    planned: int
    finished: int = 0
    reused: int = 0
    quarantined: int = 0
    failures: list[tuple[Experiment, str]] = field(default_factory=list)
    interrupted: bool = False
    trouble: str | None = None
    made: int = 0
    run_seconds: float = 0.0
    worlds: int = 0
    prepare_seconds: float = 0.0
    peak_bytes: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether every run is finished."""
        return self.finished == self.planned


class StudyFolder:
    """A results folder and a study: what of the study is finished there.

    Args:
        results: the folder; it exists.
        study: what its runs belong to.
        evidence: what the worlds are made of.
        code: digest of the model's sources.
        suffix: of the ledger's name, where several drivers fill one folder.

    Raises:
        OSError: if the folder cannot be written to.
    """

    def __init__(self, results: Path, study: Study, evidence: Evidence, code: str, suffix: str = "") -> None:
        self.results, self.study, self.evidence, self.code = results, study, evidence, code
        sweep_scratch(results)
        sweep_semaphores()
        self.identities = Identities(study, evidence.digest, code)
        self.ledger = Ledger.open(results, f"ledger{suffix}.sqlite")
        self.ledger.catch_up()
        self.quarantine = Quarantine(results)
        sweep_out(self.quarantine.folder)

    def pending(self, part: tuple[int, int] = (1, 1)) -> Pending:
        """Return what is missing, without what is in quarantine."""
        return Pending(self.study, self.identities, self.ledger, self.quarantine.held(), part)

    def run_id(self, experiment: Experiment) -> bytes:
        """Return the identity of a run."""
        ids = self.identities.of_world(experiment.world)
        return ids[experiment.run - self.study.first_run(experiment.world)]

    def run(self, engine: Engine, manner: Manner, progress: Callable[[Outcome, str], None]) -> Outcome:
        """Make what is missing.

        Returns:
            how it went. Nothing is raised for a run that fails, a worker that dies, or Ctrl-C.

        Raises:
            OSError: if the folder cannot be written to.
        """
        if manner.retry:
            self.quarantine.release(self.quarantine.held())
        pending = self.pending(manner.part)
        finished = pending.planned - pending.left - int(pending.quarantined.sum())
        outcome = Outcome(pending.planned, finished, reused=finished + pending.unpaired)
        for _ in range(MOST_ROUNDS):
            if not pending.left:
                break
            tally = self._drive(pending, engine, manner, _teller(outcome, progress))
            outcome.made += tally.made
            outcome.run_seconds += tally.pace.run_seconds
            outcome.worlds += tally.pace.worlds
            outcome.prepare_seconds += tally.pace.world_seconds
            outcome.peak_bytes = max(outcome.peak_bytes, tally.pace.peak_bytes)
            outcome.interrupted, outcome.trouble = tally.interrupted, tally.trouble
            if tally.damaged is None or tally.interrupted:
                break
            self.ledger.forget(tally.damaged)
            pending = self.pending(manner.part)
            outcome.finished = pending.planned - pending.left - int(pending.quarantined.sum())
        outcome.quarantined = int(pending.quarantined.sum())
        outcome.finished = pending.planned - pending.left - outcome.quarantined
        outcome.failures = self._failures(pending)
        for folder in (self.results / SHARDS, cache_folder()):
            if folder is not None:
                sweep_out(folder)  # of workers that died meanwhile
        return outcome

    def write_tables(self) -> str | None:
        """Write the tables of the folder from its shards; return the shard that is damaged, None if none is."""
        try:
            write_tables(self.results, self.study, self.evidence, self.ledger, self.identities)
        except Damaged as damaged:
            self.ledger.forget(damaged.shard)
            return damaged.shard
        return None

    def forget_others(self) -> None:
        """Remove the shards that hold no run of the study."""
        names = [name for world in range(len(self.study.worlds)) for name in self.identities.of_world(world)]
        wanted = Members(b"".join(names), np.zeros(len(names), np.int32))
        self.ledger.forget(*self.ledger.without(Finished(wanted.find)))

    def decide(self, rule: StoppingRule) -> Decision:
        """Look at the finished runs with a rule that says whether they are enough.

        Raises:
            Damaged: if a shard is not what was written.
        """
        from sim.experiments.designs.stopping_rule import paired_differences

        assert self.study.reference is not None, "a rule compares with a reference"
        merge = Merge(self.results, self.study, self.ledger, self.identities)
        runs = pa.concat_tables(run_tables(merge, [rule.outcome])).to_pandas()
        return rule.decide(paired_differences(runs, rule.outcome, rule.scenario, self.study.reference))

    def _drive(self, pending: Pending, engine: Engine, manner: Manner, progress: Progress) -> Tally:
        study = self.study
        with scratch_folder(self.results) as folder:
            wanted = (manner.workers, folder, study.settings.threads, manner.seconds_per_run)
            warm = take_warm(*wanted) if manner.executor is None else None
            loaded = warm is not None or manner.executor is in_this_process  # perhaps, by an earlier study
            engine = LoadedOnce(engine) if loaded else engine
            context = Context(
                engine, self.evidence, study.scenarios, study.settings, study.seed, study.keep, self.results.absolute(),
                manner.seconds_per_run,
            )  # fmt: skip
            write_atomically(folder / CONTEXT, lambda file: pickle.dump(context, file))
            note_sources(folder, self.code)
            stopping, told = Stopping(folder), showing_life(progress, folder)
            with stopping.listening():
                if manner.executor is None:
                    executor: ChunkExecutor = warm or WorkerPool(*wanted)
                else:
                    executor = manner.executor(folder)
                driver = Driver(
                    study, pending, self.ledger, self.quarantine, executor, folder, stopping, told,
                    chunk_seconds=manner.chunk_seconds, afford=lambda: self._unaffordable(manner),
                )  # fmt: skip
                try:
                    return driver.run()
                finally:
                    if isinstance(executor, SerialExecutor):
                        let_go(folder)

    def _unaffordable(self, manner: Manner) -> str | None:
        """Return why no more can be kept, None if it can."""
        taken = self.ledger.bytes()
        if manner.disk_bytes is not None and taken > manner.disk_bytes:
            most, found = (size_in_words(size) for size in (manner.disk_bytes, taken))
            return f"The results take {found}, more than limits.disk allows ({most}); all of it is kept."
        return None

    def _failures(self, pending: Pending) -> list[tuple[Experiment, str]]:
        found = []
        for run in pending.quarantined.nonzero()[0][:MOST_FAILURES]:
            experiment = self.study.experiment(int(run))
            found.append((experiment, self.quarantine.why(self.run_id(experiment))))
        return found


def _teller(outcome: Outcome, progress: Callable[[Outcome, str], None]) -> Progress:
    """Return what a driver is to call: it keeps the outcome up to date and passes it on."""
    finished = outcome.finished

    def tell(ended: int, quarantined: int, doing: str) -> None:
        outcome.finished, outcome.quarantined = finished + ended - quarantined, quarantined
        progress(outcome, doing)

    return tell
