"""Semaphores of drivers that were killed with all that belongs to them.

Python removes the semaphores that a driver shares with its workers by a process of its own, the resource tracker.
Whoever kills that, too (a whole group of processes, a container's memory limit) leaves them in shared memory until the
machine starts again. So they bear the number of their driver, and a later driver removes those of the dead.
"""

from __future__ import annotations

import multiprocessing
import os
import re
import sys
from contextlib import suppress
from pathlib import Path

from sim.experiments.storage.leftovers import alive

SHARED_MEMORY = Path("/dev/shm")
_FILE = "sem."  # Linux keeps the semaphore /name in a file sem.name
_OURS = re.compile(r"sem\.talent-flight-(?P<numbers>\d+)-(?P<pid>\d+)-.*")


def name_semaphores() -> None:
    """Have the semaphores that this process makes from now on bear its number, where the system keeps them as files."""
    numbers = _numbers()
    if numbers is not None:
        # What Python begins their names with has no public name.
        multiprocessing.current_process()._config["semprefix"] = f"/talent-flight-{numbers}-{os.getpid()}"  # type: ignore[attr-defined]


def sweep_semaphores(folder: Path = SHARED_MEMORY) -> None:
    """Remove the semaphores of drivers that are gone; of processes that are numbered apart, as in containers, none."""
    numbers = _numbers()
    if numbers is None:
        return
    with suppress(OSError):
        for name in os.listdir(folder):
            left = _OURS.fullmatch(name)
            if left is not None and left["numbers"] == numbers and not alive(int(left["pid"])):
                with suppress(OSError):  # another user's
                    (folder / name).unlink()


def _numbers() -> str | None:
    """Return by whom the processes of this system are numbered, which containers do apart; None elsewhere."""
    if sys.platform != "linux":
        return None
    try:
        found = re.search(r"\d+", os.readlink("/proc/self/ns/pid"))
    except OSError:
        return None
    return None if found is None else found[0]
