"""Chains sample what they should: Beta laws on the cube, by slices and by trajectories, with twins that fail."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial

import numpy as np
import pytest
from scipy import stats

from sim.analysis.calibration import hamiltonian, slice_sampling

A, B = 6.0, 3.0
FALSE_ALARM = 0.001  # of each two-sided test; seeds are fixed


def beta(points: np.ndarray, chains: np.ndarray) -> np.ndarray:
    return ((A - 1) * np.log(points) + (B - 1) * np.log1p(-points)).sum(axis=1)


def slope(points: np.ndarray, chains: np.ndarray) -> np.ndarray:
    return (A - 1) / points - (B - 1) / (1 - points)


def wrong_slope(points: np.ndarray, chains: np.ndarray) -> np.ndarray:
    return 0.5 * slope(points, chains) + 0.3


@cache
def by_slices() -> np.ndarray:
    begin = np.full((40, 3), 0.5)
    return slice_sampling.sample(beta, begin, 20, 40, 6, np.random.default_rng(1))


@cache
def by_trajectories(gradient: hamiltonian.Gradient = slope) -> np.ndarray:
    begin = np.full((40, 3), 0.5)
    return hamiltonian.sample(beta, gradient, begin, 20, 80, 3, np.random.default_rng(2))


@pytest.mark.parametrize("made", [by_slices, by_trajectories, partial(by_trajectories, wrong_slope)],
                         ids=["slices", "trajectories", "a surrogate costs no exactness"])  # fmt: skip
def test_draws_follow_the_law(made: Callable[[], np.ndarray]) -> None:
    draws = made()
    for column in draws.reshape(-1, 3).T:
        assert stats.kstest(column, stats.beta(A, B).cdf).pvalue > FALSE_ALARM
    assert hamiltonian.split_r_hat(draws).max() < 1.1


@pytest.mark.parametrize("made", [by_slices, by_trajectories], ids=["slices", "trajectories"])
def test_twin_another_law_is_told_apart(made: Callable[[], np.ndarray]) -> None:
    assert stats.kstest(made().reshape(-1, 3)[:, 0], stats.beta(A, B - 0.7).cdf).pvalue < FALSE_ALARM


def test_a_hard_bound_is_kept_and_evenly_filled() -> None:
    def inside(points: np.ndarray, chains: np.ndarray) -> np.ndarray:
        return np.where((points < 0.4).all(axis=1), 0.0, -np.inf)

    draws = slice_sampling.sample(inside, np.full((40, 2), 0.1), 20, 20, 6, np.random.default_rng(3)).reshape(-1, 2)
    assert draws.max() < 0.4
    assert stats.kstest(draws[:, 0] / 0.4, "uniform").pvalue > FALSE_ALARM


def test_a_chain_that_begins_where_nothing_is_possible_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing is possible"):
        slice_sampling.sample(lambda p, c: np.full(len(p), -np.inf), np.full((2, 2), 0.5), 1, 0, 1,
                              np.random.default_rng(0))  # fmt: skip


def test_chains_that_stand_apart_have_a_large_r_hat() -> None:
    luck = np.random.default_rng(4)
    apart = luck.normal(size=(40, 8, 1)) + np.arange(8)[None, :, None]
    assert hamiltonian.split_r_hat(apart)[0] > 1.5
    assert hamiltonian.split_r_hat(luck.normal(size=(400, 8, 1)))[0] < 1.02
    assert hamiltonian.split_r_hat(np.ones((10, 4, 1)))[0] == 1.0
