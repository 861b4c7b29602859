"""Why they leave."""

from __future__ import annotations

from typing import Any

from sim.report.catalogue import Words
from sim.report.results import Results
from sim.report.sections.shown import figures_of


def build(results: Results, words: Words) -> dict[str, Any] | None:
    """The figures; none where none could be drawn."""
    figures = figures_of("reasons", results, words)
    return {"figures": figures} if figures else None
