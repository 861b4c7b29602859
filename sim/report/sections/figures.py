"""Figures that no other section shows, and a sentence about those that could not be drawn."""

from __future__ import annotations

from typing import Any

from sim.report.catalogue import Words
from sim.report.figure_blocks import figure_blocks, not_drawn
from sim.report.results import Results


def build(results: Results, words: Words) -> dict[str, Any] | None:
    """The figures as blocks."""
    blocks, undrawn = figure_blocks(results.drawn, words), not_drawn(results.drawn, results.folder, words)
    return {"figures": blocks, "undrawn": undrawn} if blocks or undrawn else None
