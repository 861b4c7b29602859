"""Emulators in the output's own unit, and the functions that they hold possible."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.sensitivity.emulated import LEAST_Q2, PLAIN, SINE, emulate
from sim.analysis.sensitivity.plausible import Plausible, plausible
from tests.analysis.sensitivity.known_functions import additive

POINTS, INPUTS = 120, 12


@pytest.fixture(scope="module")
def cube() -> np.ndarray:
    return np.random.default_rng(1).random((POINTS, INPUTS))


def test_a_plane_is_emulated_as_it_is(cube: np.ndarray) -> None:
    found = emulate(cube, additive(cube))
    assert found.transform == PLAIN
    assert found.q2 > 0.98
    assert set(found.emulator.active) >= {0, 1, 2}


def test_a_long_tail_is_drawn_in_and_given_back_in_its_unit(cube: np.ndarray) -> None:
    luck = np.random.default_rng(2).standard_normal(POINTS)
    output = 50.0 * np.exp(1.2 * additive(cube) - 4.0 + 0.2 * luck)
    found = emulate(cube, output)
    assert found.transform == SINE
    assert found.q2 > 0.7
    told = found.back(found.emulator.predict(cube)[0])
    assert np.mean(told) == pytest.approx(np.mean(output), rel=0.1)


def test_noise_is_not_explained(cube: np.ndarray) -> None:
    found = emulate(cube, np.random.default_rng(4).standard_normal(POINTS))
    assert found.q2 < LEAST_Q2
    assert not found.is_read


def test_what_never_moves_has_nothing_to_explain(cube: np.ndarray) -> None:
    found = emulate(cube, np.full(POINTS, 3.0))
    assert found.q2 == 1.0
    assert not found.is_read


def disagreement(functions: Plausible, asked: np.ndarray) -> list[str]:
    """How drawn functions differ from the mean and the deviation that their emulator states."""
    emulator = functions.emulated.emulator
    mean, variance = emulator.predict_active(asked)
    drawn = functions(asked)
    off = (drawn.mean(axis=1) - mean) / np.sqrt(variance / functions.number)
    ratio = drawn.var(axis=1, ddof=1) / variance
    found = ["mean"] if np.mean(off**2) > 3.0 else []
    return found + (["variance"] if not 0.8 < np.mean(ratio) < 1.25 else [])


def test_drawn_functions_are_those_of_the_emulator(cube: np.ndarray) -> None:
    luck = np.random.default_rng(5).standard_normal(POINTS)
    output = np.sin(5.0 * cube[:, 0]) + cube[:, 1] + 0.1 * luck
    found = emulate(cube, output)
    functions = plausible(found, 400, np.random.default_rng(6))
    asked = np.random.default_rng(7).random((60, len(found.emulator.active)))
    assert found.transform == PLAIN
    assert disagreement(functions, asked) == []
    unbent = Plausible(
        found, functions.frequencies, functions.phases, functions.waves, functions.slopes, 0.0 * functions.bends
    )
    assert "variance" in disagreement(unbent, asked)
