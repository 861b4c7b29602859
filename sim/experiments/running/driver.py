"""The driver: hands out chunks, keeps the ledger, outlives its workers, and accounts for every run.

The shards on disk are the only record of what is finished, so no message can be lost and nothing that finished is ever
made again. The driver alone writes the ledger and the quarantine.
"""

from __future__ import annotations

import os
import time
import traceback
from collections import Counter
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from sim.experiments.running.chunks import Chunk, Receipt, RunTask
from sim.experiments.running.executors import ChunkExecutor, ExecutorFailed, WorkerLost
from sim.experiments.running.loaded_sources import changed_since, load_model, run_chunk
from sim.experiments.running.pending import Pending
from sim.experiments.running.stopping import Stopping

if TYPE_CHECKING:
    from sim.experiments.designs.study import Study
    from sim.experiments.running.quarantine import Quarantine
    from sim.experiments.storage.ledger import Ledger

POLL_SECONDS = 0.1
CHUNK_SECONDS = 20.0
FIRST_RUNS = 4
GROWTH = 4.0  # a chunk has at most so many times the runs of the largest one before
MOST_RUNS = 5000
STOP_SECONDS = 10.0  # what is in hand is waited for, when the work shall stop
TAIL_SECONDS = 2.0  # no chunk need be shorter
MOST_LOSSES = 20  # workers lost one after the other without a single run made: something else is wrong
VANISHED = "{folder} was removed while its workers were at work; what they finished is kept."
NO_MODEL = "The model cannot be loaded, so no run was begun."
NO_WORKERS = "{losses} workers died one after the other before any made a run. The last one: {why}"

# Called with (runs ended, of them quarantined, what is going on).
Progress = Callable[[int, int, str], None]


@dataclass
class Pace:
    """How long runs and starts of worlds take, as far as known."""

    runs: int = 0
    run_seconds: float = 0.0
    worlds: int = 0
    world_seconds: float = 0.0
    largest: float = FIRST_RUNS / GROWTH
    peak_bytes: int = 0

    def add(self, receipt: Receipt, runs: int) -> None:
        """Learn from a chunk."""
        self.runs += runs
        self.run_seconds += receipt.run_seconds
        self.worlds += receipt.worlds
        self.world_seconds += receipt.prepare_seconds
        self.largest = max(self.largest, runs)
        self.peak_bytes = max(self.peak_bytes, receipt.peak_bytes)

    @property
    def per_run(self) -> float:
        """Seconds of a run, at least a microsecond."""
        return max(self.run_seconds / self.runs, 1e-6) if self.runs else 1.0

    @property
    def per_world(self) -> float:
        """Seconds of a start."""
        return self.world_seconds / self.worlds if self.worlds else 0.0


@dataclass
class Tally:
    """How it went. ``trouble``: why it ended early, if it did; ``damaged``: a shard that cannot be read any more."""

    made: int = 0
    quarantined: int = 0
    losses: int = 0
    interrupted: bool = False
    trouble: str | None = None
    damaged: str | None = None
    pace: Pace = field(default_factory=Pace)


