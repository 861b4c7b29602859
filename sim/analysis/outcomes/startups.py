"""The startup population: births, deaths, growth, money, and claims that were refused."""

from __future__ import annotations

from sim.analysis.outcomes.registry import MONEY, PERCENT, Theme
from sim.analysis.run_record import RunRecord, share

STARTUPS = Theme()


@STARTUPS.outcome(
    "startups_in_france",
    "Startups in France",
    "startups",
    "higher",
    "Startups of any origin with headquarters in France at the horizon.",
)
def _startups_in_france(run: RunRecord) -> float:
    return float(run.france("startups")[-1])


@STARTUPS.outcome(
    "startup_births",
    "Startups founded in France",
    "startups",
    "higher",
    "Startups founded in France, summed over the horizon.",
)
def _startup_births(run: RunRecord) -> float:
    return float(run.france("births").sum())


@STARTUPS.outcome(
    "startup_deaths",
    "Startups closed in France",
    "startups",
    "lower",
    "Startups with headquarters in France that closed, summed over the horizon. Rises with births, too.",
)
def _startup_deaths(run: RunRecord) -> float:
    return float(run.france("closures").sum())


@STARTUPS.outcome(
    "startup_exits",
    "Startups sold or listed",
    "startups",
    "none",
    "Exits (sale or listing) of startups with headquarters in France, summed over the horizon.",
)
def _startup_exits(run: RunRecord) -> float:
    return float(run.france("exits").sum())


@STARTUPS.outcome(
    "tech_champions",
    "Tech Champions in France",
    "startups",
    "higher",
    "Startups with headquarters in France at the horizon that reached the size of a Tech Champion.",
)
def _tech_champions(run: RunRecord) -> float:
    return float(run.france("champions")[-1])


@STARTUPS.outcome(
    "startup_jobs",
    "Startup jobs in France",
    "jobs",
    "higher",
    "Staff of startups working in France at the horizon, wherever the headquarters are. Not additional "
    "employment: staff may come from other firms.",
)
def _startup_jobs(run: RunRecord) -> float:
    return float(run.france("jobs")[-1])


@STARTUPS.outcome(
    "capital_raised",
    "Capital raised in France",
    MONEY,
    "higher",
    "Money raised by startups with headquarters in France, summed over the horizon, not discounted.",
)
def _capital_raised(run: RunRecord) -> float:
    return float(run.france("capital_meur").sum())


@STARTUPS.outcome(
    "foreign_led_share",
    "Rounds led from abroad",
    PERCENT,
    "none",
    "Funding rounds in France with a foreign lead investor, per 100 rounds over the horizon; 0 without rounds.",
)
def _foreign_led_share(run: RunRecord) -> float:
    return share(float(run.france("rounds_foreign_led").sum()), float(run.france("rounds").sum()))


@STARTUPS.outcome(
    "refused_rounds",
    "Refused funding rounds",
    "rounds",
    "lower",
    "Rounds sought by startups in France and refused for want of capital, summed over the horizon.",
)
def _refused_rounds(run: RunRecord) -> float:
    return float(run.france("refused_rounds").sum())


@STARTUPS.outcome(
    "refused_premises",
    "Refused claims for premises",
    "claims",
    "lower",
    "Claims of startups for premises in France that were refused for want of space, summed over the horizon. Rare, and "
    "in few worlds: read the range. Counts of refusals rise with the scale of agents; compare equal scales only.",
)
def _refused_premises(run: RunRecord) -> float:
    return float(run.france("refused_premises").sum())


@STARTUPS.outcome(
    "refused_hires",
    "Hires refused for want of talents",
    "jobs",
    "lower",
    "Jobs that startups in France wanted to fill and could not, for want of talents, summed over the horizon. Rises "
    "with the scale of agents, because claims of few agents come in lumps; compare equal scales only.",
)
def _refused_hires(run: RunRecord) -> float:
    return float(run.france("refused_hires").sum())


@STARTUPS.outcome(
    "site_closures",
    "Sites closed in France",
    "sites",
    "lower",
    "Operations in France that startups closed some time after their headquarters had left, summed over the horizon.",
)
def _site_closures(run: RunRecord) -> float:
    return float(run.france("site_closures").sum())


@STARTUPS.outcome(
    "first_customers",
    "Startups with a first customer",
    "startups",
    "higher",
    "First customers found by startups in France, summed over the horizon.",
)
def _first_customers(run: RunRecord) -> float:
    return float(run.france("first_customers").sum())
