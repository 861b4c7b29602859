"""Rows kept for checking: hand-made people, firms, series and flows give known numbers."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from sim.evidence import Evidence
from sim.experiments.targets import people_measures as people
from sim.experiments.targets import place_measures as places
from sim.experiments.targets.film import Persons
from sim.model.geography import Geography, read_geography
from sim.model.startups import ALIVE, CLOSED
from sim.model.talents import SKILLS
from tests.experiments.targets.test_target_rows import blank_firms

STAR, TOP = SKILLS.index("star"), SKILLS.index("top")


@pytest.fixture(scope="module")
def geography(evidence: Evidence) -> Geography:
    return read_geography(evidence)


def settled(where: list[int], skill: list[int], origin: list[int], moments: int, entry: int = -9) -> Persons:
    """Persons who stay where they are."""
    n = len(where)
    return Persons(
        np.array(origin), np.array(skill), np.ones(n), np.tile(np.array(where, np.uint8), (moments, 1)),
        np.full((moments, n), entry, np.int16), np.full((moments, n), 50_000.0),
    )  # fmt: skip


def stocks(column: str, by_place: dict[str, list[float]]) -> pd.DataFrame:
    """A series of one column, quarter by quarter from 0."""
    rows = [(q, place, value) for place, values in by_place.items() for q, value in enumerate(values)]
    return pd.DataFrame(rows, columns=["quarter", "place", column])


# --- people ------------------------------------------------------------------------------------------------


def test_departures_below_thirty():
    rows = [
        (0, "talent_french", "departure", "trigger", "school", 30),
        (0, "talent_french", "departure", "trigger", "young", 50),
        (0, "talent_french", "departure", "trigger", "older", 20),
        (0, "talent_french", "departure", "trigger", "with employer", 900),  # of any age
        (0, "talent_french", "arrival", "trigger", "older", 900),
        (1, "talent_french", "departure", "trigger", "older", 900),
        (0, "talent_foreign", "departure", "trigger", "older", 900),
        (0, "talent_french", "departure", "term", "young", 900),
    ]
    reasons = pd.DataFrame(rows, columns=["year", "kind", "direction", "part", "name", "count"])
    assert people.young_departures(reasons) == pytest.approx(0.8)
    assert math.isnan(people.young_departures(reasons[reasons["year"] == 1].assign(year=7)))


def test_growth_of_the_stock_abroad(geography: Geography):
    grown = [100.0 * 1.02 ** ((q - 2) / 4) for q in range(19)]
    series = stocks("talents_french", {"london": grown, "montreal": grown, "lyon": [1.0] * 19})
    assert people.growth_abroad(series, geography) == pytest.approx(0.02)
    assert math.isnan(people.growth_abroad(series[series["quarter"] < 18], geography))


def test_first_jobs_abroad_and_where(geography: Geography):
    lyon, london, bay, york = (geography.ids.index(p) for p in ("lyon", "london", "silicon_valley", "new_york"))
    persons = settled([lyon] * 6, [STAR] * 5 + [TOP], [lyon] * 4 + [london, lyon], 16, entry=7)
    persons.place[8:, 0], persons.place[8:, 1], persons.place[8:, 2] = london, bay, york
    persons.place[8:, 5] = london  # of another class
    persons.entry[:, 3] = 2
    assert people.graduates_to(persons, geography, "GB") == pytest.approx(1 / 3)
    assert people.graduates_to(persons, geography, "US") == pytest.approx(2 / 3)
    assert people.first_jobs_abroad_later(persons, geography) == pytest.approx(
        1.0
    )  # the one at home left school before
    persons.entry[:, 3] = 13  # the last quarter looked at
    assert people.first_jobs_abroad_later(persons, geography) == pytest.approx(3 / 4)


def test_stays_in_silicon_valley(geography: Geography):
    lyon, bay = geography.ids.index("lyon"), geography.ids.index("silicon_valley")
    persons = settled([lyon] * 4, [STAR] * 4, [lyon] * 4, 41)
    persons.place[1:, :] = bay
    persons.place[1 + 3 :, 0] = lyon  # after three quarters
    persons.place[1 + 20 :, 1] = lyon  # after five years
    persons.place[1 + 37 :, 2] = lyon  # after more than nine
    assert people.stays_of_five_years(persons, geography) == pytest.approx(1 / 4)
    persons.entry[12:, 3] = 12  # another person from then on, no leaver: out of view
    assert people.stays_of_five_years(persons, geography) == pytest.approx(3 / 4 * 1 / 2)
    at_home = settled([lyon], [STAR], [lyon], 41)
    assert math.isnan(people.stays_of_five_years(at_home, geography))


def test_foreigners_in_france_and_french_abroad(geography: Geography):
    lyon, london = geography.ids.index("lyon"), geography.ids.index("london")
    persons = settled([lyon, lyon, lyon, london, london, lyon], [TOP] * 5 + [STAR],
                      [lyon, lyon, london, lyon, lyon, london], 2)  # fmt: skip
    assert people.foreign_share(persons, geography) == pytest.approx(1 / 3)
    assert people.net_migration_sign(persons, geography) == -1.0
    assert people.net_migration_sign(settled([lyon], [TOP], [london], 2), geography) == 1.0


def test_a_year_of_french_in_london():
    series = stocks("talents_french", {"london": [float(q) for q in range(16)], "lyon": [99.0] * 16})
    assert people.french_in(series, "london", 2016) == pytest.approx((11 + 12 + 13 + 14) / 4)


def test_poisson_regression_finds_the_law_that_made_the_counts():
    luck = np.random.default_rng(5)
    about = luck.normal(size=(400, 2))
    assert people.poisson_slope(np.exp(1.0 + 0.6 * about[:, 0] - 0.4 * about[:, 1]), about) == pytest.approx(
        0.6, abs=1e-5
    )
    counts = luck.poisson(np.exp(1.0 + 0.6 * about[:, 0] - 0.4 * about[:, 1])).astype(float)  # zeros among them
    assert people.poisson_slope(counts, about) == pytest.approx(0.6, abs=0.1)


def test_twin_columns_that_tell_nothing_apart_give_no_slope():
    same = np.ones((10, 2)) * np.arange(10.0)[:, None]
    assert math.isnan(people.poisson_slope(np.ones(10), same))


def test_flows_follow_the_diaspora(geography: Geography):
    lyon = geography.ids.index("lyon")
    hubs = np.isin(np.array(geography.ids), ["london", "berlin", "montreal", "new_york", "dublin"])
    stock = dict(zip(np.array(geography.ids)[hubs].tolist(), (160, 80, 40, 20, 10), strict=True))
    movers = [geography.ids.index(place) for place, count in stock.items() for _ in range(count)]
    persons = settled([lyon] * len(movers), [STAR] * len(movers), [lyon] * len(movers), 5)
    persons.place[4:] = movers
    series = stocks("talents_french", {place: [float(stock.get(place, 0))] * 5 for place in geography.ids})
    assert people.diaspora_elasticity(persons, series, geography, hubs) == pytest.approx(1.0, abs=1e-4)


# --- places ------------------------------------------------------------------------------------------------


def test_scaleups_led_from_abroad(geography: Geography):
    lyon, bay = geography.ids.index("lyon"), geography.ids.index("silicon_valley")
    firms = blank_firms(20, [lyon] * 5 + [bay], [-1] * 6)
    firms.raised_keur[10:, :] = 1000
    firms.raised_keur[:, 4] = 999  # too little
    firms.hq[12:, :2] = bay
    firms.ops[12:, 1] = bay  # staff gone, too
    firms.status[15:, 2] = CLOSED
    assert places.scaleups_abroad(firms, geography) == pytest.approx(1 / 3)
    assert math.isnan(places.scaleups_abroad(blank_firms(8, [lyon], [-1]), geography))


def test_american_destinations(geography: Geography):
    rows = [
        (9, "lyon", "silicon_valley", "startup_french", 2),
        (9, "lille", "new_york", "startup_french", 3),
        (9, "lille", "london", "startup_french", 7),
        (9, "london", "silicon_valley", "startup_french", 7),  # left France before
        (9, "lyon", "silicon_valley", "startup_foreign", 7),
    ]
    flows = pd.DataFrame(rows, columns=["quarter", "origin", "destination", "kind", "count"])
    assert places.us_moves_to_silicon_valley(flows, geography) == pytest.approx(0.4)


def test_shares_and_densities_of_2020(geography: Geography):
    level = {"paris_sentier": 60.0, "paris_rive_gauche": 20.0, "paris_saclay": 20.0, "lyon": 30.0, "grenoble": 10.0}
    france = tuple(np.array(geography.ids)[geography.is_french].tolist())
    series = stocks("startups", {place: [level.get(place, 0.0)] * 31 for place in france})
    assert places.share_of(series, places.PARIS_CITY, places.PARIS_REGION) == pytest.approx(0.8)
    assert places.share_of(series, places.SECOND_REGION, france) == pytest.approx(40 / 140)
    published = stocks("startups", {"paris_saclay": [4074.0] * 31, "lyon": [800.0] * 31, "grenoble": [55.0] * 31})
    assert places.density_ratio(published) == pytest.approx(332 / 106)  # counts of the source give its ratio
    assert places.density_ratio(series) == pytest.approx(100 / 40 * (332 / 4074) / (106 / 855))
    assert math.isnan(places.share_of(series[series["quarter"] < 29], places.PARIS_CITY, places.PARIS_REGION))


def test_means_of_years(geography: Geography):
    abroad = stocks("startups_french", {"silicon_valley": [float(q) for q in range(10)]})
    assert places.french_startups_in(abroad, "silicon_valley") == pytest.approx(3.0)  # quarters 0 to 6
    series = stocks("startups", {"lyon": [float(q >= 11) for q in range(31)], "london": [9.0] * 31})
    assert places.stock_2016_2020(series, geography) == pytest.approx(1.0)
    money = stocks("capital_meur", {"london": [float(q) for q in range(20)]})
    assert places.capital_of_places(money, ("london",), 2017) == pytest.approx((15 + 16 + 17 + 18) / 1000)
    assert math.isnan(places.capital_of_places(money, ("london",), 2019))


def test_young_innovative_firms(geography: Geography):
    sentier, lyon, london = (geography.ids.index(p) for p in ("paris_sentier", "lyon", "london"))
    firms = blank_firms(12, [sentier, lyon, lyon, lyon, lyon, london], [-1, 0, -1, -1, -30, -1])
    firms.jei[[0, 1, 3, 4, 5]] = 1
    firms.headcount[:] = [4, 8, 99, 99, 99, 99]
    firms.status[10:, 3] = CLOSED
    assert places.jei_paris_share(firms, geography) == pytest.approx(1 / 2)
    assert places.jei_size(firms, geography) == pytest.approx(6.0)
    firms.jei[:] = 0
    assert math.isnan(places.jei_size(firms, geography))
    assert math.isnan(places.jei_paris_share(firms, geography))


def test_three_cities_of_funded_firms(geography: Geography):
    homes = ["paris_sentier", "paris_saclay", "lyon", "lyon", "lille", "nantes", "rest_of_france", "london"]
    firms = blank_firms(6, [geography.ids.index(place) for place in homes], [-1] * len(homes))
    firms.stage[:] = 1
    assert places.funded_in_three_markets(firms, geography) == pytest.approx(5 / 7)  # Paris is one city
    firms.status[3:, 2:4] = CLOSED
    assert places.funded_in_three_markets(firms, geography) == pytest.approx(4 / 5)
    assert (firms.status[0] == ALIVE).all()


def test_rents_on_the_size_of_districts():
    jobs = np.exp(np.array([1.0, 2.0, 3.0, 4.0]))
    rise = places.rent_slope(jobs**0.3, jobs)
    assert rise == pytest.approx(100 * (math.exp(0.3 * np.std([1.0, 2.0, 3.0, 4.0])) - 1))
    assert math.isnan(places.rent_slope(jobs, np.ones(4)))
