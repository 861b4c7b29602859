"""Draw the figures of a calibration into a folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from sim.report.catalogue import Words
from sim.report.figures.calibration import draw_identification, draw_ranks, draw_rows
from sim.report.style import house_style, save_figure

KINDS = ("pdf", "svg", "png", "csv")


def draw_calibration(tables: Mapping[str, pd.DataFrame], of: int, worlds: int, draws: int, folder: Path) -> list[str]:
    """Draw rows, identification and ranks; return the files written, as seen from the folder above.

    Args:
        tables: as :func:`sim.experiments.calibrating.tables.write_tables` returns.
        of: draws that each truth is ranked among.
        worlds: posterior worlds that were run.
        draws: of the posterior.
        folder: for the figures.
    """
    words = Words()
    written = []
    with house_style():
        for name, figure, data in (
            ("calibration_rows", draw_rows(tables["rows"], words, worlds), tables["rows"]),
            (
                "calibration_identification",
                draw_identification(tables["identification"], words, draws),
                tables["identification"],
            ),
            ("calibration_ranks", draw_ranks(tables["ranks"], of, words), tables["ranks"]),
        ):
            save_figure(figure, data, folder, name)
            written += [f"{folder.name}/{name}.{kind}" for kind in KINDS]
    return written
