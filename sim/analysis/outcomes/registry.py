"""What an outcome is, and how the modules of this folder register theirs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from sim.analysis.run_record import RunRecord

Better = Literal["higher", "lower", "none"]
RATE, PERCENT, MONEY = "% per year", "%", "million euro of 2013"
Measure = Callable[[RunRecord], float]


@dataclass(frozen=True)
class Outcome:
    """A named measure of one run."""

    name: str
    label: str
    unit: str
    better: Better
    description: str
    measure: Measure

    def compute(
        self,
        series: pd.DataFrame,
        flows: pd.DataFrame,
        costs: pd.DataFrame,
        revenue: pd.DataFrame,
        places: pd.DataFrame,
    ) -> float:
        """The value in one run; frames as in :class:`sim.analysis.run_record.RunRecord`."""
        return self.measure(RunRecord(series, flows, costs, revenue, places))


class Theme(dict[str, Outcome]):
    """The outcomes of one module, by name, in the order in which they are written."""

    def outcome(
        self, name: str, label: str, unit: str, better: Better, description: str
    ) -> Callable[[Measure], Measure]:
        """Register the decorated measure.

        Raises:
            ValueError: if the name is taken.
        """

        def register(measure: Measure) -> Measure:
            if name in self:
                raise ValueError(f"outcome '{name}' is registered twice")
            self[name] = Outcome(name, label, unit, better, description, measure)
            return measure

        return register


def joined(*themes: Theme) -> dict[str, Outcome]:
    """One registry of several themes, in their order.

    Raises:
        ValueError: if two themes register the same name.
    """
    registry: dict[str, Outcome] = {}
    for theme in themes:
        if twice := registry.keys() & theme.keys():
            raise ValueError(f"outcomes registered twice: {', '.join(sorted(twice))}")
        registry |= theme
    return registry
