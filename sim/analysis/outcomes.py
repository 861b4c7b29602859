"""The registry of outcomes: what is measured in every run, in which unit, and which way is better.

Every national figure includes Rest of France. Nothing here knows the model: records in, one number out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from sim.analysis.run_record import PUBLIC_PAYERS, RunRecord, share

Better = Literal["higher", "lower", "none"]
RATE, PERCENT, MONEY = "% per year", "%", "million euro of 2013"


@dataclass(frozen=True)
class Outcome:
    """A named measure of one run."""

    name: str
    label: str
    unit: str
    better: Better
    description: str
    measure: Callable[[RunRecord], float]

    def compute(self, series: pd.DataFrame, flows: pd.DataFrame, costs: pd.DataFrame, places: pd.DataFrame) -> float:
        """The value in one run; frames as in :class:`sim.analysis.run_record.RunRecord`."""
        return self.measure(RunRecord(series, flows, costs, places))


OUTCOMES: dict[str, Outcome] = {}


def _outcome(
    name: str, label: str, unit: str, better: Better, description: str
) -> Callable[[Callable[[RunRecord], float]], Callable[[RunRecord], float]]:
    """Register the decorated measure."""

    def register(measure: Callable[[RunRecord], float]) -> Callable[[RunRecord], float]:
        if name in OUTCOMES:
            raise ValueError(f"outcome '{name}' is registered twice")
        OUTCOMES[name] = Outcome(name, label, unit, better, description, measure)
        return measure

    return register


def outcomes_of(
    series: pd.DataFrame, flows: pd.DataFrame, costs: pd.DataFrame, places: pd.DataFrame
) -> dict[str, float]:
    """All outcomes of one run, in the order of the registry (the records are reduced once, not per outcome)."""
    run = RunRecord(series, flows, costs, places)
    return {name: outcome.measure(run) for name, outcome in OUTCOMES.items()}


# --- Startups: leaving, returning, coming ---------------------------------------------------------------------


@_outcome(
    "startup_flight_rate",
    "Startup flight rate",
    RATE,
    "lower",
    "Startups founded in France whose headquarters moved abroad in a year, per 100 with headquarters in France "
    "at its start; mean over the years. Years that start with none are left out; 0 when no year is left.",
)
def _startup_flight_rate(run: RunRecord) -> float:
    return run.yearly_rate(run.departures("startup_french"), run.france("startups_french"))


@_outcome(
    "startup_departures",
    "Startups that left France",
    "startups",
    "lower",
    "Moves abroad of headquarters of startups founded in France, summed over the horizon.",
)
def _startup_departures(run: RunRecord) -> float:
    return float(run.departures("startup_french").sum())


@_outcome(
    "startup_returns",
    "Startups that came back",
    "startups",
    "higher",
    "Moves back to France of headquarters of startups founded in France, summed over the horizon.",
)
def _startup_returns(run: RunRecord) -> float:
    return float(run.arrivals("startup_french").sum())


@_outcome(
    "startup_attractions",
    "Foreign startups attracted",
    "startups",
    "higher",
    "Moves to France of headquarters of startups founded abroad, summed over the horizon.",
)
def _startup_attractions(run: RunRecord) -> float:
    return float(run.arrivals("startup_foreign").sum())


@_outcome(
    "hq_abroad_share",
    "French-founded startups with HQ abroad",
    PERCENT,
    "lower",
    "Startups founded in France and alive at the horizon whose headquarters are abroad, per 100 founded in "
    "France and alive; 0 when none is alive.",
)
def _hq_abroad_share(run: RunRecord) -> float:
    away, home = run.abroad("startups_french")[-1], run.france("startups_french")[-1]
    return share(away, away + home)


@_outcome(
    "founder_flight",
    "Startups founded abroad by French founders",
    "startups",
    "lower",
    "Startups founded outside France by persons of French origin, summed over the horizon. Never part of the "
    "startup flight rate.",
)
def _founder_flight(run: RunRecord) -> float:
    return float(run.abroad("births_french").sum())


# --- Talents --------------------------------------------------------------------------------------------------


@_outcome(
    "talent_flight_rate",
    "Talent flight rate",
    RATE,
    "lower",
    "Talents of French origin who left France in a year, per 100 in France at its start; mean over the years. "
    "Years that start with none are left out; 0 when no year is left.",
)
def _talent_flight_rate(run: RunRecord) -> float:
    return run.yearly_rate(run.departures("talent_french"), run.france("talents_french"))


@_outcome(
    "talent_net_flight_rate",
    "Net talent flight rate",
    RATE,
    "lower",
    "Talents of French origin who left France less those who came back in a year, per 100 in France at its "
    "start; mean over the years. Years that start with none are left out; 0 when no year is left.",
)
def _talent_net_flight_rate(run: RunRecord) -> float:
    net = run.departures("talent_french") - run.arrivals("talent_french")
    return run.yearly_rate(net, run.france("talents_french"))


@_outcome(
    "talent_returns",
    "Talents who came back",
    "talents",
    "higher",
    "Moves back to France of talents of French origin, summed over the horizon.",
)
def _talent_returns(run: RunRecord) -> float:
    return float(run.arrivals("talent_french").sum())


@_outcome(
    "talent_attractions",
    "Foreign talents attracted",
    "talents",
    "higher",
    "Moves to France of talents of foreign origin, summed over the horizon (not net of those who leave again).",
)
def _talent_attractions(run: RunRecord) -> float:
    return float(run.arrivals("talent_foreign").sum())


@_outcome(
    "talents_french_in_france",
    "Talents of French origin in France",
    "talents",
    "higher",
    "Talents of French origin living in France at the horizon.",
)
def _talents_french_in_france(run: RunRecord) -> float:
    return float(run.france("talents_french")[-1])


@_outcome(
    "talents_in_france",
    "Talents in France",
    "talents",
    "higher",
    "Talents of any origin living in France at the horizon.",
)
def _talents_in_france(run: RunRecord) -> float:
    return float(run.france("talents")[-1])


# --- The startup population -----------------------------------------------------------------------------------


@_outcome(
    "startups_in_france",
    "Startups in France",
    "startups",
    "higher",
    "Startups of any origin with headquarters in France at the horizon.",
)
def _startups_in_france(run: RunRecord) -> float:
    return float(run.france("startups")[-1])


@_outcome(
    "startup_births",
    "Startups founded in France",
    "startups",
    "higher",
    "Startups founded in France, summed over the horizon.",
)
def _startup_births(run: RunRecord) -> float:
    return float(run.france("births").sum())


@_outcome(
    "startup_deaths",
    "Startups closed in France",
    "startups",
    "lower",
    "Startups with headquarters in France that closed, summed over the horizon. Rises with births, too.",
)
def _startup_deaths(run: RunRecord) -> float:
    return float(run.france("closures").sum())


@_outcome(
    "startup_exits",
    "Startups sold or listed",
    "startups",
    "none",
    "Exits (sale or listing) of startups with headquarters in France, summed over the horizon.",
)
def _startup_exits(run: RunRecord) -> float:
    return float(run.france("exits").sum())


@_outcome(
    "tech_champions",
    "Tech Champions in France",
    "startups",
    "higher",
    "Startups with headquarters in France at the horizon that reached the size of a Tech Champion.",
)
def _tech_champions(run: RunRecord) -> float:
    return float(run.france("champions")[-1])


@_outcome(
    "startup_jobs",
    "Startup jobs in France",
    "jobs",
    "higher",
    "Staff of startups working in France at the horizon, wherever the headquarters are. Not additional "
    "employment: staff may come from other firms.",
)
def _startup_jobs(run: RunRecord) -> float:
    return float(run.france("jobs")[-1])


@_outcome(
    "capital_raised",
    "Capital raised in France",
    MONEY,
    "higher",
    "Money raised by startups with headquarters in France, summed over the horizon, not discounted.",
)
def _capital_raised(run: RunRecord) -> float:
    return float(run.france("capital_meur").sum())


@_outcome(
    "foreign_led_share",
    "Rounds led from abroad",
    PERCENT,
    "none",
    "Funding rounds in France with a foreign lead investor, per 100 rounds over the horizon; 0 without rounds.",
)
def _foreign_led_share(run: RunRecord) -> float:
    return share(float(run.france("rounds_foreign_led").sum()), float(run.france("rounds").sum()))


@_outcome(
    "refused_rounds",
    "Refused funding rounds",
    "rounds",
    "lower",
    "Rounds sought by startups in France and refused for want of capital, summed over the horizon.",
)
def _refused_rounds(run: RunRecord) -> float:
    return float(run.france("refused_rounds").sum())


# --- Where in France ------------------------------------------------------------------------------------------


@_outcome(
    "paris_share",
    "Startups in Île-de-France",
    PERCENT,
    "none",
    "Startups in the places of Île-de-France per 100 startups in France at the horizon; 0 when there are none.",
)
def _paris_share(run: RunRecord) -> float:
    last = run.grid("startups")[-1]
    return share(float(last[run.is_paris & run.is_french].sum()), float(last[run.is_french].sum()))


@_outcome(
    "district_concentration",
    "Concentration over French places",
    "index 0 to 1",
    "none",
    "Herfindahl index of startups over the French places at the horizon (Rest of France is one place); "
    "0 when there are no startups.",
)
def _district_concentration(run: RunRecord) -> float:
    last = run.grid("startups")[-1][run.is_french]
    total = last.sum()
    return float(np.sum((last / total) ** 2)) if total else 0.0


@_outcome(
    "labelled_districts", "Labelled districts", "districts", "none", "Districts that hold the label at the horizon."
)
def _labelled_districts(run: RunRecord) -> float:
    return float(run.grid("labelled")[-1][run.is_district].sum())


# --- Money ----------------------------------------------------------------------------------------------------


@_outcome(
    "public_cost",
    "Public cost, gross",
    MONEY,
    "lower",
    "What State and cities pay or forgo over the horizon, discounted at 4% a year to 2013 Q3. Money that comes "
    "back is not deducted, nor is any tax paid by additional firms or people.",
)
def _public_cost(run: RunRecord) -> float:
    return run.money(PUBLIC_PAYERS)


@_outcome(
    "public_cost_state",
    "of which the State",
    MONEY,
    "lower",
    "The State's part of the gross public cost, discounted at 4% a year to 2013 Q3.",
)
def _public_cost_state(run: RunRecord) -> float:
    return run.money(("state",))


@_outcome(
    "public_recovered",
    "Public money that comes back",
    MONEY,
    "higher",
    "Repayments and proceeds to State and cities over the horizon, discounted at 4% a year to 2013 Q3.",
)
def _public_recovered(run: RunRecord) -> float:
    return run.money(PUBLIC_PAYERS, back=True)


@_outcome(
    "private_cost",
    "Private cost, gross",
    MONEY,
    "lower",
    "What private parties pay for the levers over the horizon, discounted at 4% a year to 2013 Q3.",
)
def _private_cost(run: RunRecord) -> float:
    return run.money(("private",))


@_outcome(
    "city_programmes",
    "City programmes",
    MONEY,
    "none",
    "What French cities pay from their own yearly budgets over the horizon, in the baseline too, discounted at 4% a "
    "year to 2013 Q3. No part of the public cost of a lever.",
)
def _city_programmes(run: RunRecord) -> float:
    return run.money(("city",), programmes=True)
