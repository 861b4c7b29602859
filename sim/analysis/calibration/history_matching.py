"""Where the next wave looks: points that no two rows rule out, spread evenly over what is left.

Source: Vernon, Goldstein and Bower 2010, Bayesian Analysis 5(4); Andrianakis et al. 2015, PLoS Computational Biology
11(1) (history matching of a stochastic model).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sim.analysis.calibration.likelihood import CUT, Aims, Emulated, implausibility, second_worst
from sim.analysis.calibration.slice_sampling import sample

LOOKED_AT = 20_000
CHAINS = 64
MOST_LEVELS = 40


@dataclass(frozen=True)
class Remaining:
    """What is not ruled out.

    ``points``: (n, k) of the emulated inputs; ``share``: of the prior, (estimate, standard error); ``cut``: on the
    second worst row; above ``CUT`` if nothing lies below that.
    """

    points: np.ndarray
    share: tuple[float, float]
    cut: float


def remaining(goal: Aims, emulators: Emulated, number: int, rng: np.random.Generator) -> Remaining:
    """Return points spread evenly over what is not ruled out.

    The cut comes down from where enough points lie below it, half of them at a time, each set moved about by slice
    sampling under the cut: the shares multiply (subset simulation, Au and Beck 2001).

    Args:
        goal: rows to be met.
        emulators: of these rows.
        number: of points.
        rng: luck.
    """

    def worst(points: np.ndarray) -> np.ndarray:
        return second_worst(implausibility(goal, *emulators.predict(points)))

    points = rng.random((LOOKED_AT, len(emulators.names)))
    found = np.concatenate([worst(block) for block in np.array_split(points, LOOKED_AT // 1000)])
    inside = int(np.sum(found < CUT))
    if inside >= CHAINS:
        share, error = inside / LOOKED_AT, np.sqrt(inside * (1 - inside / LOOKED_AT)) / LOOKED_AT
        cut, at = CUT, points[found < CUT][:CHAINS]
    else:
        order = np.argsort(found, kind="stable")[: 2 * CHAINS]
        cut, at, share, relative = float(found[order[-1]]), points[order], 2 * CHAINS / LOOKED_AT, 1 / (2 * CHAINS)
        at = _moved(worst, at, cut, rng)
        for _ in range(MOST_LEVELS):
            level = worst(at)
            lower = max(CUT, float(np.median(level)))
            kept = level < lower
            if lower >= cut * 0.999 or not kept.any():
                break
            share, relative, cut = share * float(kept.mean()), relative + 1 / kept.sum(), lower
            at = _moved(worst, rng.choice(at[kept], 2 * CHAINS), cut, rng)
            if cut == CUT:
                break
        at, error = at[:CHAINS], share * np.sqrt(relative)
    draws = -(-number // CHAINS)
    spread = sample(lambda some, _: np.where(worst(some) < cut, 0.0, -np.inf), at, draws, 30, 6, rng)
    chosen = rng.permutation(spread.reshape(-1, spread.shape[2]))[:number]
    return Remaining(chosen, (float(share), float(error)), float(cut))


def _moved(
    worst: Callable[[np.ndarray], np.ndarray], at: np.ndarray, cut: float, rng: np.random.Generator
) -> np.ndarray:
    """Move points about under a cut; a point on it stays."""
    inside = worst(at) < cut
    moved = at.copy()
    if inside.any():
        moved[inside] = sample(lambda some, _: np.where(worst(some) < cut, 0.0, -np.inf), at[inside], 1, 11, 1, rng)[0]
    return moved
