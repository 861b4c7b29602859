"""Draw the figures of a validation into a folder."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from sim.report.catalogue import Words
from sim.report.figures.validation import build_relocation, build_rows
from sim.report.saving import SUFFIXES, save_figure
from sim.report.style import house_style

ROWS, RELOCATION = "validation_rows", "validation_relocation"


def draw_validation_figures(
    rows: pd.DataFrame, runs: pd.DataFrame, relocation: pd.DataFrame, worlds: tuple[int, int], folder: Path
) -> list[str]:
    """Draw rows and relocation; return the files written, as seen from the folder above.

    Args:
        rows: of :func:`sim.analysis.validation.rows.validation_table`; those counted are drawn.
        runs: of the experiments on relocation, one world each.
        relocation: of :func:`sim.analysis.validation.relocation.relocation_table`.
        worlds: of the posterior and of the prior.
        folder: for the figures.
    """
    words = Words()
    with house_style():
        for name, built in (
            (ROWS, build_rows(rows, worlds, words)), (RELOCATION, build_relocation(runs, relocation, words)),
        ):  # fmt: skip
            save_figure(built.figure, built.data, folder, name, built.caption)
    return [f"{folder.name}/{name}.{kind}" for name in (ROWS, RELOCATION) for kind in SUFFIXES]
