"""The frontier against its definition, and budgets on games whose best choice is known."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.analysis.packages.budgets import best_within
from sim.analysis.packages.frontier import frontier_counts, undominated

SMALL = st.integers(1, 4).flatmap(
    lambda m: st.lists(st.lists(st.integers(-3, 3), min_size=m, max_size=m), min_size=1, max_size=25)
)


def by_definition(values: np.ndarray) -> list[bool]:
    return [
        not any((other >= one).all() and (other > one).any() for other in values)
        for one in values
    ]  # fmt: skip


@given(SMALL)
def test_the_frontier_is_who_is_beaten_by_nobody(rows: list[list[int]]) -> None:
    values = np.array(rows, float)
    assert undominated(values).tolist() == by_definition(values)


def test_twin_strict_dominance_alone_keeps_too_many() -> None:
    values = np.array([[1.0, 1.0], [1.0, 2.0]])
    assert undominated(values).tolist() == [False, True]
    assert [not any((other > one).all() for other in values) for one in values] == [True, True]


def test_worlds_are_counted_one_by_one() -> None:
    values = np.array([[[0.0, 5.0], [0.0, 0.0]], [[1.0, 1.0], [1.0, 1.0]]])  # (2 packages, 2 objectives, 2 worlds)
    assert frontier_counts(values).tolist() == [1, 2]


GAINS = np.array([[0.0] * 4, [10.0, 10.0, 10.0, 10.0], [30.0, 30.0, 30.0, -10.0], [50.0] * 4])
COSTS = np.array([[0.0] * 4, [20.0] * 4, [40.0, 40.0, 40.0, 60.0], [500.0] * 4])


def test_the_best_affordable_package_its_regret_and_what_knowing_better_is_worth() -> None:
    choice = best_within(GAINS, COSTS, 50.0)
    assert (choice.mask, choice.gain.value, choice.cost.value) == (2, 20.0, 45.0)
    assert choice.within_share == 0.75
    assert choice.best_share == 0.75
    assert choice.regret.tolist() == [0.0, 0.0, 0.0, 20.0]
    assert choice.value_of_information == 5.0


def test_without_money_or_gain_nothing_is_chosen() -> None:
    assert best_within(GAINS, COSTS, 10.0).mask == 0
    choice = best_within(-GAINS, COSTS, 1000.0)
    assert choice.mask == 2 if (-GAINS).mean(axis=1)[2] > 0 else choice.mask == 0
    assert best_within(GAINS, COSTS, 1000.0).mask == 3


def test_the_chosen_one_is_flattered_and_the_held_out_gain_is_not() -> None:
    """Forty packages of no effect: chosen on its own worlds the best seems to gain; two-sided at 1 in 1,000."""
    luck = np.random.default_rng(5)
    seen, held = [], []
    for _ in range(60):
        gains = luck.normal(0.0, 10.0, (40, 20))
        gains[0] = 0.0
        choice = best_within(gains, np.ones_like(gains), 5.0, splits=20)
        seen.append(choice.gain.value)
        held.append(choice.held_out)
    error = np.std(held, ddof=1) / np.sqrt(len(held))
    assert abs(np.mean(held)) < 3.29 * error
    assert np.mean(seen) > 3.29 * np.std(seen, ddof=1) / np.sqrt(len(seen))


def test_few_worlds_have_no_held_out_gain() -> None:
    assert np.isnan(best_within(GAINS[:, :3], COSTS[:, :3], 50.0).held_out)


def test_the_same_worlds_give_the_same_halves() -> None:
    luck = np.random.default_rng(7)
    gains, costs = luck.normal(0.0, 10.0, (8, 20)), np.ones((8, 20))
    one = best_within(gains, costs, 5.0, splits=3).held_out
    assert one == best_within(gains, costs, 5.0, splits=3).held_out
    assert one != best_within(gains, costs, 5.0, seed=1, splits=3).held_out
