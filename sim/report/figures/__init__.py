"""The figures, one per file: ``build(results, words)`` gives a figure and its data, or None if data are missing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from sim.report.catalogue import Words
from sim.report.figures import districts, effects, france_map, gains_map, matrix, mechanisms, paths, reasons
from sim.report.results import Results
from sim.report.style import house_style, save_figure

Build = Callable[[Results, Words], tuple[Figure, pd.DataFrame] | None]

FIGURES: dict[str, Build] = {
    "effects": effects.build,
    "mechanisms": mechanisms.build,
    "reasons": reasons.build,
    "paths": paths.build,
    "flows": matrix.build,
    "map_startups": france_map.build_startups,
    "map_talents": france_map.build_talents,
    "districts": districts.build,
    "gains_startups": gains_map.build_startups,
    "gains_talents": gains_map.build_talents,
}


SUFFIXES = ("pdf", "svg", "png", "csv")


def draw_all(results: Results, words: Words, folder: Path) -> dict[str, Path]:
    """Draw every figure that the results allow; return name -> SVG file. Same results, same bytes.

    Files of figures that cannot be drawn are removed: they would show other results.
    """
    drawn: dict[str, Path] = {}
    with house_style():
        for name, build in FIGURES.items():
            built = build(results, words)
            if built is not None:
                drawn[name] = save_figure(built[0], built[1], folder, name)
                continue
            for suffix in SUFFIXES:
                (folder / f"{name}.{suffix}").unlink(missing_ok=True)
    return drawn
