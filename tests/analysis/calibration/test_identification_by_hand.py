"""Words for what the rows say of a parameter, at known widths and shifts; and which pairs are told."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.calibration.identification import correlations, identification, profiles

GRID = (np.arange(2000) + 0.5) / 2000


def between(low: float, high: float) -> np.ndarray:
    return low + (high - low) * GRID


@pytest.mark.parametrize(
    ("draws", "left", "shift", "verdict"),
    [
        (between(0.175, 0.825), 0.65**2, 0.0, "identified"),
        (between(0.125, 0.875), 0.75**2, 0.0, "weakly identified"),
        (between(0.02, 0.98), 0.96**2, 0.0, "not identified"),
        (np.r_[between(0.0, 0.2)[:700], between(0.6, 1.0)[::-1][:1300]], None, None, "weakly identified"),
    ],
)
def test_known_widths(draws: np.ndarray, left: float | None, shift: float | None, verdict: str) -> None:
    (row,) = identification(("x",), draws[:, None]).to_dict("records")
    assert row["verdict"] == verdict
    if left is None:
        assert row["left"] > 0.9
        assert row["shift"] > 0.15
    else:
        assert row["left"] == pytest.approx(left, rel=2e-3)
        assert row["shift"] == pytest.approx(shift, abs=1e-9)
        ends = np.quantile(draws, [0.05, 0.95])
        assert (row["q05"], row["q95"]) == pytest.approx(tuple(ends))


def test_pairs_tied_by_a_third_or_more_are_told_strongest_first() -> None:
    luck = np.random.default_rng(2)
    x = luck.standard_normal(4000)
    tied = [size * x + np.sqrt(1.0 - size**2) * luck.standard_normal(4000) for size in (-0.8, 0.45, 0.15)]
    pairs = correlations(("x", "a", "b", "c"), np.column_stack([x, *tied]))
    of_x = pairs[pairs["parameter"] == "x"]
    assert of_x["with"].tolist() == ["a", "b"]
    assert of_x["correlation"].tolist() == pytest.approx([-0.79, 0.43], abs=0.03)
    assert (pairs["correlation"].abs().diff().dropna() <= 0.0).all()
    assert not ((pairs["with"] == "c") | (pairs["parameter"] == "c")).any()


@pytest.mark.parametrize(
    ("blocks", "shift", "verdict"),
    [([(0.0, 0.2, 300), (0.55, 1.0, 700)], 0.55 + 0.45 * 200 / 700 - 0.5, "weakly identified"),
     ([(0.0, 0.3, 400), (0.5, 1.0, 600)], 0.5 + 0.5 * 100 / 600 - 0.5, "not identified")],
)  # fmt: skip
def test_a_median_moved_by_a_sixth_is_told(blocks: list[tuple[float, float, int]], shift: float, verdict: str) -> None:
    draws = np.concatenate([low + (high - low) * (np.arange(n) + 0.5) / n for low, high, n in blocks])
    (row,) = identification(("x",), draws[:, None]).to_dict("records")
    assert row["left"] > 0.9
    assert row["shift"] == pytest.approx(shift, abs=1e-3)
    assert row["verdict"] == verdict


def test_profiles_by_hand() -> None:
    draws = np.array([[0.0, 0.4], [0.24, 0.6], [0.25, 0.3], [0.9, 0.99], [1.0, 0.26]])
    level = np.array([-7.0, -3.0, -2.0, -5.0, -4.0])
    found = profiles(("x", "y"), draws, level, cells=4)
    assert found["parameter"].tolist() == ["x"] * 4 + ["y"] * 4
    assert found["share"].tolist() == [0.125, 0.375, 0.625, 0.875] * 2
    np.testing.assert_array_equal(found["drop"], [1.0, 0.0, np.nan, 2.0, np.nan, 0.0, 1.0, 3.0])
