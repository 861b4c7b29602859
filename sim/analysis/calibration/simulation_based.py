"""Does the calibration find what it should? Over many known truths the rank of the truth among the draws is uniform.

Truths are drawn from the prior, observed with the likelihood's own luck, and calibrated to.

Source: Talts, Betancourt, Simpson, Vehtari and Gelman 2018, arXiv 1804.06788 (simulation-based calibration).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from sim.analysis.calibration.hamiltonian import LogLikelihood, sample
from sim.analysis.calibration.likelihood import Aims, Emulated, log_likelihood, slope_of_log_likelihood

CHAINS, DRAWS, BURN, THIN = 4, 16, 80, 4
BINS = 8
LEVEL = 0.9


@dataclass(frozen=True)
class Ranks:
    """``ranks`` (t, k): how many of ``of`` draws lie below the truth. ``covered`` (t, k): truth in the 90% interval."""

    names: tuple[str, ...]
    ranks: np.ndarray
    covered: np.ndarray
    of: int

    def table(self) -> pd.DataFrame:
        """Return one row per parameter: coverage of 90% intervals, chi-square p-value of uniform ranks."""
        expected = len(self.ranks) / BINS
        rows = []
        for column, name in enumerate(self.names):
            counts = np.bincount(self.ranks[:, column] * BINS // (self.of + 1), minlength=BINS)
            p_value = stats.chisquare(counts, np.full(BINS, expected)).pvalue
            rows.append({"parameter": name, "coverage": self.covered[:, column].mean(), "p_value": float(p_value)})
        return pd.DataFrame(rows)

    @property
    def is_uniform(self) -> bool:
        """Whether no parameter's ranks are further from uniform than chance allows, all at once (Holm, 1% in all)."""
        return bool(self.table()["p_value"].min() > 0.01 / len(self.names))


def ranks_of(
    goal: Aims, emulators: Emulated, truths: np.ndarray, observed: np.ndarray, rng: np.random.Generator,
    truth_of_likelihood: float = 1.0,
) -> Ranks:  # fmt: skip
    """Calibrate to each observation and rank its truth.

    Args:
        goal: rows; their values are replaced by the observed ones.
        emulators: of these rows. Their doubt is taken at its mean, which all that happens here shares.
        truths: (t, k) points of the cube.
        observed: (t, r) what each truth gave.
        rng: luck.
        truth_of_likelihood: factor on the likelihood's spread; other than 1 it is a wrong one, for tests.
    """
    _, variance = emulators.predict(truths)
    doubt = variance.mean(axis=0)
    seen = np.repeat(observed, CHAINS, axis=0)
    wrong = Aims(goal.rows, goal.value, goal.spread * truth_of_likelihood, goal.logged)

    def likelihood(points: np.ndarray, chains: np.ndarray) -> np.ndarray:
        return log_likelihood(wrong, emulators.mean(points), doubt, seen[chains])

    def gradient(points: np.ndarray, chains: np.ndarray) -> np.ndarray:
        slope = slope_of_log_likelihood(wrong, emulators.mean(points), doubt, seen[chains])
        return emulators.pull_back(points, slope)

    begin = _starts(likelihood, len(seen), truths.shape[1], rng)
    kept = sample(likelihood, gradient, begin, DRAWS, BURN, THIN, rng)
    draws = kept.reshape(DRAWS, len(truths), CHAINS, -1).transpose(0, 2, 1, 3).reshape(DRAWS * CHAINS, len(truths), -1)
    low, high = np.quantile(draws, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    return Ranks(
        emulators.names, (draws < truths).sum(axis=0), (truths >= low) & (truths <= high), DRAWS * CHAINS
    )  # fmt: skip


def _starts(
    likelihood: LogLikelihood, chains: int, inputs: int, rng: np.random.Generator, looks: int = 40
) -> np.ndarray:
    """Return the likeliest of some points for each chain: never the truth itself."""
    best, level = rng.random((chains, inputs)), np.full(chains, -np.inf)
    for _ in range(looks):
        tried = rng.random((chains, inputs))
        found = likelihood(tried, np.arange(chains))
        better = found > level
        best[better], level[better] = tried[better], found[better]
    return best
