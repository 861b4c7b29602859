"""Which figures stand in which section."""

from __future__ import annotations

from typing import Any

from sim.report.catalogue import Words
from sim.report.figure_blocks import figure_blocks
from sim.report.package_figures import PACKAGE_FIGURES
from sim.report.results import Results

# section -> figures, or the first words of the names of a family
SHOWN = {
    "first": ("headline",),
    "effects": ("effects",),
    "paths": ("paths",),
    "flows": ("alluvial", "flows", "map"),
    "reasons": ("reasons",),
    "mechanisms": ("mechanisms",),
    "districts": ("districts", "before_after", "gains"),
    "persons": ("fates",),
    "packages": PACKAGE_FIGURES,
}


def section_of(figure: str) -> str:
    """The section of a figure; empty for one that has none of its own."""
    for section, names in SHOWN.items():
        if any(figure == name or figure.startswith(f"{name}_") for name in names):
            return section
    return ""


def figures_of(section: str, results: Results, words: Words) -> list[dict[str, Any]]:
    """The figures of a section as blocks, in the order of the section's names."""
    names = SHOWN.get(section, ())
    held = [figure for figure in results.drawn if section_of(figure) == section]

    def place(figure: str) -> int:
        return next(n for n, name in enumerate(names) if figure == name or figure.startswith(f"{name}_"))

    ordered = sorted(held, key=place) if names else held
    return figure_blocks({figure: results.drawn[figure] for figure in ordered}, words)
