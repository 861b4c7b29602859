"""One command at a time writes into a results folder; the lock dies with its process, so none has to be removed."""

from __future__ import annotations

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
    """
    try:
        import fcntl
    except ImportError:  # not on this system: two commands in one folder are then the user's care
        yield
        return
    with (out / f"{LOCK}{suffix}").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise InputError(
                f"{out}: another command is writing into this folder; wait, or name another --out."
            ) from None
        yield
