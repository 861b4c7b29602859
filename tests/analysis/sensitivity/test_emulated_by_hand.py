"""Which transform is taken, and in which unit, where the emulators are given: by shares counted by hand."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from sim.analysis.calibration.emulator import HeldOut
from sim.analysis.sensitivity import emulated
from sim.analysis.sensitivity.emulated import MOST_SINE, PLAIN, SINE, Emulated, emulate

CUBE = np.random.default_rng(1).random((6, 2))
OUTPUT = np.array([-3.0, -1.0, 0.5, 2.0, 4.0, 9.0])
UNIT = 2.5  # the median size


def given(monkeypatch: pytest.MonkeyPatch, plain_q2: float, off: float, active: int = 1) -> list[np.ndarray]:
    """Let emulators foretell each transformed output but for ``off``, with variance 0.4; return what they were fed."""
    fed: list[np.ndarray] = []

    def fitted(cube: np.ndarray, values: np.ndarray) -> tuple[SimpleNamespace, HeldOut]:
        fed.append(values)
        check = SimpleNamespace(q2=plain_q2 if len(fed) == 1 else 0.123, coverage=0.9 + 0.01 * len(fed))
        return SimpleNamespace(check=check, active=np.arange(active), noise=0.4), HeldOut(
            values + off, np.full(len(values), 0.4)
        )

    monkeypatch.setattr(emulated, "fit_with_held_out", fitted)
    return fed


def test_the_better_of_two_is_taken_by_its_share_in_the_outputs_own_unit(monkeypatch: pytest.MonkeyPatch) -> None:
    back = UNIT * np.sinh(np.arcsinh(OUTPUT / UNIT) + 0.1) * np.exp(0.2)
    share = 1.0 - np.mean((OUTPUT - back) ** 2) / OUTPUT.var()
    for plain, transform, unit, q2 in ((share - 0.01, SINE, UNIT, share), (share + 0.01, PLAIN, 1.0, share + 0.01)):
        fed = given(monkeypatch, plain, 0.1)
        found = emulate(CUBE, OUTPUT)
        assert (found.transform, found.unit) == (transform, unit)
        assert found.q2 == pytest.approx(q2)
        assert found.coverage == pytest.approx(0.91 if transform == PLAIN else 0.92)
        np.testing.assert_array_equal(fed[0], OUTPUT)
        np.testing.assert_allclose(fed[1], np.arcsinh(OUTPUT / UNIT))


def test_without_a_unit_or_an_input_there_is_one_emulator(monkeypatch: pytest.MonkeyPatch) -> None:
    for output, active in ((np.array([0.0, 0.0, 0.0, 0.0, 3.0, 5.0]), 1), (OUTPUT, 0)):
        fed = given(monkeypatch, 0.8, 0.0, active)
        found = emulate(CUBE, output)
        assert (found.transform, found.unit, found.q2, found.coverage) == (PLAIN, 1.0, 0.8, 0.91)
        assert len(fed) == 1


def test_back_is_the_mean_of_a_transformed_normal_number() -> None:
    emulator = SimpleNamespace(noise=0.3, active=np.arange(1))
    curved = Emulated(emulator, SINE, 4.0, 0.9, 0.9)
    inner = np.array([-1.0, 0.0, 2.0])
    # E sinh(X) = sinh(mean) exp(variance / 2).
    draws = inner[:, None] + np.sqrt(0.3) * np.random.default_rng(2).standard_normal((3, 200_000))
    np.testing.assert_allclose(curved.back(inner), 4.0 * np.sinh(draws).mean(axis=1), atol=0.08)
    np.testing.assert_allclose(curved.back(inner, 0.0), 4.0 * np.sinh(inner))
    assert curved.back(np.array([1e3]), 0.0)[0] == 4.0 * np.sinh(MOST_SINE)
    plain = Emulated(emulator, PLAIN, 1.0, 0.9, 0.9)
    assert plain.back(inner) is inner
    assert curved.is_read
    assert Emulated(emulator, SINE, 4.0, 0.7, 0.9).is_read
    assert not Emulated(emulator, SINE, 4.0, 0.69, 0.9).is_read
    assert not Emulated(SimpleNamespace(active=np.arange(0)), SINE, 4.0, 0.9, 0.9).is_read
