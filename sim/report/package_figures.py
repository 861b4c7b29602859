"""Figures of the commands that say more of a results folder: drawn into its folder of figures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.report.captions import Drawing
from sim.report.catalogue import Words
from sim.report.saving import SUFFIXES, save_figure
from sim.report.sizes import DOUBLE, Size
from sim.report.style import house_style

if TYPE_CHECKING:
    from sim.analysis.frames import Frames
    from sim.report.results import Results

PACKAGE_FIGURES = NAMES = ("waterfall", "interactions", "frontier")
"""Figures of package tables; ``fates`` is one of counterfactual counts."""


def build(name: str, frames: Frames, tables: Any, words: Words, size: Size = DOUBLE) -> Drawing | None:
    """Build one figure, or None if there is nothing to show.

    Args:
        name: waterfall, interactions or frontier (of package tables), fates (of counterfactual counts).
        frames: the folder's frames.
        tables: what the figure is drawn from.
        words: the catalogue.
        size: the preset.
    """
    from sim.report.figures import fates, frontier, interactions, waterfall

    modules = {"waterfall": waterfall, "interactions": interactions, "frontier": frontier, "fates": fates}
    built: Drawing | None = modules[name].build_from(tables, frames, words, size)
    return built


def draw(results: Path, name: str, frames: Frames, tables: Any) -> list[str]:
    """Draw one figure; return the names of its files, none if there is nothing to show.

    Args:
        results: the folder.
        name: as of :func:`build`.
        frames: the same.
        tables: the same.
    """
    if _drawn(results / "figures", name, frames, tables, Words()) is None:
        return []
    return [f"figures/{name}.{kind}" for kind in SUFFIXES]


def draw_packages(results: Results, words: Words, folder: Path) -> dict[str, Path]:
    """Draw the figures of a study of packages for its report; return name -> SVG file, nothing for another study.

    Args:
        results: the results that the report is about; a study beside them has a report of its own.
        words: the catalogue.
        folder: of the figures.
    """
    from sim.analysis.frames import read
    from sim.report.package_results import packages_of

    found = packages_of(results)
    if found is None or not found.own:
        return {}
    frames = read(results.folder)
    drawn = {name: _drawn(folder, name, frames, found, words) for name in PACKAGE_FIGURES}
    return {name: path for name, path in drawn.items() if path is not None}


def _drawn(folder: Path, name: str, frames: Frames, tables: Any, words: Words) -> Path | None:
    with house_style():
        built = build(name, frames, tables, words)
        if built is None:
            return None
        return save_figure(built.figure, built.data, folder, name, built.caption)
