"""The frontier against its definition."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.analysis.packages.frontier import frontier_counts, undominated

SMALL = st.integers(1, 4).flatmap(
    lambda m: st.lists(st.lists(st.integers(-3, 3), min_size=m, max_size=m), min_size=1, max_size=25)
)


def by_definition(values: np.ndarray) -> list[bool]:
    return [not any((other >= one).all() and (other > one).any() for other in values) for one in values]


@given(SMALL)
def test_the_frontier_is_who_is_beaten_by_nobody(rows: list[list[int]]) -> None:
    values = np.array(rows, float)
    assert undominated(values).tolist() == by_definition(values)


def test_a_large_one_too() -> None:
    values = np.random.default_rng(2).normal(size=(256, 4)).round(1)
    assert undominated(values).tolist() == by_definition(values)


def test_neighbouring_numbers_are_told_apart_and_equal_ones_stay_together() -> None:
    near = np.nextafter(1.0, 2.0)
    assert undominated(np.array([[1.0, 0.0], [near, 0.0]])).tolist() == [False, True]
    assert undominated(np.array([[1.0, 2.0], [1.0, 2.0], [0.0, 2.0]])).tolist() == [True, True, False]


def test_twin_strict_dominance_alone_keeps_too_many() -> None:
    values = np.array([[1.0, 1.0], [1.0, 2.0]])
    assert undominated(values).tolist() == [False, True]
    assert [not any((other > one).all() for other in values) for one in values] == [True, True]


def test_worlds_are_counted_one_by_one() -> None:
    luck = np.random.default_rng(3)
    values = luck.integers(0, 4, (30, 3, 12)).astype(float)
    expected = np.sum([by_definition(values[:, :, world]) for world in range(12)], axis=0)
    assert frontier_counts(values).tolist() == expected.tolist()
