"""Maps and tables of places: no change is neither a gain nor a loss, and no interval is none that contains zero."""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.colors import to_hex

from sim.report.catalogue import Words
from sim.report.figures.districts import per_cent
from sim.report.figures.gains_map import draw_gains
from sim.report.style import BLUE, GREY, VERMILION

NAN = math.nan


def test_a_city_that_does_not_change_has_no_colour_of_gain_or_loss() -> None:
    data = pd.DataFrame({
        "where": ["lyon", "lille", "nantes"], "longitude": [4.8, 3.1, -1.6], "latitude": [45.8, 50.6, 47.2],
        "difference": [5.0, -5.0, 0.0], "joint_low": [1.0, NAN, NAN], "joint_high": [9.0, NAN, NAN],
    })  # fmt: skip
    ax = draw_gains(data, 5.0, Words())
    circles = {
        to_hex(one.get_edgecolor()[0]): len(one.get_facecolor()) for one in ax.collections if len(one.get_sizes())
    }
    assert circles == {BLUE.lower(): 1, VERMILION.lower(): 0}  # Lille has no interval: hollow
    assert [line.get_color() for line in ax.lines if line.get_marker() == "."] == [GREY]


def test_what_has_no_interval_has_none_in_per_cent() -> None:
    frame = pd.DataFrame({
        "baseline_mean": [50.0, 50.0, 0.0], "difference": [5.0, 5.0, 2.0],
        "low": [1.0, NAN, 1.0], "high": [9.0, NAN, 3.0],
    })  # fmt: skip
    found = per_cent(frame)
    assert found["difference_percent"].tolist() == [10.0, 10.0, 0.0]
    assert found["low_percent"].isna().tolist() == [False, True, False]
    assert found.loc[0, "high_percent"] == 18.0
