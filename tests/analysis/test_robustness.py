"""Regret, satisficing and the worst world: by hand, their laws, and the coverage of their intervals."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from sim.analysis.intervals import quantile_interval
from sim.analysis.robustness import REGRET_COLUMNS, regret_table, regrets, satisficing, worst_worlds
from tests.analysis.known_differences import covers_badly

BY_HAND = pd.DataFrame({"a": [3.0, 1.0, 2.0], "b": [1.0, 4.0, 2.0]}, index=pd.Index([5, 6, 7], name="world"))


def test_by_hand() -> None:
    assert regrets(BY_HAND).to_dict("list") == {"a": [0.0, 3.0, 0.0], "b": [2.0, 0.0, 0.0]}
    table = regret_table(BY_HAND).set_index("scenario")
    assert list(table.index) == ["b", "a"]
    assert table.loc["a", ["mean", "largest", "without_regret", "n"]].tolist() == [1.0, 3.0, 2 / 3, 3]
    assert math.isnan(table.loc["a", "low"])  # three worlds have no interval
    assert ("scenario", *table.columns) == REGRET_COLUMNS
    worst = worst_worlds(BY_HAND)
    assert worst.to_dict("list") == {
        "scenario": ["a", "b"], "worst": [1.0, 1.0], "world": [6, 5], "rank": [1, 1], "n": [3, 3],
    }  # fmt: skip
    assert satisficing(BY_HAND, 2.0)["share"].tolist() == [2 / 3, 2 / 3]
    assert satisficing(BY_HAND, 4.0)["scenario"].tolist() == ["b", "a"]


@given(st.lists(st.lists(st.integers(-50, 50), min_size=3, max_size=3), min_size=1, max_size=12), st.integers(-9, 9))
def test_regret_is_never_negative_someone_has_none_and_what_all_share_cancels(rows: list[list[int]], more: int) -> None:
    values = pd.DataFrame(np.array(rows, np.float64), columns=list("abc"))
    regret = regrets(values)
    assert (regret >= 0.0).all(axis=None)
    assert (regret.min(axis=1) == 0.0).all()
    levels = pd.Series(np.arange(len(values)) * float(more))
    pd.testing.assert_frame_equal(regrets(values.add(levels, axis=0)), regret)
    assert (regrets(values.assign(d=0.0))[list("abc")] >= regret).all(axis=None)


def test_the_mean_regret_and_its_quantile_are_covered() -> None:
    """Two scenarios, difference exponential less 0.5: regret of the first is max(0, that); truths in closed form."""
    luck, repeats = np.random.default_rng(4), 300
    mean, q90 = math.exp(-0.5), math.log(10.0) - 0.5
    means = quantiles = 0
    for _ in range(repeats):
        ahead = luck.exponential(size=100) - 0.5
        row = regret_table(pd.DataFrame({"a": np.zeros(100), "b": ahead})).set_index("scenario").loc["a"]
        means += row["low"] <= mean <= row["high"]
        quantiles += row["q90_low"] <= q90 <= row["q90_high"]
    assert not covers_badly(means / repeats, repeats)
    assert not covers_badly(quantiles / repeats, repeats, most=0.99)  # order statistics cover at least 95%


def test_few_worlds_do_not_bound_the_upper_quantile() -> None:
    luck = np.random.default_rng(5)
    few = regret_table(pd.DataFrame(luck.normal(size=(24, 2)), columns=["a", "b"]))
    assert np.isinf(few["q95_high"]).all()
    many = regret_table(pd.DataFrame(luck.normal(size=(80, 2)), columns=["a", "b"]))
    assert np.isfinite(many["q95_high"]).all()


def test_quantiles_of_regret_are_those_of_worlds() -> None:
    values = pd.DataFrame(np.random.default_rng(6).gamma(1.0, size=(90, 2)), columns=["a", "b"])
    table, regret = regret_table(values).set_index("scenario"), regrets(values)
    for name in "ab":
        for word, share in (("q90", 0.9), ("q95", 0.95)):
            found = quantile_interval(regret[name].to_numpy(), share)
            assert found.value == np.quantile(regret[name], share)
            assert table.loc[name, [word, f"{word}_low", f"{word}_high"]].tolist() == [*found[:3]]


def test_the_best_worst_case_comes_first() -> None:
    worst = worst_worlds(pd.DataFrame({"a": [3.0, 1.0], "b": [2.0, 4.0], "c": [9.0, 0.0]}, index=[5, 6]))
    assert worst.to_dict("list") == {
        "scenario": ["b", "a", "c"], "worst": [2.0, 1.0, 0.0], "world": [5, 6, 6], "rank": [1, 2, 3], "n": [2, 2, 2],
    }  # fmt: skip
