"""The order of a model's processes, and how to change it: tuples in, tuples out."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.model.flight import FlightModel

Process = Callable[["FlightModel"], Any]


def name_of(process: Process) -> str:
    """Return the name under which a process is timed."""
    inner = process.func if isinstance(process, partial) else process
    return str(getattr(inner, "__name__", type(inner).__name__))


def replaced(processes: tuple[Process, ...], old: Process | str, new: Process) -> tuple[Process, ...]:
    """Return the processes with another one in the place of ``old`` (the function or its name).

    Raises:
        ValueError: if ``old`` is not among them.
    """
    at = _position(processes, old)
    return (*processes[:at], new, *processes[at + 1 :])


def added(processes: tuple[Process, ...], new: Process, *, before: Process | str | None = None) -> tuple[Process, ...]:
    """Return the processes with one more, last or before another (the function or its name).

    Raises:
        ValueError: if ``before`` is not among them.
    """
    at = len(processes) if before is None else _position(processes, before)
    return (*processes[:at], new, *processes[at:])


def _position(processes: tuple[Process, ...], wanted: Process | str) -> int:
    name = wanted if isinstance(wanted, str) else name_of(wanted)
    for at, process in enumerate(processes):
        if process is wanted or (isinstance(wanted, str) and name_of(process) == name):
            return at
    raise ValueError(f"no process '{name}', only: {', '.join(name_of(process) for process in processes)}.")
