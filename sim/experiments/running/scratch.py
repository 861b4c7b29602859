"""The folder that a driver has for itself and its workers while it is at work: the context, and signs between them."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sim.experiments.storage.leftovers import is_gone

if TYPE_CHECKING:
    from sim.experiments.running.driver import Progress

_SCRATCH, _ALIVE_SECONDS = ".driver", 600.0


def showing_life(progress: Progress, folder: Path) -> Progress:
    """Return the same, which now and then shows other machines that this driver lives."""
    shown = time.monotonic()

    def tell(ended: int, quarantined: int, doing: str) -> None:
        nonlocal shown
        if time.monotonic() - shown > _ALIVE_SECONDS:
            shown = time.monotonic()
            with suppress(OSError):
                os.utime(folder)
        progress(ended, quarantined, doing)

    return tell


@contextmanager
def scratch_folder(results: Path) -> Iterator[Path]:
    """Give a driver a folder of its own in the results folder; it goes with the driver, at the latest with the next."""
    # A name of its own each time: workers that outlive a driver remember what they read in its folder.
    unique = f"{_SCRATCH}-{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"
    folder = (results / unique).absolute()
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep_scratch(results: Path) -> None:
    """Remove the folders of drivers that are gone: of this machine without a process, of others after a day."""
    for path in results.glob(f"{_SCRATCH}-*"):
        with suppress(OSError, ValueError):
            host, process, _ = path.name.removeprefix(f"{_SCRATCH}-").rsplit("-", 2)
            if is_gone(host, int(process), path):
                shutil.rmtree(path, ignore_errors=True)
