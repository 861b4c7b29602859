"""What a worker does with a chunk: prepare each world once, make its runs, and leave one shard."""

from __future__ import annotations

import ctypes
import faulthandler
import multiprocessing
import os
import pickle
import signal
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from multiprocessing import connection
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from sim.analysis.pairing import pair_counts
from sim.experiments.engine import draw, place_table
from sim.experiments.running.chunks import CONTEXT, HANGING, STOP, Chunk, Context, Receipt, RunTask, WorldPart
from sim.experiments.storage.identity import RunId
from sim.experiments.storage.shard_reading import read_persons
from sim.experiments.storage.shards import Damaged, RunKeys, ShardWriter

if TYPE_CHECKING:
    import pandas as pd

    from sim.person_states import Persons

THREAD_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS")
RECORDS = ("series", "flows", "costs", "reasons", "revenue")  # grains that a run's records hold under the same name
# Starting a world takes longer than a run and is limited apart.
START_FACTOR = 10.0
_PR_SET_PDEATHSIG = 1  # prctl(2)


class Beats(Protocol):
    """Where a driver sees how far its workers are: two numbers a worker, runs begun and run in hand."""

    def __setitem__(self, at: int, value: int) -> None:
        """Set one of them."""


_beats: Beats | None = None
_slot = 0


def initialise(slot: int, beats: Beats) -> None:
    """Make this process a worker of a local pool: signals are the driver's business; without a driver, no work."""
    report_to(slot, beats)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    threading.Thread(target=_end_with_driver, daemon=True).start()
    _be_killed_with_driver()


def report_to(slot: int, beats: Beats | None) -> None:
    """Say from now on how far this process is: runs begun at ``2 * slot``, the number of the run in hand after it."""
    global _beats, _slot
    _beats, _slot = beats, slot


@lru_cache(maxsize=2)
def warm_up(folder: Path) -> None:
    """Load the model, once a process, and compile what is not yet in the cache that all workers load from."""
    context_of(folder).engine.warm_up()


def run_chunk(folder: Path, chunk: Chunk) -> Receipt:
    """Make the runs of a chunk and keep them in one shard.

    Args:
        folder: of the driver, with the context.
        chunk: what to make.

    Returns:
        what came of it. A run that raises is in it with its traceback.

    Raises:
        OSError: if the shard cannot be written; nothing of it is left then.
    """
    context = context_of(folder)
    if _beats is not None:  # a process of its own: where it crashed can be read when it is gone
        faulthandler.enable(_hanging(folder))
    warm_up(folder)  # before any run is timed
    maker = _Maker(context, folder)
    with ShardWriter(context.results, context.keep) as writer:
        for part in chunk.parts:
            maker.make(part, writer)
        note = writer.commit()
    _beat(0, -1)
    return Receipt(
        None if note is None else note.name, tuple(maker.failed), maker.untried, maker.run_seconds,
        maker.prepare_seconds, maker.worlds, peak_bytes(),
    )  # fmt: skip


class _Made(NamedTuple):
    """What one run left. Without records: it was made before, and only its pairs are new."""

    records: Any
    outcomes: Any
    persons: Persons
    pairs: tuple[RunId, pd.DataFrame] | None


