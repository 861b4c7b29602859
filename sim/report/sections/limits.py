"""What the results cannot say."""

from __future__ import annotations

from typing import Any

from sim.report.catalogue import Words
from sim.report.results import Results


def build(results: Results, words: Words) -> dict[str, Any] | None:
    """The limits, those of the worlds last."""
    return {"limits": [*words.listed("limits.items"), results.source.limit(words)]}
