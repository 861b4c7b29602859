"""Cuts of equal density, few values, and limits that are given back: boxes small enough to count."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.analysis.discovery import FOUND, Box, discover, paste, peel

SWITCH = np.array([[0.0]] * 6 + [[1.0]] * 4)
ON = np.arange(10) >= 6


def first_cut(x: np.ndarray, fails: np.ndarray, alpha: float, least: int) -> tuple[int, str, float] | None:
    """The column, end and limit of the first cut that leaves so many worlds; None if there is none."""
    boxes = peel(x, fails, alpha, least / len(x))
    if len(boxes) == 1:
        return None
    ((column,),) = np.nonzero(boxes[1].restricted)
    low, high = boxes[1].low[column], boxes[1].high[column]
    assert np.isfinite([low, high]).sum() == 1
    return (int(column), "low", float(low)) if np.isfinite(low) else (int(column), "high", float(high))


def test_of_two_cuts_equally_dense_the_one_that_keeps_more_is_made() -> None:
    """From below four equal values go together, from above two: half fails in either rest."""
    x = np.array([[1.0], [1.0], [1.0], [1.0], [2.0], [3.0], [4.0], [5.0]])
    fails = np.array([True, True, False, False, True, False, True, False])
    assert first_cut(x, fails, 0.25, 1) == (0, "high", 3.0)
    assert first_cut(x, fails, 0.25, 6) == (0, "high", 3.0)
    assert first_cut(x, fails, 0.25, 7) is None


def test_of_two_columns_the_denser_rest_is_cut() -> None:
    x = np.column_stack([np.arange(10.0), np.arange(10.0)[::-1]])
    fails = np.arange(10) >= 3
    assert first_cut(x, fails, 0.11, 1) == (0, "low", 2.0)  # two worlds go: a share is rounded up
    assert first_cut(x, ~fails, 0.1, 1) == (1, "low", 1.0)  # of equals the first
    assert first_cut(x[:1], fails[:1], 0.9, 1) is None


@pytest.mark.parametrize(
    ("values", "fails", "expected"),
    [(SWITCH, ON, (0, "low", 1.0)), (-SWITCH, ON, (0, "high", -1.0)), (SWITCH, ~ON, (0, "high", 0.0)),
     (-SWITCH, ~ON, (0, "low", 0.0))],
)  # fmt: skip
def test_of_more_equal_values_than_a_cut_takes_all_go(
    values: np.ndarray, fails: np.ndarray, expected: tuple[int, str, float]
) -> None:
    assert first_cut(values, fails, 0.1, 1) == expected


def test_where_nothing_differs_nothing_is_cut() -> None:
    assert first_cut(np.ones((5, 2)), ON[3:8], 0.1, 1) is None


def test_a_parameter_of_two_values_is_looked_at() -> None:
    luck = np.random.default_rng(1)
    table = pd.DataFrame({"switch": np.arange(80) % 2, "noise": luck.random(80), "fixed": 1.0})
    found = discover(table, table["switch"] == 1)
    assert found.reading == FOUND
    assert found.limits["parameter"].tolist() == ["switch"]
    assert found.limits["low"].tolist() == [1.0]
    assert found.limits["share_of_folds"].tolist() == pytest.approx([1.0])
    assert (found.density.value, found.coverage.value, found.mass, found.overall) == (1.0, 1.0, 0.5, 0.5)
    assert found.p_value < 1e-15


def test_what_raises_the_density_most_is_given_back_first() -> None:
    """Two ends may move: up, past a failure, or down, past none; then what is left moves until density would fall."""
    x = np.arange(8.0)[:, None]
    fails = np.array([False, False, False, True, False, True, True, False])
    box = Box(np.array([3.0]), np.array([5.0]), 0.0, 0.0, 0.0)
    found = paste(box, x, fails, alpha=0.1)
    assert (found.low[0], found.high[0]) == (3.0, 6.0)
    assert (found.density, found.coverage, found.mass) == (0.75, 1.0, 0.5)
