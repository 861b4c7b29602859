"""Public revenue: what talents and firms owe at the law of 2013, and how it adds up with revenue forgone."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from sim.model import accounts
from sim.model.accounts import CONTRIBUTIONS, INCOME_TAX, firm_revenue, levies_table, talent_revenue
from sim.model.flight import FlightModel
from sim.model.levers import LEVERS
from sim.model.tables import class_log_pay
from sim.model.talent_rules import log_net_share
from tests.model.small_runs import Case, flight, random_base, run

INSIDE = 0.51  # whole euro: what rounding of one person's levy may add


def owed(model: FlightModel, row: int, wages: np.ndarray) -> tuple[float, float]:
    """Return income tax and contributions of one talent in a quarter, euro, from the rule that talents decide by."""
    data, world, law = model.talents.data, model.world, model.startup_tables.conditions_2013
    place = int(data["place"][row])
    pay = math.exp(class_log_pay(world)[data["skill"][row]] + data["log_ability"][row])
    gross = wages[place] * pay / 4.0
    ratio = wages[place] * pay / model.evidence.column("average_wage_2013")[place]
    kept = math.exp(log_net_share.py_func(ratio, *law.tax_wedge[:, place], 0.0))
    levies = gross * (1.0 + law.employer_rate[place]) * (1.0 - kept)
    contributions = gross * (law.employer_rate[place] + world["law.employee_contributions"])
    return levies - contributions, contributions


def one_added(model: FlightModel, row: int) -> np.ndarray:
    """Return how much revenue one more counted talent adds, (2 wages, 2 items), euro."""
    model.talents.data["counts"][row] = 0
    before = talent_revenue(model).sum(axis=2)
    model.talents.data["counts"][row] = 1
    return np.asarray(talent_revenue(model).sum(axis=2) - before)


def test_one_added_talent_adds_exactly_what_it_owes(case: Case) -> None:
    with flight(case) as model:
        model.places.wage = model.places.wage_2013 * np.linspace(0.8, 1.6, model.places.count)
        data = model.talents.data
        at_home = np.flatnonzero(model.geography.is_french[data["place"]])
        # Low and high pay, so that each part of the wedge is met.
        pay = class_log_pay(model.world)[data["skill"][at_home]] + data["log_ability"][at_home]
        rows = [*at_home[np.argsort(pay)[[0, 99, -100, -1]]], *at_home[::1500]]
        for row in rows:
            found = one_added(model, row)
            for k, wages in enumerate((model.places.wage, model.places.wage_2013)):
                np.testing.assert_allclose(found[k], owed(model, row, wages), atol=INSIDE)
                assert (found[k] > 0).all()
        for row in np.flatnonzero(~model.geography.is_french[data["place"]])[::1500]:
            assert not one_added(model, row).any()  # abroad one owes France nothing


def test_twin_inert_talents_that_owe_are_noticed(case: Case) -> None:
    with flight(case) as model:
        row = int(np.flatnonzero(model.geography.is_french[model.talents.data["place"]])[0])
        data = model.talents.data
        counted = talent_revenue(model)
        data["counts"][row] = 0
        assert (talent_revenue(model).sum(axis=2) < counted.sum(axis=2)).all()
        twin = dict(data) | {"counts": np.ones_like(data["counts"])}
        model.talents.data = twin
        np.testing.assert_array_equal(talent_revenue(model), counted)


def test_contributions_never_exceed_what_is_due(case: Case) -> None:
    for employee in (0.0, 0.22, 0.6):
        tax, contributions = accounts.levies_of(1.0, 1000.0, 0.4, employee, 0.5, 0.6, 0.7)
        assert tax + contributions == pytest.approx(700.0)
        assert contributions == pytest.approx(min(1000.0 * (0.4 + employee), 700.0))
    with flight(case) as model:
        table = levies_table(model)
        assert table.pay.shape == (2, 4, 26)
        # France's lowest wedge covers contributions: there is something left for the income tax.
        assert (table.wedge[0] * (1 + table.employer) > table.employer + table.employee)[table.french].all()


@pytest.fixture(scope="module")
def moving(case: Case) -> tuple[pd.DataFrame, list[np.ndarray]]:
    """Return the revenue of a run with strong levers, and all that talents owe each quarter, computed beside it."""
    seen = []
    levers = (LEVERS["zone_exemption"](), LEVERS["attractive_taxation"](ramp_quarters=0))
    with flight(case, *levers) as model:
        for _ in range(case.settings.quarters):
            model.step()
            seen.append(talent_revenue(model)[0].sum(axis=1) * case.settings.talent_scale / 1e6)
        return model.records().revenue, seen


def sums_problems(revenue: pd.DataFrame, whole: list[np.ndarray]) -> list[str]:
    """Return in which quarters people and wages together are not all that talents owe."""
    problems = []
    for quarter, now in enumerate(whole, start=1):
        rows = revenue[(revenue["quarter"] == quarter) & revenue["cause"].isin(["people", "wages"])]
        by_item = rows.groupby("item")["meur"].sum()
        for item, value in zip((INCOME_TAX, CONTRIBUTIONS), now, strict=True):
            if not math.isclose(by_item[item], value, rel_tol=1e-12):
                problems.append(f"{item} in quarter {quarter}")
    return problems


def test_people_and_wages_are_all_that_talents_owe(moving: tuple[pd.DataFrame, list[np.ndarray]]) -> None:
    revenue, whole = moving
    assert sums_problems(revenue, whole) == []
    assert revenue.loc[(revenue["cause"] == "wages") & (revenue["quarter"] > 1), "meur"].abs().min() > 0.0
    people = revenue[(revenue["cause"] == "people") & (revenue["item"] == INCOME_TAX)]
    assert (people["meur"] > 100.0).all()  # a million people


def test_twin_revenue_at_the_wages_of_2013_alone_does_not_add_up(
    moving: tuple[pd.DataFrame, list[np.ndarray]],
) -> None:
    revenue, whole = moving
    assert len(sums_problems(revenue[revenue["cause"] == "people"], whole)) >= len(whole)


def test_revenue_says_cause_item_and_receiver(moving: tuple[pd.DataFrame, list[np.ndarray]]) -> None:
    revenue, whole = moving
    expected = {
        ("people", INCOME_TAX, "state"), ("people", CONTRIBUTIONS, "social"), ("wages", INCOME_TAX, "state"),
        ("wages", CONTRIBUTIONS, "social"), ("firms", "profit tax", "state"), ("firms", "founder exit tax", "state"),
        ("firms", "jei payroll relief", "social"),
    }  # fmt: skip
    lines = revenue[["cause", "item", "receiver"]].itertuples(index=False, name=None)
    assert set(lines) == expected
    assert len(revenue) == len(expected) * len(whole)
    relief = revenue.loc[revenue["item"] == "jei payroll relief", "meur"]
    assert (relief < 0.0).all()
    assert (revenue.loc[revenue["item"] == "profit tax", "meur"] > 0.0).all()


@pytest.mark.parametrize(
    ("changes", "item", "forgone"),
    [
        ({"jei_payroll_schedule": np.ones(8)}, "jei payroll relief", ["jei payroll relief"]),
        ({"jei_profit_share": 1.0}, "profit tax", ["jei profit relief"]),
        ({"profit_rate": 0.2}, "profit tax", ["profit tax"]),
        ({"profit_rate": 0.2, "jei_profit_share": 0.7}, "profit tax", ["jei profit relief", "profit tax"]),
        ({"founder_exit_rate": 0.1}, "founder exit tax", ["founder exit tax"]),
    ],
)
def test_revenue_at_the_new_law_is_that_of_2013_less_revenue_forgone(
    case: Case, changes: dict[str, object], item: str, forgone: list[str]
) -> None:
    """Gross cost and behaviour add up: the same base, once at each law; nothing counted twice."""
    with flight(case) as model:
        model.build_tables()
        model.tax_base = random_base(model.places.count)
        law = model.startup_tables.conditions_2013
        for name, value in changes.items():
            before = getattr(law, name)
            setattr(model.conditions, name, before * 0.0 + value if isinstance(before, np.ndarray) else value)
        old = {key[0]: meur for key, meur in firm_revenue(model, law).items()}
        new = {key[0]: meur for key, meur in firm_revenue(model, model.conditions).items()}
        lost = model.tax_base.forgone(model)
        assert {name for name, meur in lost.items() if meur != 0.0} == set(forgone)
        assert new[item] == pytest.approx(old[item] - sum(lost[name] for name in forgone), rel=1e-12)
        for name in forgone:  # twins: an item forgotten, or counted twice
            assert new[item] != pytest.approx(old[item] - sum(lost[n] for n in forgone) + lost[name], rel=1e-6)
            assert new[item] != pytest.approx(old[item] - sum(lost[n] for n in forgone) - lost[name], rel=1e-6)
        assert new[item] < old[item]
        others = [name for name in old if name != item]
        assert [new[name] for name in others] == [old[name] for name in others]


def test_revenue_does_not_depend_on_threads_or_on_levers_that_do_nothing(case: Case) -> None:
    one = run(case).revenue
    other = run(case.with_settings(threads=2), *(kind(strength=0.0) for kind in LEVERS.values())).revenue
    pd.testing.assert_frame_equal(one, other, check_exact=True)


def test_abroad_and_wages_change_revenue_the_way_they_must(case: Case) -> None:
    """Sending everybody abroad leaves nothing; wages of 2013 leave nothing to the cause wages."""
    with flight(case) as model:
        assert (talent_revenue(model)[0] == talent_revenue(model)[1]).all()  # at the start
        model.places.wage = model.places.wage_2013 * 1.1
        now, then = talent_revenue(model).sum(axis=2)
        assert now[1] == pytest.approx(1.1 * then[1], rel=1e-4)
        assert now[0] > 1.15 * then[0]  # the wedge rises with pay
        model.talents.data["place"][:] = model.places.index("london")
        assert not talent_revenue(model).any()
