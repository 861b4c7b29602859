"""Public accounts: who pays, and what comes in."""

from __future__ import annotations

from typing import Any

from sim.report.catalogue import Words
from sim.report.results import Results
from sim.report.sections.effect_cells import effect_table
from sim.report.sections.effects import MOST


def build(results: Results, words: Words) -> dict[str, Any] | None:
    """A row per policy; none without a comparison."""
    if results.comparison is None:
        return None
    held = set(results.comparison["outcome"])
    columns = {name: title for name, title in words.table("page.cost_column").items() if name in held}
    note = words("page.costs_note")
    shown = results.policies[:MOST]
    table = effect_table("costs", words("page.costs"), results.comparison, shown, columns, words, [note])
    return {"table": table} if table.rows and columns else None
