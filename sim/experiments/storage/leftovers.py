"""What interrupted processes leave in a results folder, and whose it is: names that say host and process."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import socket
import time
from contextlib import suppress
from pathlib import Path

_STALE_SECONDS = 24 * 3600.0
_UNFINISHED = re.compile(r"\.(?:.*@)?(?P<host>[^@]+)\.(?P<pid>\d+)\.[0-9a-f]{8}\.tmp")


def unfinished_path(folder: Path, name: str = "") -> Path:
    """Return a path in a folder that no other process of any machine writes to; ``name``: what it is to become."""
    of = f"{name}@" if name else ""
    return folder / f".{of}{socket.gethostname()}.{os.getpid()}.{secrets.token_hex(4)}.tmp"


def sweep_out(folder: Path) -> None:
    """Remove what writers left unfinished: of this machine without a process, of others after a day.

    Anything else is left alone, and so is what cannot be removed.
    """
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            left = _UNFINISHED.fullmatch(entry.name)
            if left is None:
                continue
            with suppress(OSError):
                if left["host"] == socket.gethostname():
                    gone = not alive(int(left["pid"]))
                else:
                    gone = time.time() - entry.stat().st_mtime > _STALE_SECONDS
                if gone:
                    if entry.is_dir(follow_symlinks=False):
                        shutil.rmtree(entry.path, ignore_errors=True)
                    else:
                        os.unlink(entry.path)


def alive(process: int) -> bool:
    """Whether there is a process of this number on this machine."""
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True


def discard(folder: Path) -> None:
    """Remove a folder at once: it gets a name that means nothing to anyone, then its files go.

    Raises:
        OSError: if it cannot be removed; it is as it was then. A folder that is not there is no error.
    """
    aside = unfinished_path(folder.parent)
    with suppress(FileNotFoundError):
        os.rename(folder, aside)
        shutil.rmtree(aside, ignore_errors=True)
