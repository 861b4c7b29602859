"""Forecasts without skill: from the evidence, for every row that is counted, and blind to what they foretell."""

from __future__ import annotations

import math

import pytest

from sim.analysis.targets import COUNTED
from sim.evidence import Evidence
from sim.experiments.targets.aims import described_rows
from sim.experiments.validating.no_skill import FORECASTS, LEVEL, RATIO, line, no_skill_forecasts, published
from sim.model.start import startup_perimeter
from sim.world import World


def test_every_row_that_is_counted_has_an_entry(evidence: Evidence) -> None:
    rows = described_rows(evidence)
    counted = rows[(rows["use"] == "validate") & rows["class"].isin(COUNTED) & (rows["low"] < rows["high"])]
    assert set(counted["row"]) <= set(FORECASTS)
    assert set(FORECASTS) <= set(rows["row"])


def test_numbers_come_from_the_evidence(evidence: Evidence, world: World) -> None:
    found = no_skill_forecasts(evidence).set_index("row")
    targets = evidence.targets.set_index("id")["value"]
    ids = [place.place for place in evidence.places]
    money = dict(zip(ids, evidence.column("vc_investment").tolist(), strict=True))
    assert found["constant"]["B18"] == found["trend"]["B18"] == targets["B17"]
    assert found["constant"]["H_LON_2017"] == pytest.approx(money["london"] / 1000)
    paris = sum(money[name] for name in ("paris_sentier", "paris_rive_gauche", "paris_saclay"))
    french = sum(money[place.place] for place in evidence.places if place.country == "FR")
    mean = (targets["H_FR_2013"] + targets["H_FR_2014"] + targets["H_FR_2015"]) / 3
    slope = (targets["H_FR_2015"] - targets["H_FR_2013"]) / 2
    assert found["trend"]["H_PAR_2017"] == pytest.approx(paris / french * (mean + 3 * slope) / 1000)
    firms = evidence.column("digital_startups") * startup_perimeter(world, evidence)
    of = dict(zip(ids, firms.tolist(), strict=True))
    french_firms = sum(of[place.place] for place in evidence.places if place.country == "FR")
    assert found["constant"]["B49"] == pytest.approx(french_firms)
    assert found["constant"]["B37"] == pytest.approx(  # startups per million of Ile-de-France over the second region
        sum(of[name] for name in ("paris_sentier", "paris_rive_gauche", "paris_saclay")) / 12.27
        / ((of["lyon"] + of["grenoble"]) / 8.07), rel=1e-3)  # fmt: skip
    assert found["constant"]["B36"] == pytest.approx((of["lyon"] + of["grenoble"]) / french_firms)
    counts = dict(zip(ids, evidence.column("digital_startups").tolist(), strict=True))
    twin = sum(counts[place.place] for place in evidence.places if place.country == "FR")  # without the perimeter
    assert found["constant"]["B49"] > 1.1 * twin
    assert found["constant"]["Z01"] == 1.0
    assert found["constant"]["M04"] == found["trend"]["M04"] == 0.0
    assert found.loc[found["kind"] == RATIO, "constant"].isna().all()
    assert found.loc[found["kind"] == LEVEL, "year"].notna().all()
    assert found["how"].str.len().gt(5).all()


def test_no_forecast_knows_a_row_kept_for_checking(evidence: Evidence) -> None:
    with pytest.raises(ValueError, match="kept for checking"):
        published(evidence, "H_PAR_2017")
    with pytest.raises(ValueError, match="kept for checking"):
        published(evidence, "H_FR_2016")


def test_a_line_goes_through_two_points() -> None:
    assert line({2013: 1.0, 2014: 3.0}, 2016) == pytest.approx(7.0)
    assert not math.isnan(line({2013: 1.0, 2014: 3.0, 2015: 2.0}, 2017))
