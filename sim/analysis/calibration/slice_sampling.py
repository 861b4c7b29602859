"""Elliptical slice sampling of many chains at once: no step size to tune, and any bound is kept.

The unit cube is mapped to independent standard normals, for which the method is exact.

Source: Murray, Adams and MacKay 2010, AISTATS (elliptical slice sampling).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import ndtr, ndtri

# (points (m, k) of the unit cube, their chains (m,)) -> log likelihood (m,); -inf: impossible.
LogLikelihood = Callable[[np.ndarray, np.ndarray], np.ndarray]
MOST_SHRINKS = 60
EDGE = 1e-12


def sample(
    log_likelihood: LogLikelihood, begin: np.ndarray, draws: int, burn: int, thin: int, rng: np.random.Generator
) -> np.ndarray:
    """Return draws of every chain, (draws, chains, k), from the uniform prior times the likelihood.

    Args:
        log_likelihood: of points of the cube, chain by chain.
        begin: (chains, k) where chains begin; of likelihood above 0.
        draws: kept of each chain.
        burn: steps before the first one that is kept.
        thin: steps from one kept draw to the next.
        rng: luck.

    Raises:
        ValueError: if a chain begins where the likelihood is 0.
    """
    at = ndtri(np.clip(begin, EDGE, 1.0 - EDGE))
    everyone = np.arange(len(at))
    level = log_likelihood(ndtr(at), everyone)
    if not np.all(np.isfinite(level)):
        raise ValueError("a chain begins where nothing is possible")
    kept = np.empty((draws, *at.shape))
    for step in range(burn + draws * thin):
        at, level = _step(log_likelihood, at, level, rng)
        if step >= burn and (step - burn) % thin == thin - 1:
            kept[(step - burn) // thin] = ndtr(at)
    return kept


def _step(
    log_likelihood: LogLikelihood, at: np.ndarray, level: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """One step of every chain; those that have found their place wait for the others."""
    chains = len(at)
    ellipse = rng.standard_normal(at.shape)
    height = level + np.log(rng.random(chains))
    angle = rng.uniform(0.0, 2.0 * np.pi, chains)
    low, high = angle - 2.0 * np.pi, angle.copy()
    new, found = at.copy(), level.copy()
    open_chains = np.arange(chains)
    for _ in range(MOST_SHRINKS):
        turn = angle[open_chains, None]
        tried = at[open_chains] * np.cos(turn) + ellipse[open_chains] * np.sin(turn)
        value = log_likelihood(ndtr(tried), open_chains)
        fits = value > height[open_chains]
        done = open_chains[fits]
        new[done], found[done] = tried[fits], value[fits]
        open_chains = open_chains[~fits]
        if not len(open_chains):
            break
        below = angle[open_chains] < 0.0
        low[open_chains[below]] = angle[open_chains[below]]
        high[open_chains[~below]] = angle[open_chains[~below]]
        angle[open_chains] = rng.uniform(low[open_chains], high[open_chains])
    return new, found  # a bracket that has shrunk to nothing leaves its chain where it was: also a valid step
