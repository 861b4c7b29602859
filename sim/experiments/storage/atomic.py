"""Files that appear whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import IO

from sim.experiments.storage.leftovers import unfinished_path


def write_atomically(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    """Write a file so that it appears whole or not at all: temporary file beside it, fsync, rename, fsync.

    Raises:
        OSError: if the disk does not take it; the file is what it was then.
    """
    temporary = unfinished_path(path.parent, path.name)
    try:
        with temporary.open("wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException as error:
        temporary.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename is None:
            error.filename = str(path)  # a full disk does not say which file it did not take
        raise
    sync_folder(path.parent)


def write_text(path: Path, text: str) -> None:
    """Write a text file (UTF-8, line feeds) so that it appears whole or not at all."""
    write_atomically(path, lambda file: file.write(text.encode("utf-8")))


def sync_folder(folder: Path) -> None:
    """Make the names in a folder last beyond a loss of power."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
