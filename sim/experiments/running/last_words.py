"""Letting go of the file for a worker's last traceback, where the process outlives its driver.

A worker keeps that file open for good, as it may be needed when no Python can open one any more. A process that serves
one driver after another, of a cluster or making runs itself, would hold one more descriptor for each.
"""

from __future__ import annotations

import faulthandler
import os
from contextlib import suppress
from pathlib import Path

from sim.experiments.running import worker


def let_go(folder: Path, crashes: bool = False) -> None:
    """Close the file that this process holds open in the folder of a driver, between two tasks.

    Args:
        folder: of the driver, as its tasks had it.
        crashes: a crash of this process would be written there, too; it no longer is.
    """
    if crashes:
        faulthandler.disable()
    with suppress(OSError):  # the folder is gone, and nothing of it was open
        os.close(worker._hanging(folder))
    worker._hanging.cache_clear()
