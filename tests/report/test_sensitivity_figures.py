"""Figures of a sensitivity analysis: which outputs are shown, and that nothing unexplained is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.sensitivity.tables import TABLES
from sim.report.catalogue import Words
from sim.report.figures.sensitivity import (
    MOST_PANELS,
    build_from,
    draw_sobol,
    draw_tornado,
    name_in_lines,
    shown_outputs,
)
from sim.report.sensitivity_figures import draw_sensitivity
from sim.report.style import house_style


def table(name: str, outputs: list[tuple[str, str, str]], silent: int = 1) -> pd.DataFrame:
    """Return three rows an output, and some outputs without indices."""
    rows: list[dict[str, Any]] = []
    for scenario, outcome, what in outputs:
        about = {"scenario": scenario, "outcome": outcome, "label": outcome, "unit": "jobs", "what": what, "n": 90}
        for n in range(3):
            numbers = dict.fromkeys(TABLES[name], 0.5 / (n + 1))
            rows.append(numbers | about | {"parameter": f"group.p{n}", "status": "assumed", "q2": 0.8, "reading": ""})
    nothing = dict.fromkeys(TABLES[name], np.nan) | {"parameter": None, "outcome": "x", "what": "effect", "q2": 0.1}
    rows += [nothing | {"scenario": f"s{n}"} for n in range(silent)]
    return pd.DataFrame(rows, columns=list(TABLES[name]))


OUTPUTS = [
    ("baseline", "public_cost", "level"), ("baseline", "startup_jobs", "level"), ("r1", "public_cost", "effect"),
    ("r1", "startup_jobs", "effect"),
]  # fmt: skip


def test_levels_come_first_and_costs_last_and_what_is_not_explained_never() -> None:
    shown = shown_outputs(table("sobol", OUTPUTS[::-1]))
    assert shown == [("baseline", "startup_jobs"), ("r1", "startup_jobs"), ("baseline", "public_cost"),
                     ("r1", "public_cost")]  # fmt: skip
    many = [(f"r{n}", "startup_jobs", "effect") for n in range(12)]
    assert len(shown_outputs(table("sobol", many))) == MOST_PANELS


def test_long_names_are_broken_behind_a_dot() -> None:
    assert name_in_lines("startup.beta") == "startup.beta"
    assert name_in_lines("lever.simplification.days_cut_share") == "lever.simplification.\ndays_cut_share"


def test_panels_hold_their_bars_and_the_note_says_what_is_left_out() -> None:
    for name, bars in (("tornado", 6), ("sobol", 3)):
        with house_style():
            built = build_from(name, table(name, OUTPUTS, silent=5), Words())
            alone = {"tornado": draw_tornado, "sobol": draw_sobol}[name](table(name, OUTPUTS[:1], 0), Words())
        assert built is not None
        panels = [ax for ax in built.figure.axes if ax.get_visible()]
        assert len(panels) == 4
        assert all(len(ax.patches) == bars for ax in [*panels, alone])
        assert "90 worlds" in built.caption.note
        assert "4 of 4 outputs are shown; 5 more" in built.caption.note
        assert "Q² 0.80" in panels[0].get_xlabel()


def test_without_an_explained_output_there_is_no_figure_and_no_old_one(tmp_path: Path) -> None:
    (tmp_path / "sobol.png").write_bytes(b"old")
    assert draw_sensitivity({name: table(name, []) for name in ("tornado", "sobol")}, tmp_path) == []
    assert list(tmp_path.iterdir()) == []