class Driver:
    """Makes what is pending.

    Args:
        study: what the runs belong to.
        pending: what is missing of it.
        ledger: told of every shard.
        quarantine: told of every run that cannot be made.
        executor: where chunks are made.
        folder: the driver's own, in the results folder, with the context of the workers.
        stopping: says when to stop; the runs in hand are waited for.
        progress: told how many runs have ended.
        chunk_seconds: how long a chunk shall take.
        afford: called after each chunk; a sentence from it ends the work.
    """

    def __init__(
        self, study: Study, pending: Pending, ledger: Ledger, quarantine: Quarantine, executor: ChunkExecutor,
        folder: Path, stopping: Stopping, progress: Progress, *, chunk_seconds: float = CHUNK_SECONDS,
        afford: Callable[[], str | None] = lambda: None,
    ) -> None:  # fmt: skip
        self._study, self._pending, self._ledger, self._quarantine = study, pending, ledger, quarantine
        self._executor, self._folder, self._stopping, self._progress = executor, folder, stopping, progress
        self._results = folder.parent
        self._chunk_seconds, self._afford = chunk_seconds, afford
        self._flying: dict[Future[Receipt], Chunk] = {}
        self._deaths: Counter[bytes] = Counter()
        # Runs alone with workers that died twice, perhaps not by them: whether workers are sound shows the next run.
        self._suspects: list[tuple[RunTask, str]] = []
        self._losses_in_a_row = 0
        self.tally = Tally()

    def run(self) -> Tally:
        """Make every pending run.

        Returns:
            how it went. Nothing is raised for a run that fails, a worker that dies, or Ctrl-C.

        Raises:
            OSError: if the ledger or the quarantine cannot be written.
        """
        if not self._pending.left:
            return self.tally
        try:
            if self._warmed_up():
                self._work()
        finally:
            self._executor.end()
        return self.tally

    def _warmed_up(self) -> bool:
        """Compile in one worker while the driver listens; False if the model cannot be loaded at all."""
        future = self._executor.submit(load_model, self._folder)
        while not future.done():
            wait([future], timeout=POLL_SECONDS)
            self._executor.watch()
            if self._stopping.wanted:
                self.tally.interrupted = True
                return False
            self._tell(0, "compiling")
        try:
            future.result()
        except (WorkerLost, CancelledError):  # by accident, unless sources changed
            self.tally.trouble = changed_since(self._folder)
        except ExecutorFailed as failed:
            self.tally.trouble = str(failed)
        except (Exception, SystemExit):
            self.tally.trouble = f"{traceback.format_exc()}{NO_MODEL}"
        return self.tally.trouble is None

    def _work(self) -> None:
        while True:
            if self._stopping.wanted or self.tally.trouble:
                break
            self._fill()
            if not self._flying:
                if not self._suspects:
                    break
                self._give_up()  # others may have waited for one of them
                continue
            self._collect()
        if not self.tally.trouble:
            self._give_up()
        if self._stopping.wanted:
            self.tally.interrupted = True
        # What is in hand is waited for: workers leave a shard of what they have, then end.
        self._stopping.tell_workers()
        end = time.monotonic() + STOP_SECONDS
        while self._flying and not self._stopping.at_once and time.monotonic() < end:
            self._collect("stopping")

    def _fill(self) -> None:
        """Hand out chunks while there are workers and work."""
        slots = self._executor.slots()
        while len(self._flying) < slots:
            pace = self.tally.pace
            # The end shall come for all workers at about the same time.
            fair = max(self._pending.left / (2.0 * slots), TAIL_SECONDS / pace.per_run)
            runs = min(self._chunk_seconds / pace.per_run, GROWTH * pace.largest, MOST_RUNS, fair)
            chunk = self._pending.take(runs, pace.per_world / pace.per_run)
            if chunk is None:
                return
            self._flying[self._executor.submit(run_chunk, self._folder, chunk)] = chunk

    def _collect(self, doing: str = "simulating") -> None:
        """Wait a moment and take in the chunks that have ended."""
        done, _ = wait(list(self._flying), timeout=POLL_SECONDS, return_when=FIRST_COMPLETED)
        through = self._executor.watch()
        for future in done:
            chunk = self._flying.pop(future)
            try:
                receipt = future.result()
            except WorkerLost as lost:
                self._lost(chunk, lost.run, lost.why)
            except CancelledError:
                self._lost(chunk, None, "The task was cancelled.")
            except (Exception, SystemExit) as error:
                self._failed(chunk, error)
            else:
                self._made(chunk, receipt)
        self._tell(through, doing)

    def _made(self, chunk: Chunk, receipt: Receipt) -> None:
        """Take in a chunk: its shard into the ledger, runs that raised into quarantine."""
        from sim.experiments.storage.shard_reading import note_in
        from sim.experiments.storage.shards import Damaged

        tasks = chunk.tasks()
        if receipt.shard is not None:
            try:
                self._ledger.add(note_in(self._results, receipt.shard))
            except Damaged as damaged:
                self._failed(chunk, damaged)
                return
        for task, why in receipt.failed:
            self._quarantine.put(task.id, task.experiment, self._study, why)
        failed = {task.id for task, _ in receipt.failed}
        tried = tasks[: len(tasks) - receipt.untried]
        made = [task for task in tried if task.id not in failed]
        self._pending.ended(made)
        self._pending.ended([task for task, _ in receipt.failed], quarantined=True)
        self.tally.made += len(made)
        self.tally.quarantined += len(failed)
        self.tally.pace.add(receipt, len(tried))
        if made:
            self._losses_in_a_row = 0
            self._give_up()
        if receipt.untried and not self._stopping.wanted:
            self.tally.trouble = VANISHED.format(folder=self._folder)
        self.tally.trouble = self.tally.trouble or self._afford()

    def _lost(self, chunk: Chunk, suspect: int | None, why: str) -> None:
        """Try the runs of a dead worker again in smaller pieces; a run that kills twice alone is left alone."""
        self.tally.losses += 1
        self._losses_in_a_row += 1
        if suspect is None and (changed := changed_since(self._folder)) is not None:
            self.tally.trouble = changed
            return
        if self._losses_in_a_row >= MOST_LOSSES:
            self.tally.trouble = NO_WORKERS.format(losses=MOST_LOSSES, why=why.strip().splitlines()[-1])
            return
        # It may have died when its shard was in its place, before it could say so.
        self._ledger.catch_up()
        there = self._pending.there(chunk)
        if there:
            self._pending.ended(there)
            self.tally.made += len(there)
            self._losses_in_a_row = 0
            chunk = chunk.without({task.id for task in there})
        tasks = chunk.tasks()
        if len(tasks) > 1:
            self._pending.again(chunk.split(suspect))
        if len(tasks) != 1:
            return
        (task,) = tasks
        self._deaths[task.id] += 1
        if self._deaths[task.id] < 2:
            self._pending.again([chunk])
            return
        self._suspects.append((task, why))
        if suspect is not None:
            self._losses_in_a_row = 0
            self._give_up()

    def _give_up(self) -> None:
        """Put runs that killed twice into quarantine: workers are sound, so it was the runs."""
        for task, why in self._suspects:
            self._quarantine.put(task.id, task.experiment, self._study, why)
        self._pending.ended([task for task, _ in self._suspects], quarantined=True)
        self.tally.quarantined += len(self._suspects)
        self._suspects = []

    def _failed(self, chunk: Chunk, error: BaseException) -> None:
        """A chunk that was not kept: a damaged shard it needed is made again, anything else ends the work."""
        from sim.experiments.storage.shards import Damaged

        self._pending.again([chunk])
        if isinstance(error, Damaged):
            self.tally.trouble, self.tally.damaged = str(error), error.shard
        elif isinstance(error, ExecutorFailed):
            self.tally.trouble = str(error)
        elif isinstance(error, OSError):
            why = os.strerror(error.errno).lower() if error.errno else str(error)
            self.tally.trouble = f"The results cannot be written: {why}."
        else:
            self.tally.trouble = "".join(traceback.format_exception(error))

    def _tell(self, through: int, doing: str) -> None:
        self._progress(self.tally.made + self.tally.quarantined + through, self.tally.quarantined, doing)
