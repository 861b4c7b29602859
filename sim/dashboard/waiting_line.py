"""The line of live runs, one for all visitors of a server: who asks for the same shares one run; none is orphaned."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from sim.dashboard.ask import DONE, LOG, ROOT

State = Literal["waiting", "running", "finished", "failed", "cancelled"]
PATIENCE = 150.0
"""Seconds without a sign of anybody who waits for a run, after which it is taken out or stopped. Browsers let a page
that is not in front say something once a minute only."""
POLL_SECONDS = 0.1
MOST_KEPT = 500
"""Runs that have ended and are still told of."""


@dataclass
class Job:
    """A command in line. ``watchers``: who waits for it, and when each was last seen (monotonic seconds)."""

    key: str
    folder: Path
    command: list[str]
    mark: str
    state: State = "waiting"
    watchers: dict[str, float] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None


class WaitingLine:
    """Runs commands one after the other, each under a keeper, for as long as somebody waits for it.

    Args:
        slots: how many run at once.
        patience: see ``PATIENCE``.
    """

    def __init__(self, slots: int = 1, patience: float = PATIENCE) -> None:
        self._slots, self._patience = slots, patience
        self._lock = threading.Lock()
        self._jobs: dict[str, Job] = {}
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._work, name="waiting line", daemon=True)
        self._thread.start()

    def ask(self, key: str, folder: Path, command: Sequence[str], who: str, mark: str = DONE) -> State:
        """Stand in line for a command, or beside those who do already.

        Args:
            key: of the command; equal keys are one run.
            folder: where its log goes, and ``mark``, a file that says that it ended well.
            command: the words of the command line.
            who: identity of the visitor.
            mark: name of that file.
        """
        with self._lock:
            job = self._jobs.get(key)
            if (folder / mark).is_file():
                if job is None:
                    self._jobs[key] = job = Job(key, folder, list(command), mark, "finished")
                job.state = "finished"
                return job.state
            if job is None or job.state in ("failed", "cancelled", "finished"):
                self._jobs.pop(key, None)  # to the end of the line
                job = self._jobs[key] = Job(key, folder, list(command), mark)
            job.watchers[who] = time.monotonic()
            self._forget_old()
            return job.state

    def state(self, key: str, who: str) -> State | None:
        """How a run is, and a sign that somebody still waits for it; None if nobody asked for it."""
        with self._lock:
            job = self._jobs.get(key)
            if job is not None and who in job.watchers:
                job.watchers[who] = time.monotonic()
            return None if job is None else job.state

    def place(self, key: str) -> int:
        """Number of runs that go before one: those running, and those in front of it in line."""
        with self._lock:
            before = 0
            for job in self._jobs.values():
                if job.key == key:
                    return before if job.state == "waiting" else 0
                before += job.state in ("waiting", "running")
            return 0

    def leave(self, key: str, who: str) -> None:
        """Wait no longer; a run that nobody waits for is stopped."""
        with self._lock:
            job = self._jobs.get(key)
            if job is not None:
                job.watchers.pop(who, None)

    def close(self) -> None:
        """Stop everything and wait until it has stopped."""
        self._closed.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._closed.wait(POLL_SECONDS):
            with self._lock:
                for job in self._jobs.values():
                    self._look_after(job)
                running = sum(job.state == "running" for job in self._jobs.values())
                waiting = [job for job in self._jobs.values() if job.state == "waiting"]
                for job in waiting[: max(self._slots - running, 0)]:
                    _start(job)
        with self._lock:
            jobs = [job for job in self._jobs.values() if job.process is not None]
            for job in jobs:
                _stop(job)
        for job in jobs:
            if job.process is not None:
                job.process.wait()

    def _look_after(self, job: Job) -> None:
        now = time.monotonic()
        gone = [who for who, seen in job.watchers.items() if now - seen > self._patience]
        for who in gone:
            del job.watchers[who]
        if job.process is not None and (code := job.process.poll()) is not None:
            _stop(job)  # nothing is left to stop: closes our end of its pipe
            job.process = None
            if job.state == "running":
                job.state = "finished" if code == 0 else "failed"
                if code == 0:
                    (job.folder / job.mark).touch()
        if not job.watchers and job.state in ("waiting", "running"):
            job.state = "cancelled"
            _stop(job)

    def _forget_old(self) -> None:
        ended = [key for key, job in self._jobs.items() if job.process is None and job.state not in ("waiting",)]
        for key in ended[: max(len(ended) - MOST_KEPT, 0)]:
            del self._jobs[key]


def _start(job: Job) -> None:
    keeper = [sys.executable, "-m", "sim.dashboard.keeper", *job.command]
    try:
        with (job.folder / LOG).open("ab") as log:
            job.process = subprocess.Popen(
                keeper, stdin=subprocess.PIPE, stdout=log, stderr=log, cwd=ROOT, start_new_session=True
            )
    except OSError:  # the folder was removed, or no process can be made
        job.state = "failed"
        return
    job.state = "running"


def _stop(job: Job) -> None:
    """Close the pipe: the keeper stops the command."""
    if job.process is not None and job.process.stdin is not None:
        job.process.stdin.close()
