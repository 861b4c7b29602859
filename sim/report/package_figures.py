"""Figures of the commands that say more of a results folder: drawn into its folder of figures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.report.catalogue import Words
from sim.report.style import house_style, save_figure

if TYPE_CHECKING:
    from sim.analysis.frames import Frames


def draw(results: Path, name: str, frames: Frames, tables: Any) -> list[str]:
    """Draw one figure; return the names of its files, none if there is nothing to show.

    Args:
        results: the folder.
        name: waterfall, interactions or frontier (of package tables), fates (of counterfactual counts).
        frames: the folder's frames.
        tables: what the figure is drawn from.
    """
    from sim.report.figures import fates, frontier, interactions, waterfall

    modules = {"waterfall": waterfall, "interactions": interactions, "frontier": frontier, "fates": fates}
    words = Words()
    with house_style():
        built = modules[name].build_from(tables, frames, words)
        if built is None:
            return []
        save_figure(built[0], built[1], results / "figures", name)
    return [f"figures/{name}.{kind}" for kind in ("pdf", "svg", "png", "csv")]
