"""How all of it is made again, and how it is proved that the same bytes come out."""

from __future__ import annotations

from typing import Any

from sim.report.catalogue import Words
from sim.report.reproduce import Reproduction
from sim.report.results import Results


def build(results: Results, words: Words) -> dict[str, Any] | None:
    """The commands; none without a manifest."""
    if not results.manifest:
        return None
    made = Reproduction(results, words)
    return {"study": made.study, "report": made.report, "verify": made.verify, "made_with": made.made_with}
