"""Directions that are kept are those in which the mean of a combination has 0 inside its interval; words of a price."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.analysis.cost_effectiveness import _price_words
from sim.analysis.intervals import Interval, arms, moments, student
from sim.analysis.ratios import NO_COST, NO_EFFECT, Ratio, _ratio, _scaled, _test, bootstrap_ratio, fieller


@pytest.mark.parametrize("corrected", [True, False])
def test_a_direction_is_kept_if_zero_is_inside_the_interval_of_its_mean(corrected: bool) -> None:
    luck = np.random.default_rng(4)
    pairs = luck.gamma(4.0, 0.25, size=(14, 2)) - [0.2, 1.05]
    angles = np.linspace(-math.pi / 2, math.pi / 2, 400)
    mixed = pairs[:, :1] * np.cos(angles) - pairs[:, 1:] * np.sin(angles)
    found = moments(mixed)
    below, above = arms(found.n, found.skewness, student(0.9, 13), corrected)
    inside = (found.mean - found.spread * below <= 0.0) & (found.mean + found.spread * above >= 0.0)
    assert 20 < inside.sum() < 380
    np.testing.assert_array_equal(_test(pairs, 0.9, corrected)(angles), inside)


def test_three_worlds_are_enough_and_two_are_not() -> None:
    assert fieller(np.array([2.0, 2.1, 1.9]), np.array([1.0, 1.01, 0.99]), 0.5).value == pytest.approx(2.0)
    with pytest.raises(ValueError, match="needs 3 worlds, found 2"):
        fieller(np.array([2.0, 2.1]), np.array([1.0, 1.01]))


def test_units_are_put_back() -> None:
    pairs, units = _scaled(np.array([-4.0, 2.0, 1.0]), np.array([0.0, 0.0, 0.0]))
    assert units == (4.0, 1.0)
    assert pairs[:, 0].tolist() == [-1.0, 0.5, 0.25]
    assert _ratio(math.atan2(3.0, 2.0), (10.0, 4.0)) == pytest.approx(1.5 * 10.0 / 4.0)
    assert _ratio(math.pi / 2, (10.0, 4.0)) == math.inf


def test_the_bootstrap_is_a_percentile_of_means_drawn_again() -> None:
    luck = np.random.default_rng(6)
    gain = luck.normal(5.0, 1.0, 15)
    cost = 3.0 * gain + luck.normal(0.0, 1.0, 15)
    found = bootstrap_ratio(cost, gain, 0.8, seed=1, resamples=4000)
    drawn = luck.integers(0, 15, (4000, 15))
    ratios = cost[drawn].mean(axis=1) / gain[drawn].mean(axis=1)
    assert found.kind == "bounded"
    assert (found.low, found.high) == pytest.approx(tuple(np.quantile(ratios, [0.1, 0.9])), abs=0.01)
    assert found.value == pytest.approx(cost.mean() / gain.mean())


def test_what_a_set_holds() -> None:
    assert [Ratio(2.0, 1.0, 3.0, "bounded").holds(r) for r in (0.5, 1.0, 2.0, 3.0, 3.5)] == [
        False,
        True,
        True,
        True,
        False,
    ]
    assert [Ratio(9.0, 1.0, 3.0, "complement").holds(r) for r in (0.5, 1.0, 2.0, 3.0, 3.5)] == [
        True, True, False, True, True
    ]  # fmt: skip
    assert Ratio(2.0, -math.inf, math.inf, "line").holds(1e9)


def around(low: float, high: float) -> Interval:
    return Interval((low + high) / 2, low, high, 20)


@pytest.mark.parametrize(
    ("kind", "gain", "money", "said"),
    [
        ("bounded", (0.2, 0.4), (0.3, 0.5), ""),
        ("bounded", (0.2, 0.4), (-0.5, -0.3), "gains and saves money"),
        ("bounded", (0.2, 0.4), (-0.1, 0.3), NO_COST),
        ("bounded", (0.2, 0.4), (0.0, 0.3), NO_COST),
        ("bounded", (0.2, 0.4), (-0.3, 0.0), NO_COST),
        ("bounded", (-0.4, -0.2), (-0.1, 0.3), "loses, at a cost not distinguishable from zero"),
        ("bounded", (-0.4, -0.2), (0.3, 0.5), "costs money and loses"),
        ("bounded", (-0.4, -0.2), (-0.5, -0.3), "saves money and loses"),
        ("bounded", (-0.1, 0.4), (0.3, 0.5), NO_EFFECT),
        ("bounded", (0.0, 0.4), (0.3, 0.5), NO_EFFECT),
        ("bounded", (-0.4, 0.0), (0.3, 0.5), NO_EFFECT),
        ("complement", (0.2, 0.4), (0.3, 0.5), NO_EFFECT),
    ],
)
def test_words_of_a_price(kind: str, gain: tuple[float, float], money: tuple[float, float], said: str) -> None:
    assert _price_words(Ratio(1.0, 0.5, 2.0, kind), around(*gain), around(*money)) == said
