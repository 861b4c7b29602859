"""Effects of packages by place, from counts of persons that add up by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.analysis.held_means import held_means
from sim.analysis.packages.members import find_packages
from sim.analysis.packages.places import COLUMNS, EMPTY, package_places
from sim.errors import InputError
from tests.analysis.packages.known_runs import MEMBERS, notes, runs_of

PLACES = pd.DataFrame({"place": ["paris", "lyon", "london"], "country": ["FR", "FR", "GB"]})
PACKAGES = find_packages(notes())


def counted(runs: pd.DataFrame) -> pd.DataFrame:
    """Of each package with r4: 5 startups moved from Paris to Lyon, 2 + its world created in Lyon, 1 lost in Paris."""
    rows = []
    for run in runs[runs["scenario"] != "baseline"].to_dict("records"):
        name = run["scenario"]
        held = "r4" in str(name)
        counts = [("same", "paris", 100 - 6 * held), ("same", "lyon", 40), ("elsewhere", "outside_france", 7)]
        if held:
            counts += [("displaced", "lyon", 5), ("displaced_from", "paris", 5), ("lost", "paris", 1)]
            counts += [("created", "lyon", 2 + run["world"] + run["replicate"])]
            counts += [("restaged", "lyon", 3), ("restaged_from", "lyon", 3)]  # the same startups in two stages
        rows += [(run["world"], run["replicate"], name, "startup", *count) for count in counts]
    columns = ["world", "replicate", "scenario", "kind", "class", "place", "count"]
    return pd.DataFrame(rows, columns=columns).assign(received=0)


def at(table: pd.DataFrame, where: str, kind: str = "startup") -> pd.DataFrame:
    return table[(table["where"] == where) & (table["kind"] == kind)].set_index("members")


def test_places_by_hand() -> None:
    runs = runs_of(10, replicates=2)
    table = package_places(counted(runs).sample(frac=1.0, random_state=1), runs, PLACES, PACKAGES)
    assert list(table) == list(COLUMNS)
    assert len(table) == 8 * 2 * 3
    created = 2.0 + 4.5 + 0.5  # worlds 0 to 9, replicates 0 and 1
    assert at(table, "lyon").loc["r2+r4", "difference"] == pytest.approx(5.0 + created)
    assert at(table, "paris").loc["r4", "difference"] == pytest.approx(-6.0)
    assert at(table, "france").loc["r4", "difference"] == pytest.approx(created - 1.0)
    assert at(table, "france").loc["r4", "baseline_mean"] == pytest.approx(140.0)
    assert set(at(table, "paris")["baseline_mean"]) == {100.0}
    assert at(table, "lyon").loc["r2", "reading"] == "0 in each of 10 worlds"
    assert set(at(table, "paris", "talent")["difference"]) == {0.0}
    empty = table[table["mask"] == 0]
    assert set(empty["reading"]) == {EMPTY}
    assert not empty[["difference", "low", "high", "joint_low", "joint_high"]].to_numpy().any()


def test_intervals_are_those_of_means_over_worlds_and_the_joint_one_is_wider() -> None:
    runs = runs_of(10)
    table = package_places(counted(runs), runs, PLACES, PACKAGES)
    own, _ = held_means((5.0 + 2.0 + np.arange(10.0))[:, None])
    row = at(table, "lyon").loc["r4"]
    assert (row["low"], row["high"]) == pytest.approx((own["low"][0], own["high"][0]))
    assert row["joint_low"] < row["low"] < row["high"] < row["joint_high"]


def test_the_counts_of_a_study_are_the_differences_of_its_totals() -> None:
    """France in this table is the sum of its places, whatever is moved between them."""
    runs = runs_of(8)
    table = package_places(counted(runs), runs, PLACES, PACKAGES)
    parts = table[table["where"] != "france"].groupby(["mask", "kind"])["difference"].sum()
    whole = table[table["where"] == "france"].set_index(["mask", "kind"])["difference"]
    assert parts.to_numpy() == pytest.approx(whole.loc[parts.index].to_numpy())


def test_worlds_without_every_package_do_not_count() -> None:
    runs = runs_of(10)
    lacking = runs[(runs["world"] != 3) | (runs["scenario"] != MEMBERS[0])]
    assert set(package_places(counted(runs), lacking, PLACES, PACKAGES)["n"]) == {9}
    with pytest.raises(InputError, match="no world was run with every package"):
        package_places(counted(runs), runs[runs["scenario"] != MEMBERS[0]], PLACES, PACKAGES)
    abroad = counted(runs).replace({"place": {"lyon": "london"}})
    with pytest.raises(InputError, match="someone is counted at 'london', which is no French place"):
        package_places(abroad, runs, PLACES, PACKAGES)


def test_one_member_is_enough() -> None:
    runs = runs_of(9)
    table = package_places(counted(runs), runs, PLACES, find_packages(notes(), ["r4_seed"]))
    assert table["package"].unique().tolist() == ["baseline", "r4_seed"]
    assert at(table, "lyon").loc["r4", "difference"] == pytest.approx(5.0 + 2.0 + 4.0)
    assert at(table, "france").loc["r4", "baseline_mean"] == pytest.approx(140.0)
