"""What is gained for the money: the tables of price, gain at equal cost, ranks and regret that stand beside a study."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence

import pandas as pd

from sim.analysis.cost_effectiveness import at_equal_cost, cost_effectiveness
from sim.analysis.discovery import FOUND, discover
from sim.analysis.outcomes import OUTCOMES
from sim.analysis.paired_worlds import BASELINE, scenario_order
from sim.analysis.ranking import beats, expected_ranks, explained_ranks, gains, rank_acceptability
from sim.analysis.robustness import regret_table, worst_worlds

GAINED = ("startups_in_france", "talents_french_in_france", "startup_jobs")
COST = "public_cost"
NO_POLICY = ("placebo",)
NO_LIMIT: Mapping[Hashable, object] = {
    "parameter": "", "low": float("nan"), "high": float("nan"), "share_of_folds": float("nan"),
}  # fmt: skip
HALF = 0.5
RANKED = 3  # at least, for ranks to say something
MOST_RANKED = 40  # of more, packages say more than ranks


def worth_tables(
    runs: pd.DataFrame,
    worlds: pd.DataFrame | None = None,
    status: Mapping[str, str] | None = None,
    baseline: str = BASELINE,
) -> dict[str, pd.DataFrame]:
    """Make the tables, by the name of their file.

    Args:
        runs: ``run, scenario, world, replicate`` and outcomes.
        worlds: ``world, parameter, value``; for which parameters decide the order.
        status: of each parameter, such as ``assumed``.
        baseline: the scenario to compare with.

    Returns:
        ``cost_effectiveness`` (public cost per unit gained), ``equal_cost`` (gain at equal public cost); of the
        scenarios that share the baseline's worlds, by outcome: ``ranks`` (mean rank and how often the best), ``beats``
        (how often one is better than another), ``rank_shares``, ``regret``, ``worst_worlds``; ``rank_drivers`` (which
        parameters decide the order) and ``discovery`` (in which worlds a scenario gains nothing). None of a kind that
        the study does not bear.
    """
    outcomes = [name for name in GAINED if name in runs]
    if COST not in runs or not outcomes:
        return {}
    found = {
        "cost_effectiveness": cost_effectiveness(runs, outcomes, baseline),
        "equal_cost": at_equal_cost(runs, outcomes, baseline=baseline),
    }
    ranked = _ranked(runs, baseline)
    if not RANKED <= len(ranked) <= MOST_RANKED:
        return found
    parts: dict[str, list[pd.DataFrame]] = {}
    for outcome in outcomes:
        values = gains(runs, outcome, ranked)
        made = {
            "ranks": expected_ranks(values), "beats": beats(values), "rank_shares": rank_acceptability(values),
            "regret": regret_table(values), "worst_worlds": worst_worlds(values),
        }  # fmt: skip
        if worlds is not None and status is not None:
            wide = _wide(worlds)
            made["rank_drivers"] = _drivers(values, wide, status)
            made["discovery"] = _failures(gains(runs, outcome, [baseline, *ranked]), baseline, wide)
        for name, table in made.items():
            table.insert(0, "outcome", outcome)
            parts.setdefault(name, []).append(table)
    return found | {name: pd.concat(tables, ignore_index=True) for name, tables in parts.items()}


def order_sentences(rank_drivers: pd.DataFrame) -> list[str]:
    """Say of which outcomes the order of scenarios rests on assumptions, as far as the worlds tell.

    Args:
        rank_drivers: as in :func:`worth_tables`.
    """
    told = rank_drivers[(rank_drivers["group"] == "assumed") & rank_drivers["share_alone"].notna()]
    means = told.groupby("outcome", sort=False)["share_alone"].mean()
    return [
        f"{OUTCOMES[str(outcome)].label}: {share:.0%} of the variance of ranks comes from assumed parameters; this "
        "order reflects assumptions, not evidence."
        for outcome, share in means.items()
        if share > HALF
    ]


def _ranked(runs: pd.DataFrame, baseline: str) -> list[str]:
    """Scenarios in the same worlds as most others: those in worlds of their own cannot be ranked among them."""
    ran = {str(name): frozenset(rows["world"]) for name, rows in runs.groupby("scenario", observed=True)}
    others = [name for name in scenario_order(runs) if name != baseline and name not in NO_POLICY]
    shared = Counter(ran[name] & ran[baseline] for name in others)
    if not shared:
        return []
    common = max(shared, key=lambda worlds: (shared[worlds], len(worlds)))
    return [name for name in others if common and common <= ran[name]]


def _wide(worlds: pd.DataFrame) -> pd.DataFrame:
    wide = worlds.pivot(index="world", columns="parameter", values="value")
    wide.columns = wide.columns.astype(str)
    return wide


def _failures(values: pd.DataFrame, baseline: str, worlds: pd.DataFrame) -> pd.DataFrame:
    """In which worlds each scenario gains nothing: limits of parameters, one a row, or why none are given."""
    rows = []
    for scenario in values.columns.drop(baseline):
        found = discover(worlds, values[scenario] <= values[baseline])
        common: dict[Hashable, object] = {"scenario": scenario, "share_failing": found.overall}
        numbers: dict[Hashable, object] = {
            "density": found.density.value, "density_low": found.density.low, "density_high": found.density.high,
            "coverage": found.coverage.value, "p_value": found.p_value, "n": len(values), "reading": found.reading,
        }  # fmt: skip
        limits = found.limits.to_dict("records") if found.reading == FOUND else []
        rows += [common | limit | numbers for limit in limits or [dict(NO_LIMIT)]]
    return pd.DataFrame(rows)


def _drivers(values: pd.DataFrame, wide: pd.DataFrame, status: Mapping[str, str]) -> pd.DataFrame:
    known = [name for name in wide.columns if name in status]
    groups: dict[str, Sequence[str]] = {
        kind: [name for name in known if status[name] == kind] for kind in sorted({status[name] for name in known})
    }
    return explained_ranks(values, wide[known], groups)
