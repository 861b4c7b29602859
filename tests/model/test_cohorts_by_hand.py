"""Cohorts of the past explain stocks: growth of births where it can, their size where it cannot."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.model.past import SPARE, cohort_sizes

ALIVE = np.r_[1.0, 0.97 ** np.arange(1, 21)]
AGES = np.arange(1, 21)


def stock_of(births: float, growth: float) -> float:
    return births * sum(math.exp(-growth * age) * 0.97**age for age in range(1, 21))


def test_growth_of_births_explains_the_stock() -> None:
    births, growth = np.array([5.0, 2.0, 40.0]), np.array([0.05, -0.01, 0.0])
    stock = np.array([stock_of(b, g) for b, g in zip(births, growth, strict=True)])
    sizes = cohort_sizes(stock, births, ALIVE)
    np.testing.assert_allclose(sizes, SPARE * births[:, None] * np.exp(-growth[:, None] * AGES), rtol=1e-9)
    np.testing.assert_allclose(sizes @ ALIVE[1:], SPARE * stock)


@pytest.mark.parametrize(("births", "growth"), [(1.0, -0.02), (30.0, 0.08)])
def test_what_growth_cannot_explain_is_left_to_the_size(births: float, growth: float) -> None:
    """A hundred firms of one birth a quarter would have to shrink faster, of thirty to grow faster."""
    (sizes,) = cohort_sizes(np.array([100.0]), np.array([births]), ALIVE)
    assert sizes @ ALIVE[1:] == pytest.approx(SPARE * 100.0)
    np.testing.assert_allclose(sizes[1:] / sizes[:-1], math.exp(-growth), rtol=1e-9)
