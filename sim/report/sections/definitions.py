"""What each outcome means."""

from __future__ import annotations

from typing import Any

from sim.analysis.outcomes import OUTCOMES
from sim.report.catalogue import Words
from sim.report.results import Results


def build(results: Results, words: Words) -> dict[str, Any] | None:
    """All outcomes."""
    return {"outcomes": list(OUTCOMES.values())}
