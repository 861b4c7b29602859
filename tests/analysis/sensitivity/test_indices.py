"""Indices of functions whose indices are known; and checks that would not let wrong ones pass."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sim.analysis.sensitivity.morris import elementary_effects
from sim.analysis.sensitivity.sobol import Indices, sobol_indices
from sim.analysis.sensitivity.tornado import swings
from tests.analysis.sensitivity.known_functions import (
    ISHIGAMI_FIRST,
    ISHIGAMI_TOTAL,
    SLOPES,
    additive,
    g_function,
    g_indices,
    ishigami,
)

KNOWN = {
    "ishigami": (ishigami, ISHIGAMI_FIRST, ISHIGAMI_TOTAL),
    "g": (g_function, *g_indices()),
    "additive": (additive, SLOPES**2 / np.sum(SLOPES**2), SLOPES**2 / np.sum(SLOPES**2)),
}


def once(function: Callable[[np.ndarray], np.ndarray], times: int = 2) -> Callable[[np.ndarray], np.ndarray]:
    return lambda cube: np.tile(function(cube)[:, None], times)


def misses(found: Indices, first: np.ndarray, total: np.ndarray) -> list[str]:
    """What a table of indices has wrong, by more than 0.03 or outside of the interval."""
    told = []
    for name, truth in (("first", first), ("total", total)):
        value, low, high = (getattr(found, f"{name}{end}") for end in ("", "_low", "_high"))
        told += [f"{name} {n}" for n in np.flatnonzero(np.abs(value - truth) > 0.03)]
        told += [f"{name} {n} interval" for n in np.flatnonzero((truth < low - 0.01) | (truth > high + 0.01))]
    return told


@pytest.mark.parametrize("name", KNOWN)
def test_indices_of_known_functions(name: str) -> None:
    function, first, total = KNOWN[name]
    found = sobol_indices(once(function), [f"x{n}" for n in range(len(first))], seed=3)
    assert misses(found, first, total) == []


@pytest.mark.parametrize("name", KNOWN)
def test_twin_swapped_columns_are_found(name: str) -> None:
    function, first, total = KNOWN[name]
    found = sobol_indices(once(lambda cube: function(cube[:, ::-1])), [f"x{n}" for n in range(len(first))], seed=3)
    assert misses(found, first, total) != []


def test_twin_first_taken_for_total_is_found() -> None:
    found = sobol_indices(once(ishigami), ["a", "b", "c"], seed=3)
    wrong = Indices(found.first, found.first_low, found.first_high, found.first, found.first_low, found.first_high)
    assert misses(wrong, ISHIGAMI_FIRST, ISHIGAMI_TOTAL) == ["total 0", "total 2", "total 0 interval",
                                                             "total 2 interval"]  # fmt: skip


def test_intervals_hold_what_functions_disagree_about() -> None:
    def two(cube: np.ndarray) -> np.ndarray:
        return np.column_stack([additive(cube), additive(cube[:, [1, 0, 2, 3]])])

    found = sobol_indices(two, list("abcd"), seed=3)
    assert found.first_low[0] < 4 / 21 < 16 / 21 < found.first_high[0] + 0.05
    assert found.first[0] == pytest.approx(10 / 21, abs=0.03)


def test_elementary_effects_of_a_plane_are_its_slopes() -> None:
    found = elementary_effects(once(additive, 3), list("abcd"), seed=5)
    for row in range(3):
        np.testing.assert_allclose(found.mean[row], SLOPES, atol=1e-9)
        np.testing.assert_allclose(found.spread[row], 0.0, atol=1e-9)


def test_elementary_effects_tell_interaction_from_strength() -> None:
    found = elementary_effects(once(ishigami, 8), list("abc"), seed=5)
    mean, strength, spread = (part.mean(axis=0) for part in (found.mean, found.strength, found.spread))
    assert spread.min() > 3.0  # none acts the same everywhere
    assert np.all(strength >= np.abs(mean) - 1e-9)
    assert abs(mean[1]) < 0.5 * strength[1]  # up and down again: the plain mean hides it


def test_a_tornado_of_a_plane() -> None:
    found = swings(once(additive), 4)
    np.testing.assert_allclose(found.size, 0.9 * SLOPES)
    np.testing.assert_allclose(found.middle, 3.5)
    np.testing.assert_allclose(found.low[:, 1], 3.5 - 0.45 * SLOPES)
    assert np.all(found.high[:3, 1] > found.low[:3, 1])
