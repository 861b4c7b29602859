"""Figures that no other section shows, and a sentence about those that could not be drawn."""

from __future__ import annotations

from typing import Any

from sim.report.catalogue import Words
from sim.report.figure_blocks import not_drawn
from sim.report.results import Results
from sim.report.sections.shown import figures_of


def build(results: Results, words: Words) -> dict[str, Any] | None:
    """The figures as blocks."""
    figures, undrawn = figures_of("", results, words), not_drawn(results.drawn, results.folder, words)
    return {"figures": figures, "undrawn": undrawn} if figures or undrawn else None
