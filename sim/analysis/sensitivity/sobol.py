"""Sobol' indices: the share of an output's variance that an input makes alone, and with all others together.

Sources: Sobol' 1993; Saltelli et al. 2010, Computer Physics Communications 181(2) (design and estimators); SALib.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from sim.analysis.sensitivity.morris import unit_problem

BASE = 1024  # points of the design for each input, and two more
RESAMPLES = 40
ENDS = (0.025, 0.975)


@dataclass(frozen=True)
class Indices:
    """(d,) each: the mean over functions, and the ends of the 95% interval."""

    first: np.ndarray
    first_low: np.ndarray
    first_high: np.ndarray
    total: np.ndarray
    total_low: np.ndarray
    total_high: np.ndarray


def sobol_indices(
    functions: Callable[[np.ndarray], np.ndarray], names: Sequence[str], seed: int, base: int = BASE
) -> Indices:
    """Return first-order and total indices of D functions together.

    The interval holds the middle 95% of all bootstrap samples of all functions: what the points of the design leave
    open, and what the emulator leaves open.

    Args:
        functions: (m, d) points of the unit cube -> (m, D) outputs.
        names: of the d inputs.
        seed: above 0.
        base: a power of two.
    """
    from SALib.analyze import sobol as analysis
    from SALib.sample import sobol as sample

    problem = unit_problem(names)
    values = functions(sample.sample(problem, base, calc_second_order=False, seed=seed))
    told = [
        analysis.analyze(
            problem, column, calc_second_order=False, num_resamples=RESAMPLES, keep_resamples=True, seed=seed + one
        )
        for one, column in enumerate(values.T)
    ]
    first, total = (np.mean([one[name] for one in told], axis=0) for name in ("S1", "ST"))
    alone, together = (
        np.quantile(np.concatenate([one[f"{name}_conf_all"] for one in told]), ENDS, axis=0) for name in ("S1", "ST")
    )
    return Indices(first, alone[0], alone[1], total, together[0], together[1])
