"""Distances to target rows: z, verdicts and tally on hand-made frames with known answers."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from sim.analysis.targets import COLUMNS, distance, tally, target_table


def rows(*changes: dict[str, object]) -> pd.DataFrame:
    """Rows with a target of 1, an interval of 0.5 to 1.5 and no discrepancy, but for the changes."""
    plain = {
        "row": "A", "pattern": "p", "class": "emergent", "use": "validate", "status": "VERIFIED", "unit": "share",
        "target": 1.0, "low": 0.5, "high": 1.5, "discrepancy": 0.0, "source": "s",
    }  # fmt: skip
    return pd.DataFrame([plain | change for change in changes])


def test_z_with_a_uniform_tolerance():
    (line,) = target_table(rows({}), pd.DataFrame({"A": [2.0]}), pd.DataFrame()).to_dict("records")
    assert line["z"] == pytest.approx(1.0 / (1.0 / 3.46))
    assert (line["central"], line["n_worlds"], line["verdict"]) == (2.0, 0, "missed")
    assert math.isnan(line["mean"])


def test_z_with_an_interval_that_holds_with_ninety_per_cent():
    table = target_table(rows({"source": "x [90% interval]"}), pd.DataFrame({"A": [2.0]}), pd.DataFrame())
    assert table["z"][0] == pytest.approx(3.29)


def test_z_adds_tolerance_error_and_discrepancy():
    assert distance(3.0, 1.0, 2.0, 1.0, 2.0) == pytest.approx(2.0 / 3.0)
    assert distance(3.0, 1.0, 2.0, math.nan, 0.0) == pytest.approx(1.0)
    assert math.isnan(distance(3.0, 1.0, 0.0, 0.0, 0.0))
    assert math.isnan(distance(math.nan, 1.0, 1.0, 0.0, 0.0))


def test_the_mean_over_worlds_counts_with_its_own_error():
    central, worlds = pd.DataFrame({"A": [9.0, 11.0]}), pd.DataFrame({"A": [1.0, 2.0, 3.0, np.nan]})
    (line,) = target_table(rows({"discrepancy": 0.25}), central, worlds).to_dict("records")
    assert (line["central"], line["luck_error"], line["mean"], line["n_worlds"]) == (10.0, 1.0, 2.0, 3)
    assert (line["q05"], line["q95"]) == (pytest.approx(1.1), pytest.approx(2.9))
    width = math.sqrt((1.0 / 3.46) ** 2 + 1.0 / 3.0 + 0.25**2)
    assert line["z"] == pytest.approx(1.0 / width)
    assert line["verdict"] == "met"


def test_one_run_has_the_error_of_its_own_groups():
    central = pd.DataFrame({"A": [2.0], "A error": [0.7]})
    (line,) = target_table(rows({}), central, pd.DataFrame()).to_dict("records")
    assert line["luck_error"] == 0.7
    assert line["z"] == pytest.approx(1.0 / math.hypot(1.0 / 3.46, 0.7))


def test_verdicts():
    described = rows(
        {"row": "sign", "target": -1.0, "low": -1.0, "high": -1.0},
        {"row": "wrong", "target": -1.0, "low": -1.0, "high": -1.0},
        {"row": "absent"},
        {"row": "none", "class": "not computable"},
        {"row": "given", "class": "input"},
        {"row": "about", "use": "context"},
        {"row": "off"},
        {"row": "met"},
    )
    central = pd.DataFrame({"sign": [-1.0], "wrong": [1.0], "given": [9.0], "about": [9.0], "off": [1.7], "met": [1.1]})
    table = target_table(described, central, pd.DataFrame()).set_index("row")
    assert table["verdict"].to_dict() == {
        "sign": "right sign", "wrong": "wrong sign", "absent": "no number", "none": "not computable",
        "given": "given", "about": "for orientation", "off": "off", "met": "met",
    }  # fmt: skip
    assert table.loc[["sign", "wrong", "absent", "none", "about"], "z"].isna().all()
    assert list(table.reset_index().columns) == list(COLUMNS)


def test_the_tally_counts_what_may_be_counted():
    fit = {"use": "calibrate"}
    described = rows(
        fit | {"row": "met"}, fit | {"row": "far"}, fit | {"row": "given", "class": "input"},
        {"row": "inside"}, {"row": "overlaps"}, {"row": "outside"}, {"row": "no", "class": "not computable"},
        {"row": "seen", "use": "seen"}, {"row": "sign", "target": -1.0, "low": -1.0, "high": -1.0},
    )  # fmt: skip
    at = {"met": 1.0, "far": 9.0, "given": 1.0, "inside": 1.0, "overlaps": 1.45, "outside": 9.0, "seen": 1.0}
    worlds = pd.DataFrame({name: [value - 0.1, value + 0.1] for name, value in at.items()} | {"sign": [-1.0, -1.0]})
    found = tally(target_table(described, pd.DataFrame(), worlds))
    assert (found.fitted, found.met, found.far) == (2, 1, 1)
    assert (found.checked, found.inside, found.overlapping) == (3, 1, 2)
    assert (found.signs, found.right_signs) == (1, 1)
    assert len(found.sentences()) == 3


def test_twin_a_seen_or_given_row_would_change_the_tally():
    worlds = pd.DataFrame({"A": [0.9, 1.1]})
    counted = tally(target_table(rows({}), pd.DataFrame(), worlds))
    for change in ({"use": "seen"}, {"class": "input"}, {"class": "not computable"}, {"use": "context"}):
        assert tally(target_table(rows(change), pd.DataFrame(), worlds)) != counted


def test_of_what_was_not_asked_nothing_is_said():
    described = rows({"use": "calibrate"}, {"row": "B", "target": -1.0, "low": -1.0, "high": -1.0})
    worlds = pd.DataFrame({"A": [0.9, 1.1], "B": [-1.0, -1.0]})
    (fitted, signs) = tally(target_table(described, pd.DataFrame(), worlds)).sentences()
    assert fitted.startswith("Of 1 fitted")
    assert signs == "Of 1 rows kept for checking that ask for a sign, 1 have it."
    assert len(tally(target_table(described[:1], pd.DataFrame(), worlds)).sentences()) == 1
