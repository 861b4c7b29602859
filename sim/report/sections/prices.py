"""What a gain costs."""

from __future__ import annotations

from typing import Any

from sim.report.catalogue import Words
from sim.report.prices import price_table
from sim.report.results import Results
from sim.report.sections.effects import MOST


def build(results: Results, words: Words) -> dict[str, Any] | None:
    """A row per policy; none without the tables of the folder worth."""
    table = price_table(results, results.policies[:MOST], words)
    return {"table": table} if table is not None else None
