"""How the numbers are made."""

from __future__ import annotations

from typing import Any

from sim.report.catalogue import Words
from sim.report.fit import fit_sentence
from sim.report.results import Results


def build(results: Results, words: Words) -> dict[str, Any] | None:
    """Worlds, pairing, intervals, rounding, and how closely starts meet their targets."""
    method, fit = results.source.method(results.worlds_run, words), fit_sentence(results.manifest, words)
    return {"methods": [method, *words.table("methods").values(), *([fit] if fit else [])]}
