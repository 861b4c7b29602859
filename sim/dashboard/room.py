"""Room on disk for live runs: what was used longest ago goes first, and nothing that somebody looks at."""

from __future__ import annotations

import os
import shutil
import time
from contextlib import suppress
from pathlib import Path

from sim.dashboard.ask import ASK, DONE

SEEN_EVERY_SECONDS = 60.0
IN_USE_SECONDS = 900.0
"""Since the last sign of use, during which a run is never removed."""


def seen(folder: Path) -> None:
    """Note that the results of an ask are in use."""
    note, now = folder / ASK, time.time()
    with suppress(OSError):  # never asked for, or removed
        if now - note.stat().st_mtime > SEEN_EVERY_SECONDS:
            os.utime(note)


def make_room(cache: Path, most_bytes: int, in_use_seconds: float = IN_USE_SECONDS) -> int:
    """Remove runs, those used longest ago first, until the rest takes at most so much.

    Files that several runs share by links count once. Folders that hold no ``ask.json`` are not ours and stay.

    Args:
        cache: folder of live runs.
        most_bytes: that they may take; more while all are in use.
        in_use_seconds: a run with a sign of use within that time stays.

    Returns:
        the bytes that are left.
    """
    held: list[tuple[float, str, Path]] = []
    for note in cache.glob(f"*/{ASK}"):
        with suppress(OSError):
            held.append((note.stat().st_mtime, note.parent.name, note.parent))
    files = {folder: _files(folder) for _, _, folder in held}
    total, now = _bytes(files), time.time()
    for used, _, folder in sorted(held):
        if total <= most_bytes or now - used < in_use_seconds:
            break
        with suppress(OSError):
            (folder / DONE).unlink(missing_ok=True)  # first: half a folder is nobody's result
            (folder / ASK).unlink()  # and nobody's source
            shutil.rmtree(folder)
        if not (folder / ASK).exists():
            del files[folder]
            total = _bytes(files)
    return total


def _files(folder: Path) -> dict[tuple[int, int], int]:
    """Size of each file by its identity on disk."""
    found = {}
    for path in folder.rglob("*"):
        with suppress(OSError):
            about = path.lstat()
            if not path.is_dir():
                found[about.st_dev, about.st_ino] = about.st_size
    return found


def _bytes(files: dict[Path, dict[tuple[int, int], int]]) -> int:
    shared: dict[tuple[int, int], int] = {}
    for one in files.values():
        shared |= one
    return sum(shared.values())
