"""Worker processes of this machine, each looked after by itself: one that is killed or hangs costs its own task alone.

``ProcessPoolExecutor`` fails everything in flight when one of its processes dies. So each worker is a pool of one.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from multiprocessing import connection, resource_tracker
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from sim.experiments.running.chunks import HANGING
from sim.experiments.running.executors import ChunkExecutor, WorkerLost
from sim.experiments.running.semaphores import name_semaphores
from sim.experiments.running.worker import START_FACTOR, THREAD_VARIABLES, initialise

KILLED = "killed from outside, out of memory, or crashed"  # if no more is known
DIED = "The worker process died {when}: {how}."
DEATHS = {"SIGKILL": "killed (SIGKILL) from outside, or because memory was short"}
MAKING, STARTING = "while it made this run", "before it began a run"
SILENT = "The worker process stood still for {seconds:.0f} seconds and was ended."
TOO_LONG = "It took longer than a run ({limit:g} seconds) or a world's start ({start:g} seconds) may, and was ended."
# Beyond the limit of a run, before a worker that does not even end itself is ended.
GRACE_SECONDS = 10.0
START_SECONDS = 1800.0  # a worker may take to load the model, which may have to be compiled
POOL_END_SECONDS = 2.0  # a killed process is gone in a moment


class _Worker:
    """One process, the task it has, and when it was last seen to get on."""

    def __init__(self, slot: int) -> None:
        self.slot = slot
        self.pool: ProcessPoolExecutor | None = None
        self.task: Future[Any] | None = None
        self.beat = (0, -1)
        self.seen = time.monotonic()
        self.silent = False
        self.lost = False

    def processes(self) -> list[BaseProcess]:
        """Return its process, if it has started."""
        # The pool has no public list of its processes before Python 3.14.
        return list((getattr(self.pool, "_processes", None) or {}).values())

    def pids(self) -> list[int]:
        """Return the number of its process, if it has started."""
        return [process.pid for process in self.processes() if process.pid is not None]


class WorkerPool(ChunkExecutor):
    """Local worker processes behind ``submit``.

    Args:
        workers: how many.
        folder: the driver's own, where a worker that hangs leaves its traceback.
        threads: of each worker.
        seconds_per_run: limit of a run; None for none.
    """

    def __init__(self, workers: int, folder: Path, threads: int = 1, seconds_per_run: float | None = None) -> None:
        self._folder, self._limit, self._threads = folder, seconds_per_run, threads
        # Spawn: the only start method that is safe beside threads and the same on every system.
        self._spawn = multiprocessing.get_context("spawn")
        name_semaphores()
        self._beats = self._spawn.RawArray("q", 2 * workers)
        self._workers = [_Worker(slot) for slot in range(workers)]
        self._environment = dict.fromkeys(THREAD_VARIABLES, "1") | {"NUMBA_NUM_THREADS": str(threads)}
        self._lock = threading.Lock()

    def slots(self) -> int:
        """One task a worker."""
        return len(self._workers)

    def is_like(self, workers: int, threads: int, seconds_per_run: float | None) -> bool:
        """Whether a pool made of these would be the same."""
        return (len(self._workers), self._threads, self._limit) == (workers, threads, seconds_per_run)

    def serve(self, folder: Path) -> None:
        """Work for another driver, whose folder this is, from now on."""
        self._folder = folder

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Give a task to a free worker.

        Raises:
            RuntimeError: if none is free.
        """
        with self._lock:
            worker = next((worker for worker in self._workers if worker.task is None), None)
            if worker is None:
                raise RuntimeError("every worker has a task")
            task: Future[Any] = Future()
            task.set_running_or_notify_cancel()
            worker.task, worker.silent = task, False
            self._beats[2 * worker.slot], self._beats[2 * worker.slot + 1] = 0, -1
            worker.beat, worker.seen = (0, -1), time.monotonic()
        for attempt in (1, 2):
            if worker.lost:
                self._drop(worker)
            try:
                inner = self._give(worker, fn, args, kwargs)
                break
            except BrokenProcessPool:  # it died between two tasks, which is nobody's fault
                self._drop(worker)
                if attempt == 2:
                    raise
        inner.add_done_callback(lambda done: self._ended(worker, done, task))
        return task

    def watch(self) -> int:
        """End workers that stand still; return the runs that are through in the chunks in flight."""
        through, now = 0, time.monotonic()
        for worker in self._workers:
            if worker.task is None:
                continue
            beat = (self._beats[2 * worker.slot], self._beats[2 * worker.slot + 1])
            if beat != worker.beat:
                worker.beat, worker.seen = beat, now
            through += max(beat[0] - 1, 0)
            allowed = None if self._limit is None else START_FACTOR * self._limit + GRACE_SECONDS
            if beat[0] and self._limit is not None:
                allowed = self._limit + GRACE_SECONDS
            if beat[1] < 0 and self._limit is not None:
                allowed = START_SECONDS + GRACE_SECONDS
            if allowed is not None and now - worker.seen > allowed:
                worker.silent = True
                self._kill(worker)
        return through

    def pids(self) -> list[int]:
        """Return the worker processes."""
        return [pid for worker in self._workers for pid in worker.pids()]

    def end(self) -> None:
        """End the worker processes at once, and see them end: what they were writing can be removed then."""
        ending = [process.sentinel for worker in self._workers for process in worker.processes()]
        for worker in self._workers:
            self._drop(worker)
        end = time.monotonic() + POOL_END_SECONDS
        while ending and (left := end - time.monotonic()) > 0.0:
            ended = connection.wait(ending, left)
            ending = [sentinel for sentinel in ending if sentinel not in ended]

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the workers; those at work are waited for if ``wait``."""
        if wait:
            for worker in self._workers:
                if worker.pool is not None:
                    worker.pool.shutdown(wait=True, cancel_futures=cancel_futures)
                    worker.pool = None
        self.end()

    def _give(
        self, worker: _Worker, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> Future[Any]:
        """Hand a task to a worker, which may start it: deaf to Ctrl-C until it can say what to do with it."""
        if worker.pool is None:
            worker.pool = ProcessPoolExecutor(1, self._spawn, initialise, (worker.slot, self._beats))
        with without_sigint(), _environment(self._environment):
            return worker.pool.submit(fn, *args, **kwargs)

    def _ended(self, worker: _Worker, done: Future[Any], task: Future[Any]) -> None:
        """Pass on what came of a task; called in a thread of the pool."""
        error = done.exception() if not done.cancelled() else None
        lost = done.cancelled() or isinstance(error, BrokenProcessPool)
        if lost:
            run = self._beats[2 * worker.slot + 1]
            why = self._why(worker, STARTING if run < 0 else MAKING)
            # The broken pool is dropped by the driver's thread: here, from Python 3.12 on, it still holds its own lock.
            worker.lost = True
            error = WorkerLost(run if run >= 0 else None, why)
        with self._lock:
            worker.task = None
        if error is not None:
            task.set_exception(error)
        else:
            task.set_result(done.result())

    def _why(self, worker: _Worker, when: str) -> str:
        """Return what is known of a death: where the run hung or crashed, that it stood still, how it ended."""
        if worker.silent:
            return SILENT.format(seconds=time.monotonic() - worker.seen)
        text, how = "", KILLED
        for process in worker.processes():
            with suppress(OSError):
                path = self._folder / HANGING.format(pid=process.pid)
                text = path.read_text(encoding="utf-8", errors="replace").strip()
            if text.startswith("Timeout"):
                return f"{text}\n{TOO_LONG.format(limit=self._limit, start=START_FACTOR * (self._limit or 0.0))}"
            with suppress(ValueError, AssertionError):  # closed already
                process.join(POOL_END_SECONDS)  # its pipes close a moment before it is gone
                how = _how(process.exitcode)
        return f"{text}\n{DIED.format(when=when, how=how)}".strip()

    def _kill(self, worker: _Worker) -> None:
        for pid in worker.pids():
            with suppress(OSError):
                os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))

    def _drop(self, worker: _Worker) -> None:
        """End a worker's process, if it has one; the next task starts another."""
        pool, worker.lost = worker.pool, False
        if pool is None:
            return
        self._kill(worker)
        worker.pool = None
        # Its thread must be through before Python ends, which would wake it by a pipe that it has closed.
        manager = getattr(pool, "_executor_manager_thread", None)
        pool.shutdown(wait=False, cancel_futures=True)
        if manager is not None:
            manager.join(POOL_END_SECONDS)


def _how(code: int | None) -> str:
    """Return in words how a process ended, by its exit code."""
    if code is None:
        return KILLED
    if code >= 0:
        return f"it ended itself with code {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        return f"ended by signal {-code}"
    return DEATHS.get(name, f"crashed or ended by {name}")


@contextmanager
def without_sigint() -> Iterator[None]:
    """Processes and threads started meanwhile are born with SIGINT blocked; one sent to this process waits."""
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
def _environment(wanted: Mapping[str, str]) -> Iterator[None]:
    """Give processes started meanwhile one thread per library, and Numba the threads asked for."""
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
