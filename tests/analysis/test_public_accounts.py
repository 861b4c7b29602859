"""The public accounts: known answers, identities between lines, and twins that break them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.analysis.accounts import ACCOUNT_COLUMNS, ALL, FULL, GROSS, NET, REVENUE, ZERO, accounts
from sim.analysis.outcomes import outcomes_of
from tests.analysis.tiny_run import PLACES, empty_series, flows_of

RUNS = pd.DataFrame(
    [(n, *key) for n, key in enumerate(
        (s, w, r) for s in ("baseline", "cut", "grant") for w in (0, 1, 2) for r in (0, 1))],
    columns=["run", "scenario", "world", "replicate"],
)  # fmt: skip
COSTS = ["run", "quarter", "lever", "item", "payer", "meur"]
REVENUES = ["run", "quarter", "cause", "item", "receiver", "meur"]


def money(seed: int = 1) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Costs and revenue of all runs, at random, in shuffled rows."""
    draw = np.random.default_rng(seed)
    costs: list[tuple[object, ...]] = []
    revenue: list[tuple[object, ...]] = []
    for run, scenario in zip(RUNS["run"], RUNS["scenario"], strict=True):
        for quarter in (1, 5, 9):
            costs.append((run, quarter, "cities", "shuttle", "city", draw.uniform(1, 2)))
            if scenario != "baseline":
                lines = (("aid", "state", 1), ("aid", "city", 1), ("aid", "private", 1), ("money back", "state", -1))
                costs += [(run, quarter, scenario, i, payer, sign * draw.uniform(1, 2)) for i, payer, sign in lines]
            for cause in ("people", "wages"):
                for item, receiver in (("income tax", "state"), ("contributions", "social")):
                    revenue.append((run, quarter, cause, item, receiver, draw.uniform(-5, 50)))
            revenue.append((run, quarter, "firms", "relief", "social", -draw.uniform(1, 2)))
    return (
        pd.DataFrame(costs, columns=COSTS).sample(frac=1, random_state=2),
        pd.DataFrame(revenue, columns=REVENUES).sample(frac=1, random_state=3),
    )


def line(
    table: pd.DataFrame, account: str, source: str = ALL, item: str = ALL, party: str | None = None
) -> pd.Series[float]:
    chosen = (table["account"] == account) & (table["source"] == source) & (table["item"] == item)
    if party is not None:
        chosen &= table["party"] == party
    return table[chosen].set_index(["scenario", "discount"])["difference"]


def identity_problems(table: pd.DataFrame) -> list[str]:
    """Return which lines are not the sums of the lines they total."""
    by = ["scenario", "discount"]
    details = table[table["item"] != ALL]
    gross, due = details[details["account"] == GROSS], details[details["account"] == REVENUE]
    public = gross[gross["party"].isin(["state", "city"])].groupby(by)["difference"].sum()
    everything = due.groupby(by)["difference"].sum()
    social = due[due["party"] == "social"].groupby(by)["difference"].sum()
    causes = [line(table, REVENUE, cause) for cause in ("people", "wages", "firms")]
    wanted = {
        "gross": (line(table, GROSS, party="public"), public),
        "payers": (line(table, GROSS, party="state") + line(table, GROSS, party="city"), public),
        "revenue": (line(table, REVENUE), everything),
        "causes": (causes[0] + causes[1] + causes[2], everything),
        "full": (line(table, NET, FULL), everything - public),
        "zero": (line(table, NET, ZERO), line(table, NET, FULL) - social),
    }
    return [
        name
        for name, (found, expected) in wanted.items()
        if not np.allclose(found.sort_index(), expected.sort_index(), rtol=1e-10)
    ]


def test_lines_add_up() -> None:
    table = accounts(RUNS, *money())
    assert list(table) == list(ACCOUNT_COLUMNS)
    assert sorted(set(table["discount"])) == [0.025, 0.04, 0.045]
    assert list(dict.fromkeys(table["scenario"])) == ["cut", "grant"]
    assert (table["n"] == 3).all()
    assert (table["q05"] <= table["q95"]).all()
    assert table[["low", "high"]].isna().all(axis=None)  # three worlds bear no interval
    assert not table.duplicated(["scenario", "account", "source", "item", "party", "discount"]).any()
    assert identity_problems(table) == []


