"""Gains and losses by place and group, on a country small enough to count."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.analysis import territory as module
from sim.analysis.territory import COLUMNS, EXPENSE_COLUMNS, REMAINDER, at_whose_expense, groups_of, territory

PLACES = pd.DataFrame(
    [("sentier", "paris", "FR", "district", "ile_de_france"), ("saclay", "paris", "FR", "district", "ile_de_france"),
     ("lyon", "lyon", "FR", "district", "rhone"), ("rest_of_france", "", "FR", "rest", "rest"),
     ("london", "london", "GB", "hub", "london")],
    columns=["place", "city", "country", "kind", "region"],
)  # fmt: skip
WORLDS = 10


def study() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """In the scenario Sentier draws 3 startups from Lyon and 2 from London; Lyon founds one more, the rest loses 4."""
    luck = np.random.default_rng(1)
    runs, series, flows = [], [], []
    for world in range(WORLDS):
        before = luck.integers(50, 100, 5)
        size = 1 + world % 2
        change = size * np.array([5, 0, -2, -4, -2])
        for number, (name, shift) in enumerate((("baseline", 0), ("showcase", 1))):
            run = 2 * world + number
            runs.append((run, name, world, 0))
            for place, stock in zip(PLACES["place"], before + shift * change, strict=True):
                series.append((run, 4, place, stock, 10 * stock, 3 * stock))
            moves = {("lyon", "sentier"): 7 + 3 * shift * size, ("london", "sentier"): 1 + 2 * shift * size,
                     ("sentier", "london"): 4, ("saclay", "sentier"): 2}  # fmt: skip
            flows += [(run, *pair, "startup_french", count) for pair, count in moves.items()]
            flows.append((run, "lyon", "london", "talent_french", 9))
    return (
        pd.DataFrame(runs, columns=["run", "scenario", "world", "replicate"]),
        pd.DataFrame(series, columns=["run", "quarter", "place", "startups", "talents", "jobs"]),
        pd.DataFrame(flows, columns=["run", "origin", "destination", "kind", "count"]),
    )


def test_groups() -> None:
    assert groups_of(PLACES).tolist() == ["paris", "paris", "other_districts", "elsewhere", "abroad"]


def test_differences_by_hand_and_sums() -> None:
    runs, series, _ = study()
    table = territory(runs, series, PLACES)
    assert tuple(table) == COLUMNS
    startups = table[table["kind"] == "startups"].set_index(["level", "where"])
    assert startups.loc[("place", "sentier"), "difference"] == pytest.approx(7.5)
    assert startups.loc[("city", "paris"), "difference"] == pytest.approx(7.5)
    assert startups.loc[("group", "abroad"), "difference"] == pytest.approx(-3.0)
    assert startups.loc[("place", "saclay"), "reading"] == f"0 in each of {WORLDS} worlds"
    for _, rows in table.groupby("kind"):
        france = rows.set_index(["level", "where"]).loc[("group", "france"), "difference"]
        inside = rows[~rows["where"].isin(["france", "abroad"])]
        for level in ("place", "city", "group"):
            assert inside.loc[inside["level"] == level, "difference"].sum() == pytest.approx(france, rel=1e-9)
    told = table[table["reading"] == ""]
    assert np.isfinite(told.select_dtypes("number").to_numpy(dtype=float)).all()
    assert (told["joint_low"] <= told["low"] + 1e-9).all()


def test_what_paris_gains_at_whose_expense() -> None:
    runs, series, flows = study()
    table = at_whose_expense(runs, series, flows, PLACES)
    assert tuple(table) == EXPENSE_COLUMNS
    moves = table[table["kind"] == "startups"].set_index(["gainer", "loser"])["difference"]
    assert moves["paris", "other_districts"] == pytest.approx(4.5)
    assert moves["paris", "abroad"] == pytest.approx(3.0)
    assert moves["other_districts", REMAINDER] == pytest.approx(1.5)  # Lyon founds
    assert moves["elsewhere", REMAINDER] == pytest.approx(-6.0)
    talents = table[table["kind"] == "talents"].set_index(["gainer", "loser"])["difference"]
    assert talents["other_districts", "abroad"] == 0.0  # the same in both


def change_problems(table: pd.DataFrame, whole: pd.DataFrame) -> list[str]:
    """Groups whose change of stock is not the sum of their rows."""
    found = []
    for kind in ("startups", "talents"):
        rows = table[table["kind"] == kind]
        for group in ("paris", "other_districts", "elsewhere", "abroad"):
            total = rows.loc[rows["gainer"] == group, "difference"].sum()
            total -= rows.loc[rows["loser"] == group, "difference"].sum()
            change = whole[(whole["kind"] == kind) & (whole["level"] == "group") & (whole["where"] == group)]
            if abs(float(change["difference"].iloc[0]) - total) > 1e-9:
                found.append(f"{kind} {group}")
    return found


def test_a_change_is_its_moves_and_the_remainder_and_a_turned_sign_is_found() -> None:
    runs, series, flows = study()
    whole = territory(runs, series, PLACES)
    table = at_whose_expense(runs, series, flows, PLACES)
    assert change_problems(table, whole) == []
    turned = table.copy()
    first = (turned["gainer"] == "paris") & (turned["loser"] == "other_districts")
    turned.loc[first, "difference"] *= -1.0
    assert change_problems(turned, whole) == ["startups paris", "startups other_districts"]


def test_few_worlds_have_no_interval() -> None:
    runs, series, flows = study()
    few = runs[runs["world"] < 3]
    table = territory(few, series[series["run"].isin(few["run"])], PLACES)
    assert table["low"].isna().all()
    assert set(table["reading"]) == {"only 3 worlds: no interval"}
    assert module.GROUPS[0] == "paris"
    assert set(at_whose_expense(few, series, flows[flows["run"].isin(few["run"])], PLACES)["reading"]) == {
        "only 3 worlds: no interval"
    }


def test_where_nobody_was_no_percent_is_told() -> None:
    runs, series, _ = study()
    empty = series.copy()
    baseline = runs.loc[runs["scenario"] == "baseline", "run"]
    empty.loc[(empty["place"] == "saclay") & empty["run"].isin(baseline), "jobs"] = 0
    table = territory(runs, empty, PLACES, kinds=["jobs"]).set_index(["level", "where"])
    assert table.loc[("place", "saclay"), "baseline_mean"] == 0.0
    assert table.loc[("place", "saclay"), "percent"] == 0.0
    lyon = table.loc[("place", "lyon")]
    assert lyon["percent"] == pytest.approx(100.0 * lyon["difference"] / lyon["baseline_mean"])


def test_moves_from_two_places_of_a_group_add_up() -> None:
    runs, series, flows = study()
    more = flows[flows["destination"] == "sentier"].assign(destination="saclay")
    table = at_whose_expense(runs, series, pd.concat([flows, more], ignore_index=True), PLACES)
    moves = table[table["kind"] == "startups"].set_index(["gainer", "loser"])["difference"]
    assert moves["paris", "other_districts"] == pytest.approx(9.0)
    assert moves["paris", "abroad"] == pytest.approx(6.0)
