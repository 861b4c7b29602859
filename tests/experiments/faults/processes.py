"""The processes of a command that was started in a session of its own, and signals to them."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[3]
SPAWNED = b"spawn_main"


class Process(NamedTuple):
    """A process of a session. ``is_worker``: it was spawned to make runs."""

    pid: int
    is_worker: bool


def start(module: str, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    """Start a module as the first process of a session; what it prints can be read from its pipe."""
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments], cwd=ROOT, start_new_session=True, text=True, errors="replace",
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip


def of_session(session: int) -> list[Process]:
    """Return the processes of a session that are still at work, those that only wait to be counted left out."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError):
            state, _, _, member = (path / "stat").read_text().rpartition(")")[2].split()[:4]
            if int(member) == session and state not in "ZX":
                found.append(Process(int(path.name), SPAWNED in (path / "cmdline").read_bytes()))
    return found


def kill(pid: int) -> None:
    """Kill a process, if it is still there."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def left_after(session: int, seconds: float) -> list[Process]:
    """Wait until a session has no process left; return those that are there after so many seconds, and kill them."""
    end = time.monotonic() + seconds
    while (left := of_session(session)) and time.monotonic() < end:
        time.sleep(0.02)
    for process in left:
        kill(process.pid)
    return left
