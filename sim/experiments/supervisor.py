"""Keep worker processes busy and outlive them: the part that hears Ctrl-C and survives a killed worker."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import resource_tracker
from types import FrameType
from typing import Any

from sim.experiments.store import Store, write_atomically
from sim.experiments.worker import CONTEXT, THREAD_VARIABLES, Context, WorldTask, initialise, run_world, warm_up

POLL_SECONDS = 0.1
DIED = "The worker process died twice in this world (killed, or out of memory); its remaining runs are missing."
# Called with (runs ended, what is going on).
Progress = Callable[[int, str], None]


class Interrupted(Exception):
    """Ctrl-C or SIGTERM was heard."""


class Supervisor:
    """Runs tasks with at most one per worker in flight, so that a death can be blamed on few worlds."""

    def __init__(self, context: Context, store: Store, workers: int, progress: Progress, reused: int) -> None:
        self._context, self._store, self._workers = context, store, workers
        self._progress, self._ended = progress, reused
        self._context_file = context.results / CONTEXT
        self._unseen: set[str] = set()
        self._stop = threading.Event()
        self._pool: ProcessPoolExecutor | None = None
        self.failures: dict[str, str] = {}
        self.prepare_seconds = 0.0

    def run(self, tasks: Sequence[WorldTask]) -> None:
        """Run all tasks.

        Worlds in flight when a worker died run again, one at a time: a second death is theirs.

        Raises:
            Interrupted: on SIGINT or SIGTERM, after all worker processes were ended.
            OSError: if the results folder cannot be written to.
        """
        if not tasks:
            return
        self._unseen = {name for task in tasks for _, name in task.runs}
        with _thread_environment(self._context.settings.threads), _signals_set(self._stop):
            try:
                # By file: a worker that dies while it starts would leave the driver writing into a full pipe for good.
                write_atomically(self._context_file, lambda file: pickle.dump(self._context, file))
                if not self._warmed_up(tasks):
                    return
                for task in self._run_side_by_side(tasks):
                    if self._run_side_by_side([self._remaining(task)]):
                        self._give_up(self._remaining(task), DIED)
            finally:
                self._end_pool()
                self._context_file.unlink(missing_ok=True)

    def _warmed_up(self, tasks: Sequence[WorldTask]) -> bool:
        """Compile in one worker while the driver listens; False if the model cannot be loaded at all."""
        try:
            future = self._submit(warm_up)
            while not future.done():
                self._watch([future], (), "compiling")
            future.result()
        except BrokenProcessPool:
            self._end_pool()  # the first world will show whether that was an accident
        except Interrupted:
            raise
        except Exception:
            for task in tasks:
                self._give_up(task, traceback.format_exc())
            return False
        return True

    def _run_side_by_side(self, tasks: Iterable[WorldTask]) -> list[WorldTask]:
        """Run tasks; return those that were in flight whenever a worker died."""
        queue = deque(task for task in tasks if task.runs)
        suspects: list[WorldTask] = []
        flying: dict[Future[float], WorldTask] = {}
        while queue or flying:
            broken = False
            while queue and len(flying) < self._workers and not broken:
                try:
                    flying[self._submit(run_world, queue[0])] = queue[0]
                    queue.popleft()
                except BrokenProcessPool:
                    broken = True
            self._watch(flying, [name for task in flying.values() for _, name in task.runs], "simulating")
            for future in [future for future in flying if future.done()]:
                try:
                    self.prepare_seconds += future.result()
                    del flying[future]
                except BrokenProcessPool:
                    broken = True
                except Exception:  # a full disk, for instance: not even the failure could be written
                    self._give_up(self._remaining(flying.pop(future)), traceback.format_exc())
            if broken:
                suspects += flying.values()
                flying.clear()
                self._end_pool()
        return suspects

    def _watch(self, futures: Iterable[Future[Any]], names: Iterable[str], doing: str) -> None:
        """Wait a moment for tasks to end and tell how many of the named runs have.

        Raises:
            Interrupted: if a signal was heard.
        """
        wait(list(futures), timeout=POLL_SECONDS, return_when=FIRST_COMPLETED)
        if self._stop.is_set():
            raise Interrupted
        ended = {name for name in names if name in self._unseen and self._store.seen(name)}
        self._unseen -= ended
        self._ended += len(ended)
        self._progress(self._ended, doing)

    def _remaining(self, task: WorldTask) -> WorldTask:
        return WorldTask(task.plan, tuple(run for run in task.runs if not self._store.seen(run[1])))

    def _give_up(self, task: WorldTask, why: str) -> None:
        for _, name in task.runs:
            self.failures[name] = why

    def _submit(self, function: Callable[..., Any], *arguments: object) -> Future[Any]:
        """Hand a task to the pool, which may start a worker: deaf to Ctrl-C until it can say what to do with it."""
        with _sigint_blocked():
            return self._executor().submit(function, *arguments)

    def _executor(self) -> ProcessPoolExecutor:
        if self._pool is None:
            # Spawn: the only start method that is safe beside threads and the same on every system.
            self._pool = ProcessPoolExecutor(
                self._workers, multiprocessing.get_context("spawn"), initialise, (self._context_file,)
            )
        return self._pool

    def _end_pool(self) -> None:
        """End the worker processes at once, whatever they do."""
        pool, self._pool = self._pool, None
        if pool is None:
            return
        # The pool has no public list of its processes before Python 3.14; they are this process's children.
        children = [child for child in multiprocessing.active_children() if child.name.startswith("SpawnProcess")]
        for child in children:
            child.terminate()
        for child in children:
            child.join(0.5)
            if child.is_alive():
                child.kill()
        pool.shutdown(wait=False, cancel_futures=True)


@contextmanager
def _sigint_blocked() -> Iterator[None]:
    """Processes started meanwhile are born with SIGINT blocked; one sent to this process waits."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # starting it would unblock the signal
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _signals_set(stop: threading.Event) -> Iterator[None]:
    """SIGINT and SIGTERM set ``stop`` instead of raising in the middle of anything (main thread only)."""

    def hear(number: int, frame: FrameType | None) -> None:
        stop.set()

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, hear) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _thread_environment(threads: int) -> Iterator[None]:
    """Give the workers one thread per library, and Numba the threads asked for, before they import it."""
    wanted = dict.fromkeys(THREAD_VARIABLES, "1") | {"NUMBA_NUM_THREADS": str(threads)}
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
