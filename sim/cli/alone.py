"""One command at a time writes into a results folder; the lock dies with its process, so none has to be removed."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sim.errors import InputError

LOCK = ".lock"


@contextmanager
def alone(out: Path, suffix: str = "") -> Iterator[None]:
    """Hold the folder, or one part of it, while writing into it.

    Raises:
        InputError: if another command holds it.
        OSError: if the lock is no file of its own.
    """
    try:
        import fcntl
    except ImportError:  # not on this system: two commands in one folder are then the user's care
        yield
        return
    with os.fdopen(_opened(out / f"{LOCK}{suffix}")) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise InputError(
                f"{out}: another command is writing into this folder; wait, or name another --out."
            ) from None
        yield


def _opened(path: Path) -> int:
    """Open the lock, made if it is not there: nothing is waited for or followed, and nothing in it is lost.

    Who hands over a folder may have put a pipe in its place, or a link to another file.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, 0o666)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "not a regular file; remove it", str(path))
    return handle
