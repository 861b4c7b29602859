"""Progress with the time left: a bar on a terminal, else a plain line now and then."""

from __future__ import annotations

import time
from types import TracebackType
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from sim.experiments.running.progress_file import Throughput

if TYPE_CHECKING:
    from sim.experiments.running.runner import Outcome

PLAIN_SECONDS = 10.0


class RunProgress:
    """Tells how far a study is. Use as a context manager; call with (how it goes, what is going on)."""

    def __init__(self, total: int, console: Console) -> None:
        self._total, self._console = total, console
        self._begun = self._told = time.monotonic()
        self._throughput = Throughput()
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

    def __call__(self, outcome: Outcome, doing: str) -> None:
        """Tell how many runs have ended, how fast, how many failed, and what is going on."""
        ended = outcome.finished + outcome.quarantined
        per_second, seconds = self._throughput(ended, self._total)
        parts = [f"{per_second:.2g} a second"] if per_second else []
        parts += [f"about {clock(seconds)} left"] if seconds else []
        parts += [f"{outcome.quarantined} failed"] if outcome.quarantined else []
        now = time.monotonic()
        if self._bar is not None:
            self._bar.update(self._task, completed=ended, description=doing, left=", ".join(parts))
        elif now - self._told >= PLAIN_SECONDS:
            self._told = now
            gone = f"{clock(now - self._begun)} gone"
            self._console.print(f"{doing}: {ended} of {self._total} runs, {', '.join([gone, *parts])}", soft_wrap=True)


def clock(seconds: float) -> str:
    """Return seconds as 3:07 or 1:02:45."""
    whole = round(seconds)
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"
