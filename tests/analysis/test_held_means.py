"""Means of many columns over the same worlds: what cannot be averaged is refused; very many share one quantile."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sim.analysis.held_means import MOST_FLIPPED, held_means


def test_a_world_without_a_number_is_refused() -> None:
    values = np.ones((12, 2))
    values[3, 1] = np.nan
    with pytest.raises(ValueError, match="a finite number in every world"):
        held_means(values)


def test_very_many_columns_are_held_by_the_quantile_of_independent_ones() -> None:
    """Of 4097 columns three vary, symmetrically: Sidak's quantile of three, of Student's with 19 degrees."""
    values = np.tile(np.where(np.arange(20) % 2 == 0, 1.0, 2.0)[:, None], MOST_FLIPPED + 1)
    values[:, 3:] = 5.0
    table, _ = held_means(values)
    critical = stats.t.ppf(0.5 + 0.95 ** (1.0 / 3.0) / 2.0, 19)
    half = critical * values[:, 0].std(ddof=1) / np.sqrt(20)
    assert (1.5 - table["joint_low"][0], table["joint_high"][0] - 1.5) == pytest.approx((half, half))
    assert (table["joint_low"][3:] == 5.0).all()
