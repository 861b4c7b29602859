"""The registry of outcomes: what is measured in every run, in which unit, and which way is better.

Every national figure includes Rest of France. Nothing here knows the model: records in, one number out.
"""

from __future__ import annotations

import pandas as pd

from sim.analysis.outcomes.districts import DISTRICTS
from sim.analysis.outcomes.flight import FLIGHT
from sim.analysis.outcomes.money import ACCOUNTS
from sim.analysis.outcomes.registry import Outcome, joined
from sim.analysis.outcomes.startups import STARTUPS
from sim.analysis.outcomes.talents import TALENTS
from sim.analysis.run_record import RunRecord

OUTCOMES: dict[str, Outcome] = joined(FLIGHT, TALENTS, STARTUPS, DISTRICTS, ACCOUNTS)


def outcomes_of(
    series: pd.DataFrame,
    flows: pd.DataFrame,
    costs: pd.DataFrame,
    revenue: pd.DataFrame,
    places: pd.DataFrame,
) -> dict[str, float]:
    """All outcomes of one run, in the order of the registry (the records are reduced once, not per outcome)."""
    run = RunRecord(series, flows, costs, revenue, places)
    return {name: outcome.measure(run) for name, outcome in OUTCOMES.items()}


__all__ = ["OUTCOMES", "Outcome", "outcomes_of"]
