"""What a sensitivity analysis explains: levels of the baseline, and paired effects of recommendations, world by world.

Inputs are shares of the priors below the values that were run, so that every parameter is uniform from 0 to 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim.analysis.compare import HEADLINES
from sim.analysis.paired_worlds import BASELINE, paired_worlds, scenario_order

if TYPE_CHECKING:
    from sim.evidence.parameters import Parameter

LEVEL, EFFECT = "level", "effect"


@dataclass(frozen=True)
class Output:
    """One number a world. ``what``: level or effect; ``worlds`` (n,) int64 and ``values`` (n,), unit of the outcome."""

    scenario: str
    outcome: str
    what: str
    worlds: np.ndarray
    values: np.ndarray


def outputs_of(runs: pd.DataFrame, outcomes: Sequence[str] = HEADLINES, baseline: str = BASELINE) -> list[Output]:
    """Return levels of the baseline, then effects of each other scenario, outcome by outcome.

    Args:
        runs: columns ``run, scenario, world, replicate`` and one column per outcome.
        outcomes: those of interest; what the runs lack is left out.
        baseline: whose levels are taken, and what effects are differences to.
    """
    named = [name for name in outcomes if name in runs.columns]
    kept = runs[["run", "scenario", "world", "replicate", *named]]
    found = []
    for scenario in [baseline, *(name for name in scenario_order(kept) if name != baseline)]:
        pairs = paired_worlds(kept, scenario, baseline)
        what, column = (LEVEL, "baseline") if scenario == baseline else (EFFECT, "difference")
        for name in named:
            rows = pairs[pairs["outcome"] == name]
            worlds, values = rows["world"].to_numpy(np.int64), rows[column].to_numpy(np.float64)
            found.append(Output(scenario, name, what, worlds, values))
    return found


def unit_cube(worlds: pd.DataFrame, parameters: Mapping[str, Parameter]) -> pd.DataFrame:
    """Return worlds (rows) by varying parameters (columns): the share of the prior below each value.

    Args:
        worlds: columns ``world, parameter, value``.
        parameters: name -> range and prior of those that vary.
    """
    wide = worlds.pivot(index="world", columns="parameter", values="value")
    return pd.DataFrame(
        {name: parameter.shares(wide[name].to_numpy(np.float64)) for name, parameter in parameters.items()},
        index=wide.index,
    )
