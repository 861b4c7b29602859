"""The figure of structures: what is drawn is what the table says, and the same table is the same bytes."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from sim.report.catalogue import Words
from sim.report.figures.structures import MARKS, PANELS, draw_structures, write_figure
from sim.report.style import house_style
from sim.report.world_source import WorldSource

PRIOR = WorldSource("prior", {})
SCENARIOS = ["r1_label_network", "r6_attractive_taxation"]
STRUCTURES = ["reference", "plain_logit", "mine"]


def table(intervals: bool = True) -> pd.DataFrame:
    rows = []
    for structure in STRUCTURES:
        for scenario in [*SCENARIOS, "all_eight"]:
            for nth, outcome in enumerate((*PANELS, "public_cost")):
                effect = 10.0 * nth + 3.0 * len(rows) - 20.0
                ends = (effect - 4.0, effect + 5.0) if intervals else (float("nan"), float("nan"))
                rows.append((structure, scenario, outcome, effect, *ends, 12 if intervals else 3))
    return pd.DataFrame(rows, columns=["structure", "scenario", "outcome", "effect", "low", "high", "n"])


def test_every_effect_stands_where_it_is_with_its_interval() -> None:
    data = table()
    with house_style():
        figure = draw_structures(data, SCENARIOS, Words())
        figure.draw_without_rendering()
    assert len(figure.axes) == len(PANELS)
    for ax, outcome in zip(figure.axes, PANELS, strict=True):
        marks = [line for line in ax.lines if line.get_marker() not in ("None", None, "")]
        drawn = {
            (line.get_marker(), round(float(line.get_ydata()[0]), 3)): float(line.get_xdata()[0]) for line in marks
        }
        ours = data[(data["outcome"] == outcome) & data["scenario"].isin(SCENARIOS)]
        assert len(drawn) == len(ours) == 6
        assert sorted(drawn.values()) == sorted(ours["effect"])
        reference = ours[ours["structure"] == "reference"]["effect"].tolist()
        assert [x for (marker, _), x in sorted(drawn.items(), key=lambda one: one[0][1]) if marker == "o"] == reference
    labels = [text.get_text() for text in figure.legends[0].get_texts()]
    assert labels == ["reference", "plain logit, no nests", "mine"]


def test_marks_differ_without_colour() -> None:
    assert len({marker for marker, _ in MARKS}) == len(MARKS)


@pytest.mark.parametrize("intervals", [True, False])
def test_files_are_the_same_bytes_and_say_what_the_bars_are(intervals: bool, tmp_path: Path) -> None:
    for name in ("one", "two"):
        files = write_figure(table(intervals), SCENARIOS, PRIOR, tmp_path / name / "figures")
        assert files == [f"figures/structures.{kind}" for kind in ("pdf", "svg", "png", "csv", "txt")]
    for name in files:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    assert set(pd.read_csv(tmp_path / "one" / files[-2])["scenario"]) == set(SCENARIOS)


def test_nothing_to_show_is_no_file(tmp_path: Path) -> None:
    assert write_figure(table(), ["r9"], PRIOR, tmp_path / "figures") == []
    assert not (tmp_path / "figures").exists()
