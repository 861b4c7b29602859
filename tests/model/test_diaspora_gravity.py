"""French people abroad by country: language, distance and jobs each act as the gravity law says."""

from __future__ import annotations

import numpy as np
import pytest

from sim.evidence import Evidence
from sim.model.geography import read_geography
from sim.model.places import PlaceColumns
from sim.model.population import stocks_by_origin
from sim.world import World
from tests.model.small_runs import changed_world


def french_abroad(evidence: Evidence, world: World) -> np.ndarray:
    geography = read_geography(evidence)
    stocks = stocks_by_origin(evidence, world, geography, PlaceColumns(evidence, world, geography).talent_stock_2013)
    return stocks[geography.france]


def test_language_multiplies_where_french_is_spoken_and_nowhere_else(evidence: Evidence, world: World) -> None:
    geography = read_geography(evidence)
    factor = world["population.diaspora_language"]
    doubled = changed_world(world, {"population.diaspora_language": 2.0 * factor})
    ratio = french_abroad(evidence, doubled) / french_abroad(evidence, world)
    speaks = evidence.column("french_speaking") > 0.0
    for country, name in enumerate(geography.countries):
        here = geography.country == country
        if name not in ("FR", "ZZ"):
            assert ratio[country] == pytest.approx(2.0 if speaks[here].all() else 1.0), name
    assert (speaks & ~geography.is_french).sum() >= 1
    assert ratio[geography.countries.index("ZZ")] > 1.0


def test_distance_acts_by_its_power(evidence: Evidence, world: World) -> None:
    geography = read_geography(evidence)
    power = world["population.diaspora_distance"]
    further = changed_world(world, {"population.diaspora_distance": power + 0.5})
    ratio = french_abroad(evidence, further) / french_abroad(evidence, world)
    km = np.maximum(geography.km[geography.ids.index("paris_sentier")], 100.0)
    anchor = km[geography.ids.index("silicon_valley")]
    for name in ("london", "berlin"):
        place = geography.ids.index(name)
        assert ratio[geography.country[place]] == pytest.approx((anchor / km[place]) ** 0.5), name
