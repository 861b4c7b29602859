"""The best package within a budget, how often it is not the best, and what knowing better would be worth.

A package is within the budget if its *mean* gross public cost is, so that one set of packages is compared in every
world. The choice is the one with the largest mean gain. Chosen and judged on the same worlds its gain is flattered (the
winner's curse): ``held_out`` chooses on half of the worlds and judges on the other half, again and again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.analysis.intervals import Interval, keyed_luck, mean_interval

SPLITS = 200


@dataclass(frozen=True)
class Choice:
    """What is chosen, and how it fares."""

    mask: int
    gain: Interval
    cost: Interval
    within_share: float  # of worlds in which its cost is within the budget
    best_share: float  # of worlds in which it is the best of the affordable; ties share
    regret: np.ndarray  # (W,): gain of the best affordable one there, less its own
    held_out: float  # mean gain on worlds that were not chosen on; NaN below four worlds

    @property
    def value_of_information(self) -> float:
        """Mean gain forgone because the world is not known when choosing: the mean regret."""
        return float(self.regret.mean())


def best_within(gains: np.ndarray, costs: np.ndarray, budget: float, seed: int = 0, splits: int = SPLITS) -> Choice:
    """Choose a package.

    Args:
        gains: (n, W), the better way; row 0 is the empty package, 0 everywhere.
        costs: (n, W) gross public cost, million euro.
        budget: million euro.
        seed: of the halves.
        splits: how many.

    Returns:
        the choice; the empty package if none is affordable and gains.
    """
    mask = _chosen(gains, costs, budget)
    affordable = costs.mean(axis=1) <= budget
    affordable[0] = True
    held = gains[affordable]
    best = held.max(axis=0)
    ties = (held == best).sum(axis=0)
    share = float(np.where(gains[mask] == best, 1.0 / ties, 0.0).mean())
    within = float((costs[mask] <= budget).mean())
    return Choice(
        mask, mean_interval(gains[mask]), mean_interval(costs[mask]), within, share, best - gains[mask],
        _held_out(gains, costs, budget, seed, splits),
    )  # fmt: skip


def _chosen(gains: np.ndarray, costs: np.ndarray, budget: float) -> int:
    mean = np.where(costs.mean(axis=1) <= budget, gains.mean(axis=1), -np.inf)
    mean[0] = 0.0
    return int(np.argmax(mean))  # the first, that is the smaller mask, of equals


def _held_out(gains: np.ndarray, costs: np.ndarray, budget: float, seed: int, splits: int) -> float:
    worlds = gains.shape[1]
    if worlds < 4:
        return float("nan")
    found = []
    for split in range(splits):
        order = keyed_luck(seed, "halves", worlds, split).permutation(worlds)
        half, other = order[: worlds // 2], order[worlds // 2 :]
        found.append(gains[_chosen(gains[:, half], costs[:, half], budget)][other].mean())
    return float(np.mean(found))
