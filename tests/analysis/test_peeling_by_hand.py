"""Cuts of equal density, few values, and limits that are given back: boxes small enough to count."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.analysis.discovery import FOUND, Box, _best_cut, discover, paste


def test_of_two_cuts_equally_dense_the_one_that_keeps_more_is_made() -> None:
    """From below four equal values go together, from above two: half fails in either rest."""
    x = np.array([[1.0], [1.0], [1.0], [1.0], [2.0], [3.0], [4.0], [5.0]])
    fails = np.array([True, True, False, False, True, False, True, False])
    assert _best_cut(x, fails, 0.25, 1) == (0, True, 3.0)
    assert _best_cut(x, fails, 0.25, 6) == (0, True, 3.0)
    assert _best_cut(x, fails, 0.25, 7) is None


def test_of_two_columns_the_denser_rest_is_cut() -> None:
    x = np.column_stack([np.arange(10.0), np.arange(10.0)[::-1]])
    fails = np.arange(10) >= 3
    assert _best_cut(x, fails, 0.11, 1) == (0, False, 2.0)  # two worlds go: a share is rounded up
    assert _best_cut(x, ~fails, 0.1, 1) == (1, False, 1.0)  # of equals the first
    assert _best_cut(x[:1], fails[:1], 0.9, 1) is None


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
