"""Known answers for every outcome, counted by hand; a new outcome without one fails the last test."""

import numpy as np
import pandas as pd
import pytest

from sim.analysis import OUTCOMES, outcomes_of
from sim.analysis.outcomes.registry import Theme, joined
from sim.analysis.run_record import RunRecord
from tests.analysis.tiny_run import COLUMNS, PLACES, costs_of, empty_series, flows_of, put, revenue_of


@pytest.fixture(scope="module")
def measured() -> dict[str, float]:
    """Outcomes of one hand-made run of two years."""
    series = empty_series()
    for place, talents, startups in (("paris", 500, 60), ("lyon", 300, 30), ("rest_of_france", 200, 10)):
        series = put(series, place, talents=talents + 10, talents_french=talents, startups=startups + 2)
        series = put(series, place, startups_french=startups)
    # the stock doubles at the start of the second year (end of quarter 4)
    for quarter in range(4, 9):
        for place, startups in (("paris", 120), ("lyon", 60), ("rest_of_france", 20)):
            series = put(series, place, quarter, startups_french=startups)
    series = put(series, "london", talents_french=40, startups=500, startups_french=40, births_french=0)
    series = put(series, "rest_of_world", startups_french=10)
    series = put(series, "london", 3, births=9, births_french=2)
    series = put(series, "rest_of_world", 8, births_french=1)
    series = put(series, "paris", 2, births=5, closures=3, exits=1, rounds=6, rounds_foreign_led=1, refused_rounds=4)
    series = put(series, "rest_of_france", 7, births=2, closures=1, rounds=2, rounds_foreign_led=1, capital_meur=1.5)
    series = put(series, "lyon", 7, capital_meur=2.0, refused_rounds=1)
    series = put(series, "london", 7, closures=9, exits=9, rounds=9, refused_rounds=9, capital_meur=9.0)
    series = put(series, "paris", 8, champions=3, jobs=100, labelled=1)
    series = put(series, "rest_of_france", 8, champions=1, jobs=20, labelled=1)  # not a district: not counted
    series = put(series, "london", 8, champions=7, jobs=700)
    series = put(series, "lyon", 4, labelled=1, champions=9, jobs=9)  # not at the horizon
    for place, quarter in (("paris", 2), ("rest_of_france", 8), ("london", 3)):  # abroad is not counted
        series = put(series, place, quarter, refused_premises=11, refused_hires=12, refused_dwellings=13)
        series = put(series, place, quarter, site_closures=14, first_customers=15)
    flows = flows_of(
        (1, "paris", "london", "startup_french", 2),
        (4, "rest_of_france", "rest_of_world", "startup_french", 1),
        (5, "lyon", "london", "startup_french", 4),
        (6, "london", "lyon", "startup_french", 2),
        (6, "london", "paris", "startup_foreign", 3),
        (6, "paris", "london", "startup_foreign", 50),
        (2, "paris", "lyon", "startup_french", 90),  # within France
        (2, "london", "rest_of_world", "startup_french", 90),  # within abroad
        (3, "paris", "london", "talent_french", 10),
        (8, "rest_of_france", "london", "talent_french", 30),
        (8, "london", "rest_of_france", "talent_french", 8),
        (8, "rest_of_world", "paris", "talent_foreign", 6),
        (8, "paris", "rest_of_world", "talent_foreign", 70),
    )
    costs = costs_of(
        (4, "state", 104.0), (4, "city", 10.4), (8, "state", -1.04**2), (4, "private", 5.2), (4, "private", -1.0)
    )  # fmt: skip
    costs = pd.concat([costs, costs_of((4, "city", 20.8), (4, "private", 7.0), lever="cities")])
    rivals = costs_of((4, "abroad", 50.0), lever="rival_cities")
    costs = pd.concat([costs, rivals])
    revenue = revenue_of(
        (4, "people", "state", 208.0), (8, "people", "social", 300.0 * 1.04**2), (4, "wages", "state", -1.04),
        (4, "wages", "social", 2.08), (4, "firms", "state", 52.0), (4, "firms", "social", -4.16),
    )  # fmt: skip
    return outcomes_of(series, flows, costs, revenue, PLACES)


KNOWN = {
    # year 1: 3 of 100, year 2: 4 of 200
    "startup_flight_rate": (3.0 + 2.0) / 2,
    "startup_departures": 7,
    "startup_returns": 2,
    "startup_attractions": 3,
    "hq_abroad_share": 100 * 50 / 250,
    "founder_flight": 3,
    # year 1: 10 of 1000, year 2: 30 of 1000, 8 back
    "talent_flight_rate": (1.0 + 3.0) / 2,
    "talent_net_flight_rate": (1.0 + 2.2) / 2,
    "talent_returns": 8,
    "talent_attractions": 6,
    "talents_french_in_france": 1000,
    "talents_in_france": 1030,
    "startups_in_france": 106,
    "startup_births": 7,
    "startup_deaths": 4,
    "startup_exits": 1,
    "tech_champions": 4,
    "startup_jobs": 120,
    "capital_raised": 3.5,
    "foreign_led_share": 100 * 2 / 8,
    "refused_rounds": 5,
    "paris_share": 100 * 62 / 106,
    "district_concentration": (62**2 + 32**2 + 12**2) / 106**2,
    "labelled_districts": 1,
    "public_cost": 110.0,
    "public_cost_state": 100.0,
    "public_recovered": 1.0,
    "private_cost": 5.0,
    "talent_departures": 40,
    "employed_talents": 1030,
    "refused_premises": 22,
    "refused_hires": 24,
    "refused_dwellings": 26,
    "site_closures": 28,
    "first_customers": 30,
    "city_programmes": 20.0,
    "revenue_people": 500.0,
    "revenue_wages": 1.0,
    "revenue_firms": 46.0,
    "net_public_balance": 547.0 - 110.0 - 20.0 + 1.0,
    "net_public_balance_without_contributions": 249.0 - 110.0 - 20.0 + 1.0,
}


