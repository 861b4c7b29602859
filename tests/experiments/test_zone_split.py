"""The split of a zone's gain into created and moved firms, by hand."""

from __future__ import annotations

import math

import pandas as pd

from sim.experiments.zone_split import ZONE, split

FRANCE, CITY = [ZONE, "paris_sentier", "lyon"], [ZONE, "paris_sentier"]


def stocks(zone: int, sentier: int, lyon: int) -> pd.Series:
    return pd.Series({ZONE: zone, "paris_sentier": sentier, "lyon": lyon, "london": 900})


def test_moved_created_and_kept_by_the_city() -> None:
    found = split(stocks(100, 200, 50), stocks(200, 140, 30), FRANCE, CITY)
    assert found.ratio == 2.0
    assert math.isclose(found.transfer, 0.8)  # 20 of 100 are gained by France
    assert math.isclose(found.city, 0.4)


def test_no_gain_has_no_split() -> None:
    found = split(stocks(100, 200, 50), stocks(100, 200, 50), FRANCE, CITY)
    assert found.ratio == 1.0
    assert math.isnan(found.transfer)
    assert math.isnan(found.city)
