"""Dwellings are rationed; offices and dwellings are stocks that rents call for, with a lag, and that never shrink."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pytest

from sim.model import migration, places
from sim.model.flight import FlightModel
from sim.model.migration import migrate_talents
from sim.model.places import PlaceColumns
from sim.settings import Settings
from tests.model.small_runs import Case, flight

SDS = 4.5


@pytest.fixture(scope="module")
def many(prepare: Callable[..., Case]) -> Case:
    """Return a world in which about half of the claims can be met, with 53,000 talents."""
    case = prepare(Settings(talent_scale=50, startup_scale=100, years=1))
    return case.with_world(price__dwelling_turnover=0.0010)


# ---- claims ---------------------------------------------------------------------------------------------------


def tight_quarter(case: Case, process: Callable[[FlightModel], None] = migrate_talents) -> tuple[list[str], np.ndarray]:
    """Return what is wrong with one quarter of scarce dwellings, against the same quarter without scarcity."""
    found = []
    with flight(case.with_world(price__dwelling_turnover=1e6)) as free:
        free.build_tables()
        before = free.talents.data["place"].copy()
        migrate_talents(free)
        wish = free.talents.data["place"].copy()
        assert free.events.counts["refused_dwellings"].sum() == 0
    with flight(case) as model:
        model.build_tables()
        process(model)
        after, refused = model.talents.data["place"].copy(), model.events.counts["refused_dwellings"]
        offered = model.places.dwellings_on_offer(model.world)
        count, scale = model.places.count, model.settings.talent_scale
        moved = np.bincount(after[after != before], minlength=count)
        if not ((after == wish) | (after == before)).all():
            found.append("someone refused went elsewhere")
        if not np.array_equal(np.bincount(wish[(wish != before) & (after != wish)], minlength=count), refused):
            found.append("the refused are not those who stayed")
        taken = moved * scale / model.world["price.persons_per_dwelling"]
        one = scale / model.world["price.persons_per_dwelling"]
        if (taken > offered + SDS * np.sqrt(one * offered)).any():
            found.append("more dwellings were taken than are on offer")
        if (model.events.talent_flows.sum(axis=(0, 1)) != moved).any():
            found.append("flows are not the moves")
    return found, refused


def test_the_refused_stay_and_admissions_do_not_exceed_supply(many: Case) -> None:
    found, refused = tight_quarter(many)
    assert found == []
    assert refused.sum() > 100
    assert (refused > 0).sum() > 5


def test_expected_admissions_never_exceed_supply(case: Case) -> None:
    with flight(case) as model:
        offered = model.places.dwellings_on_offer(model.world)
        per_agent = model.settings.talent_scale / model.world["price.persons_per_dwelling"]
        for factor in (0.0, 0.01, 0.5, 1.0, 1.1, 5.0, 1e4):
            demand = np.ceil(factor * offered / per_agent).astype(np.int64)
            met = migration.dwellings_met(model, demand)
            assert ((met >= 0.0) & (met <= 1.0)).all()
            assert (met * demand * per_agent <= offered * (1.0 + 1e-12)).all()
        assert (migration.dwellings_met(model, np.zeros(model.places.count, np.int64)) == 1.0).all()


def test_twins_of_rationing_are_reported(many: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    def elsewhere(model: FlightModel) -> None:
        before = model.talents.data["place"].copy()
        migrate_talents(model)
        stayed = np.flatnonzero((model.talents.data["place"] == before) & (model.talents.data["entry"] == 0))
        model.talents.data["place"][stayed] = (before[stayed] + 1) % model.places.count

    assert "someone refused went elsewhere" in tight_quarter(many, elsewhere)[0]

    def forgets_one(model: FlightModel) -> None:
        migrate_talents(model)
        model.events.counts["refused_dwellings"][0] -= 1

    assert tight_quarter(many, forgets_one)[0] == ["the refused are not those who stayed"]
    monkeypatch.setattr(migration, "dwellings_met", lambda model, demand: np.ones(len(demand)))
    assert "more dwellings were taken than are on offer" in tight_quarter(many)[0]


def test_with_french_vacancies_almost_nobody_is_refused(case: Case) -> None:
    with flight(case) as model:
        model.build_tables()
        migrate_talents(model)
        moved = model.events.talent_flows.sum()
        assert model.events.counts["refused_dwellings"].sum() <= 0.01 * moved


def refused_share(prepare: Callable[..., Case], scale: int) -> tuple[float, float]:
    """Return the share of claims refused in a quarter of scarce dwellings, and its standard error."""
    case = prepare(Settings(talent_scale=scale, startup_scale=100, years=1))
    with flight(case.with_world(price__dwelling_turnover=0.0010)) as model:
        model.build_tables()
        migrate_talents(model)
        refused = float(model.events.counts["refused_dwellings"].sum())
        claims = refused + float(model.events.talent_flows.sum())
        return refused / claims, 0.5 / float(np.sqrt(claims))


def scales_disagree(prepare: Callable[..., Case]) -> bool:
    (one, error), (other, larger) = refused_share(prepare, 50), refused_share(prepare, 200)
    return abs(one - other) > SDS * float(np.hypot(error, larger))


@pytest.mark.long
def test_the_share_refused_does_not_depend_on_the_scale(
    prepare: Callable[..., Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not scales_disagree(prepare)
    met = migration.dwellings_met
    monkeypatch.setattr(
        migration, "dwellings_met", lambda model, demand: met(model, 50 * demand // model.settings.talent_scale)
    )
    assert scales_disagree(prepare), "twin: agents for persons"


# ---- stocks and rents -----------------------------------------------------------------------------------------


def columns(case: Case) -> PlaceColumns:
    place = PlaceColumns(case.evidence, case.world, case.start.geography)
    place.remember_start(place.talent_stock_2013, np.zeros(place.count))
    return place


def rents(case: Case, use: float, quarters: int) -> tuple[np.ndarray, np.ndarray]:
    """Return office and flat rents over those of 2013 after some quarters of ``use`` times the talents."""
    place = columns(case)
    for _ in range(quarters):
        place.update_prices(use * place.talent_stock_2013, np.zeros(place.count), case.start.conditions, case.world)
    return place.office_rent / place.office_rent_2013, place.flat_rent / place.flat_rent_2013


def long_run_error(case: Case, use: float = 1.1, quarters: int = 400) -> float:
    """Return how far rents are from the use of stock to the power of 1/(1 + supply elasticity)."""
    office, flat = rents(case, use, quarters)
    place = columns(case)
    people = 1.0 + (use - 1.0) * place.talent_stock_2013 / place.population
    errors = (
        np.abs(np.log(office) - np.log(use) / (1.0 + case.world["price.office_supply"])),
        np.abs(np.log(flat) - np.log(people) / (1.0 + places.dwelling_supply(case.world, place.inhabitants))),
    )
    return float(max(error.max() for error in errors))


def test_rents_respond_at_once_and_building_takes_them_back(case: Case) -> None:
    people = columns(case)
    change = 1.0 + 0.1 * people.talent_stock_2013 / people.population
    for response in (0.5, 1.0, 2.0):
        office, flat = rents(case.with_world(price__rent_response=response), 1.1, 1)
        np.testing.assert_allclose(office, 1.1**response, rtol=1e-12)
        np.testing.assert_allclose(flat, change**response, rtol=1e-12)
    assert long_run_error(case) < 1e-6
    assert long_run_error(case, quarters=12) > 1e-3, "not before builders have had the time"


def test_twin_nobody_builds(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "_built", lambda stock, wanted, supply, world: stock)
    assert long_run_error(case) > 0.01


def shocks(case: Case) -> list[str]:
    """Return which laws of stocks fail while talents come and go by large numbers."""
    place, found = columns(case), set()
    random = np.random.default_rng(5)
    before = (place.office_m2_private, place.dwellings)
    for quarter in range(120):
        size = 0.0 if quarter == 60 else float(np.exp(random.normal(0.0, 1.0)))
        place.update_prices(size * place.talent_stock_2013, np.zeros(place.count), case.start.conditions, case.world)
        now = (place.office_m2_private, place.dwellings)
        if any((a < b * (1.0 - 1e-12)).any() for a, b in zip(now, before, strict=True)):
            found.add("a stock shrank")
        vacant = (place.vacant_m2(case.world), place.vacant_fit_m2(case.world), place.dwellings_on_offer(case.world))
        values = np.array([*now, *vacant, place.office_rent, place.flat_rent])
        if not np.isfinite(values).all() or (values < 0.0).any():
            found.add("a stock, rent or vacancy is negative or not finite")
        before = now
    return sorted(found)


def test_stocks_never_shrink_and_everything_stays_finite(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    assert shocks(case) == []

    def perishable(stock, wanted, supply, world):  # type: ignore[no-untyped-def]
        return stock * (wanted / stock) ** (1.0 / world["price.build_quarters"])

    monkeypatch.setattr(places, "_built", perishable)
    assert shocks(case) == ["a stock shrank"]


def overshoot(case: Case) -> float:
    """Return by how much stocks exceed what they tend to, at all corners of the priors; durable stocks must not."""
    worst = 0.0
    for response, quarters, supply in itertools.product((0.5, 2.0), (6, 24), (0.4, 4.0)):
        world = case.with_world(
            price__rent_response=response,
            price__build_quarters=quarters,
            price__office_supply=supply,
            price__dwelling_supply=supply,
            price__dwelling_supply_size=0.0,
        ).world
        place = columns(case)
        for _ in range(80):
            place.update_prices(1.5 * place.talent_stock_2013, np.zeros(place.count), case.start.conditions, world)
        final = np.log(1.5) * response * supply / (1.0 + response * supply)
        worst = max(worst, float((np.log(place.office_m2_private / place.office_m2_2013) - final).max()))
    return worst


def test_builders_do_not_overshoot(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    assert overshoot(case) < 1e-9

    def hasty(stock, wanted, supply, world):  # type: ignore[no-untyped-def]
        return stock + np.maximum(wanted - stock, 0.0) / world["price.build_quarters"]

    monkeypatch.setattr(places, "_built", hasty)
    assert overshoot(case) > 0.01


def test_what_a_lever_builds_is_there_at_once_and_builders_do_not_tear_down(case: Case) -> None:
    place, conditions = columns(case), case.start.conditions.copy()
    conditions.office_m2_added = 0.1 * place.office_m2_2013
    vacant = place.vacant_m2(case.world)
    for _ in range(3):
        place.update_prices(place.talent_stock_2013, np.zeros(place.count), conditions, case.world)
    np.testing.assert_allclose(place.office_m2, 1.1 * place.office_m2_2013)
    np.testing.assert_allclose(place.vacant_m2(case.world) - vacant, conditions.office_m2_added)
    np.testing.assert_array_equal(place.office_m2_private, place.office_m2_2013)
    assert (place.office_rent < place.office_rent_2013).all()


def test_vacancies_at_the_start_are_those_of_the_evidence(case: Case) -> None:
    place, world = columns(case), case.world
    np.testing.assert_allclose(place.vacant_m2(world) / place.office_m2, place.vacancy, rtol=1e-9)
    share = place.dwellings_on_offer(world) / world["price.dwelling_turnover"] / place.dwellings
    np.testing.assert_allclose(share, world["price.dwelling_vacancy"], rtol=1e-9)


# ---- size of the city -----------------------------------------------------------------------------------------


def faults_of_size(case: Case) -> list[str]:
    """Return which laws of the supply of dwellings fail: scarcer in larger cities, one city one elasticity."""
    case = case.with_world(price__dwelling_supply=3.0, price__dwelling_supply_size=0.25)
    place, found = columns(case), []
    supply = places.dwelling_supply(case.world, place.inhabitants)
    paris, lyon = (place.index(name) for name in ("paris_sentier", "lyon"))
    if len({supply[place.index(name)] for name in ("paris_sentier", "paris_rive_gauche", "paris_saclay")}) != 1:
        found.append("districts of Paris differ")
    expected = (place.population[:3].sum() / place.population[lyon]) ** -0.25
    if abs(supply[paris] / supply[lyon] - expected) > 1e-9:
        found.append("Paris and Lyon do not differ by their inhabitants")
    if supply[place.index("rest_of_france")] != 3.0 or supply[place.index("rest_of_world")] != 3.0:
        found.append("a rest region counts as a city")
    return found


def test_land_is_scarcer_in_larger_cities_and_as_scarce_in_one_district_as_in_another(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert faults_of_size(case) == []
    monkeypatch.setattr(PlaceColumns, "_inhabitants", lambda self, is_rest: self.population)  # of the district alone
    assert len(faults_of_size(case)) == 3
    plenty = case.with_world(price__dwelling_supply_size=0.0)
    assert (places.dwelling_supply(plenty.world, columns(plenty).inhabitants) == 2.5).all()
