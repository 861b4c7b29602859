"""What each outcome means."""

from __future__ import annotations

from typing import Any

from sim.analysis.outcomes import OUTCOMES
from sim.report.catalogue import Words
from sim.report.names import outcome_description, outcome_label, outcome_unit
from sim.report.results import Results


def build(results: Results, words: Words) -> dict[str, Any] | None:
    """All outcomes that these results hold, or all."""
    held = set(results.runs.columns) if results.runs is not None else set(OUTCOMES)
    return {
        "outcomes": [
            {"label": outcome_label(o.name, o.label, words), "unit": outcome_unit(o.name, o.unit, words),
             "description": outcome_description(o.name, o.description, words)}
            for o in OUTCOMES.values() if o.name in held
        ]
    }  # fmt: skip
