"""What a process holds of the machine, and what was left on it by processes that are gone."""

from __future__ import annotations

import ctypes
import gc
import os
import re
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import psutil

SHARED_MEMORY = Path("/dev/shm")


class Holdings(NamedTuple):
    """What a process holds.

    ``resident``: bytes of memory that the system has given it; ``heap``: bytes of it in use, 0 if nobody can tell;
    ``files``: descriptors; the rest as counts.
    """

    resident: int
    heap: int
    files: int
    threads: int
    children: int
    temporary: int
    shared: int

    def more_than(self, before: Holdings) -> list[str]:
        """Return what is held beyond an earlier look, memory apart: that is a matter of slopes."""
        names = ("files", "threads", "children", "temporary", "shared")
        grown = [(name, getattr(self, name) - getattr(before, name)) for name in names]
        return [f"{number} {name} more" for name, number in grown if number > 0]


def holdings(temporary: Path) -> Holdings:
    """Return what this process holds now; ``temporary``: its own folder for temporary files."""
    gc.collect()
    process = psutil.Process()
    mapped = {entry.path for entry in process.memory_maps() if entry.path.startswith(f"{SHARED_MEMORY}/")}
    return Holdings(
        process.memory_info().rss, heap(), process.num_fds(), max(process.num_threads(), threading.active_count()),
        len(process.children(recursive=True)), sum(1 for _ in temporary.rglob("*")), len(mapped),
    )  # fmt: skip


class _Mallinfo(ctypes.Structure):
    """``struct mallinfo2`` of the GNU C library."""

    _fields_ = tuple(
        (name, ctypes.c_size_t)
        for name in (
            "arena",
            "ordblks",
            "smblks",
            "hblks",
            "hblkhd",
            "usmblks",
            "fsmblks",
            "uordblks",
            "fordblks",
            "keep",
        )
    )


def heap() -> int:
    """Return the bytes that are in use: of the C library, of Python's small objects, of Arrow; 0 on other systems.

    What the allocators keep back is not in it, so that it says to a kilobyte what is held on to. A small object of
    Python is counted with 64 bytes, about their mean.
    """
    import pyarrow as pa

    library = ctypes.CDLL(None)
    if not hasattr(library, "mallinfo2"):
        return 0
    library.mallinfo2.restype = _Mallinfo
    told = library.mallinfo2()
    return int(told.uordblks + told.hblkhd + 64 * sys.getallocatedblocks() + pa.total_allocated_bytes())


def shared_now() -> set[str]:
    """Return the names in shared memory, whoever made them."""
    return set(os.listdir(SHARED_MEMORY)) if SHARED_MEMORY.is_dir() else set()


def orphans(before: set[str], process: int | None = None) -> list[str]:
    """Return what has come into shared memory since and no process has open or mapped any more.

    Names that do not say whose they are belong to any program of the machine and are left out.

    Args:
        before: the names that were there.
        process: whose; by default of any driver of this program.
    """
    ours = re.compile(rf"sem\.talent-flight-\d+-{process or '[0-9]+'}-.*")
    new = {str(SHARED_MEMORY / name) for name in shared_now() - before if ours.fullmatch(name)}
    for one in psutil.process_iter() if new else ():
        with suppress(psutil.Error, OSError):
            new -= {entry.path for entry in one.memory_maps()}
            new -= {entry.path for entry in one.open_files()}
    return sorted(new)


def slope(at: Sequence[float], values: Sequence[float]) -> float:
    """Return the median slope over all pairs of points (Theil 1950; Sen 1968), which single outliers cannot move."""
    from scipy.stats import theilslopes

    return float(theilslopes(values, at).slope)
