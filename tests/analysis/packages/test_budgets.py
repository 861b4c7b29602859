"""Budgets on games whose best choice is known, and the winner's curse where the truth is."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.intervals import mean_interval
from sim.analysis.packages.budgets import SPLITS, best_within, chosen, halved_means, held_out_gain

GAINS = np.array([[0.0] * 4, [10.0, 10.0, 10.0, 10.0], [30.0, 30.0, 30.0, -10.0], [50.0] * 4])
COSTS = np.array([[0.0] * 4, [20.0] * 4, [40.0, 40.0, 40.0, 60.0], [500.0] * 4])


def test_the_best_affordable_package_its_regret_and_what_knowing_better_is_worth() -> None:
    (choice,) = best_within(GAINS, COSTS, [50.0])
    assert (choice.mask, choice.affordable) == (2, 3)
    assert (choice.gain.mean(), choice.cost.mean()) == (20.0, 45.0)
    assert (choice.within_share, choice.best_share) == (0.75, 0.75)
    assert choice.regret.tolist() == [0.0, 0.0, 0.0, 20.0]
    assert choice.value_of_information == 5.0


def test_affordable_is_what_costs_so_much_on_average_in_every_world() -> None:
    """Twin: affordable by the cost in each world would compare other packages in the last one."""
    costs = COSTS.copy()
    costs[3] = [10.0, 10.0, 10.0, 1970.0]  # cheap in three worlds, not on average
    (choice,) = best_within(GAINS, costs, [50.0])
    assert choice.regret.tolist() == [0.0, 0.0, 0.0, 20.0]
    world_by_world = np.where(costs <= 50.0, GAINS, -np.inf).max(axis=0) - GAINS[choice.mask]
    assert world_by_world.tolist() == [20.0, 20.0, 20.0, 20.0]


def test_without_money_or_gain_nothing_is_chosen_and_equals_are_told_by_cost() -> None:
    assert [choice.mask for choice in best_within(GAINS, COSTS, [10.0, 20.0, 1000.0])] == [0, 1, 3]
    (none,) = best_within(-np.abs(GAINS), COSTS, [1000.0])
    assert (none.mask, none.best_share, none.value_of_information, none.held_out) == (0, 1.0, 0.0, 0.0)
    assert chosen(np.array([0.0, 5.0, 5.0, 5.0]), np.array([0.0, 9.0, 3.0, 3.0]), 10.0) == 2


def curse(studies: int, judge: str, true_gain: float = 0.0, seed: int = 5) -> tuple[float, float, float]:
    """Mean gain told over studies, its error, how many errors it is off; 40 packages of one true gain, 20 worlds."""
    luck = np.random.default_rng(seed)
    told = []
    for _ in range(studies):
        gains = true_gain + luck.normal(0.0, 10.0, (40, 20))
        gains[0] = 0.0
        (choice,) = best_within(gains, np.ones_like(gains) * (np.arange(40) > 0)[:, None], [5.0], splits=20)
        told.append(choice.held_out if judge == "held out" else float(choice.gain.mean()))
    error = float(np.std(told, ddof=1) / np.sqrt(studies))
    return float(np.mean(told)), error, (float(np.mean(told)) - true_gain) / error


def test_the_chosen_one_is_flattered_and_the_held_out_gain_is_not() -> None:
    """Packages of no effect; beyond 3.5 standard errors (false alarm below 0.05%)."""
    assert abs(curse(80, "held out")[2]) < 3.5
    mean, error, _ = curse(80, "on the same worlds")
    assert mean > 10.0 * error  # the twin: judged where it was chosen


def test_a_true_gain_is_held_out_as_it_is() -> None:
    """All gain 20 in truth, so that whatever is chosen gains 20."""
    assert abs(curse(80, "held out", true_gain=20.0)[2]) < 3.5
    assert curse(80, "on the same worlds", true_gain=20.0)[2] > 10.0


@pytest.mark.parametrize("worlds", [4, 9, 20])
def test_the_gain_held_out_is_never_above_the_gain(worlds: int) -> None:
    luck = np.random.default_rng(worlds)
    for _ in range(30):
        gains, costs = luck.normal(1.0, 10.0, (16, worlds)), luck.gamma(2.0, 50.0, (16, worlds))
        gains[0] = costs[0] = 0.0
        for choice in best_within(gains, costs, [50.0, 100.0, 200.0], splits=10):
            assert choice.held_out <= choice.gain.mean() + 1e-9


def test_every_world_judges_the_choice_made_without_it() -> None:
    """Two worlds choose the third package, which gains 2 in the other three; those choose the second, which gains 1."""
    halves = np.array([[[0.0, 1.0, 5.0], [0.0, 4.0, 2.0]]])
    assert held_out_gain(halves, np.array([0.0, 9.0, 9.0]), 10.0, worlds=5) == pytest.approx((3 * 2.0 + 2 * 1.0) / 5)


@pytest.mark.torture
def test_measured_curse() -> None:
    """Prints the figures of the module."""
    luck = np.random.default_rng(7)
    held = 0
    for _ in range(2000):
        gains = luck.normal(0.0, 10.0, (40, 20))
        gains[0] = 0.0
        low, high = mean_interval(best_within(gains, np.zeros_like(gains), [5.0], splits=1)[0].gain)[1:3]
        held += low <= 0.0 <= high
    print(f"the interval of the chosen one holds its true gain in {held / 20:.1f}% of studies")
    assert held / 2000 < 0.75
    for judge in ("on the same worlds", "held out"):
        mean, error, _ = curse(2000, judge)
        print(f"{judge}: {mean:.2f} ({error:.3f})")
    assert abs(curse(2000, "held out", seed=6)[2]) < 3.5


def test_halves_are_two_parts_of_all_worlds_and_keyed() -> None:
    values = np.eye(9) * 9.0  # the mean of a half tells who is in it
    means = halved_means(values, seed=3)
    assert means.shape == (SPLITS, 2, 9)
    assert (means[:, 0] * 4 / 9 + means[:, 1] * 5 / 9 == pytest.approx(1.0)) is True
    assert len(np.unique(means[:, 0], axis=0)) > 50  # of 126
    assert np.array_equal(means, halved_means(values, seed=3))
    assert not np.array_equal(means, halved_means(values, seed=4))


def test_few_worlds_have_no_held_out_gain() -> None:
    (choice,) = best_within(GAINS[:, :3], COSTS[:, :3], [50.0])
    assert np.isnan(choice.held_out)
    assert np.isfinite(choice.regret).all()


def test_the_gain_held_out_is_that_of_the_halvings() -> None:
    luck = np.random.default_rng(8)
    gains, costs = luck.normal(1.0, 10.0, (4, 7)), luck.gamma(2.0, 50.0, (4, 7))
    gains[0] = costs[0] = 0.0
    (choice,) = best_within(gains, costs, [110.0], seed=2, splits=9)
    halves, cost, parts = halved_means(gains, 2, 9), costs.mean(axis=1), []
    for first, second in halves:
        for own, other, judges in ((first, second, 4), (second, first, 3)):
            within = [n for n in range(4) if cost[n] <= 110.0]
            parts.append(judges * other[max(within, key=lambda n: own[n])])
    assert choice.held_out == pytest.approx(sum(parts) / (9 * 7))
