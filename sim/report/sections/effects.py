"""What each scenario does and what it costs: the table of the first screen."""

from __future__ import annotations

from typing import Any

from sim.analysis.drivers import is_driver
from sim.report.catalogue import Words
from sim.report.results import Results
from sim.report.sections.effect_cells import effect_table
from sim.report.sections.question import asks_of_eight


def build(results: Results, words: Words) -> dict[str, Any] | None:
    """Recommendations, all of them together, what happened, and drivers; none without a comparison."""
    if results.comparison is None:
        return None
    beside = (s for s in results.policies if s.name in ("all_eight", "french_tech_2014") or is_driver(s.levers))
    columns = words.table("page.column")
    rows = effect_table(results.comparison, [*results.recommendations, *beside], list(columns), words)
    if not rows:
        return None
    eight = asks_of_eight(results)
    counted = results.source.counted(int(results.comparison["n"].min()), words)
    return {
        "title": words("page.effects" if eight else "page.effects_other"),
        "note": words("page.effects_note", years=results.years_text(words), worlds=counted),
        "rows": rows, "columns": list(columns.values()), "eight": eight,
        "letters": any(s.provenance for s in results.policies), "provenance": words.table("provenance"),
    }  # fmt: skip
