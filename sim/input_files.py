"""Open files that somebody hands over: regular ones only, and none larger than its kind ever is.

A pipe would be waited for without end, ``/dev/zero`` has no end, a file of gigabytes does not fit into memory: all
three are refused before anything is read. docs/commands.md says the limits.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Literal

MEGABYTE = 1_000_000
BLOCK = 65_536
Kind = Literal["scenario", "sweep", "extension", "evidence", "posterior", "note", "study", "csv", "parquet"]
# The largest that the program writes, or that its examples hold, takes at most a tenth of these.
MOST_BYTES: dict[str, int] = {
    "scenario": MEGABYTE, "sweep": MEGABYTE, "extension": MEGABYTE, "evidence": 10 * MEGABYTE,
    "posterior": 50 * MEGABYTE,
    "note": 20 * MEGABYTE,  # manifest.json, scenarios.json, progress.json, receipts
    "study": 500 * MEGABYTE,  # study.json holds every point of a design: a million of them in twenty parameters
    "csv": 50 * MEGABYTE,
    "parquet": 20_000 * MEGABYTE,  # of a million runs; sim.analysis.reading refuses small ones that unpack to much
}  # fmt: skip


def check_file(path: Path, kind: Kind) -> None:
    """Refuse what is no regular file, or is larger than its kind.

    Raises:
        OSError: with a reason that a sentence can hold in brackets; also if there is no such file.
    """
    _check(os.stat(path), path, kind)


def read_file(path: Path, kind: Kind) -> bytes:
    """Return the bytes of a file.

    Raises:
        OSError: as :func:`check_file`, and if it cannot be read.
    """
    # Without waiting: a pipe that nobody writes into would hold us here.
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb") as file:
        about = os.fstat(handle)
        _check(about, path, kind)
        with named(path):
            return _content(file, about.st_size, path, kind)


@contextmanager
def named(path: Path) -> Iterator[None]:
    """Have errors of the system say which file they are about: reading itself gives no name of what was opened."""
    try:
        yield
    except OSError as error:
        raise type(error)(error.errno, error.strerror, str(path)) from None


def _content(file: IO[bytes], size: int, path: Path, kind: Kind) -> bytes:
    content = b""
    while part := file.read(size - len(content) + 1 if len(content) <= size else BLOCK):
        content += part  # files of the kernel say that they are empty, others grow while they are read
        if len(content) > MOST_BYTES[kind]:
            raise _too_large(path, kind)
    return content


def read_text(path: Path, kind: Kind) -> str:
    """Return the text of a file in UTF-8, lines ended as Python ends them.

    Raises:
        OSError: as :func:`read_file`.
        UnicodeDecodeError: if it is in another encoding.
    """
    return read_file(path, kind).decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")


def _check(about: os.stat_result, path: Path, kind: Kind) -> None:
    if stat.S_ISDIR(about.st_mode):
        raise IsADirectoryError(errno.EISDIR, "a folder, not a file", str(path))
    if not stat.S_ISREG(about.st_mode):
        raise OSError(errno.EINVAL, "a pipe, device or socket, not a regular file", str(path))
    if about.st_size > MOST_BYTES[kind]:
        raise _too_large(path, kind)


def _too_large(path: Path, kind: Kind) -> OSError:
    most = f"{MOST_BYTES[kind] // MEGABYTE} MB"
    return OSError(errno.EFBIG, f"larger than {most}, the most that such a file may have", str(path))
