"""Draw the figures of a sensitivity analysis into a folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from sim.report.catalogue import Words
from sim.report.figures.sensitivity import build_from
from sim.report.saving import SUFFIXES, remove_figure, save_figure
from sim.report.style import house_style

NAMES = ("tornado", "sobol")


def draw_sensitivity(tables: Mapping[str, pd.DataFrame], folder: Path) -> list[str]:
    """Draw tornado and sobol; return the files written, as seen from the folder above.

    Figures without an output to show are removed: they would show other results.

    Args:
        tables: as :func:`sim.analysis.sensitivity.tables.tables` returns.
        folder: for the figures.
    """
    written = []
    for name in NAMES:
        with house_style():
            built = build_from(name, tables[name], Words())
            if built is None:
                remove_figure(folder, name)
                continue
            save_figure(built.figure, built.data, folder, name, built.caption)
        written += [f"{folder.name}/{name}.{kind}" for kind in SUFFIXES]
    return written
