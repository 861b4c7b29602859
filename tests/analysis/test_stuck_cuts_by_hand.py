"""More equal values at an end than a cut takes: all of them go, at either end."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.discovery import _best_cut

LOW = np.array([[0.0]] * 6 + [[1.0]] * 4)
FAILS = np.arange(10) >= 6


@pytest.mark.parametrize(
    ("values", "fails", "expected"),
    [(LOW, FAILS, (0, False, 1.0)), (-LOW, FAILS, (0, True, -1.0)), (LOW, ~FAILS, (0, True, 0.0)),
     (-LOW, ~FAILS, (0, False, 0.0))],
)  # fmt: skip
def test_a_switch_is_cut_between_its_values(values: np.ndarray, fails: np.ndarray, expected: tuple) -> None:
    assert _best_cut(values, fails, 0.1, 1) == expected


def test_where_nothing_differs_nothing_is_cut() -> None:
    assert _best_cut(np.ones((5, 2)), FAILS[3:8], 0.1, 1) is None
