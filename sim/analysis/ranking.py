"""Which scenario is better in how many worlds: who beats whom, who has which rank, and what parameters move ranks.

All shares are over the worlds drawn, so they inherit the priors: "A beats B in 80% of worlds" is a statement about the
uncertainty put in, not about the world. Rank acceptability: Lahdelma, Hokkanen and Salminen (1998), European Journal of
Operational Research 106, 137-143.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from sim.analysis.intervals import LEVEL, keyed_luck, mean_interval, share_interval
from sim.analysis.outcomes import OUTCOMES
from sim.analysis.outcomes.registry import Better
from sim.analysis.paired_worlds import scenario_order

WORLDS_A_PARAMETER = 10
PERMUTATIONS = 999
BEATS_COLUMNS = ("scenario", "other", "beats", "low", "high", "ties", "n")
RANK_COLUMNS = ("scenario", "rank", "share", "low", "high", "n")
EXPECTED_COLUMNS = ("scenario", "expected_rank", "low", "high", "best_share", "n")
EXPLAINED_COLUMNS = (
    "scenario", "group", "parameters", "share_alone", "share_beyond", "chance", "p_value", "worlds", "caveat",
)  # fmt: skip


def gains(
    runs: pd.DataFrame, outcome: str, scenarios: Sequence[str] | None = None, better: Better | None = None
) -> pd.DataFrame:
    """Level of an outcome by world and scenario, turned so that more is better.

    Args:
        runs: ``run, scenario, world, replicate`` and the outcome.
        outcome: its name.
        scenarios: those to compare; none: all, the baseline included.
        better: which way is better; none: as registered.

    Returns:
        worlds as index, scenarios as columns; only (world, replicate) pairs count that every scenario has.

    Raises:
        ValueError: if the scenarios share no world (one in worlds of its own cannot be ranked among others), a scenario
            has two rows for one world and replicate, a scenario is missing, or no way is better.
    """
    way = better or OUTCOMES[outcome].better
    if way == "none":
        raise ValueError(f"'{outcome}': no way is better, so that nothing can be ranked; say which with better=")
    names = list(scenarios) if scenarios is not None else scenario_order(runs)
    held = runs[runs["scenario"].isin(names)]
    missing = [name for name in names if not (held["scenario"] == name).any()]
    if missing:
        raise ValueError(f"no runs of {', '.join(missing)}")
    keys = ["world", "replicate", "scenario"]
    if held.duplicated(keys).any():
        raise ValueError("two rows for one scenario, world and replicate")
    table = held.assign(scenario=held["scenario"].astype(str)).set_index(keys)[outcome].astype(np.float64)
    shared = table.unstack("scenario")[names].dropna().groupby(level="world", sort=True).mean()
    if shared.empty:
        raise ValueError(f"{', '.join(names)} share no world")
    return shared if way == "higher" else -shared


def beats(values: pd.DataFrame, level: float = LEVEL) -> pd.DataFrame:
    """Share of worlds in which one scenario is better than another, every ordered pair.

    Args:
        values: as :func:`gains`.
        level: probability of Wilson's interval.

    Returns:
        ``BEATS_COLUMNS``; ``ties`` is the share of worlds in which they are equal, counted for neither.
    """
    rows = []
    for one in values.columns:
        for other in values.columns:
            if one == other:
                continue
            won, tied = int((values[one] > values[other]).sum()), int((values[one] == values[other]).sum())
            share = share_interval(won, len(values), level)
            rows.append((one, other, share.value, share.low, share.high, tied / share.n, share.n))
    return pd.DataFrame(rows, columns=list(BEATS_COLUMNS))


def rank_acceptability(values: pd.DataFrame, level: float = LEVEL) -> pd.DataFrame:
    """Share of worlds in which a scenario has each rank, 1 the best.

    Scenarios that tie share their ranks evenly, so that the shares of a rank, and of a scenario, add up to 1.

    Args:
        values: as :func:`gains`.
        level: probability of Wilson's interval, an approximation where ranks are shared.

    Returns:
        ``RANK_COLUMNS``, one row per scenario and rank.
    """
    best, worst = (values.rank(axis=1, ascending=False, method=method) for method in ("min", "max"))
    rows = []
    for scenario in values.columns:
        first, last = best[scenario].to_numpy(np.float64), worst[scenario].to_numpy(np.float64)
        for rank in range(1, values.shape[1] + 1):
            held = np.where((first <= rank) & (rank <= last), 1.0 / (last - first + 1.0), 0.0)
            share = share_interval(min(float(held.sum()), float(len(held))), len(held), level)
            rows.append((scenario, rank, *share))
    return pd.DataFrame(rows, columns=list(RANK_COLUMNS))


def expected_ranks(values: pd.DataFrame, level: float = LEVEL) -> pd.DataFrame:
    """Mean rank over worlds with its interval, and the share of worlds in which nothing is better; ties averaged.

    Args:
        values: as :func:`gains`.
        level: probability of the interval.

    Returns:
        ``EXPECTED_COLUMNS``, best mean rank first. Ranks whose intervals overlap are not told apart; for two scenarios
        read :func:`beats`, which is paired.
    """
    ranks = values.rank(axis=1, ascending=False, method="average")
    best = values.eq(values.max(axis=1), axis=0).mean()
    rows = []
    for scenario in values.columns:
        found = mean_interval(ranks[scenario].to_numpy(np.float64), level)
        low, high = max(1.0, found.low), min(float(values.shape[1]), found.high)
        rows.append((scenario, found.value, low, high, float(best[scenario]), found.n))
    table = pd.DataFrame(rows, columns=list(EXPECTED_COLUMNS))
    return table.sort_values("expected_rank", kind="stable", ignore_index=True)


def explained_ranks(
    values: pd.DataFrame,
    worlds: pd.DataFrame,
    groups: Mapping[str, Sequence[str]],
    seed: int = 0,
    permutations: int = PERMUTATIONS,
) -> pd.DataFrame:
    """Share of the variance of a scenario's rank over worlds that groups of parameters explain.

    Standardised rank regression (Saltelli and Sobol' 1995; Iman and Conover 1979): ranks of the parameters over worlds
    against the rank of the scenario among scenarios, adjusted for the number of parameters. What is not monotone, or
    comes of two parameters together, stays unexplained.

    Args:
        values: as :func:`gains`.
        worlds: one row a world, world numbers as index, one column a parameter.
        groups: parameters by group, for instance by status: ``assumed``, ``measured``.
        seed: of the permutations.
        permutations: of worlds, to see what chance explains.

    Returns:
        ``EXPLAINED_COLUMNS``: ``share_alone`` adjusted R2 of the group by itself, ``share_beyond`` what is lost without
        it, both NaN where there are too few worlds to fit; ``chance`` the 95% quantile of ``share_alone`` when worlds
        are shuffled, ``p_value`` of being more than chance; ``caveat`` a sentence where there are fewer than
        ``WORLDS_A_PARAMETER`` worlds a parameter, or ranks never change. Parameters that do not vary are left out.

    Raises:
        KeyError: if a parameter or a world is not in ``worlds``.
    """
    known = worlds.loc[values.index]
    known = known.loc[:, known.nunique() > 1]
    kept = {group: [name for name in names if name in known.columns] for group, names in groups.items()}
    for group, names in groups.items():
        if lost := [name for name in names if name not in worlds.columns]:
            raise KeyError(f"group '{group}': no such parameter: {', '.join(lost)}")
    every = list(dict.fromkeys(name for names in kept.values() for name in names))
    n = len(values)
    ranks = values.rank(axis=1, ascending=False, method="average").rank(axis=0)
    columns = {name: _standard(known[name].rank().to_numpy(np.float64)) for name in every}
    shuffled = _shuffles(n, permutations, seed)
    rows: list[tuple[object, ...]] = []
    for scenario in values.columns:
        response = _standard(ranks[scenario].to_numpy(np.float64))
        full = _adjusted(response[:, None], [columns[name] for name in every])[0]
        for group, names in kept.items():
            alone = beyond = chance = p_value = np.nan
            if response.any():
                inside = [columns[name] for name in names]
                alone = float(_adjusted(response[:, None], inside)[0])
                rest = _adjusted(response[:, None], [columns[name] for name in every if name not in names])[0]
                beyond = float(full - rest)
                if np.isfinite(alone):
                    null = _adjusted(response[shuffled], inside)
                    chance = float(np.quantile(null, 0.95, method="higher"))
                    p_value = float((1 + np.sum(null >= alone)) / (1 + permutations))
            caveat = _caveat(n, len(every), bool(response.any()))
            rows.append((scenario, group, len(names), alone, beyond, chance, p_value, n, caveat))
    return pd.DataFrame(rows, columns=list(EXPLAINED_COLUMNS))


def _standard(values: np.ndarray) -> np.ndarray:
    """Mean 0, length 1; all 0 if nothing varies."""
    centred = values - values.mean()
    length = float(np.sqrt((centred**2).sum()))
    return centred / length if length > 1e-9 else np.zeros(len(values))


def _shuffles(n: int, permutations: int, seed: int) -> np.ndarray:
    """Positions of worlds, (n, permutations), every column an order of its own."""
    luck = keyed_luck(seed, "orders of worlds", n)
    return luck.permuted(np.tile(np.arange(n)[:, None], (1, permutations)), axis=0)


def _adjusted(responses: np.ndarray, columns: Sequence[np.ndarray]) -> np.ndarray:
    """Adjusted R2 of each column of ``responses``, (n, m), each of mean 0 and length 1; NaN with too few worlds."""
    n, p = len(responses), len(columns)
    if p == 0:
        return np.zeros(responses.shape[1])
    if n < p + 3:
        return np.full(responses.shape[1], np.nan)
    axes, sizes, _ = np.linalg.svd(np.stack(columns, axis=1), full_matrices=False)
    axes = axes[:, sizes > 1e-9 * sizes[0]]
    explained = ((axes.T @ responses) ** 2).sum(axis=0)
    return np.asarray(1.0 - (1.0 - explained) * (n - 1) / (n - 1 - axes.shape[1]))


def _caveat(worlds: int, parameters: int, varies: bool) -> str:
    if not varies:
        return "the rank is the same in every world"
    if worlds >= WORLDS_A_PARAMETER * parameters:
        return ""
    text = f"{worlds} worlds for {parameters} parameters, fewer than {WORLDS_A_PARAMETER} each: shares are noisy"
    return text if worlds >= parameters + 3 else f"{text}, and not identified all together"
