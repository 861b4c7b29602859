"""All means of a table at once, the gain of pairing, and the table of both intervals."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sim.analysis.compare import compare
from sim.analysis.intervals import arms, mean_interval, moments, student
from sim.analysis.simultaneous import (
    FLIP_WORLDS,
    INTERVAL_COLUMNS,
    comparison_intervals,
    critical_value,
    joint_caveat,
    paired_columns,
    pairing_gain,
)
from tests.analysis.known_differences import LEAST, SHAPES, correlated, covers_badly

Quantile = Callable[[np.ndarray, int], np.ndarray]


def chosen(values: np.ndarray, seed: int) -> np.ndarray:
    """The joint quantile as the table finds it, with fewer flips than by default."""
    return critical_value(values, seed=seed, flips=999).value


def pointwise(values: np.ndarray, seed: int) -> np.ndarray:
    """Broken: each interval by itself."""
    return np.full(values.shape[1], student(0.95, len(values) - 1))


def joint_coverage(
    name: str, n: int, columns: int, correlation: float, repeats: int, quantile: Quantile = chosen
) -> float:
    """Share of repeats in which the intervals of all columns hold 0."""
    luck, held = np.random.default_rng(21), 0
    for repeat in range(repeats):
        values = SHAPES[name](correlated(luck, n, columns, correlation))
        found = moments(values)
        below, above = arms(found.n, found.skewness, quantile(values, repeat))
        low, high = found.mean - found.spread * below, found.mean + found.spread * above
        held += bool(((low <= 0.0) & (high >= 0.0)).all())
    return held / repeats


@pytest.mark.parametrize(
    ("name", "n", "columns", "correlation"),
    [("normal", 24, 30, 0.0), ("gamma, skewness 1", 50, 30, 0.0), ("exponential, skewness 2", 50, 30, 0.0),
     ("normal", FLIP_WORLDS, 30, 0.9), ("exponential, skewness 2", FLIP_WORLDS, 30, 0.7)],
)  # fmt: skip
def test_all_means_are_held_at_once(name: str, n: int, columns: int, correlation: float) -> None:
    share = joint_coverage(name, n, columns, correlation, 200)
    assert not covers_badly(share, 200), share


def test_twin_pointwise_intervals_do_not_hold_all_means_at_once() -> None:
    assert covers_badly(joint_coverage("normal", 24, 30, 0.0, 300, pointwise), 300)


@pytest.mark.torture
def test_measured_joint_coverage() -> None:
    """Prints the table of the module; where no caveat stands, at least 90%: 400 repeats have an error of 1.1%."""
    problems = []
    for columns in (10, 100, 400):
        for n in (16, 24, 50, 100, 200):
            shares = []
            for name in ("normal", "gamma, skewness 1", "exponential, skewness 2"):
                shares += [joint_coverage(name, n, columns, rho, 400) for rho in (0.0, 0.7)]
            print(f"{columns}, {n}:", "  ".join(f"{100 * s:.1f}" for s in shares), joint_caveat(n, columns)[:10])
            if not joint_caveat(n, columns) and any(s < LEAST - 0.03 for s in shares):
                problems.append((columns, n, shares))
    assert problems == []


def test_with_few_worlds_the_quantile_is_sidaks() -> None:
    values = np.random.default_rng(1).standard_normal((24, 7))
    values[:, 3] = 2.0  # no spread: not compared
    found = critical_value(values)
    assert found.method == "Sidak"
    assert found.value[0] == pytest.approx(stats.t.ppf(0.5 + 0.95 ** (1 / 6) / 2, 23), rel=1e-12)
    values[:4, 0] = math.nan
    assert critical_value(values).value[0] == pytest.approx(stats.t.ppf(0.5 + 0.95 ** (1 / 6) / 2, 19), rel=1e-12)


def test_sign_flips_know_what_moves_together() -> None:
    luck = np.random.default_rng(2)
    alone = luck.standard_normal((200, 20))
    copies = np.repeat(luck.standard_normal((200, 1)), 20, axis=1) * np.arange(1, 21)
    independent, together = critical_value(alone), critical_value(copies)
    sidak = stats.t.ppf(0.5 + 0.95 ** (1 / 20) / 2, 199)
    assert independent.method == together.method == "sign flips"
    assert independent.value[0] == pytest.approx(sidak, rel=0.05)
    assert together.value[0] == pytest.approx(stats.t.ppf(0.975, 199), rel=0.05)


def test_sign_flips_depend_on_seed_and_values_alone() -> None:
    values = np.random.default_rng(3).gamma(2.0, size=(120, 15))
    one, again = critical_value(values, seed=4), critical_value(np.asfortranarray(values), seed=4)
    np.testing.assert_array_equal(one.value, again.value)
    assert critical_value(values, seed=5).value[0] != one.value[0]
    np.testing.assert_array_equal(critical_value(values * 1024.0, seed=4).value, one.value)


def test_caveat_names_the_worlds_needed() -> None:
    assert joint_caveat(24, 10) == ""
    assert "400 comparisons over 24 worlds" in joint_caveat(24, 400)
    assert "below 50 worlds" in joint_caveat(49, 100)


# --- the gain of pairing -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["normal", "gamma, skewness 1"])
@pytest.mark.parametrize("n", [24, 100])
def test_the_gain_of_pairing_is_covered(name: str, n: int) -> None:
    """Variance 1 on both sides, correlation 0.9 by one common factor: the gain is 2 / (2 - 1.8) = 10.

    The jackknife of a variance leans on its kurtosis: 91% at least is asked for; 600 repeats, slack as for means.
    """
    luck, held, repeats = np.random.default_rng(31), 0, 600
    for _ in range(repeats):
        common, one, other = SHAPES[name](luck.standard_normal((3, n)))
        found = pairing_gain(*(math.sqrt(0.9) * common + math.sqrt(0.1) * own for own in (one, other)))
        held += found.low <= 10.0 <= found.high
    assert not covers_badly(held / repeats, repeats, least=0.91), held / repeats


def test_twin_half_the_interval_of_the_gain_covers_too_seldom() -> None:
    luck, held, repeats = np.random.default_rng(31), 0, 600
    for _ in range(repeats):
        common, one, other = luck.standard_normal((3, 24))
        found = pairing_gain(*(math.sqrt(0.9) * common + math.sqrt(0.1) * own for own in (one, other)))
        middle = math.sqrt(found.low * found.high)
        held += middle * math.sqrt(found.low / middle) <= 10.0 <= middle * math.sqrt(found.high / middle)
    assert covers_badly(held / repeats, repeats, least=0.91)


def test_the_gain_is_the_ratio_of_variances_and_its_leave_one_out_is_exact() -> None:
    luck = np.random.default_rng(5)
    before = luck.normal(100.0, 20.0, 12)
    after = before + luck.normal(3.0, 1.0, 12)

    def gain(rows: np.ndarray) -> float:
        one, other = before[rows], after[rows]
        return (one.var(ddof=1) + other.var(ddof=1)) / (other - one).var(ddof=1)

    found = pairing_gain(before, after)
    assert found.value == pytest.approx(gain(np.arange(12)), rel=1e-12)
    left = np.array([math.log(gain(np.delete(np.arange(12), i))) for i in range(12)])
    pseudo = 12 * math.log(found.value) - 11 * left
    half = stats.t.ppf(0.975, 11) * pseudo.std(ddof=1) / math.sqrt(12)
    assert found.low == pytest.approx(math.exp(pseudo.mean() - half), rel=1e-9)
    assert found.high == pytest.approx(math.exp(pseudo.mean() + half), rel=1e-9)


def test_gains_that_are_no_number() -> None:
    level = np.arange(10.0)
    assert math.isnan(pairing_gain(level[:5], level[:5] + 1).value)  # too few worlds
    assert math.isnan(pairing_gain(np.ones(10), np.ones(10)).value)  # nothing varies
    assert pairing_gain(level, level + 3.0).value == math.inf
    one_world = pairing_gain(level, level + (level == 4))
    assert one_world.value > 1.0
    assert math.isnan(one_world.low)
    assert pairing_gain(np.zeros(10), level)[:3] == pytest.approx((1.0, 1.0, 1.0))  # a cost: nothing to pair


# --- the table ---------------------------------------------------------------------------------------------


def some_runs(worlds: int = 24) -> pd.DataFrame:
    """Baseline, a with two replicates and skewed gains, rare with an effect in two worlds, none without any."""
    luck, rows = np.random.default_rng(7), []
    for world in range(worlds):
        level, gain = luck.normal(500.0, 80.0), luck.gamma(1.0)
        for replicate in range(2):
            noise = luck.normal()
            for scenario, extra in (("baseline", 0.0), ("a", 10.0 * gain + luck.normal()), ("none", 0.0),
                                    ("rare", float(world < 2))):  # fmt: skip
                cost = 0.0 if scenario != "a" else 5.0 + gain
                rows.append((scenario, world, replicate, level + noise + extra, cost))
    frame = pd.DataFrame(rows, columns=["scenario", "world", "replicate", "startup_jobs", "public_cost"])
    frame.insert(0, "run", range(len(frame)))
    return frame


def test_the_table_agrees_with_the_comparison_and_with_single_intervals() -> None:
    runs = some_runs()
    table, compared = comparison_intervals(runs), compare(runs)
    assert tuple(table.columns) == INTERVAL_COLUMNS
    assert list(table["scenario"]) == list(compared["scenario"])
    np.testing.assert_allclose(table["difference"], compared["difference"], rtol=1e-12)
    values = paired_columns(runs)["difference"]["a", "startup_jobs"].to_numpy()
    row = table.iloc[0]
    alone = mean_interval(values)
    assert (row["low"], row["high"]) == pytest.approx((alone.low, alone.high), rel=1e-12)
    assert row["joint_low"] < row["low"] < row["difference"] < row["high"] < row["joint_high"]
    assert row["median"] == pytest.approx(np.median(values))
    assert row["gain_low"] < row["pairing_gain"] < row["gain_high"]
    assert (row["n"], row["differing"], row["reading"]) == (24, 24, "")
    assert table.attrs == {"method": "Sidak", "caveats": []}


def test_what_must_not_be_read_says_so() -> None:
    table = comparison_intervals(some_runs()).set_index(["scenario", "outcome"])
    for scenario, words in (("none", "0 in each of 24"), ("rare", "not 0 in only 2 of 24 worlds")):
        row = table.loc[(scenario, "startup_jobs")]
        assert words in row["reading"]
        assert np.isnan([row[end] for end in ("low", "high", "joint_low", "joint_high")]).all()
    few = comparison_intervals(some_runs(5))
    assert few["low"].isna().all()
    assert "only 5 worlds" in few["reading"].iloc[0]


def test_order_of_runs_does_not_matter_and_a_smaller_family_has_narrower_intervals() -> None:
    runs = some_runs(120)
    one = comparison_intervals(runs)
    pd.testing.assert_frame_equal(one, comparison_intervals(runs.sample(frac=1.0, random_state=1).sort_values("run")))
    assert one.attrs["method"] == "sign flips"
    family = comparison_intervals(runs, outcomes=["startup_jobs"])
    assert set(family["outcome"]) == {"startup_jobs"}
    assert family["joint_high"].iloc[0] <= one["joint_high"].iloc[0]
    assert family["high"].iloc[0] == one["high"].iloc[0]


def test_scenarios_in_worlds_of_their_own_are_compared_there() -> None:
    runs = some_runs()
    moved = runs[runs["scenario"].isin(["baseline", "a"])].assign(world=lambda f: f["world"] + 1000)
    moved["scenario"] = moved["scenario"].replace({"a": "elsewhere"})
    table = comparison_intervals(pd.concat([runs, moved], ignore_index=True).assign(run=lambda f: range(len(f))))
    rows = table.set_index(["scenario", "outcome"])
    assert rows.loc[("elsewhere", "startup_jobs"), "n"] == 24
    assert rows.loc[("elsewhere", "startup_jobs"), "low"] == rows.loc[("a", "startup_jobs"), "low"]
