"""The figures, one per file: ``build(results, words, size)`` gives figure, data and caption, or None without data."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from sim.report.captions import Drawing
from sim.report.catalogue import Words
from sim.report.figures import (
    alluvial,
    before_after,
    districts,
    effects,
    france_map,
    gains_map,
    matrix,
    mechanisms,
    paths,
    reasons,
)
from sim.report.results import Results
from sim.report.saving import FORMATS, SUFFIXES, remove_figure, save_figure
from sim.report.sizes import DOUBLE, Size
from sim.report.style import add_note, house_style

__all__ = ["FIGURES", "OF_RECOMMENDATIONS", "SUFFIXES", "Build", "Drawing", "draw_all"]

Build = Callable[[Results, Words, Size], Drawing | None]

FIGURES: dict[str, Build] = {
    "headline": effects.build_headline,
    "effects": effects.build,
    "mechanisms": mechanisms.build,
    "reasons": reasons.build,
    "paths": paths.build,
    "alluvial": alluvial.build,
    "flows": matrix.build,
    "map_startups": france_map.build_startups,
    "map_talents": france_map.build_talents,
    "before_after_startups": before_after.build_startups,
    "before_after_talents": before_after.build_talents,
    "districts": districts.build,
    "gains_startups": gains_map.build_startups,
    "gains_talents": gains_map.build_talents,
}
OF_RECOMMENDATIONS = ("mechanisms",)
"""Figures that nobody misses in results without a recommendation."""
IN_ONE_COLUMN = ("headline",)
"""Figures that stand in one column wherever others take two."""


def draw_all(
    results: Results, words: Words, folder: Path, names: Collection[str] = tuple(FIGURES), size: Size = DOUBLE,
    formats: Sequence[str] = FORMATS, noted: bool = False,
) -> dict[str, Path]:  # fmt: skip
    """Draw every figure that the results allow; return name -> SVG file. Same results, same bytes.

    Files of figures that cannot be drawn are removed: they would show other results.

    Args:
        results: the folder.
        words: the catalogue.
        folder: for the files.
        names: of ``FIGURES``, those to draw.
        size: the preset.
        formats: of ``sim.report.saving.FORMATS``.
        noted: whether the caption is drawn under each figure; it stands beside and in the metadata anyway.
    """
    drawn: dict[str, Path] = {}
    for name in (name for name in FIGURES if name in names):
        with house_style(size):
            built = FIGURES[name](results, words, size_for(name, size))
            if built is None:
                remove_figure(folder, name)
                continue
            if noted:
                add_note(built.figure, built.caption.body)
            drawn[name] = save_figure(built.figure, built.data, folder, name, built.caption, formats)
    return drawn


def size_for(name: str, size: Size) -> Size:
    """The preset that a figure is drawn in where this one is asked for."""
    from sim.report.sizes import SINGLE

    return SINGLE if name in IN_ONE_COLUMN and size == DOUBLE else size