class _Maker:
    """Makes the runs of a chunk, world by world, and counts."""

    def __init__(self, context: Context, folder: Path) -> None:
        self._context, self._folder = context, folder
        self._places = place_table(context.evidence)
        self._begun = 0
        self.failed: list[tuple[RunTask, str]] = []
        self.untried, self.worlds = 0, 0
        self.run_seconds, self.prepare_seconds = 0.0, 0.0

    def make(self, part: WorldPart, writer: ShardWriter) -> None:
        """Make the runs of one world."""
        context, clock = self._context, time.perf_counter()
        world = start = None
        if any(task.made_in is None for task in part.runs) and not self._stopped():
            _beat(self._begun, part.runs[0].experiment.run)
            try:
                with self._limited(START_FACTOR):
                    world = draw(part.plan, context.evidence, context.seed)
                    start = context.engine.prepare(
                        context.evidence, world, context.settings, context.seed, part.plan.draw
                    )
            except KeyboardInterrupt:
                raise
            except BaseException:  # also of a model that calls sys.exit
                self.failed += [(task, traceback.format_exc()) for task in part.runs]
                return
            self.prepare_seconds += time.perf_counter() - clock
            self.worlds += 1
        references: dict[RunId, Persons] = {}
        wanted = {task.reference for task in part.runs}
        for position, task in enumerate(part.runs):
            if self._stopped():
                self.untried += len(part.runs) - position
                return
            clock = time.perf_counter()
            self._begun += 1
            _beat(self._begun, task.experiment.run)
            try:
                with self._limited(1.0):
                    made = self._made(task, part, world, start, references)
            except (Damaged, KeyboardInterrupt):
                raise  # a shard's fault, not the run's
            except BaseException:
                self.failed.append((task, traceback.format_exc()))
            else:
                if self._kept(task, part, made, writer) and task.id in wanted:
                    references[task.id] = made.persons
            self.run_seconds += time.perf_counter() - clock

    def _made(self, task: RunTask, part: WorldPart, world: Any, start: Any, references: dict[RunId, Persons]) -> _Made:
        """Make one run, or read it again, and count its pairs."""
        context, plan, run = self._context, part.plan, task.experiment
        if task.made_in is not None:
            persons = read_persons(context.results, task.made_in, task.id)
            return _Made(None, None, persons, self._pairs(task, part, persons, references))
        scenario = context.scenarios[run.scenario]
        records = context.engine.simulate(
            scenario, world, context.evidence, start, context.settings, context.seed, plan.draw, run.replicate
        )
        outcomes = context.engine.outcomes(records, self._places)
        return _Made(records, outcomes, records.persons, self._pairs(task, part, records.persons, references))

    def _kept(self, task: RunTask, part: WorldPart, made: _Made, writer: ShardWriter) -> bool:
        """Add one run to the shard; False if what it left cannot be kept.

        Raises:
            OSError: if the disk does not take it.
        """
        if made.records is None:
            if made.pairs is not None:
                writer.add_pairs(task.id, *made.pairs)
            return True
        context, run = self._context, task.experiment
        keys = RunKeys(context.scenarios[run.scenario].name, part.plan.draw, run.replicate, part.key)
        frames = {grain: getattr(made.records, grain) for grain in RECORDS if grain in context.keep}
        persons = made.persons if task.persons else None
        try:
            writer.add(
                task.id, keys, made.outcomes, frames, persons, made.pairs, made.records.facts, made.records.timings
            )
        except (TypeError, ValueError):
            self.failed.append((task, traceback.format_exc()))
            return False
        return True

    def _pairs(
        self, task: RunTask, part: WorldPart, persons: Persons, references: dict[RunId, Persons]
    ) -> tuple[RunId, pd.DataFrame] | None:
        """Count the run's persons against its reference; None without one, or if it failed."""
        if task.reference is None:
            return None
        if task.reference not in references:
            if task.reference not in part.persons:
                return None
            shard = part.persons[task.reference]
            references[task.reference] = read_persons(self._context.results, shard, task.reference)
        settings = self._context.settings
        scales = (settings.talent_scale, settings.startup_scale)
        return task.reference, pair_counts(references[task.reference], persons, self._places, scales)

    def _stopped(self) -> bool:
        """Whether the driver wants no more, or is gone with its folder."""
        return (self._folder / STOP).exists() or not (self._folder / CONTEXT).exists()

    @contextmanager
    def _limited(self, factor: float) -> Iterator[None]:
        """End this process if the block takes too long, after writing where it hangs: no Python can do that later."""
        seconds = self._context.seconds_per_run
        if seconds is None:
            yield
            return
        faulthandler.dump_traceback_later(factor * seconds, exit=True, file=_hanging(self._folder))
        try:
            yield
        finally:
            faulthandler.cancel_dump_traceback_later()


def peak_bytes() -> int:
    """Return the most memory that this process has held so far, in bytes; 0 where the system does not say."""
    try:  # what getrusage says begins with what the parent held when it started this process
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))
    except (OSError, StopIteration, ValueError):
        pass
    try:
        import resource
    except ImportError:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


@lru_cache(maxsize=2)
def context_of(folder: Path) -> Context:
    """Return what all chunks of a driver share.

    Raises:
        OSError: if its file cannot be read.
    """
    with (folder / CONTEXT).open("rb") as file:
        context: Context = pickle.load(file)
    return context


@lru_cache(maxsize=2)
def _hanging(folder: Path) -> int:
    """The file in which this process would leave its last traceback, open for good."""
    return os.open(folder / HANGING.format(pid=os.getpid()), os.O_CREAT | os.O_WRONLY | os.O_TRUNC)


def _beat(begun: int, run: int) -> None:
    if _beats is not None:
        _beats[2 * _slot], _beats[2 * _slot + 1] = begun, run


def _be_killed_with_driver() -> None:
    """Have the system kill this process with its driver, where it can: one that is stopped or hangs cannot itself."""
    driver = multiprocessing.parent_process()
    if sys.platform != "linux" or driver is None:
        return
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != driver.pid:
        os._exit(1)


def _end_with_driver() -> None:
    """End this process when the driver is gone, however it went."""
    driver = multiprocessing.parent_process()
    if driver is not None:
        connection.wait([driver.sentinel])
        os._exit(1)
