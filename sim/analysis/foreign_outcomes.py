"""Outcomes that extensions measured: known from the table of runs, so that readers of results need no extension."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast

from sim.analysis.outcomes import OUTCOMES, Outcome
from sim.analysis.outcomes.registry import Better
from sim.analysis.run_record import RunRecord

NOTES = ("label", "unit", "better")
_learnt: set[str] = set()


def learn(columns: Iterable[str], notes: Mapping[str, Mapping[str, str]]) -> None:
    """Register columns that no registered outcome has and whose file says label, unit and which way is better."""
    for name in columns:
        note = notes.get(name, {})
        if name not in OUTCOMES and all(key in note for key in NOTES):
            better = cast("Better", note["better"])
            OUTCOMES[name] = Outcome(name, note["label"], note["unit"], better, "Measured by an extension.", _elsewhere)
            _learnt.add(name)


def forget() -> None:
    """Take them out again: nothing in this process can measure them."""
    for name in _learnt:
        OUTCOMES.pop(name, None)
    _learnt.clear()


def _elsewhere(run: RunRecord) -> float:
    raise LookupError("this outcome is measured by an extension that is not switched on")
