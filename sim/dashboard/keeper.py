"""Runs a command as long as its server lives: ``python -m sim.dashboard.keeper COMMAND...``.

The keeper's standard input is a pipe that the server holds. What comes through it is passed on to the command. When it
closes, because the server closed it (cancel) or died in whatever way, the command is told to stop, which leaves its
folder whole, and is ended if it does not. If the keeper itself is killed, the kernel stops the command.
"""

from __future__ import annotations

import ctypes
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress

PR_SET_PDEATHSIG = 1  # prctl(2)
POLL_SECONDS = 0.2
GRACE_SECONDS = 15.0  # more than a command waits for the runs in hand
NICENESS = 5  # of the command: the page answers first


def keep(command: Sequence[str], pipe: int, grace: float = GRACE_SECONDS) -> int:
    """Run a command until it ends or the pipe closes.

    Args:
        command: the words of the command line.
        pipe: a file descriptor; what it brings is for the command, end of file on it means stop.
        grace: seconds that a command told to stop may take.

    Returns:
        the command's exit code; minus the signal if one ended it.
    """
    # A group of its own, so that everything it started can be ended with it.
    process = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True, preexec_fn=_begin)
    assert process.stdin is not None
    while process.poll() is None:
        readable, _, _ = select.select([pipe], [], [], POLL_SECONDS)
        if not readable:
            continue
        if said := os.read(pipe, 65_536):
            with suppress(BrokenPipeError):  # it has just ended
                process.stdin.write(said)
                process.stdin.flush()
        else:
            _stop(process, grace)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)  # what it may have left behind
    return process.returncode


def _stop(process: subprocess.Popen[bytes], grace: float) -> None:
    process.terminate()
    end = time.monotonic() + grace
    while process.poll() is None and time.monotonic() < end:
        time.sleep(0.05)
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _begin() -> None:
    """Of the command, before it starts: it gives way to others, and ends with the keeper."""
    os.nice(NICENESS)
    with suppress(OSError, AttributeError):  # not on this system: then the pipe alone must do
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


if __name__ == "__main__":
    sys.exit(keep(sys.argv[1:], sys.stdin.fileno()) & 0xFF)
