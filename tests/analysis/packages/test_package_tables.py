"""The tables of packages from runs that add up by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.analysis.held_means import OUTSIDE, held_means
from sim.analysis.intervals import mean_interval
from sim.analysis.packages.coalitions import FAMILY, OBJECTIVES, effects_of
from sim.analysis.packages.members import find_packages
from sim.analysis.packages.tables import (
    BUDGET_COLUMNS,
    EMPTY,
    FLATTERED,
    FRONTIER_COLUMNS,
    INTERACTION_COLUMNS,
    NOTHING,
    PACKAGE_COLUMNS,
    SHAPLEY_COLUMNS,
    package_tables,
)
from sim.errors import InputError
from tests.analysis.packages.known_runs import MEMBERS, WORTH, notes, runs_of


def of(table: pd.DataFrame, outcome: str = "startups_in_france") -> pd.DataFrame:
    return table[table["outcome"] == outcome]


def test_values_by_hand() -> None:
    runs = runs_of()
    tables = package_tables(runs, notes(), budgets=(50.0, 200.0))
    startups = of(tables.shapley).set_index("member")
    mean = runs.pivot(index="world", columns="scenario", values="startups_in_france")
    size = float((mean["r10_easier"] - mean["baseline"]).mean()) / WORTH["r10_easier"]
    assert startups.loc["r2_showcase", "value"] == pytest.approx(10.0 * size + 3.0)
    assert startups.loc["r4_seed", "value"] == pytest.approx(40.0 * size + 3.0)
    assert startups.loc["r4_seed", "alone"] == pytest.approx(40.0 * size)
    assert startups.loc["r4_seed", "last"] == pytest.approx(40.0 * size + 6.0)
    assert of(tables.interactions)["value"].to_numpy() == pytest.approx([6.0, 0.0, 0.0], abs=1e-9)
    leaving = of(tables.interactions, "startup_departures")
    assert leaving["value"].to_numpy() == pytest.approx([-6.0, 0.0, 0.0], abs=1e-9)
    assert set(of(tables.interactions, "public_cost")["reading"]) == {"0 in each of 12 worlds"}
    best = of(tables.budgets).set_index("budget")
    assert best["members"].to_dict() == {50.0: "r10", 200.0: "r4+r10"}
    both = of(tables.packages).set_index("members")
    assert both.loc["r2+r4", "difference"] == pytest.approx(50.0 * size + 6.0)
    assert both.loc["r2+r4", "baseline_mean"] == pytest.approx(mean["baseline"].mean())
    expected = mean_interval((mean["r2_r4"] - mean["baseline"]).to_numpy())
    assert tuple(both.loc["r2+r4", ["low", "high"]]) == pytest.approx(expected[1:3])


def test_contributions_add_up_to_the_total() -> None:
    shapley = package_tables(runs_of(), notes()).shapley
    assert set(shapley["outcome"]) == set(FAMILY)
    for _, rows in shapley.groupby("outcome"):
        parts = rows.set_index("member")["value"]
        assert list(parts.index) == [*MEMBERS, "total"]
        assert parts.drop("total").sum() == pytest.approx(parts["total"], rel=1e-9, abs=1e-9)


def test_columns_are_the_contract() -> None:
    tables = package_tables(runs_of(), notes())
    columns = (PACKAGE_COLUMNS, SHAPLEY_COLUMNS, INTERACTION_COLUMNS, FRONTIER_COLUMNS, BUDGET_COLUMNS)
    for table, names in zip(tables[:5], columns, strict=True):
        assert tuple(table.columns) == names
    assert len(tables.packages) == 8 * (len(FAMILY) + 1)
    assert (len(tables.shapley), len(tables.interactions)) == (4 * len(FAMILY), 3 * len(FAMILY))
    assert (len(tables.frontier), len(tables.budgets)) == (8, 15)


@pytest.mark.parametrize("worlds", [1, 3, 5, 12])
def test_every_number_is_finite_or_the_reading_says_why(worlds: int) -> None:
    for table in package_tables(runs_of(worlds), notes())[:5]:
        numbers = table.select_dtypes("number").to_numpy(float)
        empty = ~np.isfinite(numbers).all(axis=1)
        assert not empty.any() if "reading" not in table else (table.loc[empty, "reading"] != "").all()
        if "reading" in table:
            assert not (table["reading"] == "").any() or worlds >= 8


def test_joint_intervals_are_wider_and_only_the_family_has_them() -> None:
    tables = package_tables(runs_of(30), notes())
    for table in (tables.packages, tables.shapley, tables.interactions):
        told = table[table["reading"] == ""]
        value = told["difference" if "difference" in told else "value"]
        assert len(told)
        assert (told["low"] <= value + 1e-9).all()
        assert (value <= told["high"] + 1e-9).all()
        assert (told["joint_high"] - told["joint_low"] >= told["high"] - told["low"] - 1e-9).all()
    assert set(of(tables.packages, "startup_births")["reading"]) == {EMPTY, "0 in each of 30 worlds"}
    empty = tables.packages[tables.packages["mask"] == 0]
    assert (empty[["difference", "low", "high", "joint_low", "joint_high", "mc_error"]] == 0.0).all(axis=None)
    assert any("comparisons over 30 worlds" in sentence for sentence in tables.caveats)


def test_what_is_outside_the_family_has_its_own_interval_only_and_does_not_widen_others() -> None:
    values = np.random.default_rng(8).normal(5.0, 1.0, (20, 30))
    inside = np.arange(30) < 4
    table, _ = held_means(values, family=inside)
    few, _ = held_means(values[:, :4])
    pd.testing.assert_frame_equal(table.iloc[:4], few)
    assert table.loc[4:, "joint_low"].isna().all()
    assert table.loc[4:, "low"].notna().all()
    assert set(table.loc[4:, "reading"]) == {OUTSIDE}


def test_joint_intervals_hold_all_contributions_at_once_and_pointwise_ones_do_not() -> None:
    """Correlated normal contributions, 20 worlds, 300 studies; beyond 3.5 standard errors (false alarm below 0.03%)."""
    luck = np.random.default_rng(9)
    truth = luck.normal(0.0, 3.0, 27)
    held = {"": 0, "joint_": 0}
    for _ in range(300):
        values = truth + 0.5 * luck.normal(size=(20, 1)) + luck.normal(size=(20, 27))
        table, _ = held_means(values)
        for name in held:
            held[name] += bool(((table[f"{name}low"] <= truth) & (truth <= table[f"{name}high"])).all())
    least = 0.95 - 3.5 * np.sqrt(0.95 * 0.05 / 300)
    assert held["joint_"] / 300 >= least
    assert held[""] / 300 < least  # the twin: pointwise ones read jointly


def test_rounding_is_no_difference() -> None:
    values = np.full((20, 1), 1e-12) * np.arange(1, 21)[:, None]
    assert held_means(values, grain=1e-9)[0]["reading"].tolist() == ["0 in each of 20 worlds"]
    assert held_means(values)[0]["reading"].tolist() == [""]  # the broken way: an effect of rounding


def test_who_is_dearer_and_no_better_is_beaten_in_every_world() -> None:
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


def test_readings_of_budgets() -> None:
    runs = runs_of()
    table = package_tables(runs, notes(), budgets=(1.0, 200.0)).budgets
    assert set(table.loc[table["budget"] == 1.0, "reading"]) == {NOTHING}
    assert (table.loc[table["budget"] == 1.0, ["gain", "low", "high", "public_cost", "regret_mean"]] == 0.0).all(
        axis=None
    )
    assert set(table.loc[table["budget"] == 200.0, "reading"]) == {FLATTERED}
    assert (table["expected_regret_of_choice"] == table["regret_mean"]).all()
    few = package_tables(runs_of(3), notes(), budgets=(200.0,)).budgets
    assert few["gain_held_out"].isna().all()
    assert set(few["reading"]) == {"only 3 worlds: no interval"}
    with pytest.raises(InputError, match="budgets: found -5, allowed are numbers above 0"):
        package_tables(runs, notes(), budgets=(-5.0,))


def test_only_luck_that_every_package_met_counts() -> None:
    """A replicate that one package lacks would be compared with another luck's; so would a mean over all of each."""
    runs = runs_of(12, replicates=2)
    whole = package_tables(runs, notes())
    assert whole.caveats == package_tables(runs_of(), notes()).caveats
    short = runs[~((runs["scenario"] == "r4_seed") & (runs["replicate"] == 1) & (runs["world"] < 3))]
    tables = package_tables(short, notes())
    assert tables.caveats[0] == (
        "3 of 24 pairs of world and replicate are left out: not every one of 8 packages was run there."
    )
    # The effect is the same with either luck, so what is paired does not change and what is not does.
    assert of(tables.shapley)["value"].to_numpy() == pytest.approx(of(whole.shapley)["value"].to_numpy(), rel=1e-9)
    means = short.groupby(["scenario", "world"])["startups_in_france"].mean().unstack()
    unpaired = float((means.loc["r4_seed"] - means.loc["baseline"]).mean())
    alone = of(whole.shapley).set_index("member").loc["r4_seed", "alone"]
    assert unpaired != pytest.approx(alone, rel=0.05)


