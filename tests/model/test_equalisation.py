"""The driver test: France gets the mean of the hubs in one driver, and nothing else moves."""

from __future__ import annotations

import numpy as np
import pytest

from sim.model.conditions import Conditions
from sim.model.flight import FlightModel, apply_policies, update_places
from sim.model.levers import Equalisation
from sim.model.start import startup_perimeter
from tests.model.small_runs import Case, differences, flight, run

DRIVERS = {
    "taxation": {
        "employer_rate",
        "profit_rate",
        "founder_exit_rate",
        "research_subsidy",
        "tax_wedge",
        "wage_employer_rate",
    },
    "connectivity": {"fibre", "mobile", "hours_saved"},
    "real_estate": {"office_rent_factor", "flat_rent_factor"},
    "capital": {"capital_factor"},
}
FIRM_RATES = ("employer_rate", "profit_rate", "founder_exit_rate", "research_subsidy", "fibre", "mobile")


def only(driver: str, strength: float = 1.0) -> Equalisation:
    return Equalisation(strength=strength, start="2013Q3", **{name: name == driver for name in DRIVERS})


def moved(case: Case, lever: Equalisation) -> tuple[Conditions, Conditions]:
    """Return the named quantities of the first quarter without and with the lever."""
    found = []
    for levers in ((), (lever,)):
        with flight(case, *levers) as model:
            apply_policies(model)
            found.append(model.conditions)
    return found[0], found[1]


def hub_mean(case: Case, values: np.ndarray, weights: str) -> float:
    hubs = np.array([place.kind == "hub" for place in case.evidence.places])
    stock = case.evidence.column("digital_startups")
    if weights == "talents":
        stock = case.evidence.column("digital_jobs") * case.evidence.column("labour_market_share")
    return float(np.average(values[hubs], weights=stock[hubs]))


def french_values(case: Case, lever: Equalisation) -> dict[str, tuple[np.ndarray, float]]:
    """Return quantity -> French places' values under the lever, and the hubs' mean they should have."""
    before, after = moved(case, lever)
    french = case.start.geography.is_french
    found = {n: (getattr(after, n)[french], hub_mean(case, getattr(before, n), "startups")) for n in FIRM_RATES}
    for row in range(3):
        found[f"wedge {row}"] = (after.tax_wedge[row][french], hub_mean(case, before.tax_wedge[row], "talents"))
    paid, mean = after.wage_employer_rate[french], hub_mean(case, before.wage_employer_rate, "talents")
    found["wage_employer_rate"] = (paid, mean)
    airport = case.evidence.column("airport_minutes") / 60.0
    found["airport"] = ((airport - after.hours_saved)[french], hub_mean(case, airport, "startups"))
    return found


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_driver_moves_its_quantities_in_france_alone(case: Case, driver: str) -> None:
    before, after = moved(case, only(driver))
    changed = set()
    for name, value in vars(before).items():
        difference = np.asarray(getattr(after, name), dtype=float) - np.asarray(value, dtype=float)
        if difference.any():
            changed.add(name)
            assert not difference[..., ~case.start.geography.is_french].any()
    assert changed == DRIVERS[driver]


def test_french_places_have_the_mean_of_the_hubs(case: Case) -> None:
    for name, (values, mean) in french_values(case, Equalisation(start="2013Q3")).items():
        assert values == pytest.approx(np.full(len(values), mean), rel=1e-12), name


def test_twin_a_mean_that_counts_rest_of_world_is_caught(case: Case) -> None:
    before, _ = moved(case, only("taxation"))
    abroad = ~case.start.geography.is_french
    weights = case.evidence.column("digital_startups")
    wrong = np.average(before.employer_rate[abroad], weights=weights[abroad])
    values, mean = french_values(case, only("taxation"))["employer_rate"]
    assert mean != pytest.approx(wrong, rel=1e-6)
    assert values[0] == pytest.approx(mean, rel=1e-12)


def rents_and_money(model: FlightModel, case: Case) -> tuple[np.ndarray, np.ndarray, float, float]:
    """Return French rents of offices and dwellings, and money on offer per startup in France and in the hubs."""
    french = case.start.geography.is_french
    hubs = np.array([place.kind == "hub" for place in case.evidence.places])
    stock = case.evidence.column("digital_startups") * startup_perimeter(case.world, case.evidence)
    money = model.startup_tables.capital(model.quarter, model.conditions) - model.conditions.public_capital
    per_startup = [float(money[side].sum() / stock[side].sum()) for side in (french, hubs)]
    return model.places.office_rent[french], model.places.flat_rent[french], per_startup[0], per_startup[1]


@pytest.mark.parametrize("quarter", [0, 12])
def test_rents_and_money_per_startup_meet_the_mean_abroad(case: Case, quarter: int) -> None:
    with flight(case, Equalisation(start="2013Q3")) as model:
        model.quarter = quarter  # stocks as at the start: rents are those of July 2013
        apply_policies(model)
        update_places(model)
        office, flat, france, abroad = rents_and_money(model, case)
        assert office == pytest.approx(hub_mean(case, model.places.office_rent_2013, "startups"), rel=1e-9)
        assert flat == pytest.approx(hub_mean(case, model.places.flat_rent_2013, "talents"), rel=1e-9)
        assert france == pytest.approx(abroad, rel=1e-9)


def test_half_strength_goes_half_the_way(case: Case) -> None:
    before, half = moved(case, Equalisation(start="2013Q3", strength=0.5))
    _, full = moved(case, Equalisation(start="2013Q3"))
    for name in Equalisation.moves:
        a, b, c = (getattr(side, name) for side in (before, half, full))
        assert b - a == pytest.approx(0.5 * (c - a), rel=1e-9, abs=1e-15), name


def test_strength_zero_is_the_baseline_to_the_last_bit(case: Case) -> None:
    short = case.with_settings(years=1)
    assert differences(run(short), run(short, Equalisation(start="2013Q3", strength=0.0))) == []


def test_nobody_pays(case: Case) -> None:
    short = case.with_settings(years=1)
    records = run(short, Equalisation(start="2013Q3"))
    assert set(records.costs["lever"]) == {"cities"}  # what cities buy by themselves
    assert {"series", "flows"} <= set(differences(run(short), records))


def spared(case: Case, with_labour_cost: bool) -> tuple[float, float]:
    """Return (what employers and talents gain on a French engineer's pay, the tax and contributions removed), euro."""
    before, after = moved(case, only("taxation"))
    paris, wage = 0, case.evidence.column("software_engineer_gross_salary")[0]
    old, new = (1.0 + c.wage_employer_rate[paris] for c in (before, after))
    old_wedge, new_wedge = (c.tax_wedge[0][paris] for c in (before, after))
    cost = new if with_labour_cost else old  # the twin keeps the labour cost, and spares contributions twice
    gained = wage * (old - new) + wage * (cost * (1.0 - new_wedge) - old * (1.0 - old_wedge))
    return gained, wage * (old * old_wedge - new * new_wedge)


def test_contributions_are_spared_once(case: Case) -> None:
    gained, removed = spared(case, with_labour_cost=True)
    assert gained == pytest.approx(removed)
    twice, _ = spared(case, with_labour_cost=False)
    assert twice > 1.5 * removed
    with flight(case, only("taxation")) as model:
        model.step()
        cost = np.exp(model.talent_table.log_labour_cost)
        np.testing.assert_allclose(cost, model.places.wage * (1.0 + model.conditions.wage_employer_rate), rtol=1e-12)
