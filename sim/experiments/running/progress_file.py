"""Progress for other programs: ``progress.json`` in the results folder, whole at any moment."""

from __future__ import annotations

import json
import os
import socket
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.experiments.storage.leftovers import unfinished_path

if TYPE_CHECKING:
    from sim.experiments.running.runner import Outcome

NAME = "progress.json"
EVERY_SECONDS = 1.0


class Throughput:
    """Runs a second and time left, by a clock that nobody sets."""

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self._first: int | None = None

    def __call__(self, ended: int, planned: int) -> tuple[float, float | None]:
        """Return runs a second so far, and the seconds left, None while there is no pace."""
        if self._first is None:
            self._first = ended
        gone, made = time.monotonic() - self._begun, ended - self._first
        if made <= 0 or gone <= 0.0:
            return 0.0, None
        return made / gone, (planned - ended) * gone / made


class ProgressFile:
    """Keeps ``progress.json`` up to date, at most once a second. A disk that does not take it stops nothing."""

    def __init__(self, results: Path, suffix: str = "") -> None:
        self._path = results / f"{NAME.removesuffix('.json')}{suffix}.json"
        self._started = datetime.now(UTC)
        self._told: float | None = None
        self._throughput = Throughput()

    def tell(self, outcome: Outcome, doing: str, last: bool = False) -> None:
        """Write where things stand; ``doing`` is what is going on, or how it ended."""
        now = time.monotonic()
        if not last and self._told is not None and now - self._told < EVERY_SECONDS:
            return
        self._told = now
        per_second, left = self._throughput(outcome.finished + outcome.quarantined, outcome.planned)
        content: dict[str, Any] = {
            "state": doing,
            "planned": outcome.planned,
            "finished": outcome.finished,
            "reused": outcome.reused,
            "quarantined": outcome.quarantined,
            "runs_per_second": round(per_second, 3),
            "seconds_left": None if left is None or last else round(left, 1),
            "started": self._started.isoformat(timespec="seconds"),
            "updated": datetime.now(UTC).isoformat(timespec="seconds"),
            "host": socket.gethostname(),
            "pid": os.getpid(),
        }
        with suppress(OSError):
            temporary = unfinished_path(self._path.parent, self._path.name)
            temporary.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
            os.replace(temporary, self._path)
