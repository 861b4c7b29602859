"""Outcomes that extensions measured: known from the table of runs, so that readers of results need no extension."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import cast

from sim.analysis.outcomes import OUTCOMES, Outcome
from sim.analysis.outcomes.registry import Better
from sim.analysis.run_record import RunRecord

NOTES = ("label", "unit", "better")
_learnt: set[str] = set()


def learn(columns: Iterable[str], notes: Mapping[str, Mapping[str, str]]) -> None:
    """Register columns that nobody here measures and whose file says label, unit and which way is better.

    What the file read last says is what holds.
    """
    for name in columns:
        note = notes.get(name, {})
        if (name not in OUTCOMES or name in _learnt) and all(key in note for key in NOTES):
            better = cast("Better", note["better"])
            OUTCOMES[name] = Outcome(name, note["label"], note["unit"], better, "Measured by an extension.", _elsewhere)
            _learnt.add(name)


def learnt() -> set[str]:
    """Return the names of outcomes that are known from results alone."""
    return set(_learnt)


def forget(names: Iterable[str] | None = None) -> None:
    """Take them out again, all or some: nothing in this process can measure them."""
    for name in learnt() if names is None else learnt().intersection(names):
        OUTCOMES.pop(name, None)
        _learnt.discard(name)


@contextmanager
def unlearnt() -> Iterator[None]:
    """Have none of them in a block that measures, and at its end those that there were."""
    held = {name: OUTCOMES[name] for name in _learnt}
    forget()
    try:
        yield
    finally:
        for name, outcome in held.items():
            if name not in OUTCOMES:
                OUTCOMES[name] = outcome
                _learnt.add(name)


def _elsewhere(run: RunRecord) -> float:
    raise LookupError("this outcome is measured by an extension that is not switched on")
