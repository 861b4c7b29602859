"""The answer in plain sentences."""

from __future__ import annotations

from typing import Any

from sim.report.answer import answer
from sim.report.catalogue import Words
from sim.report.results import Results


def build(results: Results, words: Words) -> dict[str, Any] | None:
    """The sentences; none without a comparison."""
    sentences = answer(results, words)
    return {"sentences": sentences} if sentences else None
