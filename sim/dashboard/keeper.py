"""Runs a command as long as its server lives: ``python -m sim.dashboard.keeper COMMAND...``.

The keeper's standard input is a pipe that the server holds and never writes to. When it closes, because the server
closed it (cancel) or died in whatever way, the command is told to stop, which leaves its folder whole, and is ended if
it does not. If the keeper itself is killed, the kernel stops the command.
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


def keep(command: Sequence[str], pipe: int, grace: float = GRACE_SECONDS) -> int:
    """Run a command until it ends or the pipe closes.

    Args:
        command: the words of the command line.
        pipe: a file descriptor; end of file on it means stop.
        grace: seconds that a command told to stop may take.

    Returns:
        the command's exit code; minus the signal if one ended it.
    """
    # A group of its own, so that everything it started can be ended with it.
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=_end_with_parent)
    while process.poll() is None:
        readable, _, _ = select.select([pipe], [], [], POLL_SECONDS)
        if readable and not os.read(pipe, 1):
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


def _end_with_parent() -> None:
    with suppress(OSError, AttributeError):  # not on this system: then the pipe alone must do
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


if __name__ == "__main__":
    sys.exit(keep(sys.argv[1:], sys.stdin.fileno()) & 0xFF)
