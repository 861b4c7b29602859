"""The length of a Sobol' sequence: the next power of two, and no longer."""

from __future__ import annotations

import pytest

from sim.experiments.designs.samplers import _power_of_two


@pytest.mark.parametrize(("size", "length"), [(1, 1), (2, 2), (3, 4), (4, 4), (5, 8), (8, 8), (9, 16), (1000, 1024)])
def test_known_lengths(size: int, length: int) -> None:
    assert _power_of_two(size) == length
