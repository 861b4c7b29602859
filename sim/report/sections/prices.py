"""What a gain costs."""

from __future__ import annotations

from typing import Any

from sim.report.catalogue import Words
from sim.report.prices import price_columns, price_rows
from sim.report.results import Results
from sim.report.sections.question import asks_of_eight


def build(results: Results, words: Words) -> dict[str, Any] | None:
    """A row per policy; none without the tables of the folder worth."""
    rows = price_rows(results, results.policies, words)
    return {"rows": rows, "columns": price_columns(results), "eight": asks_of_eight(results)} if rows else None
