"""The year of a forecast without skill is that of the row it stands beside, and its trend is the line to that year."""

from __future__ import annotations

import re

import pytest

from sim.evidence import Evidence
from sim.experiments.validating.no_skill import FORECASTS, LEVEL, no_skill_forecasts

ABOUT = {"B28", "B45"}  # a winter; firms of a year, seen three years later


def test_a_row_that_names_one_year_is_forecast_for_it(evidence: Evidence) -> None:
    names = evidence.targets.set_index("id")["pattern"]
    told = {row: set(re.findall(r"(?<!\d)20\d\d(?!\d)", f"{row} {names[row]}")) for row in FORECASTS}
    dated = {row: int(min(years)) for row, years in told.items() if len(years) == 1 and row not in ABOUT}
    assert len(dated) > 12
    assert {row: FORECASTS[row].year for row in dated} == dated
    assert FORECASTS["B45"].year == 2014 + 3
    assert FORECASTS["B46"].year == 2014 + 5
    assert all(2013 <= forecast.year <= 2020 for forecast in FORECASTS.values() if forecast.kind == LEVEL)


def test_trends_are_lines_through_the_years_that_were_known(evidence: Evidence) -> None:
    trend = no_skill_forecasts(evidence).set_index("row")["trend"]
    first, second, third = (evidence.targets.set_index("id")["value"][f"H_FR_{year}"] for year in (2013, 2014, 2015))
    assert trend["H_FR_2015"] == pytest.approx(2.0 * second - first)
    mean, slope = (first + second + third) / 3.0, (third - first) / 2.0
    assert trend["H_FR_2016"] == pytest.approx(mean + 2.0 * slope)
    assert trend["H_FR_2017"] == pytest.approx(mean + 3.0 * slope)
    assert trend["B16"] == 0.03
