"""Ctrl-C and SIGTERM while runs are made: the first lets workers end the run in hand, the second ends them at once."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from sim.experiments.running.chunks import STOP


class Stopping:
    """Whether the work shall stop, and how soon.

    Args:
        folder: the driver's own; a file in it tells the workers.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._heard = 0

    @property
    def wanted(self) -> bool:
        """Whether to hand out no more work."""
        return self._heard > 0

    @property
    def at_once(self) -> bool:
        """Whether not even to wait for the runs in hand."""
        return self._heard > 1

    def hear(self) -> None:
        """Ask to stop; a second time: at once."""
        self._heard += 1
        self.tell_workers()

    def tell_workers(self) -> None:
        """Tell workers to leave what they have after the run in hand."""
        with suppress(OSError):  # a full disk: they are waited for
            (self._folder / STOP).touch()

    @contextmanager
    def listening(self) -> Iterator[None]:
        """SIGINT and SIGTERM ask to stop instead of raising in the middle of anything (main thread only)."""

        def heard(number: int, frame: FrameType | None) -> None:
            self.hear()

        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, heard) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
