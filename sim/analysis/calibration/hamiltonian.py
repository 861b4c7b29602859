"""Hamiltonian Monte Carlo of many chains at once, led by the gradient of the emulators' mean.

The unit cube is mapped to independent standard normals. Trajectories follow the gradient of a surrogate (the likelihood
with the emulators' doubt held at its mean); whether an end is taken is decided by the likelihood itself, so that the
surrogate costs acceptance and never exactness.

Sources: Neal 2011, Handbook of Markov Chain Monte Carlo, ch. 5; Rasmussen 2003, Bayesian Statistics 7 (Gaussian
processes in place of expensive gradients); Hoffman and Gelman 2014, JMLR 15 (step size by dual averaging); Gelman and
Rubin 1992 and Vehtari et al. 2021, Bayesian Analysis 16(2) (split R-hat).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import ndtr, ndtri

# (points (m, k) of the unit cube, their chains (m,)) -> log likelihood (m,)
LogLikelihood = Callable[[np.ndarray, np.ndarray], np.ndarray]
# The same -> gradient of the surrogate's log likelihood with respect to the points, (m, k).
Gradient = Callable[[np.ndarray, np.ndarray], np.ndarray]
EDGE = 1e-9
LEAPS = 12
WANTED = 0.75  # share of ends to be taken
FIRST_STEP = 0.1


def sample(
    log_likelihood: LogLikelihood, gradient: Gradient, begin: np.ndarray, draws: int, burn: int, thin: int,
    rng: np.random.Generator,
) -> np.ndarray:  # fmt: skip
    """Return draws of every chain, (draws, chains, k), from the uniform prior times the likelihood.

    Args:
        log_likelihood: of points of the cube, chain by chain.
        gradient: of a surrogate of it.
        begin: (chains, k) where chains begin.
        draws: kept of each chain.
        burn: trajectories before the first one that is kept; they also find the step size, one for all chains.
        thin: trajectories from one kept draw to the next.
        rng: luck.
    """
    # Far out a density, or the chance of an end, is nothing: that is no error.
    with np.errstate(under="ignore"):
        return _sampled(log_likelihood, gradient, ndtri(np.clip(begin, EDGE, 1.0 - EDGE)), draws, burn, thin, rng)


def _sampled(
    log_likelihood: LogLikelihood, gradient: Gradient, at: np.ndarray, draws: int, burn: int, thin: int,
    rng: np.random.Generator,
) -> np.ndarray:  # fmt: skip
    """Return what :func:`sample` does, from places on the scale of standard normals."""
    everyone = np.arange(len(at))

    def force(place: np.ndarray) -> np.ndarray:
        density = np.exp(-0.5 * place**2) / np.sqrt(2.0 * np.pi)
        return np.asarray(gradient(_cube(place), everyone) * density - place)

    level = log_likelihood(_cube(at), everyone)
    kept = np.empty((draws, *at.shape))
    log_step, average, error = np.log(FIRST_STEP), 0.0, 0.0
    for trajectory in range(burn + draws * thin):
        push = rng.standard_normal(at.shape)
        # Steps of one length alone may come back to where they began.
        step = np.exp(log_step if trajectory < burn else average) * rng.uniform(0.7, 1.3)
        place, speed = at, push + 0.5 * step * force(at)
        for leap in range(LEAPS):
            place = place + step * speed
            speed = speed + (0.5 if leap == LEAPS - 1 else 1.0) * step * force(place)
        new = log_likelihood(_cube(place), everyone)
        gain = new - level + 0.5 * np.sum(push**2 - speed**2 + at**2 - place**2, axis=1)
        gain = np.where(np.isfinite(gain), gain, -np.inf)
        taken = np.log(rng.random(len(at))) < gain
        at, level = np.where(taken[:, None], place, at), np.where(taken, new, level)
        if trajectory < burn:  # dual averaging with the constants of Hoffman and Gelman
            number = trajectory + 1
            chance = float(np.mean(np.exp(np.minimum(gain, 0.0))))
            error += (WANTED - chance - error) / (number + 10)
            log_step = np.log(10 * FIRST_STEP) - np.sqrt(number) / 0.05 * error
            average += number**-0.75 * (log_step - average)
        elif (trajectory - burn) % thin == thin - 1:
            kept[(trajectory - burn) // thin] = _cube(at)
    return kept


def _cube(place: np.ndarray) -> np.ndarray:
    """Return points of the open cube; a trajectory that has flown off ends at its edge."""
    return np.clip(ndtr(place), EDGE, 1.0 - EDGE)


def split_r_hat(draws: np.ndarray) -> np.ndarray:
    """Return R-hat of half chains, (k,), from draws (n, chains, k); 1 where nothing varies."""
    half = len(draws) // 2
    parts = np.concatenate([draws[:half], draws[half : 2 * half]], axis=1)
    within = parts.var(axis=0, ddof=1).mean(axis=0)
    between = half * parts.mean(axis=0).var(axis=0, ddof=1)
    total = (half - 1) / half * within + between / half
    return np.asarray(np.sqrt(np.divide(total, within, out=np.ones_like(total), where=within > 0.0)))
