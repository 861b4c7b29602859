"""What the effects are to be read beside: published patterns, the noise floor, counts of persons."""

from __future__ import annotations

from typing import Any

from sim.report.catalogue import Words
from sim.report.figures.effects import effects_of
from sim.report.noise_floor import count_columns, count_rows
from sim.report.reference_experiments import reference_rows
from sim.report.results import Results
from sim.report.sections.effect_cells import Cell, cell_of
from sim.report.sections.scenarios import TOLD


def noise_effects(results: Results, words: Words) -> list[tuple[str, Cell | None]]:
    """Label and effect of the placebo for the outcomes that the scenarios are told by; empty if it was not run."""
    if results.placebo is None or results.comparison is None:
        return []
    effects = [effects_of(results.comparison, results.placebo.name, outcome) for outcome in TOLD]
    return [(f"{e.label}, {e.unit}", cell_of(e, words)) for e in effects if e is not None]


def build(results: Results, words: Words) -> dict[str, Any] | None:
    """Tables of each, as far as they are there."""
    reference, noise = reference_rows(results, words), noise_effects(results, words)
    pairs = count_rows(results, words)
    if not (reference or noise or pairs):
        return None
    return {
        "reference": reference, "noise": noise, "pairs": pairs,
        "pair_columns": list(count_columns(results, words).values()), "placebo": results.placebo,
    }  # fmt: skip
