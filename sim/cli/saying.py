"""Plain sentences and counted things."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from rich.console import Console

from sim.shipped import IS_CHECKOUT, ROOT


def say(notes: Console, text: str) -> None:
    """Print a sentence as it is, on one line."""
    notes.print(text, highlight=False, markup=False, soft_wrap=True)


def program() -> str:
    """Return how this program was called, so that who reads it can type it again: with which Python, if it matters."""
    called = Path(sys.argv[0])
    if called.stem == "talent-flight":
        return called.name
    python = ROOT / ".venv" / "bin" / "python"
    if called.name == "run_sim.py" and IS_CHECKOUT and Path(sys.prefix).resolve() == python.parents[1].resolve():
        return f"{min(str(python), os.path.relpath(python), key=len)} {called}"
    return "run_sim.py"


def number_of(count: int, noun: str) -> str:
    """Return "1 run" or "3 runs"."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
