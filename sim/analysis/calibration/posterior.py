"""Draws of the posterior from emulators: the prior's worlds, weighed by how well their rows meet the targets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.analysis.calibration.likelihood import Aims, Emulated, log_likelihood
from sim.analysis.calibration.slice_sampling import sample, split_r_hat

CHAINS = 64
BURN, THIN = 300, 12
SETTLED = 1.1  # largest R-hat of chains that may be used; Vehtari et al. 2021 ask 1.01 of far longer ones


@dataclass(frozen=True)
class Draws:
    """Draws of the emulated inputs: ``points`` (n, k) of the unit cube; ``r_hat`` (k,) of the chains."""

    names: tuple[str, ...]
    points: np.ndarray
    r_hat: np.ndarray

    @property
    def settled(self) -> bool:
        """Whether the chains agree with each other."""
        return bool(np.max(self.r_hat, initial=1.0) < SETTLED)


def posterior(goal: Aims, emulators: Emulated, begin: np.ndarray, number: int, rng: np.random.Generator) -> Draws:
    """Return draws of the posterior.

    Args:
        goal: rows to be met.
        emulators: of these rows.
        begin: (n, k) points to begin from; the likeliest of them do.
        number: of draws, at least ``CHAINS``.
        rng: luck.
    """

    def likelihood(points: np.ndarray, chains: np.ndarray) -> np.ndarray:
        return log_likelihood(goal, *emulators.predict(points))

    level = likelihood(begin, np.arange(len(begin)))
    first = begin[np.argsort(-level, kind="stable")[: max(CHAINS, len(begin) // 2)]]
    chains = first[rng.permutation(len(first))[np.arange(CHAINS) % len(first)]]
    each = -(-number // CHAINS)
    kept = sample(likelihood, chains, max(each, 8), BURN, THIN, rng)
    flat = kept[-each:].reshape(-1, kept.shape[2])
    return Draws(emulators.names, rng.permutation(flat)[:number], split_r_hat(kept))
