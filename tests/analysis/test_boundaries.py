"""What is said exactly at a bound: few worlds, an interval that touches zero, worlds without a difference, bands."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.analysis.intervals import FEWEST_DIFFERING
from sim.analysis.paired_worlds import summarise
from sim.analysis.places import QUANTILES
from sim.analysis.ranking import WORLDS_A_PARAMETER, _caveat
from sim.analysis.simultaneous import FLIP_WORLDS, critical_value
from sim.analysis.structures import NOISE, OPPOSITE, SAME, _sign


def test_ten_worlds_a_parameter_are_enough_and_three_more_than_parameters_identify() -> None:
    assert _caveat(WORLDS_A_PARAMETER * 7, 7, True) == ""
    assert "noisy" in _caveat(WORLDS_A_PARAMETER * 7 - 1, 7, True)
    assert "not identified" not in _caveat(10, 7, True)
    assert "not identified" in _caveat(9, 7, True)


@pytest.mark.parametrize(
    ("low", "high", "said"), [(0.1, 2.0, OPPOSITE), (0.0, 2.0, NOISE), (-0.1, 2.0, NOISE), (np.nan, np.nan, NOISE)]
)
def test_an_interval_that_touches_zero_has_no_sign(low: float, high: float, said: str) -> None:
    key = ("r1", "startups_in_france")
    base = pd.DataFrame({key: -1.0 - 0.01 * np.arange(30)})
    assert _sign({"mean": 1.0, "low": low, "high": high}, -1.0, base, key) == said
    assert _sign({"mean": -1.0, "low": -high, "high": -low}, 1.0, -base, key) == said
    assert _sign({"mean": -1.0, "low": low, "high": high}, -2.0, base, key) == SAME


def test_worlds_that_do_not_differ_from_zero_are_counted() -> None:
    zeros = [0.0] * 30
    few, enough = [[*zeros, *np.arange(1.0, number + 1.0)] for number in (FEWEST_DIFFERING - 1, FEWEST_DIFFERING)]
    assert summarise(pd.Series(enough))["reading"] == ""
    assert f"only {FEWEST_DIFFERING - 1} of" in str(summarise(pd.Series(few))["reading"])
    assert np.isnan(summarise(pd.Series(few))["low"])


def test_bands_hold_the_shares_that_are_named() -> None:
    assert QUANTILES["high"] - QUANTILES["low"] == pytest.approx(0.95)
    assert QUANTILES["high_80"] - QUANTILES["low_80"] == pytest.approx(0.80)
    assert QUANTILES["high_50"] - QUANTILES["low_50"] == pytest.approx(0.50)
    assert QUANTILES["median"] == 0.5
    for end in ("", "_80", "_50"):
        assert QUANTILES["high" + end] + QUANTILES["low" + end] == pytest.approx(1.0)


def test_sign_flips_of_one_normal_column_give_students_value() -> None:
    luck = np.random.default_rng(5)
    found = critical_value(luck.standard_normal((5 * FLIP_WORLDS, 1)), level=0.95)
    assert found.method == "sign flips"
    assert found.value[0] == pytest.approx(1.96, rel=0.06)
    # Of ten columns that move together the largest is no larger; of ten of their own it is.
    column = luck.standard_normal((5 * FLIP_WORLDS, 1))
    together = critical_value(np.repeat(column, 10, axis=1), level=0.95)
    apart = critical_value(luck.standard_normal((5 * FLIP_WORLDS, 10)), level=0.95)
    assert together.value[0] == pytest.approx(1.96, rel=0.06)
    assert apart.value[0] == pytest.approx(2.80, rel=0.06)
