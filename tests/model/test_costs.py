"""What levers cost: budgets are kept, every euro has a reason, forgone revenue is the base times the change of law."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pandas as pd
import pytest

from sim.model.conditions import Conditions
from sim.model.flight import FlightModel
from sim.model.growth import TaxBase, arrivals_pay
from sim.model.levers import LEVERS, Charge, InternationalBrand, Lever, SeedAcceleration
from sim.model.tables import SKILLS, class_log_pay
from tests.model.small_runs import Case, flight, random_base, run

CENT = 1e-8  # million euro: rounding of sums
FORGONE = (
    "jei payroll relief", "jei profit relief", "founder exit tax", "impatriate regime", "employer contributions",
    "profit tax",
)  # fmt: skip


@pytest.fixture(scope="module")
def long(case: Case) -> Case:
    """Return the small case with a horizon of six years: longer than the budgets."""
    return case.with_settings(years=6)


def lever_costs(case: Case, *levers: Lever) -> pd.DataFrame:
    """Return what levers cost in a run; cities' own programmes, which go on in the baseline too, are left out."""
    costs = run(case, *levers).costs
    return costs[costs["lever"] != "cities"]


def spent(costs: pd.DataFrame) -> float:
    return float(costs.loc[costs["item"] != "money back", "meur"].sum())


def budget_problems(case: Case, lever: Lever, allowed: float) -> list[str]:
    """Return how a lever breaks its budget: more than allowed in total, or more than its part in some quarter."""
    costs = lever_costs(case, lever)
    assert set(costs["lever"]) == {lever.key}
    problems = []
    if spent(costs) > allowed + CENT:
        problems.append(f"{spent(costs):.3f} spent of {allowed:.3f}")
    return problems


@pytest.mark.parametrize("strength", [0.3, 0.75, 1.0])
@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_seed_acceleration_spends_at_most_its_budget(long: Case, strength: float, share: float) -> None:
    lever = SeedAcceleration(strength=strength, budget_meur=120.0, accelerator_share=share)
    assert budget_problems(long, lever, strength * 120.0) == []
    assert spent(lever_costs(long, lever)) > 0.2 * strength * 120.0


def test_seed_acceleration_spends_nothing_after_its_drawdown(long: Case) -> None:
    costs = lever_costs(long, SeedAcceleration(start="2014Q1", drawdown_quarters=4))
    paid = costs[costs["item"] != "money back"]
    assert set(paid["quarter"]) <= {3, 4, 5, 6}


@pytest.mark.parametrize("strength", [0.4, 1.0])
def test_the_brand_spends_exactly_its_budget(long: Case, strength: float) -> None:
    costs = lever_costs(long, InternationalBrand(strength=strength, budget_meur=16.0))
    assert spent(costs) == pytest.approx(strength * 16.0, abs=CENT)
    assert set(costs["quarter"]) == set(range(2, 10))  # eight quarters from 2013 Q4


class Overspends(SeedAcceleration):
    key: ClassVar[str] = "seed_acceleration"

    def apply(self, conditions: Conditions, model: FlightModel) -> None:
        super().apply(conditions, model)
        if self.strength > 0.0:
            conditions.public_capital += 3.0 * model.places.is_french


class BillsTwice(InternationalBrand):
    key: ClassVar[str] = "international_brand"

    def charges(self, model: FlightModel) -> list[Charge]:
        return 2 * super().charges(model)


def test_twins_that_overspend_are_reported(long: Case) -> None:
    assert budget_problems(long, Overspends(budget_meur=120.0), 120.0) != []
    assert budget_problems(long, BillsTwice(budget_meur=16.0), 16.0) == ["32.000 spent of 16.000"]


def seats_given_and_paid(case: Case) -> tuple[float, float]:
    """Return accelerator seats that firms took and seats that were charged, real numbers."""
    lever = SeedAcceleration(budget_meur=200.0, accelerator_share=1.0)
    with flight(case, lever) as model:
        for _ in range(case.settings.quarters):
            model.step()
        given = float((model.startups.data["accelerated"] > 0).sum()) * case.settings.startup_scale
        costs = model.records().costs
        paid = costs.loc[costs["item"] == "accelerator seats", "meur"].sum()
        return given, 1e6 * float(paid) / model.world["lever.seed_acceleration.seat_cost_eur"]


def test_every_accelerator_seat_is_paid_for(long: Case) -> None:
    given, paid = seats_given_and_paid(long)
    assert given > 100
    assert paid == pytest.approx(given, rel=1e-9)


@pytest.mark.parametrize("key", LEVERS)
def test_costs_are_not_negative_but_for_money_back(long: Case, key: str) -> None:
    costs = lever_costs(long, LEVERS[key]())
    assert (len(costs) > 0) == (LEVERS[key].payer != "nobody")
    assert np.isfinite(costs["meur"]).all()
    back = costs["item"] == "money back"
    assert (costs.loc[~back, "meur"] > 0.0).all()
    assert (costs.loc[back, "meur"] < 0.0).all()
    assert not back.any() or key == "seed_acceleration"
    assert set(costs["payer"]) <= {"state", "city", "private"}
    assert (costs["quarter"] >= 1).all()


