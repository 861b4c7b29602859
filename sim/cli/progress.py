"""Progress with the time left: a bar on a terminal, else a plain line now and then."""

from __future__ import annotations

import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

PLAIN_SECONDS = 10.0


class RunProgress:
    """Tells how many runs have ended. Use as a context manager; call with (ended, what is going on)."""

    def __init__(self, total: int, console: Console) -> None:
        self._total, self._console = total, console
        self._begun = self._told = time.monotonic()
        self._first: int | None = None
        self._bar: Progress | None = None
        if console.is_terminal:
            self._bar = Progress(
                TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
                TextColumn("{task.fields[left]}"), console=console, transient=True,
            )  # fmt: skip
            self._task = self._bar.add_task("starting", total=total, left="")

    def __enter__(self) -> RunProgress:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, ended: int, doing: str) -> None:
        """Tell that so many runs have ended, and what is going on."""
        if self._first is None:
            self._first = ended
        now = time.monotonic()
        left = time_left(now - self._begun, ended - self._first, self._total - ended)
        if self._bar is not None:
            self._bar.update(self._task, completed=ended, description=doing, left=left)
        elif now - self._told >= PLAIN_SECONDS:
            self._told = now
            gone = clock(now - self._begun)
            self._console.print(f"{doing}: {ended} of {self._total} runs, {gone} gone{left and ', ' + left}")


def time_left(seconds: float, made: int, to_make: int) -> str:
    """Return "about 3:10 left" from the pace so far, or an empty text while there is no pace."""
    if made <= 0 or to_make <= 0:
        return ""
    return f"about {clock(seconds / made * to_make)} left"


def clock(seconds: float) -> str:
    """Return seconds as 3:07 or 1:02:45."""
    whole = round(seconds)
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"
