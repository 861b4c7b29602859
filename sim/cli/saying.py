"""Plain sentences and counted things."""

from __future__ import annotations

from rich.console import Console


def say(notes: Console, text: str) -> None:
    """Print a sentence as it is, on one line."""
    notes.print(text, highlight=False, markup=False, soft_wrap=True)


def number_of(count: int, noun: str) -> str:
    """Return "1 run" or "3 runs"."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
