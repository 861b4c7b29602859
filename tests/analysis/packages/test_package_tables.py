"""The tables of packages from runs that add up by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.analysis.packages.coalitions import FAMILY, OBJECTIVES
from sim.analysis.packages.members import find_packages
from sim.analysis.packages.tables import package_tables
from sim.errors import InputError

MEMBERS = ("r2_showcase", "r4_seed", "r10_easier")
WORTH = {"r2_showcase": 10.0, "r4_seed": 40.0, "r10_easier": 5.0}
PRICE = {"r2_showcase": 60.0, "r4_seed": 150.0, "r10_easier": 2.0}


def notes() -> list[dict[str, Any]]:
    levers = {name: {name[1:]: {"strength": 1.0}} for name in MEMBERS}
    found: list[dict[str, Any]] = [{"name": "baseline", "levers": {}, "world": {}, "rivals_respond": False}]
    for mask in range(1, 8):
        held = [name for n, name in enumerate(MEMBERS) if mask >> n & 1]
        name = held[0] if len(held) == 1 else "_".join(part.split("_")[0] for part in held)
        joint = {key: fields for part in held for key, fields in levers[part].items()}
        found.append({"name": name, "levers": joint, "world": {}, "rivals_respond": False})
    return found[::-1]


def runs_of(worlds: int = 12, seed: int = 1) -> pd.DataFrame:
    """Effects that add up, but for 6 more of any outcome but the cost where r2 and r4 meet."""
    luck = np.random.default_rng(seed)
    rows = []
    for world in range(worlds):
        size, level = luck.uniform(0.5, 1.5), luck.normal(1000.0, 100.0)
        for note in notes():
            held = [name for name in MEMBERS if name[1:] in note["levers"]]
            gain = size * sum(WORTH[name] for name in held) + 6.0 * (len(set(held) & {"r2_showcase", "r4_seed"}) == 2)
            row = {"scenario": note["name"], "world": world, "replicate": 0}
            row |= {name: level + gain for name in FAMILY} | {"public_cost": sum(PRICE[name] for name in held)}
            rows.append(row | {"startup_departures": level - gain})
    frame = pd.DataFrame(rows)
    frame.insert(0, "run", range(len(frame)))
    return frame


def test_members_are_found_by_their_levers_in_reading_order() -> None:
    packages = find_packages(notes())
    assert packages.members == MEMBERS
    assert packages.scenarios == (
        "baseline",
        "r2_showcase",
        "r4_seed",
        "r2_r4",
        "r10_easier",
        "r2_r10",
        "r4_r10",
        "r2_r4_r10",
    )
    assert [packages.label(mask) for mask in (0, 1, 7)] == ["", "r2", "r2+r4+r10"]


def test_what_is_beside_the_packages_is_left_out() -> None:
    beside = [
        {"name": "placebo", "levers": {"placebo": {}}, "world": {}},
        {"name": "elsewhere", "levers": {}, "world": {"talent.beta": 1.0}},
        {"name": "rivals", "levers": notes()[0]["levers"], "world": {}, "rivals_respond": True},
        {"name": "half", "levers": {"4_seed": {"strength": 0.5}}, "world": {}},
    ]
    assert find_packages([*beside, *notes()]) == find_packages(notes())


def test_a_missing_package_is_named() -> None:
    short = [note for note in notes() if note["name"] not in ("r2_r10", "r4_r10")]
    with pytest.raises(InputError, match=r"2 of 8 subsets of 3 members were not run, the first is r2\+r10; run_sim.py"):
        find_packages(short)
    with pytest.raises(InputError, match="found 0 scenarios that others are made of"):
        find_packages([note for note in notes() if len(note["levers"]) < 2])
    with pytest.raises(InputError, match="no scenario 'baseline'"):
        find_packages([note for note in notes() if note["levers"]])


def test_values_by_hand() -> None:
    runs = runs_of()
    tables = package_tables(runs, notes(), budgets=(50.0, 200.0))
    startups = tables.shapley[tables.shapley["outcome"] == "startups_in_france"].set_index("member")
    mean = runs.pivot(index="world", columns="scenario", values="startups_in_france")
    size = float((mean["r10_easier"] - mean["baseline"]).mean()) / 5.0
    assert startups.loc["r2_showcase", "value"] == pytest.approx(10.0 * size + 3.0)
    assert startups.loc["r4_seed", "value"] == pytest.approx(40.0 * size + 3.0)
    assert startups.loc["r4_seed", "alone"] == pytest.approx(40.0 * size)
    assert startups.loc["r4_seed", "last"] == pytest.approx(40.0 * size + 6.0)
    for _, rows in tables.shapley.groupby("outcome"):
        parts = rows.set_index("member")["value"]
        assert parts.drop("total").sum() == pytest.approx(parts["total"], rel=1e-9)
    pairs = tables.interactions[tables.interactions["outcome"] == "startups_in_france"]
    assert pairs["value"].to_numpy() == pytest.approx([6.0, 0.0, 0.0], abs=1e-9)
    leaving = tables.interactions[tables.interactions["outcome"] == "startup_departures"]
    assert leaving["value"].to_numpy() == pytest.approx([-6.0, 0.0, 0.0], abs=1e-9)
    best = tables.budgets[tables.budgets["outcome"] == "startups_in_france"].set_index("budget")
    assert best["members"].to_dict() == {50.0: "r10", 200.0: "r4+r10"}


def test_intervals_hold_their_means_and_joint_ones_are_wider() -> None:
    tables = package_tables(runs_of(30), notes())
    for table in (tables.packages, tables.shapley, tables.interactions):
        told = table[table["reading"] == ""]
        value = told["difference" if "difference" in told else "value"]
        assert (told["low"] <= value + 1e-9).all()
        assert (value <= told["high"] + 1e-9).all()
        assert (told["joint_high"] - told["joint_low"] >= told["high"] - told["low"] - 1e-9).all()
        numbers = told.select_dtypes("number")
        assert np.isfinite(numbers.to_numpy(dtype=float)).all()
    assert any("comparisons over 30 worlds" in sentence for sentence in tables.caveats)


def test_every_package_is_weighed_and_those_beaten_are_told() -> None:
    tables = package_tables(runs_of(), notes())
    frontier = tables.frontier.set_index("package")
    assert list(frontier["mask"]) == list(range(8))
    assert frontier["on_mean_frontier"].all()  # whoever costs more gains more here
    assert (frontier["probability"] == 1.0).all()
    dear = runs_of()
    dear.loc[dear["scenario"] == "r2_showcase", "public_cost"] = 1000.0
    worse = package_tables(dear, notes()).frontier.set_index("package")
    assert not worse.loc["r2_showcase", "on_mean_frontier"]
    assert worse.loc["r2_showcase", "probability"] == 0.0
    assert worse.loc["r2_showcase", "high"] > 0.0  # twelve worlds do not say never


def test_few_worlds_and_missing_outcomes_are_said() -> None:
    tables = package_tables(runs_of(3), notes())
    assert set(tables.shapley["reading"]) == {"only 3 worlds: no interval"}
    assert tables.shapley["low"].isna().all()
    with pytest.raises(InputError, match="no outcome startup_jobs"):
        package_tables(runs_of().drop(columns="startup_jobs"), notes())
    apart = runs_of()
    apart.loc[apart["scenario"] == "r4_seed", "world"] += 100
    with pytest.raises(InputError, match="no world was run with every package"):
        package_tables(apart, notes())


def test_the_order_of_runs_moves_no_byte() -> None:
    runs = runs_of(110)
    one = package_tables(runs, notes())
    other = package_tables(runs.sample(frac=1.0, random_state=3), notes()[::-1])
    for mine, theirs in zip(one[:5], other[:5], strict=True):
        pd.testing.assert_frame_equal(mine, theirs, check_exact=True)


def test_objectives_are_in_the_family() -> None:
    assert set(OBJECTIVES) <= set(FAMILY)
