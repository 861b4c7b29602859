"""Both intervals of many means at once: Student's and the joint one, by sign flips up to a bound, by Sidak's beyond."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from sim.analysis import held_means as module
from sim.analysis.held_means import MOST_FLIPPED, OUTSIDE, held_means, own
from sim.analysis.intervals import arms, moments
from sim.analysis.simultaneous import FLIP_WORLDS, critical_value

WORLDS = FLIP_WORLDS + 1
VALUES = np.random.default_rng(3).gamma(2.0, size=(WORLDS, 4)) * [1.0, 10.0, 100.0, 0.1]


def ends(quantile: float, values: np.ndarray = VALUES) -> tuple[np.ndarray, np.ndarray]:
    found = moments(values)
    below, above = arms(found.n, found.skewness, quantile)
    return found.mean - found.spread * below, found.mean + found.spread * above


def test_both_intervals_of_every_column() -> None:
    table, said = held_means(VALUES)
    for prefix, quantile in (("", stats.t.ppf(0.975, WORLDS - 1)), ("joint_", critical_value(VALUES).value[0])):
        low, high = ends(quantile)
        np.testing.assert_allclose(table[f"{prefix}low"], low, rtol=1e-12)
        np.testing.assert_allclose(table[f"{prefix}high"], high, rtol=1e-12)
    np.testing.assert_allclose(table["mc_error"], VALUES.std(axis=0, ddof=1) / math.sqrt(WORLDS), rtol=1e-12)
    np.testing.assert_allclose(table["value"], VALUES.mean(axis=0), rtol=1e-12)
    assert table["n"].tolist() == [WORLDS] * 4
    assert table["reading"].tolist() == [""] * 4
    assert said == []


@pytest.mark.parametrize("most", [3, 4])
def test_many_columns_are_held_by_sidaks_quantile(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_FLIPPED", most)
    still = np.where([True, True, True, False], VALUES, 5.0)  # the last never moves: three are compared
    for values, compared in ((VALUES, 4), (still, 3)):
        sidak = stats.t.ppf(0.5 + 0.95 ** (1 / compared) / 2, WORLDS - 1)
        low, high = ends(sidak if most == 3 else critical_value(values).value[0], values)
        table, _ = held_means(values)
        np.testing.assert_allclose(table["joint_low"], low, rtol=1e-12)
        np.testing.assert_allclose(table["joint_high"], high, rtol=1e-12)


def test_more_columns_than_are_flipped_are_held_by_the_quantile_of_those_that_vary() -> None:
    """Of 4097 columns three vary, symmetrically: the quantile of three, of Student's with 19 degrees."""
    values = np.tile(np.where(np.arange(20) % 2 == 0, 1.0, 2.0)[:, None], MOST_FLIPPED + 1)
    values[:, 3:] = 5.0
    table, _ = held_means(values)
    half = stats.t.ppf(0.5 + 0.95 ** (1 / 3) / 2, 19) * values[:, 0].std(ddof=1) / math.sqrt(20)
    assert (1.5 - table["joint_low"][0], table["joint_high"][0] - 1.5) == pytest.approx((half, half))
    assert (table["joint_low"][3:] == 5.0).all()


def test_what_is_outside_the_family_or_rounding_has_no_interval() -> None:
    values = VALUES.copy()
    values[:, 3] = np.where(np.arange(WORLDS) < 4, 1.0, 1e-9)
    table, said = held_means(values, grain=1e-6, family=np.array([True, False, True, True]))
    assert table["reading"].tolist() == ["", OUTSIDE, "", f"not 0 in only 4 of {WORLDS} worlds: no interval"]
    assert np.isfinite(table["low"]).tolist() == [True, True, True, False]
    assert np.isfinite(table["joint_low"]).tolist() == [True, False, True, False]
    low, _ = ends(critical_value(values[:, [0, 2]]).value[0], values[:, [0, 2]])
    np.testing.assert_allclose(table["joint_low"][[0, 2]], low, rtol=1e-12)
    assert said == []
    few, _ = held_means(VALUES[:7])
    assert few[["low", "high", "joint_low", "joint_high"]].isna().all(axis=None)
    assert set(few["reading"]) == {"only 7 worlds: no interval"}
    _, caveats = held_means(VALUES[:20])
    assert len(caveats) == 1
    with pytest.raises(ValueError, match="finite number in every world"):
        held_means(np.where(np.eye(WORLDS, 4) > 0.0, np.nan, VALUES))


def test_one_world_has_a_quantile_of_its_own() -> None:
    assert own(1) == own(2) == pytest.approx(stats.t.ppf(0.975, 1))
    assert own(12) == pytest.approx(stats.t.ppf(0.975, 11))


def test_a_family_of_nobody_is_held_without_a_word() -> None:
    table, said = held_means(VALUES, family=np.zeros(4, bool))
    assert table["joint_low"].isna().all()
    assert np.isfinite(table["low"]).all()
    assert said == []
