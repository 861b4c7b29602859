"""What to read first of all with care."""

from __future__ import annotations

from typing import Any

from sim.analysis.compare import warnings_of
from sim.report.catalogue import Words
from sim.report.readings import reading_text
from sim.report.results import Results


def caveats(results: Results, words: Words) -> list[str]:
    """Three caveats; too few worlds takes the place of nothing, it is put first and added."""
    found = [words("caveat.assumed"), words("caveat.strength"), results.source.caveat(words)]
    if results.comparison is not None:
        warnings = [reading_text(text, words) for text in warnings_of(results.comparison)]
        found = [words("caveat.few", text=text) for text in warnings] + found
    return found


def build(results: Results, words: Words) -> dict[str, Any] | None:
    """The caveats."""
    return {"caveats": caveats(results, words)}
