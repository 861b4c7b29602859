"""What each scenario does and what it costs."""

from __future__ import annotations

from typing import Any

from sim.analysis.drivers import is_driver
from sim.report.catalogue import Words
from sim.report.results import Results
from sim.report.sections.effect_cells import effect_table
from sim.report.sections.question import asks_of_eight
from sim.report.sections.shown import figures_of

MOST = 40
"""Scenarios from which only the recommendations are shown here; the full table has all."""


def build(results: Results, words: Words) -> dict[str, Any] | None:
    """Recommendations, all of them together, what happened, and drivers; none without a comparison."""
    if results.comparison is None:
        return None
    usual = [s for s in results.policies if s.name in ("all_eight", "french_tech_2014") or is_driver(s.levers)]
    shown = [*results.recommendations, *usual] or results.policies
    columns = words.table("page.column")
    eight = asks_of_eight(results)
    counted = results.source.counted(int(results.comparison["n"].min()), words)
    note = words("page.effects_note", years=results.years_text(words), worlds=counted)
    title = words("page.effects" if eight else "page.effects_other")
    table = effect_table(
        "effects", title, results.comparison, shown[:MOST], columns, words, [note],
        provenance=any(s.provenance for s in shown),
    )  # fmt: skip
    if not table.rows:
        return None
    return {
        "title": title, "table": table, "eight": eight, "letters": any(s.provenance for s in shown),
        "provenance": words.table("provenance"), "figures": figures_of("effects", results, words),
    }  # fmt: skip
