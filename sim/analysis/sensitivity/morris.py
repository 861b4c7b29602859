"""Elementary effects: how much the output moves when one input goes from one end of its prior to the other.

Sources: Morris 1991, Technometrics 33(2); Campolongo, Cariboni and Saltelli 2007, Environmental Modelling & Software 22
(mean of absolute effects); SALib for trajectories and effects.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

TRAJECTORIES = 20  # of each function
LEVELS = 6


@dataclass(frozen=True)
class Effects:
    """Rows are functions, columns inputs, both (D, d), in the output's unit over the whole range of the input.

    ``mean``: of elementary effects; ``strength``: of their absolute values (mu*); ``spread``: their standard deviation,
    0 where the input acts the same everywhere.
    """

    mean: np.ndarray
    strength: np.ndarray
    spread: np.ndarray


def elementary_effects(functions: Callable[[np.ndarray], np.ndarray], names: Sequence[str], seed: int) -> Effects:
    """Return the elementary effects of each of D functions, each on trajectories of its own.

    Their differences from function to function then hold what the emulator and the trajectories leave open.

    Args:
        functions: (m, d) points of the unit cube -> (m, D) outputs.
        names: of the d inputs.
        seed: above 0.
    """
    from SALib.analyze import morris as analysis
    from SALib.sample import morris as sample

    problem = unit_problem(names)
    number = functions(np.full((1, len(names)), 0.5)).shape[1]
    points = sample.sample(problem, TRAJECTORIES * number, num_levels=LEVELS, seed=seed)
    values = functions(points)
    rows = TRAJECTORIES * (len(names) + 1)
    found = []
    for one in range(number):
        own = slice(one * rows, (one + 1) * rows)
        told = analysis.analyze(problem, points[own], values[own, one], num_resamples=2, num_levels=LEVELS, seed=seed)
        found.append([np.asarray(told[name], np.float64) for name in ("mu", "mu_star", "sigma")])
    mean, strength, spread = (np.array(part) for part in zip(*found, strict=True))
    return Effects(mean, strength, spread)


def unit_problem(names: Sequence[str]) -> dict[str, Any]:
    """Return SALib's description of a unit cube."""
    return {"num_vars": len(names), "names": [*names], "bounds": [[0.0, 1.0]] * len(names)}
