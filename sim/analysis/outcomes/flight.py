"""Startups that leave France, come back and come; founders who go straight abroad."""

from __future__ import annotations

from sim.analysis.outcomes.registry import PERCENT, RATE, Theme
from sim.analysis.run_record import RunRecord, share

FLIGHT = Theme()


@FLIGHT.outcome(
    "startup_flight_rate",
    "Startup flight rate",
    RATE,
    "lower",
    "Startups founded in France whose headquarters moved abroad in a year, per 100 with headquarters in France "
    "at its start; mean over the years. Years that start with none are left out; 0 when no year is left.",
)
def _startup_flight_rate(run: RunRecord) -> float:
    return run.yearly_rate(run.departures("startup_french"), run.france("startups_french"))


@FLIGHT.outcome(
    "startup_departures",
    "Startups that left France",
    "startups",
    "lower",
    "Moves abroad of headquarters of startups founded in France, summed over the horizon.",
)
def _startup_departures(run: RunRecord) -> float:
    return float(run.departures("startup_french").sum())


@FLIGHT.outcome(
    "startup_returns",
    "Startups that came back",
    "startups",
    "higher",
    "Moves back to France of headquarters of startups founded in France, summed over the horizon.",
)
def _startup_returns(run: RunRecord) -> float:
    return float(run.arrivals("startup_french").sum())


@FLIGHT.outcome(
    "startup_attractions",
    "Foreign startups attracted",
    "startups",
    "higher",
    "Moves to France of headquarters of startups founded abroad, summed over the horizon.",
)
def _startup_attractions(run: RunRecord) -> float:
    return float(run.arrivals("startup_foreign").sum())


@FLIGHT.outcome(
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


@FLIGHT.outcome(
    "founder_flight",
    "Startups founded abroad by French founders",
    "startups",
    "lower",
    "Startups founded outside France by persons of French origin, summed over the horizon. Never part of the "
    "startup flight rate.",
)
def _founder_flight(run: RunRecord) -> float:
    return float(run.abroad("births_french").sum())