@pytest.mark.parametrize("name", list(OUTCOMES))
def test_outcome_is_what_was_counted_by_hand(name: str, measured: dict[str, float]) -> None:
    assert measured[name] == pytest.approx(KNOWN[name], rel=1e-12)


def test_every_outcome_has_a_known_answer() -> None:
    assert set(KNOWN) == set(OUTCOMES)
    assert len(OUTCOMES) >= 18


def test_empty_run_divides_by_nothing() -> None:
    values = outcomes_of(empty_series(), flows_of(), costs_of(), revenue_of(), PLACES)
    assert set(values.values()) == {0.0}


def test_a_level_is_that_of_the_last_quarter() -> None:
    series = empty_series()
    series[list(COLUMNS)] = np.random.default_rng(3).integers(10, 99, (len(series), len(COLUMNS)))
    last = series[series["quarter"] == 8].set_index("place")
    french, districts = last.loc[["paris", "lyon", "rest_of_france"], list(COLUMNS)], last.loc[["paris", "lyon"]]
    total, away = french.sum(), last["startups_french"].sum() - french["startups_french"].sum()
    expected = {
        "talents_french_in_france": total["talents_french"], "talents_in_france": total["talents"],
        "employed_talents": total["talents"], "startups_in_france": total["startups"],
        "tech_champions": total["champions"], "startup_jobs": total["jobs"],
        "labelled_districts": districts["labelled"].sum(),
        "paris_share": 100.0 * last["startups"]["paris"] / total["startups"],
        "district_concentration": ((french["startups"] / total["startups"]) ** 2).sum(),
        "hq_abroad_share": 100.0 * away / last["startups_french"].sum(),
    }  # fmt: skip
    found = outcomes_of(series, flows_of(), costs_of(), revenue_of(), PLACES)
    assert {name: found[name] for name in expected} == pytest.approx(expected, rel=1e-12)


def test_years_without_stock_are_left_out_of_a_rate() -> None:
    series = empty_series()
    for quarter in range(4, 9):
        series = put(series, "lyon", quarter, startups_french=50)
    flows = flows_of((2, "lyon", "london", "startup_french", 5), (6, "lyon", "london", "startup_french", 1))
    assert outcomes_of(series, flows, costs_of(), revenue_of(), PLACES)["startup_flight_rate"] == pytest.approx(2.0)


def test_one_outcome_alone_equals_the_same_in_the_set(measured: dict[str, float]) -> None:
    series = put(empty_series(), "paris", jobs=12)
    frames = (series, flows_of(), costs_of(), revenue_of(), PLACES)
    assert OUTCOMES["startup_jobs"].compute(*frames) == outcomes_of(*frames)["startup_jobs"] == 12.0


def test_order_of_rows_and_category_columns_change_nothing() -> None:
    rng = np.random.default_rng(1)
    series = empty_series()
    for column in COLUMNS:
        series[column] = rng.integers(1, 50, len(series))
    flows = flows_of(
        *[(q, o, d, k, 3) for q in range(1, 9) for o, d in (("paris", "london"), ("london", "lyon"))
          for k in ("startup_french", "talent_french", "talent_foreign")]
    )  # fmt: skip
    costs = costs_of((1, "state", 1.5), (2, "city", 2.5))
    plain = outcomes_of(series, flows, costs, revenue_of(), PLACES)
    mixed = outcomes_of(
        series.sample(frac=1, random_state=2).astype({"place": "category"}),
        flows.sample(frac=1, random_state=3).astype(dict.fromkeys(["origin", "destination", "kind"], "category")),
        costs,
        revenue_of(),
        PLACES,
    )
    assert plain == mixed


def test_unknown_place_is_named() -> None:
    flows = flows_of((1, "paris", "atlantis", "startup_french", 1))
    with pytest.raises(ValueError, match="atlantis"):
        outcomes_of(empty_series(), flows, costs_of(), revenue_of(), PLACES)


def test_years_count_whole_years_only() -> None:
    assert RunRecord(empty_series(7), flows_of(), costs_of(), revenue_of(), PLACES).years == 1


def test_every_outcome_says_unit_and_direction() -> None:
    for outcome in OUTCOMES.values():
        assert outcome.label
        assert outcome.unit
        assert outcome.description.endswith(".")
        assert outcome.better in ("higher", "lower", "none")


def test_the_account_without_contributions_is_the_full_one_less_contributions(measured: dict[str, float]) -> None:
    contributions = 300.0 + 2.0 - 4.0  # what social funds receive, discounted
    full, zero = measured["net_public_balance"], measured["net_public_balance_without_contributions"]
    assert full - zero == pytest.approx(contributions, rel=1e-12)


def test_a_name_registered_twice_is_refused() -> None:
    theme, other = Theme(), Theme()
    for one in (theme, other):
        one.outcome("x", "X", "1", "none", "X.")(lambda run: 0.0)
    with pytest.raises(ValueError, match="registered twice"):
        theme.outcome("x", "X", "1", "none", "X.")(lambda run: 0.0)
    with pytest.raises(ValueError, match="registered twice: x"):
        joined(theme, other)


def test_a_measure_stays_what_it_is_where_it_is_registered() -> None:
    theme = Theme()
    measure = lambda run: 4.0  # noqa: E731
    assert theme.outcome("x", "X", "1", "none", "X.")(measure) is measure
    assert theme["x"].measure is measure
    assert list(joined(theme)) == ["x"]
