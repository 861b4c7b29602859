"""Predictive intervals against known answers, and how often they hold what they should."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from sim.analysis.validation.predictive import (
    figure_interval,
    interval_score,
    mixture_quantile,
    normal_interval,
    simulation_interval,
)


def test_one_centre_is_a_normal_distribution() -> None:
    assert mixture_quantile(np.array([3.0]), 2.0, 0.95) == pytest.approx(3.0 + 2.0 * norm.ppf(0.95), abs=1e-9)
    assert figure_interval(np.array([3.0]), 2.0) == pytest.approx(normal_interval(3.0, 2.0), abs=1e-9)


def test_two_far_centres_have_the_middle_of_nothing_between_them() -> None:
    centres = np.array([0.0, 100.0])
    assert mixture_quantile(centres, 1.0, 0.5) == pytest.approx(50.0, abs=45.0)
    # A quarter of all is half of the lower one; 5% of all is 10% of it.
    assert mixture_quantile(centres, 1.0, 0.25) == pytest.approx(0.0, abs=1e-9)
    assert mixture_quantile(centres, 1.0, 0.05) == pytest.approx(norm.ppf(0.1), abs=1e-9)


def test_normal_worlds_with_normal_doubt_add_their_variances() -> None:
    centres = norm.ppf((np.arange(20_000) + 0.5) / 20_000) * 3.0
    assert mixture_quantile(centres, 4.0, 0.95) == pytest.approx(5.0 * norm.ppf(0.95), rel=1e-3)
    assert simulation_interval(centres) == pytest.approx((3.0 * norm.ppf(0.05), 3.0 * norm.ppf(0.95)), rel=1e-3)


@pytest.mark.parametrize(("spread", "probability"), [(0.0, 0.5), (1.0, 0.0), (1.0, 1.0), (float("nan"), 0.5)])
def test_what_has_no_quantile_is_refused(spread: float, probability: float) -> None:
    with pytest.raises(ValueError, match="mixture"):
        mixture_quantile(np.array([1.0]), spread, probability)


def coverage(spread_told: float, luck: np.random.Generator, rows: int = 200) -> float:
    """Share of published figures inside: a world and a doubt of 1 make each, the interval is told another doubt."""
    inside = 0
    for _ in range(rows):
        centre, width = luck.normal(0.0, 5.0), luck.uniform(0.2, 3.0)
        worlds = luck.normal(centre, width, 60)
        figure = luck.normal(centre, width) + luck.normal()
        low, high = figure_interval(worlds, spread_told)
        inside += low <= figure <= high
    return inside / rows


def test_intervals_hold_nine_of_ten_figures() -> None:
    assert coverage(1.0, np.random.default_rng(4)) == pytest.approx(0.90, abs=0.04)


def test_twin_without_the_discrepancy_they_hold_too_few() -> None:
    assert coverage(1e-6, np.random.default_rng(4)) < 0.82


def test_the_score_is_width_and_twenty_times_the_miss() -> None:
    assert interval_score(1.0, 3.0, 2.0) == 2.0
    assert interval_score(1.0, 3.0, 4.0) == pytest.approx(2.0 + 20.0)
    assert interval_score(1.0, 3.0, 0.5) == pytest.approx(2.0 + 10.0)


def test_the_honest_interval_scores_best() -> None:
    figures = np.random.default_rng(5).normal(size=4000)
    scores = [np.mean([interval_score(-half, half, v) for v in figures]) for half in (0.8, norm.ppf(0.95), 3.5)]
    assert scores[1] < min(scores[0], scores[2])
