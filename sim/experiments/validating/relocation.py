"""Runs under the same luck that ask what moves headquarters: without rounds led from abroad, or with a low profit tax.

A round that nobody abroad may lead is led at home: who is funded, and with how much, is decided before that and does
not change, so that the pull of the lead investor is taken away and not the money.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.validation.relocation import ABROAD, BASE, MOVES, TAX, TO_US, US, column
from sim.experiments.engine import ModelEngine
from sim.experiments.targets.engine import RowRecords

if TYPE_CHECKING:
    import pandas as pd

    from sim.evidence import Evidence
    from sim.model.flight import FlightModel
    from sim.scenario import Scenario
    from sim.settings import Settings
    from sim.world import World

LOW_RATE = 0.15


def changed_model(experiment: str) -> type[FlightModel]:
    """Return the class of model that an experiment runs."""
    from sim.model.flight import FlightModel
    from sim.model.processes import added

    if experiment == BASE:
        return FlightModel
    if experiment == TAX:

        class LowTax(FlightModel):
            processes = added(FlightModel.processes, lower_profit_tax, before="act_cities")

        return LowTax

    class LedAtHome(FlightModel):
        processes = added(FlightModel.processes, lead_at_home, before="fund_startups")
        us_alone = experiment == US

    return LedAtHome


def lower_profit_tax(model: Any) -> None:
    """Process: the tax on profit is at most ``LOW_RATE`` in France."""
    rate = model.conditions.profit_rate
    model.conditions.profit_rate = np.where(model.geography.is_french, np.minimum(rate, LOW_RATE), rate)


def lead_at_home(model: Any) -> None:
    """Process: rounds of firms in France that the United States (or anybody abroad) would lead are led at home."""
    tables, france = model.startup_tables, model.geography.is_french
    off = model.geography.country == model.geography.countries.index("US") if model.us_alone else ~france
    # The unchanged rules of the class, not what an earlier quarter put in their place.
    leads = np.diff(type(tables).lead_cumulative(tables, model.quarter, model.conditions), axis=1, prepend=0.0)
    share = type(tables).foreign_share(tables, model.conditions)
    kept = np.where(france[:, None] & off, 0.0, leads)
    left = kept.sum(axis=1)
    left = np.where(left < 1e-9, 0.0, np.minimum(left, 1.0))  # what is left of a difference of sums is rounding
    cumulative = np.cumsum(kept, axis=1) / np.where(left > 0.0, left, 1.0)[:, None]
    tables.foreign_share = lambda conditions: share * left
    tables.lead_cumulative = lambda quarter, conditions: cumulative


def moves_abroad(flows: pd.DataFrame, geography: Any, only_us: bool) -> float:
    """Return headquarters founded in France that moved from France abroad, or to the United States alone."""
    ids = np.array(geography.ids)
    french = ids[geography.is_french]
    there = ids[geography.country == geography.countries.index("US")] if only_us else ids[~geography.is_french]
    moves = flows[(flows["kind"] == "startup_french") & flows["origin"].isin(french)]
    return float(moves.loc[moves["destination"].isin(there), "count"].sum())


@dataclass(frozen=True)
class RelocationEngine:
    """The model, run once as it is and once under each experiment, from the same start with the same luck."""

    def code_digest(self) -> str:
        """Return a digest of the model's sources and of these experiments."""
        digest = hashlib.sha256(ModelEngine().code_digest().encode())
        digest.update(Path(__file__).read_bytes())
        return digest.hexdigest()

    def warm_up(self) -> None:
        """Compile the rules of the model."""
        ModelEngine().warm_up()

    def prepare(self, evidence: Evidence, world: World, settings: Settings, seed: int, draw: int) -> Any:
        """Return the start of a world."""
        return ModelEngine().prepare(evidence, world, settings, seed, draw)

    def simulate(
        self, scenario: Scenario, world: World, evidence: Evidence, start: Any, settings: Settings,
        seed: int, draw: int, replicate: int,
    ) -> RowRecords:  # fmt: skip
        """Run every experiment and count what left."""
        from sim.model.adapter import empty, forget
        from sim.model.randomness import run_seed

        found: dict[str, float] = {}
        for experiment in (BASE, US, ABROAD, TAX):
            luck = run_seed(seed, draw, replicate)
            model = changed_model(experiment)(tuple(scenario.levers), world, evidence, start, settings, luck)
            try:
                for _ in range(settings.quarters):
                    model.step()
                flows = model.records().flows
                found[column(MOVES, experiment)] = moves_abroad(flows, model.geography, only_us=False)
                found[column(TO_US, experiment)] = moves_abroad(flows, model.geography, only_us=True)
            finally:
                forget(model)
                empty(model)
        return RowRecords(found)

    def outcomes(self, records: RowRecords, places: pd.DataFrame) -> dict[str, float]:
        """Return column -> number."""
        return records.rows
