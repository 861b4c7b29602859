"""Persons in any order are matched by their names; one name twice is refused in any order."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.pairing import match
from tests.analysis.test_pairing import EVERY_FATE, two_runs

ORDER = np.random.default_rng(3).permutation(len(EVERY_FATE)).tolist()


def test_the_order_of_persons_does_not_matter() -> None:
    sorted_pairs, shuffled = match(*two_runs(EVERY_FATE)), match(*two_runs(EVERY_FATE, ORDER))
    for one, other in zip(sorted_pairs, shuffled, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("first", [0, 1])
def test_one_name_twice_is_refused(first: int) -> None:
    baseline, scenario = two_runs(EVERY_FATE, ORDER)
    scenario["uid"][first + 1] = scenario["uid"][first]
    with pytest.raises(ValueError, match="a uid stands for two persons of one run"):
        match(baseline, scenario)
