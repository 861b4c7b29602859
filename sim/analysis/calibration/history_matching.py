"""Where the next wave looks: points that no two rows rule out, spread evenly over what is left.

Sources: Vernon, Goldstein and Bower 2010, Bayesian Analysis 5(4); Andrianakis et al. 2015, PLoS Computational Biology
11(1) (history matching of a stochastic model); Au and Beck 2001, Probabilistic Engineering Mechanics 16(4) (subset
simulation, for what is left of a prior that is nearly ruled out).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sim.analysis.calibration.likelihood import CUT, Aims, Emulated, implausibility, second_worst
from sim.analysis.calibration.slice_sampling import sample

BLOCK, MOST_BLOCKS = 2000, 40
CHAINS = 64
MOST_LEVELS = 40

Worst = Callable[[np.ndarray], np.ndarray]  # points (n, k) -> implausibility of the second worst row (n,)


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

    Points of the prior are looked at until enough lie below the cut. Where too few do, the cut comes down from where
    some lie below it, half of them at a time, each set moved about by slice sampling under the cut: shares multiply.

    Args:
        goal: rows to be met.
        emulators: of these rows.
        number: of points.
        rng: luck.
    """

    def worst(points: np.ndarray) -> np.ndarray:
        return second_worst(implausibility(goal, *emulators.predict(points)))

    looked_at, points, levels = 0, np.empty((0, len(emulators.names))), np.empty(0)
    for _ in range(MOST_BLOCKS):
        block = rng.random((BLOCK, len(emulators.names)))
        level = worst(block)
        looked_at += BLOCK
        points, levels = np.concatenate([points, block]), np.concatenate([levels, level])
        order = np.argsort(levels, kind="stable")[: max(int(np.sum(levels < CUT)), 2 * CHAINS)]
        points, levels = points[order], levels[order]
        if np.sum(levels < CUT) >= number:
            break
    inside = int(np.sum(levels < CUT))
    if inside >= number:
        share = inside / looked_at
        return Remaining(points[:inside][rng.permutation(inside)[:number]], _known(share, looked_at), CUT)
    if inside >= CHAINS:
        cut, share, error = CUT, *_known(inside / looked_at, looked_at)
        at = points[:CHAINS]
    else:
        at, share, error, cut = _descend(worst, points[: 2 * CHAINS], levels[: 2 * CHAINS], looked_at, rng)
    draws = -(-number // CHAINS)
    spread = sample(lambda some, _: np.where(worst(some) < cut, 0.0, -np.inf), at[:CHAINS], draws, 30, 6, rng)
    return Remaining(rng.permutation(spread.reshape(-1, spread.shape[2]))[:number], (share, error), cut)


def _known(share: float, looked_at: int) -> tuple[float, float]:
    return share, float(np.sqrt(share * (1.0 - share) / looked_at))


def _descend(
    worst: Worst, at: np.ndarray, levels: np.ndarray, looked_at: int, rng: np.random.Generator
) -> tuple[np.ndarray, float, float, float]:
    """Return (points below the lowest cut reached, share of the prior below it, its standard error, the cut)."""
    cut, share, relative = float(levels.max()), len(at) / looked_at, 1.0 / len(at)
    at = _moved(worst, at, cut, rng)
    for _ in range(MOST_LEVELS):
        level = worst(at)
        lower = max(CUT, float(np.median(level)))
        kept = level < lower
        if lower >= cut * 0.999 or not kept.any():
            break
        share, relative, cut = share * float(kept.mean()), relative + 1.0 / float(kept.sum()), lower
        at = _moved(worst, rng.choice(at[kept], 2 * CHAINS), cut, rng)
        if cut == CUT:
            break
    return at, share, float(share * np.sqrt(relative)), cut


def _moved(worst: Worst, at: np.ndarray, cut: float, rng: np.random.Generator) -> np.ndarray:
    """Move points about under a cut; a point on it stays."""
    inside = worst(at) < cut
    moved = at.copy()
    if inside.any():
        moved[inside] = sample(lambda some, _: np.where(worst(some) < cut, 0.0, -np.inf), at[inside], 1, 11, 1, rng)[0]
    return moved
