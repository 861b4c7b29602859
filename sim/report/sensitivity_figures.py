"""Draw the figures of a sensitivity analysis into a folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from sim.report.catalogue import Words
from sim.report.figures.sensitivity import draw_sobol, draw_tornado, shown_outputs
from sim.report.style import house_style, save_figure

KINDS = ("pdf", "svg", "png", "csv")
DRAW = {"tornado": draw_tornado, "sobol": draw_sobol}


def draw_sensitivity(tables: Mapping[str, pd.DataFrame], folder: Path) -> list[str]:
    """Draw tornado and sobol; return the files written, as seen from the folder above.

    Figures without an output to show are removed: they would show other results.

    Args:
        tables: as :func:`sim.analysis.sensitivity.tables.tables` returns.
        folder: for the figures.
    """
    words, written = Words(), []
    with house_style():
        for name, draw in DRAW.items():
            files = [f"{name}.{kind}" for kind in KINDS]
            if shown_outputs(tables[name]):
                save_figure(draw(tables[name], words), tables[name], folder, name)
                written += [f"{folder.name}/{file}" for file in files]
            else:
                for file in files:
                    (folder / file).unlink(missing_ok=True)
    return written
