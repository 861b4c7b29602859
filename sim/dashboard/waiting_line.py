"""The line of live runs, one for all visitors of a server: who asks for the same shares one run; none is orphaned."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Literal

from sim.dashboard.ask import DONE, LOG, ROOT

State = Literal["waiting", "running", "finished", "failed", "cancelled"]
PATIENCE = 150.0
"""Seconds without a sign of anybody who waits for a run, after which it is taken out or stopped. Browsers let a page
that is not in front say something once a minute only."""
ABSENCE = 8.0
"""As many seconds for somebody whose page is closed: enough to load it again, or to reach the server again."""
POLL_SECONDS = 0.1
SPARE_SECONDS = 2.0
"""After a spare was taken or started, before the next one is made ready."""
MOST_KEPT = 500
"""Runs that have ended and are still told of."""


@dataclass
class Job:
    """A command in line.

    ``watchers``: who waits for it, and when each was last seen (monotonic seconds). ``ready``: called before it starts.
    ``behind``: it gives way to everybody's, and nobody need wait for it. ``paused``: it is giving way just now.
    ``spare``: a process made ready beforehand may become it.
    """

    key: str
    folder: Path
    command: list[str]
    mark: str
    state: State = "waiting"
    watchers: dict[str, float] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    ready: Callable[[], object] | None = None
    behind: bool = False
    paused: bool = False
    spare: bool = False

    @property
    def counts(self) -> bool:
        """Whether others wait for it, or it waits for others."""
        return self.state in ("waiting", "running") and not self.behind


class WaitingLine:
    """Runs commands one after the other, each under a keeper, for as long as somebody waits for it.

    Args:
        slots: how many run at once.
        patience: see ``PATIENCE``.
        spare: a command that makes ready what a run needs, waits for a line that says which run, and becomes it, as
            :mod:`sim.cli.ready`. One is kept at hand; none without it.
        connected: whether the page of a visitor is open; asked often, from the line's own thread.
        absence: see ``ABSENCE``.
    """

    def __init__(
        self, slots: int = 1, patience: float = PATIENCE, spare: Sequence[str] = (),
        connected: Callable[[str], bool] = lambda who: True, absence: float = ABSENCE,
    ) -> None:  # fmt: skip
        self._slots, self._patience = slots, patience
        self._connected, self._absence = connected, absence
        self._spare_command, self._spare_at = list(spare), 0.0
        self._spare: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._jobs: dict[str, Job] = {}
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._work, name="waiting line", daemon=True)
        self._thread.start()

    def ask(
        self, key: str, folder: Path, command: Sequence[str], who: str, mark: str = DONE,
        ready: Callable[[], object] | None = None, spare: bool = False,
    ) -> State:  # fmt: skip
        """Stand in line for a command, or beside those who do already.

        Args:
            key: of the command; equal keys are one run.
            folder: where its log goes, and ``mark``, a file that says that it ended well.
            command: the words of the command line.
            who: identity of the visitor.
            mark: name of that file.
            ready: called when its turn has come, before it starts.
            spare: a process made ready beforehand may become it: the words after the second are then what it is told.
        """
        with self._lock:
            job = self._jobs.get(key)
            if job is not None and job.behind:  # somebody wants what was to be made when nobody waits
                job.behind = False
            if (folder / mark).is_file():
                if job is None:
                    self._jobs[key] = job = Job(key, folder, list(command), mark, "finished")
                job.state = "finished"
                return job.state
            if job is None or job.state in ("failed", "cancelled", "finished"):
                stopping = self._jobs.pop(key).process if job is not None else None
                job = Job(key, folder, list(command), mark, process=stopping, ready=ready, spare=spare)
                self._jobs[key] = job
            job.watchers[who] = time.monotonic()
            self._forget_old()
            return job.state

    def prepare(self, key: str, folder: Path, command: Sequence[str]) -> None:
        """Run a command once, while nobody waits for another one; it is stopped and taken up again as often as need be.

        Args:
            key: of the command.
            folder: where its log goes, and the mark ``DONE`` when it ended well.
            command: the words of the command line; it must go on where it was stopped.
        """
        with self._lock:
            if not (folder / DONE).is_file():
                self._jobs.setdefault(key, Job(key, folder, list(command), DONE, behind=True))

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
                before += job.counts
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
                starting = self._hand_out()
            for job in starting:
                self._start(job)
            self._keep_spare()
        with self._lock:
            processes = [job.process for job in self._jobs.values()]
        for process in (*processes, self._spare):
            _stop(process)
        for process in (*processes, self._spare):
            if process is not None:
                process.wait()

    def _hand_out(self) -> list[Job]:
        """Return who is next; what nobody waits for gives way, and its turn comes when all others are through."""
        running = [job for job in self._jobs.values() if job.process is not None]
        waiting = [job for job in self._jobs.values() if job.state == "waiting" and job.process is None]
        first = [job for job in waiting if not job.behind]
        free = self._slots - len(running)
        giving_way = [job for job in running if job.behind and not job.paused]
        for job in giving_way[: max(len(first) - free, 0)]:
            job.paused = True
            _stop(job.process)
        others = any(job.counts for job in self._jobs.values())
        starting = (first or ([] if others else waiting))[: max(free, 0)]
        for job in starting:
            job.state, job.paused = "running", False
        return starting

    def _look_after(self, job: Job) -> None:
        now = time.monotonic()
        for who, seen in list(job.watchers.items()):
            if not self._connected(who):  # less of the patience is left
                job.watchers[who] = seen = min(seen, now - self._patience + self._absence)
            if now - seen > self._patience:
                del job.watchers[who]
        if job.process is not None and (code := job.process.poll()) is not None:
            _stop(job.process)  # nothing is left to stop: closes our end of its pipe
            job.process = None
            if code == 0:
                job.state = "finished"
                with suppress(OSError):  # the folder was removed
                    (job.folder / job.mark).touch()
            elif job.state == "running":
                job.state = "waiting" if job.paused else "failed"
        if not job.watchers and not job.behind and job.state in ("waiting", "running"):
            job.state = "cancelled"
            _stop(job.process)

    def _forget_old(self) -> None:
        ended = [key for key, job in self._jobs.items() if job.process is None and job.state not in ("waiting",)]
        for key in ended[: max(len(ended) - MOST_KEPT, 0)]:
            del self._jobs[key]

    def _start(self, job: Job) -> None:
        """Start a command; without the lock, because getting ready may take a second."""
        try:
            if job.ready is not None:
                job.ready()
            job.process = self._handed_over(job) if job.spare else None
            if job.process is None:
                with (job.folder / LOG).open("ab") as log:
                    job.process = _kept(job.command, log)
        except Exception as error:  # whatever it is, the line goes on
            job.state = "failed"
            with suppress(OSError):
                (job.folder / LOG).write_text(f"{error}\n", encoding="utf-8")

    def _handed_over(self, job: Job) -> subprocess.Popen[bytes] | None:
        """Let the spare become a job; None if there is none."""
        spare, self._spare = self._spare, None
        if spare is None or spare.stdin is None:
            return None
        self._spare_at = time.monotonic() + SPARE_SECONDS
        order = {"log": str(job.folder / LOG), "words": job.command[2:]}
        try:
            spare.stdin.write(f"{json.dumps(order)}\n".encode())
            spare.stdin.flush()
        except OSError:  # it has died
            return None
        return spare

    def _keep_spare(self) -> None:
        """Have a spare at hand, or on its way; one that died is not replaced at once.

        None is made while somebody's run is at work: first results come first, and there is memory for one of them.
        """
        if self._spare is not None and self._spare.poll() is not None:
            _stop(self._spare)
            self._spare = None
        at_work = any(job.process is not None and not job.behind for job in self._jobs.values())
        if self._spare_command and self._spare is None and not at_work and time.monotonic() >= self._spare_at:
            self._spare_at = time.monotonic() + SPARE_SECONDS
            with suppress(OSError):  # no process can be made
                self._spare = _kept(self._spare_command, None)


def _kept(command: Sequence[str], log: IO[bytes] | None) -> subprocess.Popen[bytes]:
    """A command under a keeper; what they say goes into ``log``, or where the server's own words go."""
    keeper = [sys.executable, "-m", "sim.dashboard.keeper", *command]
    return subprocess.Popen(keeper, stdin=subprocess.PIPE, stdout=log, stderr=log, cwd=ROOT, start_new_session=True)


def _stop(process: subprocess.Popen[bytes] | None) -> None:
    """Close the pipe: the keeper stops the command."""
    if process is not None and process.stdin is not None:
        with suppress(OSError):  # what was still to be said
            process.stdin.close()
