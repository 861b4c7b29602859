"""A design of exactly as many points as fit is made, one more is refused: each sampler counts its own points."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sim.errors import InputError
from sim.experiments.designs import points, samplers
from sim.experiments.designs.points import Points
from tests.analysis.sensitivity.known_functions import parameter

TWO = [parameter("a"), parameter("b", 2.0, 4.0)]
MADE: dict[str, tuple[int, Callable[[], Points]]] = {
    "prior": (5, lambda: samplers.prior(TWO, 5, 0)),
    "grid": (6, lambda: samplers.grid({"a": [0.0, 0.5, 1.0], "b": [2.0, 3.0]})),
    "one_at_a_time": (
        4, lambda: samplers.one_at_a_time({"a": [0.0, 0.5, 1.0], "b": [2.0, 3.0]}, {"a": 0.5, "b": 2.0})
    ),
    "latin_hypercube": (6, lambda: samplers.latin_hypercube(TWO, 3, 0, blocks=2)),
    "sobol": (3, lambda: samplers.sobol(TWO, 3, 0)),
    "saltelli": (12, lambda: samplers.saltelli(TWO, 2, 0)),
    "saltelli, first order": (8, lambda: samplers.saltelli(TWO, 2, 0, second_order=False)),
    "morris": (6, lambda: samplers.morris(TWO, 2, 0)),
}  # fmt: skip


@pytest.mark.parametrize("name", MADE)
def test_a_design_as_large_as_allowed_is_made_and_one_point_more_is_refused(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, made = MADE[name]
    monkeypatch.setattr(samplers, "MOST_POINTS", number)
    assert made().values.shape == (number, 2)
    monkeypatch.setattr(samplers, "MOST_POINTS", number - 1)
    with pytest.raises(
        InputError, match=rf"found a design of {number} points over 2 parameters, allowed .* {number - 1} "
    ):
        made()
    # As many numbers as there are cells of the table, and one fewer.
    monkeypatch.setattr(samplers, "MOST_POINTS", 10**6)
    monkeypatch.setattr(samplers, "MOST_NUMBERS", 2 * number)
    assert len(made()) == number
    monkeypatch.setattr(samplers, "MOST_NUMBERS", 2 * number - 1)
    with pytest.raises(InputError, match=rf"found a design of {number} points"):
        made()


def test_one_point_is_a_design_and_none_is_not() -> None:
    assert len(samplers.sobol(TWO, 1, 0)) == 1
    assert len(samplers.grid({"a": [0.5]})) == 1
    with pytest.raises(InputError, match="found a design of 0 points"):
        samplers.sobol(TWO, 0, 0)


def test_ten_million_worlds_of_the_prior_are_the_most(monkeypatch: pytest.MonkeyPatch) -> None:
    assert points.MOST_POINTS == samplers.MOST_POINTS == 10_000_000
    monkeypatch.setattr(points, "MOST_POINTS", 7)
    assert len(points.prior_points(7)) == 7
    with pytest.raises(InputError, match="--worlds: found 8, allowed are whole numbers from 1 to 7"):
        points.prior_points(8)


def test_points_are_scaled_block_by_block_to_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = samplers.sobol(TWO, 9, 3).values
    monkeypatch.setattr(samplers, "BLOCK", 4)  # the last block holds one point
    np.testing.assert_array_equal(samplers.sobol(TWO, 9, 3).values, whole)
    assert ((whole[:, 1] >= 2.0) & (whole[:, 1] <= 4.0)).all()
