"""Triggers and terms of the moves across the border, and the ranking of drivers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.analysis.drivers import COLUMNS, DRIVER_OUTCOMES, driver_table
from sim.analysis.outcomes import OUTCOMES
from sim.analysis.reasons import REASON_COLUMNS, reason_table, world_reasons

TRIGGERS = ("school", "young", "with employer")
TERMS = ("wage", "home")


def frame(run: int, counts: tuple[int, int, int], wage: float, home: float, years: int = 2) -> pd.DataFrame:
    """Departures of one kind in one run, the same in each year; those with an employer have no choice of place."""
    rows = []
    chose = counts[0] + counts[1]
    for year in range(years):
        for name, count in zip(TRIGGERS, counts, strict=True):
            rows.append((run, year, "talent_french", "departure", "trigger", name, count, float(count)))
        for name, mean in zip(TERMS, (wage, home), strict=True):
            rows.append((run, year, "talent_french", "departure", "term", name, chose, chose * mean))
    names = ["run", "year", "kind", "direction", "part", "name", "count", "total"]
    return pd.DataFrame(rows, columns=names)


RUNS = pd.DataFrame(
    [(0, "baseline", 0, 0), (1, "baseline", 0, 1), (2, "baseline", 1, 0), (3, "eased", 0, 0), (4, "eased", 1, 0)],
    columns=["run", "scenario", "world", "replicate"],
)
REASONS = pd.concat(
    [
        frame(0, (10, 20, 10), 0.2, -1.0),
        frame(1, (30, 20, 10), 0.4, -1.0),
        frame(2, (10, 10, 0), 0.1, -2.0),
        frame(3, (8, 18, 10), 0.3, -1.5),
        frame(4, (0, 10, 0), 0.2, -2.0),
    ],
    ignore_index=True,
)


def value(table: pd.DataFrame, scenario: str, name: str, measure: str, column: str = "mean") -> float:
    rows = table[(table["scenario"] == scenario) & (table["name"] == name) & (table["measure"] == measure)]
    assert len(rows) == 1
    return float(rows[column].iloc[0])


def test_levels_pool_replicates_and_average_worlds() -> None:
    table = reason_table(RUNS, REASONS)
    assert tuple(table.columns) == REASON_COLUMNS
    # world 0: (10 + 30) / 2 a year out of (40 + 60) / 2; world 1: 10 out of 20
    assert value(table, "baseline", "school", "per_year") == pytest.approx((20 + 10) / 2)
    assert value(table, "baseline", "school", "share") == pytest.approx((40 + 50) / 2)
    # replicates are pooled: (30 * 0.2 + 50 * 0.4) / 80 in world 0
    assert value(table, "baseline", "wage", "per_mover") == pytest.approx((0.325 + 0.1) / 2)
    assert value(table, "baseline", "wage", "per_mover", "n") == 2


def test_shares_of_a_world_add_up_to_a_hundred() -> None:
    worlds = world_reasons(RUNS, REASONS)
    shares = worlds[worlds["measure"] == "share"].groupby(["scenario", "world"])["value"].sum()
    assert shares.to_numpy() == pytest.approx(np.full(4, 100.0))


def test_differences_are_paired_by_world_and_replicate() -> None:
    table = reason_table(RUNS, REASONS)
    # only replicate 0 of world 0 has a partner
    assert value(table, "eased", "school", "per_year") == pytest.approx(((8 - 10) + (0 - 10)) / 2)
    assert value(table, "eased", "wage", "per_mover") == pytest.approx((0.1 + 0.1) / 2)
    assert value(table, "eased", "wage", "per_mover", "q05") == pytest.approx(0.1)
    assert set(table.loc[table["scenario"] == "eased", "view"]) == {"difference"}


def test_twin_a_difference_against_all_replicates_is_another_number() -> None:
    one = RUNS[~((RUNS["scenario"] == "baseline") & (RUNS["replicate"] == 1))]
    assert value(reason_table(one, REASONS), "eased", "school", "per_year") == pytest.approx(-6.0)
    unpaired = value(reason_table(RUNS, REASONS), "baseline", "school", "per_year")
    assert 4.0 - unpaired != pytest.approx(-6.0)


def test_nobody_moves_nothing_is_divided() -> None:
    none = reason_table(RUNS, REASONS.assign(count=0, total=0.0))
    assert set(none["measure"]) == {"per_year"}
    assert (none["mean"] == 0.0).all()


def test_a_world_without_moves_does_not_count_in_shares() -> None:
    quiet = REASONS.copy()
    quiet.loc[quiet["run"] == 2, ["count", "total"]] = 0
    table = reason_table(RUNS, quiet)
    assert value(table, "baseline", "school", "share", "n") == 1
    assert value(table, "baseline", "school", "per_year", "n") == 2


def test_order_of_rows_and_words_as_categories_do_not_matter() -> None:
    shuffled = REASONS.sample(frac=1.0, random_state=3).astype({"kind": "category", "name": "category"})
    keys = ["scenario", "name", "measure"]
    one, other = (reason_table(RUNS, r).sort_values(keys).reset_index(drop=True) for r in (REASONS, shuffled))
    pd.testing.assert_frame_equal(one, other)


def test_no_baseline_no_table() -> None:
    table = reason_table(RUNS[RUNS["scenario"] != "baseline"], REASONS)
    assert table.empty
    assert tuple(table.columns) == REASON_COLUMNS


def comparison(*rows: tuple[str, str, str, float, float]) -> pd.DataFrame:
    names = ["scenario", "outcome", "better", "baseline_mean", "difference"]
    frame = pd.DataFrame(rows, columns=names)
    return frame.assign(label="x", unit="y", low=-1.0, high=1.0, mc_error=0.1, n=3)


def test_drivers_are_ranked_by_the_better_way() -> None:
    table = driver_table(
        comparison(
            ("equal_capital", "startup_departures", "lower", 200.0, -10.0),
            ("equal_taxation", "startup_departures", "lower", 200.0, -30.0),
            ("r8_simplification", "startup_departures", "lower", 200.0, -99.0),
            ("equal_capital", "startup_births", "higher", 0.0, 50.0),
            ("equal_taxation", "startup_births", "higher", 0.0, 20.0),
            ("equal_taxation", "paris_share", "none", 5.0, 2.0),
        ),
        ["equal_capital", "equal_taxation"],
    )
    assert tuple(table.columns) == COLUMNS
    assert list(zip(table["driver"], table["outcome"], table["rank"], strict=True)) == [
        ("taxation", "startup_departures", 1),
        ("capital", "startup_departures", 2),
        ("taxation", "startup_births", 2),
        ("capital", "startup_births", 1),
    ]
    assert list(table["percent"][:2]) == [-15.0, -5.0]
    assert table["percent"][2:].isna().all()


def test_no_driver_no_rows() -> None:
    table = driver_table(comparison(("r8_simplification", "startup_departures", "lower", 200.0, -99.0)), [])
    assert table.empty
    assert tuple(table.columns) == COLUMNS


def test_the_outcomes_of_the_driver_test_are_registered() -> None:
    assert set(DRIVER_OUTCOMES) <= set(OUTCOMES)


def test_what_shares_no_world_with_the_baseline_has_no_difference():
    alone = pd.concat([RUNS, pd.DataFrame([(5, "apart", 7, 0)], columns=RUNS.columns)], ignore_index=True)
    reasons = pd.concat([REASONS, frame(5, (1, 1, 1), 0.1, 0.1)], ignore_index=True)
    pd.testing.assert_frame_equal(reason_table(alone, reasons), reason_table(RUNS, REASONS))
    assert len(reason_table(alone[alone["run"] == 5], reasons)) == 0