def test_money_back_never_exceeds_what_was_invested(case: Case) -> None:
    costs = lever_costs(case.with_settings(years=14), SeedAcceleration())
    totals = costs.groupby("item")["meur"].sum()
    assert 0.0 < -totals["money back"] <= totals["co-financing"]


def test_strength_zero_costs_nothing(case: Case) -> None:
    assert len(lever_costs(case, *(kind(strength=0.0) for kind in LEVERS.values()))) == 0
    assert len(lever_costs(case)) == 0


# ---- forgone revenue -------------------------------------------------------------------------------------------


def test_unchanged_law_forgoes_nothing(case: Case) -> None:
    with flight(case) as model:
        model.build_tables()
        model.tax_base, model.quarter = random_base(model.places.count), 30
        model.talents.data["arrived"][::7] = 15
        assert model.tax_base.forgone(model) == dict.fromkeys(FORGONE, 0.0)


def test_forgone_revenue_equals_a_computation_by_hand(case: Case) -> None:
    """One firm in Lyon, one abroad; each item is the base times the change of its own rate."""
    with flight(case) as model:
        model.build_tables()
        world, places, now = model.world, model.places, model.conditions
        lyon, berlin = places.index("lyon"), places.index("berlin")
        base = TaxBase.empty(places.count)
        for place in (lyon, berlin):
            base.heads[place], base.jei_heads[place, 6], base.jei_heads[place, 0] = 30, 12, 5
            base.profit[place], base.jei_profit[place], base.exit_gains[place] = 400_000, 90_000, 2_000_000
        model.tax_base = base
        law = model.start.conditions
        now.jei_payroll_schedule = np.ones(8)
        now.jei_profit_share = 1.0
        now.founder_exit_rate = law.founder_exit_rate - 0.1
        million = case.settings.startup_scale / 1e6
        quarter_pay = places.wage[lyon] * world["startup.pay_factor"] / 4.0
        points = world["law.jei_points"] * world["law.jei_research_staff"]
        relieved = 12 * (1.0 - law.jei_payroll_schedule[6]) + 5 * (1.0 - law.jei_payroll_schedule[0])
        expected = dict.fromkeys(FORGONE, 0.0) | {
            "jei payroll relief": million * relieved * quarter_pay * points,
            "jei profit relief": million * 90_000 * law.profit_rate[lyon] * (1.0 - law.jei_profit_share),
            "founder exit tax": million * 2_000_000 * 0.1,
        }
        assert expected["jei payroll relief"] > 0.0
        assert base.forgone(model) == pytest.approx(expected, rel=1e-12)

        now.profit_rate = law.profit_rate - 0.05 * (np.arange(places.count) == lyon)
        now.employer_rate = 0.5 * law.employer_rate
        again = base.forgone(model)
        # All profit of young firms is exempt by now, so only the others' is taxed less.
        assert again["profit tax"] == pytest.approx(million * 400_000 * 0.05, rel=1e-9)
        # Contributions on all heads, net of a relief that never exceeds what is due.
        rate, research = law.employer_rate[lyon], world["law.jei_research_staff"]
        relief = [17 * research * min(world["law.jei_points"], r) for r in (rate, 0.5 * rate)]
        contributions = million * quarter_pay * (30 * 0.5 * rate - relief[0] + relief[1])
        assert again["employer contributions"] == pytest.approx(contributions, rel=1e-12)


def test_the_impatriate_regime_counts_arrivals_since_the_start_only(case: Case) -> None:
    with flight(case) as model:
        model.build_tables()
        world, data = model.world, model.talents.data
        model.quarter = 30
        model.tax_base = TaxBase.empty(model.places.count)
        data["arrived"][:] = -32_000
        data["arrived"][:400] = np.arange(400) % 60 - 30  # from before the start to today
        pay = np.zeros(len(SKILLS))
        classes = class_log_pay(world)
        for i in range(400):
            here, arrived = int(data["place"][i]), int(data["arrived"][i])
            if arrived >= 0 and 30 - arrived < 32 and model.places.is_french[here]:
                skill = int(data["skill"][i])
                yearly = np.exp(classes[skill] + data["log_ability"][i]) * model.places.wage[here]
                pay[skill] += int(yearly)
        found = arrivals_pay(model, 0, 32)
        assert pay.sum() > 0.0
        np.testing.assert_allclose(found, pay, atol=400.0)  # whole euro, person by person
        law = model.start.conditions
        before = law.impatriate_exempt_share * arrivals_pay(model, 0, round(4 * law.impatriate_years))
        model.conditions.impatriate_years, model.conditions.impatriate_exempt_share = 8.0, 0.5
        model.conditions.impatriate_since = 0
        marginal = np.array([world[f"law.impatriate_marginal.{s}"] for s in SKILLS]) * world["law.impatriate_take_up"]
        expected = float(np.sum((0.5 * found - before) * marginal)) * case.settings.talent_scale / 4e6
        assert model.tax_base.forgone(model)["impatriate regime"] == pytest.approx(expected, rel=1e-12)
        model.conditions.impatriate_since = 31
        assert model.tax_base.forgone(model)["impatriate regime"] == 0.0


def test_forgone_revenue_of_a_run_grows_with_strength(long: Case) -> None:
    totals = [spent(lever_costs(long, LEVERS["attractive_taxation"](strength=s))) for s in (0.25, 0.5, 1.0)]
    assert 0.0 < totals[0] < totals[1] < totals[2]
