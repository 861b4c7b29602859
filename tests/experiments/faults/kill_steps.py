"""A process that kills itself, or its whole group, at a chosen step: the n-th fsync, rename, commit and so on.

A kill at a random time seldom hits the moments that matter, which last a millisecond. The environment says what to do:
``KILL_STEP`` = ``role:operation:nth:delay:scope:token`` with role ``driver`` or ``worker``; delay in milliseconds after
the step has begun, or ``before``; scope ``own`` or ``group``; token: a file that is made when it strikes, so that it
strikes once. ``COUNT_STEPS`` = a folder in which every process counts its steps.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

OPERATIONS = ("fsync", "mkdir", "rename", "replace", "unlink", "rmdir")
COMMIT = "commit"  # of the ledger
ORDER, COUNTS = "KILL_STEP", "COUNT_STEPS"
_installed = False


def install() -> None:
    """Watch the steps of this process, if the environment asks for it."""
    global _installed
    order, counts = os.environ.get(ORDER), os.environ.get(COUNTS)
    role = "worker" if multiprocessing.parent_process() is not None else "driver"
    if _installed or (order is None and counts is None):
        return
    _installed = True
    step = _Steps(role, order, counts)
    for operation in OPERATIONS:
        setattr(os, operation, step.watched(operation, getattr(os, operation)))
    if role == "driver":
        connect = sqlite3.connect

        class Base(sqlite3.Connection):
            commit = step.watched(COMMIT, sqlite3.Connection.commit)

        sqlite3.connect = lambda *args, **options: connect(*args, factory=Base, **options)


class _Steps:
    def __init__(self, role: str, order: str | None, counts: str | None) -> None:
        self._seen: Counter[str] = Counter()
        self._counts = None if counts is None else Path(counts) / f"{role} {os.getpid()}"
        self._order: list[str] | None = None
        if order is not None and order.startswith(f"{role}:"):
            self._order = order.split(":", 5)[1:]

    def watched(self, operation: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: Any, **options: Any) -> Any:
            self._seen[operation] += 1
            if self._counts is not None:
                with self._counts.open("a") as file:
                    file.write(f"{operation}\n")
            if self._order is not None and self._order[0] == operation and self._order[1] == str(self._seen[operation]):
                self._strike(*self._order[2:])
            return real(*args, **options)

        return step

    def _strike(self, delay: str, scope: str, token: str) -> None:
        try:
            os.close(os.open(token, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return

        def end() -> None:
            if delay != "before":
                time.sleep(float(delay) / 1000.0)
            if scope == "group":
                os.killpg(0, signal.SIGKILL)
            os.kill(os.getpid(), signal.SIGKILL)

        if delay == "before":
            end()
        threading.Thread(target=end, daemon=True).start()
