"""What a worker of a cluster does with a task: see that it is fit, say what it has in hand, and do one at a time.

A cluster says of a lost task only that its worker died, not whether it had begun. So each task leaves a sign in the
driver's folder, which all machines share.
"""

from __future__ import annotations

import os
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import IO, Any, NamedTuple

from sim.experiments.engine import NUMERIC, package_versions
from sim.experiments.running.chunks import CONTEXT, HANGING
from sim.experiments.running.executors import ExecutorFailed
from sim.experiments.running.last_words import let_go
from sim.experiments.running.loaded_sources import load_model
from sim.experiments.running.worker import context_of, report_to

# A file of the driver's folder: runs begun, run in hand, process.
SIGN = "begun-{token}"
_SIGN = struct.Struct("<qqq")
UNSEEN = (
    "The worker on {host} does not see {folder}; all machines of a cluster must share the results folder, under the"
    " same path."
)
UNLIKE = (
    "The worker on {host} has {found}, this machine has {wanted}; all machines of a cluster must have the same model"
    " and packages, or the results would differ."
)
# The timer of a run that takes too long, and what is known of the run in hand, are the process's and not the thread's.
_one_at_a_time = threading.Lock()


class Begun(NamedTuple):
    """What a lost task left. ``run``: the number of the run in hand, None if none was; ``why``: where it hung."""

    run: int | None
    why: str


def perform(folder: Path, token: str, sources: tuple[tuple[str, str], ...], work: Callable[[], Any]) -> Any:
    """Do a task in this process, once others of this process are through.

    Args:
        folder: of the driver.
        token: names the sign that it leaves while it is at work.
        sources: of the driver, by ``sources_of``; the worker's must be the same.
        work: the task.

    Raises:
        ExecutorFailed: if this worker is not fit for any task.
        Exception: whatever the task raises.
    """
    with _one_at_a_time:
        _make_ready(folder, sources)
        with _sign(folder / SIGN.format(token=token)):
            try:
                return work()
            finally:
                let_go(folder, crashes=True)


def sources_of(folder: Path) -> tuple[tuple[str, str], ...]:
    """Return all that decides results besides the study: digest of the model's sources, versions of packages."""
    code = context_of(folder).engine.code_digest()[:12]
    return ("model", code), *package_versions(NUMERIC).items()


def read_sign(folder: Path, token: str) -> Begun | None:
    """Return what a lost task left; None if it had not begun."""
    try:
        _, run, process = _SIGN.unpack((folder / SIGN.format(token=token)).read_bytes())
    except (OSError, struct.error):
        return None
    try:
        why = (folder / HANGING.format(pid=process)).read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        why = ""
    return Begun(run if run >= 0 else None, why)


@lru_cache(maxsize=2)
def _make_ready(folder: Path, sources: tuple[tuple[str, str], ...]) -> None:
    """Compare this worker with the driver, and load the model before any run is timed; once a driver."""
    host = socket.gethostname()
    if not (folder / CONTEXT).exists():
        raise ExecutorFailed(UNSEEN.format(host=host, folder=folder.parent))
    own = dict(sources_of(folder))
    unlike = [(name, value) for name, value in sources if own.get(name) != value]
    if unlike:
        found = ", ".join(f"{name} {own.get(name)}" for name, _ in unlike)
        wanted = ", ".join(f"{name} {value}" for name, value in unlike)
        raise ExecutorFailed(UNLIKE.format(host=host, found=found, wanted=wanted))
    load_model(folder)


@contextmanager
def _sign(path: Path) -> Iterator[None]:
    """Keep a file of how far the task is, until it is through. It stays if the process dies."""
    with path.open("wb", buffering=0) as file:
        file.write(_SIGN.pack(0, -1, os.getpid()))
        report_to(0, _Beats(file))
        try:
            yield
        finally:
            report_to(0, None)
    path.unlink(missing_ok=True)


class _Beats:
    """The numbers of a sign that the worker keeps up to date."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def __setitem__(self, at: int, value: int) -> None:
        self._file.seek(8 * at)
        self._file.write(struct.pack("<q", value))
