"""The one figure of the first screen: what each recommendation changes, or else the paths."""

from __future__ import annotations

from typing import Any

from sim.report.catalogue import Words
from sim.report.results import Results
from sim.report.sections.shown import figures_of


def build(results: Results, words: Words) -> dict[str, Any] | None:
    """The figure; none where the results bear none."""
    figures = figures_of("first", results, words)
    return {"figures": figures} if figures else None
