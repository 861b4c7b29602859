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

NAMES = ("waterfall", "interactions", "frontier")
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
    with house_style():
        built = build(name, frames, tables, Words())
        if built is None:
            return []
        save_figure(built.figure, built.data, results / "figures", name, built.caption)
    return [f"figures/{name}.{kind}" for kind in SUFFIXES]