@pytest.mark.parametrize(
    ("account", "column", "name", "broken"),
    [
        (GROSS, "source", "cut", ["gross", "payers", "full"]),
        (REVENUE, "item", "contributions", ["revenue", "causes", "full", "zero"]),
        (NET, "source", FULL, ["full", "zero"]),
        (NET, "source", ZERO, ["zero"]),
    ],
)
def test_twins_with_a_line_counted_twice_do_not_add_up(account: str, column: str, name: str, broken: list[str]) -> None:
    table = accounts(RUNS, *money())
    rows = (table["account"] == account) & (table[column] == name)
    assert rows.any()
    table.loc[rows, "difference"] *= 2.0
    assert identity_problems(table) == broken


def test_known_answer() -> None:
    """Half a million more income tax in year one, two million of contributions; three spent, one of them back."""
    runs = pd.DataFrame({"run": [7, 3], "scenario": ["aid", "baseline"], "world": 0, "replicate": 0})
    costs = pd.DataFrame(
        [(7, 4, "grant", "aid", "state", 3.12), (7, 4, "grant", "money back", "state", -1.04)], columns=COSTS
    )
    revenue = pd.DataFrame(
        [(7, 4, "people", "income tax", "state", 10.92), (3, 4, "people", "income tax", "state", 10.4),
         (7, 4, "people", "contributions", "social", 2.08)],
        columns=REVENUES,
    )  # fmt: skip
    table = accounts(runs, costs, revenue, rates=(0.04,)).set_index(["account", "source", "item", "party"])
    assert table["difference"].to_dict() == pytest.approx(
        {
            (GROSS, ALL, ALL, "public"): 2.0, (GROSS, ALL, ALL, "state"): 2.0, (GROSS, ALL, ALL, "city"): 0.0,
            (GROSS, ALL, ALL, "private"): 0.0, (GROSS, "grant", "aid", "state"): 3.0,
            (GROSS, "grant", "money back", "state"): -1.0, (REVENUE, ALL, ALL, ALL): 2.5,
            (REVENUE, "people", ALL, ALL): 2.5, (REVENUE, "people", "contributions", "social"): 2.0,
            (REVENUE, "people", "income tax", "state"): 0.5, (NET, FULL, ALL, "public"): 0.5,
            (NET, ZERO, ALL, "public"): -1.5,
        },
        rel=1e-12, abs=1e-12,
    )  # fmt: skip
    assert table.loc[(REVENUE, "people", "income tax", "state"), "baseline_mean"] == pytest.approx(10.0)


def test_the_balance_is_the_outcome_of_the_same_name() -> None:
    """Accounts of the results folder, and outcomes of each run, are two ways to the same sums."""
    costs, revenue = money()
    table = accounts(RUNS, costs, revenue, rates=(0.04,))
    frames = [(costs[costs["run"] == run], revenue[revenue["run"] == run]) for run in RUNS["run"]]
    measured = pd.DataFrame([outcomes_of(empty_series(), flows_of(), spent, due, PLACES) for spent, due in frames])
    means = measured.groupby(RUNS["scenario"]).mean()
    gaps = means - means.loc["baseline"]
    for name, source in (("net_public_balance", FULL), ("net_public_balance_without_contributions", ZERO)):
        for scenario in ("cut", "grant"):
            assert gaps.loc[scenario, name] == pytest.approx(line(table, NET, source)[scenario, 0.04], rel=1e-9)
    spent = gaps["public_cost"] + gaps["city_programmes"] - gaps["public_recovered"]
    assert spent["cut"] == pytest.approx(line(table, GROSS, party="public")["cut", 0.04], rel=1e-9)


def test_without_money_all_totals_are_zero() -> None:
    table = accounts(RUNS, pd.DataFrame(columns=COSTS), pd.DataFrame(columns=REVENUES))
    assert set(table["item"]) == {ALL}
    assert not table[["difference", "q05", "q95"]].to_numpy(dtype=float).any()


def test_other_scenarios_do_not_matter_and_nothing_to_pair_is_an_empty_frame() -> None:
    costs, revenue = money()
    nothing = accounts(RUNS[RUNS["scenario"] != "baseline"], costs, revenue)
    assert nothing.empty
    assert list(nothing) == list(ACCOUNT_COLUMNS)
    some, whole = accounts(RUNS[RUNS["scenario"] != "grant"], costs, revenue), accounts(RUNS, costs, revenue)
    both = some.merge(whole, on=["scenario", "account", "source", "item", "party", "discount"])
    assert len(both) == len(some)
    np.testing.assert_array_equal(both["difference_x"], both["difference_y"])
