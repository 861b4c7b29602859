"""Where the recommendations come from."""

from __future__ import annotations

from typing import Any

from sim.report.catalogue import Words
from sim.report.results import Results
from sim.report.sections.question import asks_of_eight


def build(results: Results, words: Words) -> dict[str, Any] | None:
    """What the letters mean."""
    eight = asks_of_eight(results)
    if not eight and not any(note.provenance for note in results.policies):
        return None
    return {"eight": eight, "provenance": words.table("provenance")}
