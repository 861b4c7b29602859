"""What interrupted processes leave in a results folder, and whose it is: names that say host and process."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import socket
import tempfile
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
                if is_gone(left["host"], int(left["pid"]), Path(entry.path)):
                    if entry.is_dir(follow_symlinks=False):
                        shutil.rmtree(entry.path, ignore_errors=True)
                    else:
                        os.unlink(entry.path)


def is_gone(host: str, process: int, path: Path) -> bool:
    """Whether a process is gone: of this machine if there is none, of another if its ``path`` is a day old.

    How old that is says the file system alone: the clocks of machines differ, and can be set while they run.

    Raises:
        OSError: if that cannot be found out.
    """
    if host == socket.gethostname():
        return not alive(process)
    with tempfile.TemporaryFile(dir=path.parent) as now:
        return os.fstat(now.fileno()).st_mtime - path.stat().st_mtime > _STALE_SECONDS


def alive(process: int) -> bool:
    """Whether there is a process of this number on this machine, one that is dead and only not yet counted left out."""
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    with suppress(OSError):
        return Path(f"/proc/{process}/stat").read_text(errors="replace").rpartition(")")[2].split()[0] not in "ZX"
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
