"""Samplers written out in plain numbers, chain by chain: the same luck leads to the same draws."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import ndtr, ndtri

from sim.analysis.calibration import hamiltonian, slice_sampling

BEGIN = np.array([[0.3, 0.6], [0.8, 0.5], [0.45, 0.2]])


def level_of(point: np.ndarray) -> float:
    return float(5.0 * math.log(point[0]) + 2.0 * math.log1p(-point[1]) - point[0] * point[1])


def slope_of(point: np.ndarray) -> np.ndarray:
    return np.array([5.0 / point[0] - point[1], -2.0 / (1.0 - point[1]) - point[0]])


def cube(place: np.ndarray) -> np.ndarray:
    return np.clip(ndtr(place), 1e-9, 1.0 - 1e-9)


def levels(points: np.ndarray, chains: np.ndarray) -> np.ndarray:
    return np.array([level_of(point) for point in points])


def trajectories(draws: int, burn: int, thin: int, rng: np.random.Generator) -> np.ndarray:
    """Neal 2011, figure 2, with the step size of Hoffman and Gelman 2014, algorithm 5."""

    def force(place: np.ndarray) -> np.ndarray:
        return slope_of(cube(place)) * np.exp(-(place**2) / 2) / math.sqrt(2 * math.pi) - place

    def energy(place: np.ndarray, speed: np.ndarray) -> float:
        return -level_of(cube(place)) + float(place @ place) / 2 + float(speed @ speed) / 2

    at, kept = [ndtri(point) for point in BEGIN], []
    log_step, average, wanting = math.log(0.1), 0.0, 0.0
    for m in range(1, burn + draws * thin + 1):
        pushes = rng.standard_normal((3, 2))
        step = math.exp(log_step if m <= burn else average) * rng.uniform(0.7, 1.3)
        ends, chances = [], []
        for place, speed in zip(at, pushes, strict=True):
            before, speed = energy(place, speed), speed.copy()
            for _ in range(12):
                speed = speed + step / 2 * force(place)
                place = place + step * speed
                speed = speed + step / 2 * force(place)
            ends.append(place)
            chances.append(math.exp(min(before - energy(place, speed), 0.0)))
        taken = rng.random(3) < chances
        at = [end if yes else place for end, place, yes in zip(ends, at, taken, strict=True)]
        if m <= burn:
            wanting = (1 - 1 / (m + 10)) * wanting + (0.75 - sum(chances) / 3) / (m + 10)
            log_step = math.log(10 * 0.1) - math.sqrt(m) / 0.05 * wanting
            average = m**-0.75 * log_step + (1 - m**-0.75) * average
        elif (m - burn) % thin == 0:
            kept.append([cube(place) for place in at])
    return np.array(kept)


@pytest.mark.parametrize(("burn", "thin"), [(8, 2), (5, 3), (7, 3)])
def test_trajectories(burn: int, thin: int) -> None:
    """What is kept is counted from the end of the first part, whatever the length of that."""
    slopes = lambda points, chains: np.array([slope_of(point) for point in points])  # noqa: E731
    found = hamiltonian.sample(levels, slopes, BEGIN, 3, burn, thin, np.random.default_rng(11))
    with np.errstate(under="ignore"):  # a trajectory that has flown off is nothing dense
        by_hand = trajectories(3, burn, thin, np.random.default_rng(11))
    assert len(np.unique(by_hand[:, 0, 0])) > 1
    np.testing.assert_allclose(found, by_hand, rtol=1e-9)


def test_a_trajectory_that_flies_off_ends_at_the_edge_of_the_cube() -> None:
    asked: list[np.ndarray] = []

    def level(points: np.ndarray, chains: np.ndarray) -> np.ndarray:
        asked.append(points)
        return np.zeros(len(points))

    steep = np.array([[1e12, -1e12]])
    hamiltonian.sample(level, lambda points, chains: steep, np.full((1, 2), 0.5), 1, 0, 1, np.random.default_rng(3))
    begin, end = asked
    assert begin.tolist() == [[0.5, 0.5]]
    assert end.tolist() in ([[1e-9, 1.0 - 1e-9]], [[1.0 - 1e-9, 1e-9]])


def test_r_hat_by_hand() -> None:
    """Vehtari et al. 2021, equations 1 to 4, of four half chains of three draws; the seventh draw is left out."""
    draws = np.random.default_rng(6).normal(size=(7, 2, 3)) * [1.0, 2.0, 3.0]
    expected = []
    for column in range(3):
        halves = [draws[first : first + 3, chain, column] for chain in range(2) for first in (0, 3)]
        within = sum(half.var(ddof=1) for half in halves) / 4
        between = 3 * np.var([half.mean() for half in halves], ddof=1)
        expected.append(math.sqrt((2 / 3 * within + between / 3) / within))
    assert hamiltonian.split_r_hat(draws) == pytest.approx(expected)


def slices(draws: int, burn: int, thin: int, rng: np.random.Generator) -> np.ndarray:
    """Murray, Adams and MacKay 2010, figure 2; brackets of all chains shrink together."""
    at, kept = [ndtri(point) for point in BEGIN], []
    for step in range(1, burn + draws * thin + 1):
        others = rng.standard_normal((3, 2))
        heights = [level_of(ndtr(place)) + math.log(u) for place, u in zip(at, rng.random(3), strict=True)]
        angles = list(rng.uniform(0.0, 2 * math.pi, 3))
        brackets, waiting = [[angle - 2 * math.pi, angle] for angle in angles], [0, 1, 2]
        start = list(at)
        while True:
            tried = {c: start[c] * math.cos(angles[c]) + others[c] * math.sin(angles[c]) for c in waiting}
            for chain in [c for c in waiting if level_of(ndtr(tried[c])) > heights[c]]:
                at[chain] = tried[chain]
                waiting.remove(chain)
            if not waiting:
                break
            for chain in waiting:
                brackets[chain][0 if angles[chain] < 0.0 else 1] = angles[chain]
            again = rng.uniform([brackets[c][0] for c in waiting], [brackets[c][1] for c in waiting])
            for chain, angle in zip(waiting, again, strict=True):
                angles[chain] = angle
        if step > burn and (step - burn) % thin == 0:
            kept.append([ndtr(place) for place in at])
    return np.array(kept)


@pytest.mark.parametrize(("burn", "thin"), [(5, 3), (7, 3), (0, 1)])
def test_slices(burn: int, thin: int) -> None:
    found = slice_sampling.sample(levels, BEGIN, 4, burn, thin, np.random.default_rng(7))
    np.testing.assert_allclose(found, slices(4, burn, thin, np.random.default_rng(7)), rtol=1e-9)


def test_a_bracket_that_has_shrunk_to_nothing_leaves_its_chain_where_it_was() -> None:
    begin = np.full((2, 1), 0.25)
    asked = []

    def only_here(points: np.ndarray, chains: np.ndarray) -> np.ndarray:
        asked.append(len(points))
        return np.where(np.abs(points[:, 0] - 0.25) < 1e-15, 0.0, -np.inf) if len(asked) == 1 else np.full(2, -np.inf)

    found = slice_sampling.sample(only_here, begin, 1, 0, 1, np.random.default_rng(8))
    assert found[0] == pytest.approx(begin)
    assert len(asked) == 1 + slice_sampling.MOST_SHRINKS