def test_a_world_that_lacks_a_package_is_left_out() -> None:
    runs = runs_of(12)
    short = runs[~((runs["scenario"] == "r2_r10") & (runs["world"] == 4))]
    tables = package_tables(short, notes())
    assert set(tables.shapley["n"]) == set(tables.frontier["n"]) == {11}
    without = package_tables(runs[runs["world"] != 4], notes())
    pd.testing.assert_frame_equal(tables.shapley, without.shapley, check_exact=True)


def test_bad_runs_are_told_in_sentences() -> None:
    runs = runs_of()
    with pytest.raises(InputError) as found:
        package_tables(runs.drop(columns=["startup_jobs", "public_cost"]), notes())
    assert [problem.split(",")[0] for problem in found.value.problems] == [
        "runs.parquet: no outcome startup_jobs", "runs.parquet: no outcome public_cost",
    ]  # fmt: skip
    broken = runs.assign(startup_jobs=runs["startup_jobs"].where(runs["run"] > 1))
    with pytest.raises(InputError, match="startup_jobs is no finite number in 2 of 96 runs"):
        package_tables(broken, notes())
    with pytest.raises(InputError, match="two runs in one world and replicate"):
        package_tables(pd.concat([runs, runs.head(1)]), notes())
    with pytest.raises(InputError, match="no world was run with every one of 8 packages: 1 were not run at all"):
        package_tables(runs[runs["scenario"] != "r4_seed"], notes())
    apart = runs.assign(world=runs["world"] + 100 * (runs["scenario"] == "r4_seed"))
    with pytest.raises(InputError, match="no world was run with every one of 8 packages: each lacks some"):
        package_tables(apart, notes())


@pytest.mark.parametrize("worlds", [12, 110])
def test_the_order_of_runs_and_scenarios_moves_no_byte(worlds: int) -> None:
    runs = runs_of(worlds)
    frame = pd.DataFrame(notes()).rename(columns={"name": "scenario"}).astype({"scenario": "category"})
    words = runs.sample(frac=1.0, random_state=3).astype({"scenario": "category"})
    one, other = package_tables(runs, notes()), package_tables(words, frame.iloc[::-1])
    for mine, theirs in zip(one[:5], other[:5], strict=True):
        assert mine.to_csv() == theirs.to_csv()


def test_one_member_has_no_pairs() -> None:
    tables = package_tables(runs_of(), notes(), members=["r4_seed"])
    assert tables.interactions.empty
    assert tuple(tables.interactions.columns) == INTERACTION_COLUMNS
    assert list(of(tables.shapley)["member"]) == ["r4_seed", "total"]


def test_the_family_holds_the_objectives_first() -> None:
    assert FAMILY[:4] == OBJECTIVES
    effects = effects_of(runs_of()[::-1], find_packages(notes()))
    assert effects.outcomes == (*FAMILY, "startup_births")
    assert effects.effects.shape == (len(FAMILY) + 1, 8, 12)
