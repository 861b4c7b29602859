"""Rows read some inputs each: means, doubts and slopes come back to the inputs that they were read from."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from sim.analysis.calibration.likelihood import emulated


def one(*active: int) -> Any:
    """An emulator that says the sum of squares of its inputs, the number of inputs as its doubt."""
    return SimpleNamespace(
        active=np.array(active), mean_active=lambda at: (at**2).sum(axis=1), slope_active=lambda at: 2.0 * at,
        predict_active=lambda at: ((at**2).sum(axis=1), np.full(len(at), float(at.shape[1]))),
    )  # fmt: skip


def test_rows_and_inputs() -> None:
    rows = emulated({"x": one(4, 1), "y": one(2), "z": one(1, 2)}, ("y", "x", "z"), ("a", "b", "c", "d", "e"))
    assert rows.names == ("b", "c", "e")
    points = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    expected = np.array([[4.0, 10.0, 5.0], [25.0, 52.0, 41.0]])
    np.testing.assert_array_equal(rows.mean(points), expected)
    mean, variance = rows.predict(points)
    np.testing.assert_array_equal(mean, expected)
    np.testing.assert_array_equal(variance, [[1.0, 2.0, 2.0]] * 2)
    weights = np.array([[1.0, 10.0, 100.0], [0.0, 1.0, -1.0]])
    found = rows.pull_back(points, weights)
    # b is read by x and z, c by y and z, e by x.
    np.testing.assert_array_equal(found, [[2.0 * 110.0, 4.0 * 101.0, 6.0 * 10.0], [0.0, -10.0, 12.0]])
