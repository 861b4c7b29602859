"""Levers on a country of four places, with round numbers: what they move, when, and what it costs."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sim.model.levers import LEVERS
from sim.model.levers.lever import Lever

IDS = ("paris_rive_gauche", "lyon", "rest_of_france", "london")
FRENCH, DISTRICT = np.array([True, True, True, False]), np.array([True, True, False, False])
VALUES = {
    "international_brand": {"carry_over": 0.5, "reach_per_meur": 0.1, "investor_weight": 0.25},
    "paris_showcase": {"visibility": 0.2, "hub_ties": 0.3, "cost_eur_per_m2": 4000.0, "public_share": 0.6,
                       "running_meur_per_year": 2.0, "office_m2": 50_000.0},
    "simplification": {"days_cut_share": 0.4, "visa_cut_share": 0.5, "shop_meur_per_year": 8.0,
                       "visa_meur_per_year": 4.0},
    "ultra_broadband": {"eur_per_premise": 500.0, "sites_per_thousand_premises": 2.0, "eur_per_site": 100_000.0,
                        "public_share": 0.6},
    "label_network": {"wave_quarters": 4, "visibility": 0.1, "network_strength": 0.2, "premises_share": 0.3,
                      "premises_discount": 0.5, "office_meur_per_year": 6.0},
    "seed_acceleration": {"seat_cost_eur": 50_000.0, "recovery_quarters": 2, "recoverable_share": 0.4},
}  # fmt: skip


def model(quarter: int = 0, **more: Any) -> SimpleNamespace:
    places = SimpleNamespace(
        count=4, is_french=FRENCH, is_district=DISTRICT, index=IDS.index,
        mask=lambda names: np.isin(IDS, names).astype(float), in_region=lambda name: np.array([1.0, 0.0, 0.0, 0.0]),
        premises_count=lambda world: np.array([1000.0, 2000.0, 8000.0, 4000.0]),
        startup_m2=lambda world: np.array([100.0, 200.0, 300.0, 400.0]),
        office_rent=np.array([400.0, 200.0, 100.0, 50.0]),
        meets_label_rule=lambda world: np.array([True, False, False, False]),
    )  # fmt: skip
    world = {f"lever.{key}.{name}": value for key, named in VALUES.items() for name, value in named.items()}
    return SimpleNamespace(quarter=quarter, places=places, world=world, lever_memory={}, **more)


def made(key: str, **fields: Any) -> Lever:
    return LEVERS[key](**({"start": "2013Q3"} | fields))


def cost(lever: Lever, of: SimpleNamespace) -> dict[tuple[str, str], float]:
    return {(charge.item, charge.payer): charge.meur for charge in lever.charges(of)}


def test_a_ramp_rises_by_equal_steps_and_ends() -> None:
    lever = made("simplification", start="2013Q4", end="2015Q1", ramp_quarters=3, strength=0.8)
    found = [lever.intensity(quarter) for quarter in range(8)]
    assert found == pytest.approx([0.0, 0.2, 0.4, 0.6, 0.8, 0.8, 0.0, 0.0])
    assert lever.intensity(2, "2014Q1") == pytest.approx(0.2)


def test_a_brand_is_known_by_what_was_spent_and_is_forgotten_by_half() -> None:
    lever, of = made("international_brand", budget_meur=6.0, spend_quarters=2), model()
    stock = 0.0
    for quarter, spent in enumerate((3.0, 3.0, 0.0, 0.0)):
        of.quarter = quarter
        known = SimpleNamespace(awareness=np.full((3, 4), 0.5), investor_awareness=np.full(4, 0.2))
        lever.apply(known, of)
        stock = 0.5 * stock + spent
        reach = 1.0 - math.exp(-0.1 * stock)
        assert known.awareness[0].tolist() == [0.5] * 4  # who lives in France knows already
        np.testing.assert_allclose(known.awareness[1:], [0.5 + 0.5 * reach * DISTRICT] * 2, rtol=1e-13)
        np.testing.assert_allclose(known.investor_awareness, 0.2 + 0.25 * 0.8 * reach * DISTRICT, rtol=1e-13)
        assert cost(lever, of) == {("promotion", "state"): spent}


def test_a_showcase_is_built_once_and_paid_as_it_is_built() -> None:
    lever, of = made("paris_showcase", ramp_quarters=1, end="2014Q1"), model()
    paris = np.array([1.0, 0.0, 0.0, 0.0])
    for quarter, (strength, built, works) in enumerate(((0.5, 0.5, 0.5), (1.0, 1.0, 0.5), (0.0, 1.0, 0.0))):
        of.quarter = quarter
        found = SimpleNamespace(office_m2_added=np.full(4, 7.0), awareness=np.full((3, 4), 0.5), hub_ties=0.1)
        lever.apply(found, of)
        np.testing.assert_allclose(found.office_m2_added, 7.0 + built * 50_000.0 * paris)
        np.testing.assert_allclose(found.awareness, [0.5 + 0.5 * 0.2 * strength * paris] * 3)
        assert found.hub_ties == pytest.approx(0.1 + 0.3 * strength)
        whole = works * 200.0  # million euro
        assert cost(lever, of) == pytest.approx({
            ("m2 built", "state"): 0.3 * whole, ("m2 built", "city"): 0.3 * whole, ("m2 built", "private"): 0.4 * whole,
            ("showcase programme", "city"): strength * 0.5,
        })  # fmt: skip


def test_a_one_stop_shop_cuts_days_and_visas_cut_costs() -> None:
    for places, targets in ((None, FRENCH), (("lyon",), np.array([0.0, 1.0, 0.0, 0.0]))):
        lever = made("simplification", ramp_quarters=1, places=places)
        found = SimpleNamespace(start_cost_days=np.full(4, 10.0), visa_cost=np.full(4, 3.0))
        lever.apply(found, model())
        np.testing.assert_allclose(found.start_cost_days, 10.0 - 2.0 * targets)
        np.testing.assert_allclose(found.visa_cost, 3.0 - 0.75 * targets)
        assert cost(lever, model()) == {("one-stop shop", "state"): 1.0, ("visas", "state"): 0.5}
    assert made("simplification", strength=0.0).reach(model()) is None


def test_broadband_closes_gaps_and_what_is_built_is_paid_once() -> None:
    lever, of = made("ultra_broadband", ramp_quarters=1), model()
    for quarter, gap in enumerate((0.5, 1.0, 1.0)):
        of.quarter = quarter
        found = SimpleNamespace(fibre=np.array([0.2, 1.0, 0.4, 0.4]), mobile=np.full(4, 0.6))
        lever.apply(found, of)
        np.testing.assert_allclose(found.fibre, [0.2 + 0.8 * gap, 1.0, 0.4, 0.4])
        np.testing.assert_allclose(found.mobile, [0.6 + 0.4 * gap, 0.6 + 0.4 * gap, 0.6, 0.6])
        new = 0.5 if quarter < 2 else 0.0
        lines, sites = 0.8 * new * 1000.0 * 500.0 / 1e6, 0.4 * new * 3.0 * 2.0 * 100_000.0 / 1e6
        assert cost(lever, of) == pytest.approx({
            ("fibre", "state"): 0.3 * lines, ("fibre", "city"): 0.3 * lines, ("fibre", "private"): 0.4 * lines,
            ("4G sites", "state"): 0.6 * sites, ("4G sites", "private"): 0.4 * sites,
        })  # fmt: skip


def labelled(lever: Lever, of: SimpleNamespace) -> SimpleNamespace:
    found = SimpleNamespace(labelled=np.array([False, False, True, False]), awareness=np.full((3, 4), 0.5),
                            network_strength=0.1, premises_discount=np.zeros(4))  # fmt: skip
    lever.apply(found, of)
    return found


def test_a_label_is_seen_networks_and_lowers_rents() -> None:
    lever, of = made("label_network", strength=0.5), model()
    held = np.array([1.0, 0.0, 0.0, 0.0])
    found = labelled(lever, of)
    assert found.labelled.tolist() == [True, False, True, False]
    np.testing.assert_allclose(found.awareness, [0.5 + 0.5 * 0.05 * held] * 3)
    assert found.network_strength == pytest.approx(0.2)
    np.testing.assert_allclose(found.premises_discount, 0.5 * 0.15 * held)
    rents = 0.5 * 0.15 * 100.0 * 400.0 / 4.0 / 1e6
    assert cost(lever, of) == pytest.approx({("programme office", "state"): 0.75, ("bounded rents", "city"): rents})
    nobody = model()
    nobody.places.meets_label_rule = lambda world: np.zeros(4, bool)
    labelled(lever, nobody)
    assert cost(lever, nobody) == {("programme office", "state"): 0.0, ("bounded rents", "city"): 0.0}


def test_labels_are_given_wave_by_wave_or_by_date() -> None:
    lever, of = made("label_network", start="2013Q4"), model()
    met = [DISTRICT, ~DISTRICT, DISTRICT, DISTRICT, DISTRICT]  # after the first wave the rule waits for the next
    expected = [np.zeros(4, bool), ~DISTRICT, ~DISTRICT, ~DISTRICT, ~DISTRICT]
    for quarter, (rule, held) in enumerate(zip(met, expected, strict=True)):
        of.quarter = quarter
        of.places.meets_label_rule = lambda world, rule=rule: rule
        assert labelled(lever, of).labelled.tolist() == (held | np.array([False, False, True, False])).tolist()
    of.quarter, of.places.meets_label_rule = 5, lambda world: DISTRICT  # four quarters after the first wave
    assert lever.holders(of).tolist() == DISTRICT.tolist()
    dated = made("label_network", label_dates={"lyon": "2014Q1", "london": "2013Q3"})
    for quarter, held in ((1, [False, False, False, True]), (2, [False, True, False, True])):
        of.quarter = quarter
        assert dated.holders(of).tolist() == held
    assert made("label_network", premises=False).reach(of) is None
    assert made("label_network", strength=0.0).reach(of) is None


def seeded(lever: Lever, of: SimpleNamespace) -> SimpleNamespace:
    found = SimpleNamespace(labelled=np.array([False, True, False, False]), public_capital=np.ones(4),
                            accelerator_seats=np.full(4, 2.0))  # fmt: skip
    lever.apply(found, of)
    return found


def test_seed_money_goes_by_startups_and_first_to_the_labelled() -> None:
    """12 million in three quarters, a quarter of it for seats of 50,000 euro; 60, 30 and no firms (counted as one)."""
    lever = made("seed_acceleration", budget_meur=12.0, drawdown_quarters=3, accelerator_share=0.25, labelled_share=0.4)
    counts, settings = SimpleNamespace(by_place=np.array([60, 30, 0, 500])), SimpleNamespace(startup_scale=0.01)
    of = model(startup_counts=counts, settings=settings)
    split = 0.6 * np.array([60.0, 30.0, 1.0, 0.0]) / 91.0 + 0.4 * np.array([0.0, 1.0, 0.0, 0.0])
    capital, seats, budget, back = np.zeros(4), np.zeros(4), 12.0, []
    for quarter in range(5):
        of.quarter, offer = quarter, 4.0 if quarter < 3 else 0.0
        found = seeded(lever, of)
        capital, seats = capital + 0.75 * offer * split, seats + 0.25 * offer * split / 0.05
        told = seats - 2.0 * np.sqrt(np.maximum(seats, 0.0) * 0.01) if quarter == 2 else seats
        drawn = quarter < 3
        np.testing.assert_allclose(found.public_capital, 1.0 + drawn * np.maximum(capital, 0.0), rtol=1e-12)
        np.testing.assert_allclose(found.accelerator_seats, 2.0 + drawn * np.maximum(told, 0.0), rtol=1e-12)
        of.funding = SimpleNamespace(public_invested_meur=np.array([2.0, 2.5, 0.0, 0.0]) * drawn,
                                     seats_used=np.array([5.0, 9.0, 0.0, 0.0]) * drawn)  # fmt: skip
        capital, seats = capital - of.funding.public_invested_meur, seats - of.funding.seats_used
        paid = 0.7 * drawn
        invested = max(min(4.5 * drawn, budget - paid), 0.0)
        budget -= paid + invested
        back.append(invested)
        repaid = 0.4 * back[quarter - 2] if quarter >= 2 else 0.0
        assert cost(lever, of) == pytest.approx({
            ("co-financing", "state"): invested, ("accelerator seats", "state"): paid, ("money back", "state"): -repaid,
        })  # fmt: skip
    assert back == pytest.approx([4.5, 4.5, 0.9, 0.0, 0.0])  # the budget is a ceiling


def test_taxes_move_to_what_the_lever_says_and_never_back() -> None:
    shares = {"jei_payroll_exemption": 0.8, "jei_profit_exemption": 0.6, "impatriate_exempt_share": 0.5}
    lever = made("attractive_taxation", start="2014Q1", impatriate_start="2013Q4", strength=0.5, founder_exit_rate=0.2,
                 impatriate_years=9, **shares)  # fmt: skip
    for quarter, force, impatriate in ((0, 0.0, 0.0), (1, 0.0, 0.5), (2, 0.5, 0.5)):
        found = SimpleNamespace(jei_payroll_schedule=np.array([1.0, 0.6, 0.2]), jei_profit_share=0.4,
                                founder_exit_rate=np.array([0.5, 0.1, 0.3, 0.6]), impatriate_exempt_share=0.3,
                                impatriate_years=5.0, impatriate_since=None)  # fmt: skip
        lever.apply(found, model(quarter))
        np.testing.assert_allclose(found.jei_payroll_schedule, [1.0, 0.6 + 0.2 * force, 0.2 + 0.6 * force])
        assert found.jei_profit_share == pytest.approx(0.4 + 0.2 * force)
        np.testing.assert_allclose(
            found.founder_exit_rate, [0.5 - 0.3 * force, 0.1 + 0.1 * force, 0.3 - 0.1 * force, 0.6]
        )
        assert found.impatriate_exempt_share == pytest.approx(0.3 + 0.2 * impatriate)
        assert found.impatriate_years == pytest.approx(5.0 + 4.0 * impatriate)
        assert found.impatriate_since == (1 if impatriate else None)
    more = SimpleNamespace(jei_payroll_schedule=np.ones(2), jei_profit_share=0.9, founder_exit_rate=np.full(4, 0.2),
                           impatriate_exempt_share=0.7, impatriate_years=12.0, impatriate_since=0)  # fmt: skip
    lever.apply(more, model(8))
    assert (more.jei_profit_share, more.impatriate_exempt_share, more.impatriate_years) == (0.9, 0.7, 12.0)


def test_a_zone_is_exempt_by_its_shares() -> None:
    lever = made("zone_exemption", strength=0.5, payroll_exemption=0.4, profit_exemption=0.8, places=("lyon",))
    found = SimpleNamespace(employer_rate=np.full(4, 0.4), profit_rate=np.full(4, 0.3))
    lever.apply(found, model())
    np.testing.assert_allclose(found.employer_rate, 0.4 * np.array([1.0, 0.8, 1.0, 1.0]))
    np.testing.assert_allclose(found.profit_rate, 0.3 * np.array([1.0, 0.6, 1.0, 1.0]))
    assert made("zone_exemption", strength=0.0).reach(model()) is None
