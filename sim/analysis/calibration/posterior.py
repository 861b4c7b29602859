"""Draws of the posterior from emulators: the prior's worlds, weighed by how well their rows meet the targets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.analysis.calibration.hamiltonian import sample, split_r_hat
from sim.analysis.calibration.likelihood import Aims, Emulated, log_likelihood, slope_of_log_likelihood

CHAINS = 64
BURN, THIN = 250, 8
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
        begin: (n, k) points to begin from, not ruled out.
        number: of draws, at least ``CHAINS``.
        rng: luck.
    """
    _, variance = emulators.predict(begin)
    doubt = variance.mean(axis=0)

    def likelihood(points: np.ndarray, chains: np.ndarray) -> np.ndarray:
        return log_likelihood(goal, *emulators.predict(points))

    def gradient(points: np.ndarray, chains: np.ndarray) -> np.ndarray:
        return emulators.pull_back(points, slope_of_log_likelihood(goal, emulators.mean(points), doubt))

    chains = begin[rng.permutation(len(begin))[np.arange(CHAINS) % len(begin)]]
    each = max(-(-number // CHAINS), 8)
    kept = sample(likelihood, gradient, chains, each, BURN, THIN, rng)
    flat = kept.reshape(-1, kept.shape[2])
    return Draws(emulators.names, rng.permutation(flat)[:number], split_r_hat(kept))
