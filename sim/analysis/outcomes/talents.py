"""Talents: leaving, returning, coming, and those who live in France."""

from __future__ import annotations

from sim.analysis.outcomes.registry import RATE, Theme
from sim.analysis.run_record import RunRecord

TALENTS = Theme()


@TALENTS.outcome(
    "talent_flight_rate",
    "Talent flight rate",
    RATE,
    "lower",
    "Talents of French origin who left France in a year, per 100 in France at its start; mean over the years. "
    "Years that start with none are left out; 0 when no year is left.",
)
def _talent_flight_rate(run: RunRecord) -> float:
    return run.yearly_rate(run.departures("talent_french"), run.france("talents_french"))


@TALENTS.outcome(
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


@TALENTS.outcome(
    "talent_returns",
    "Talents who came back",
    "talents",
    "higher",
    "Moves back to France of talents of French origin, summed over the horizon.",
)
def _talent_returns(run: RunRecord) -> float:
    return float(run.arrivals("talent_french").sum())


@TALENTS.outcome(
    "talent_attractions",
    "Foreign talents attracted",
    "talents",
    "higher",
    "Moves to France of talents of foreign origin, summed over the horizon (not net of those who leave again).",
)
def _talent_attractions(run: RunRecord) -> float:
    return float(run.arrivals("talent_foreign").sum())


@TALENTS.outcome(
    "talents_french_in_france",
    "Talents of French origin in France",
    "talents",
    "higher",
    "Talents of French origin living in France at the horizon.",
)
def _talents_french_in_france(run: RunRecord) -> float:
    return float(run.france("talents_french")[-1])


@TALENTS.outcome(
    "talents_in_france",
    "Talents in France",
    "talents",
    "higher",
    "Talents of any origin living in France at the horizon.",
)
def _talents_in_france(run: RunRecord) -> float:
    return float(run.france("talents")[-1])


@TALENTS.outcome(
    "talent_departures",
    "Talents who left France",
    "talents",
    "lower",
    "Moves abroad of talents of French origin, summed over the horizon.",
)
def _talent_departures(run: RunRecord) -> float:
    return float(run.departures("talent_french").sum())


@TALENTS.outcome(
    "employed_talents",
    "Employed talents in France",
    "jobs",
    "higher",
    "Talents of any origin who live and work in France at the horizon, in any firm: an additional job is an "
    "additional one of these, never a change of startup headcount, which takes staff from other firms. The model "
    "knows no unemployment, so that the level equals the talents in France.",
)
def _employed_talents(run: RunRecord) -> float:
    return float(run.france("talents")[-1])


@TALENTS.outcome(
    "refused_dwellings",
    "Moves refused for want of a dwelling",
    "talents",
    "lower",
    "Talents who chose a French place and found no dwelling there, summed over the horizon.",
)
def _refused_dwellings(run: RunRecord) -> float:
    return float(run.france("refused_dwellings").sum())
