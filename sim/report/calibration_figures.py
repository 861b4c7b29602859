"""Draw the figures of a calibration into a folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from sim.report.catalogue import Words
from sim.report.figures.calibration import build_identification, build_ranks, build_rows
from sim.report.saving import SUFFIXES, save_figure
from sim.report.style import house_style


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
        for name, built in (
            ("calibration_rows", build_rows(tables["rows"], worlds, words)),
            ("calibration_identification", build_identification(tables["identification"], draws, words)),
            ("calibration_ranks", build_ranks(tables["ranks"], of, words)),
        ):
            save_figure(built.figure, built.data, folder, name, built.caption)
            written += [f"{folder.name}/{name}.{kind}" for kind in SUFFIXES]
    return written
