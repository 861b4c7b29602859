"""Do the conclusions hold under another structure of the model? Effects, their changes, signs and ranks by structure.

Every effect is paired within its structure: scenario less baseline, in the same world and with the same luck. A change
is paired once more: the effect in a world under a structure less the effect in the same world under the reference, so
that neither parameters nor luck stand in it. Worlds are the sample; intervals have the shape of
:mod:`sim.analysis.intervals`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.compare import HEADLINES
from sim.analysis.intervals import LEVEL, arms, moments
from sim.analysis.outcomes import OUTCOMES
from sim.analysis.paired_worlds import BASELINE, summarise_columns
from sim.analysis.simultaneous import critical_value, paired_columns

REFERENCE = "reference"
# What a conclusion is about: the headlines without public cost, which is a price.
JUDGED = tuple(name for name in HEADLINES if name != "public_cost")
STRUCTURE_COLUMNS = (
    "structure", "scenario", "outcome", "label", "unit", "better", "effect", "low", "high", "n", "change",
    "change_low", "change_high", "change_joint_low", "change_joint_high", "n_change", "same_sign", "sign", "rank",
    "rank_reference", "family", "reading",
)  # fmt: skip
FIRST_COLUMNS = (
    "structure", "outcome", "label", "first", "first_reference", "same_first", "lead", "low", "high", "n", "reading",
)  # fmt: skip
SAME, OPPOSITE, NOISE, NOTHING = "same", "opposite", "opposite within noise", "no effect in one of them"


def paired_effects(runs: pd.DataFrame, baseline: str = BASELINE, outcomes: Sequence[str] | None = None) -> pd.DataFrame:
    """Paired effect of every structure, scenario and outcome in every world, replicates averaged.

    Args:
        runs: ``structure, run, scenario, world, replicate`` and outcomes; world numbers mean the same draw under all
            structures.
        baseline: the scenario to compare with.
        outcomes: those to take; none: all.

    Returns:
        worlds as index, columns (structure, scenario, outcome), structures in the order of the rows; NaN where a world
        has no pair.

    Raises:
        ValueError, KeyError: as :func:`sim.analysis.simultaneous.paired_columns`.
    """
    parts = {
        str(name): paired_columns(own.drop(columns="structure"), baseline, outcomes)["difference"]
        for name, own in runs.groupby("structure", sort=False)
    }
    return pd.concat(parts, axis=1, names=["structure", "scenario", "outcome"]).sort_index()


def structure_table(effects: pd.DataFrame, ranked: Sequence[str], reference: str = REFERENCE) -> pd.DataFrame:
    """Every effect under every structure, its change against the reference, whether its sign and rank hold.

    Args:
        effects: as :func:`paired_effects`, the reference among the structures.
        ranked: scenarios that are ranked among each other, by mean effect, 1 the best.
        reference: name of the structure that changes are against.

    Returns:
        ``STRUCTURE_COLUMNS``. ``low, high`` and ``change_low, change_high``: 95% interval of each mean;
        ``change_joint_low, change_joint_high``: holds for all changes of the ``family`` at once. ``same_sign``: of the
        means; ``sign``: ``opposite`` only if both intervals exclude zero, else ``opposite within noise``. Ranks are
        empty for scenarios that are not ranked and outcomes of which no way is better. ``reading``: why there is no
        interval.

    Raises:
        KeyError: if there is no such reference.
    """
    base = _of(effects, reference)
    rows: list[dict[str, Any]] = []
    ranks = {name: _ranks(_of(effects, name), ranked) for name in _structures(effects)}
    for name in _structures(effects):
        own = _of(effects, name)
        found = _rows(own)
        changes = own - base.reindex(columns=own.columns)
        changed = _rows(changes)
        for key in found:
            scenario, outcome = key
            row, change, before = found[key], changed[key], _mean(base, key)
            sign = _sign(row, before, base, key)
            rows.append({
                "structure": name, "scenario": scenario, "outcome": outcome,
                **{word: getattr(OUTCOMES[outcome], word) for word in ("label", "unit", "better")},
                "effect": row["mean"], "low": row["low"], "high": row["high"], "n": row["n"],
                "change": change["mean"], "change_low": change["low"], "change_high": change["high"],
                "n_change": change["n"], "same_sign": sign == SAME, "sign": sign,
                "rank": ranks[name].get(key, np.nan), "rank_reference": ranks[reference].get(key, np.nan),
                "family": "headlines" if outcome in HEADLINES else "others", "reading": row["reading"],
            })  # fmt: skip
    table = pd.DataFrame(rows)
    table["change_joint_low"], table["change_joint_high"] = _joint(effects, table, reference)
    for name in ("rank", "rank_reference"):
        table[name] = table[name].astype("Int64")
    return table[list(STRUCTURE_COLUMNS)]


def firsts(effects: pd.DataFrame, ranked: Sequence[str], reference: str = REFERENCE) -> pd.DataFrame:
    """Which of the ranked scenarios comes first by each outcome, and by how much it leads the reference's first.

    Args:
        effects: as :func:`paired_effects`.
        ranked: scenarios among which one is first.
        reference: name of the structure whose first is compared with.

    Returns:
        ``FIRST_COLUMNS``; ``lead`` is the mean paired lead under that structure, turned so that more is better, with
        its 95% interval; 0 where the first is the same.
    """
    rows = []
    outcomes = [str(name) for name in dict.fromkeys(effects.columns.get_level_values("outcome"))]
    held = {name: _of(effects, name) for name in _structures(effects)}
    before_of = {outcome: _first(held[reference], ranked, outcome) for outcome in outcomes}
    for name, own in held.items():
        for outcome in outcomes:
            best, before = _first(own, ranked, outcome), before_of[outcome]
            if best is None or before is None:
                continue
            way = -1.0 if OUTCOMES[outcome].better == "lower" else 1.0
            lead = way * (effects[name, best, outcome] - effects[name, before, outcome]).to_numpy(np.float64)
            said = {key: values[0] for key, values in summarise_columns(lead[:, None]).items()}
            rows.append((name, outcome, OUTCOMES[outcome].label, best, before, best == before, said["mean"],
                         said["low"], said["high"], int(said["n"]), str(said["reading"])))  # fmt: skip
    return pd.DataFrame(rows, columns=list(FIRST_COLUMNS))


def flips(table: pd.DataFrame, first: pd.DataFrame, judged: Sequence[str] = JUDGED) -> list[str]:
    """One plain sentence per conclusion that flips, or one that says that none does.

    Args:
        table: as :func:`structure_table`.
        first: as :func:`firsts`.
        judged: outcomes that conclusions are about.
    """
    ours = table[table["outcome"].isin(judged)]
    said = []
    for row in ours[ours["sign"] == OPPOSITE].to_dict("records"):
        all_at_once = row["change_joint_low"] > 0.0 or row["change_joint_high"] < 0.0
        said.append(
            f"{row['structure']}: {row['scenario']} changes the sign of its effect on {_small(row['label'])}, to "
            f"{_signed(row['effect'])} {row['unit']}{'' if all_at_once else ' (not if all changes are read at once)'}."
        )
    if not said:
        said.append("No sign changes.")
    said += _lost(ours)
    within = int((ours["sign"] == NOISE).sum())
    if within:
        said.append(
            f"{within} of {int((ours['structure'] != REFERENCE).sum())} means differ in sign without being told apart "
            "from zero on both sides."
        )
    others = first[first["outcome"].isin(judged) & ~first["same_first"].astype(bool)]
    for row in others.to_dict("records"):
        clear = "" if row["low"] > 0.0 else ", not told apart"
        said.append(
            f"{row['structure']}: first by {_small(row['label'])} is {row['first']} instead of {row['first_reference']}"
            f"{clear}."
        )
    if others.empty:
        said.append("The first of the eight is the same everywhere.")
    return said


def _lost(ours: pd.DataFrame) -> list[str]:
    """Say which effects of the reference are gone: told apart from zero there, the other way in the mean here."""
    before = {(row["scenario"], row["outcome"]): row for row in ours[ours["structure"] == REFERENCE].to_dict("records")}
    said = []
    for row in ours[ours["sign"] == NOISE].to_dict("records"):
        at = before[row["scenario"], row["outcome"]]
        told = at["low"] > 0.0 or at["high"] < 0.0
        if told and (row["change_low"] > 0.0 or row["change_high"] < 0.0):
            said.append(
                f"{row['structure']}: {row['scenario']} loses its effect on {_small(row['label'])}: "
                f"{_signed(row['effect'])} instead of {_signed(at['effect'])} {row['unit']}, not told apart from zero."
            )
    return said


def _structures(effects: pd.DataFrame) -> list[str]:
    return [str(name) for name in dict.fromkeys(effects.columns.get_level_values("structure"))]


def _of(effects: pd.DataFrame, structure: str) -> pd.DataFrame:
    """Return the effects under one structure, columns (scenario, outcome)."""
    held = effects.loc[:, effects.columns.get_level_values("structure") == structure]
    if held.empty:
        raise KeyError(structure)
    return held.droplevel("structure", axis=1)


def _rows(values: pd.DataFrame) -> dict[tuple[str, str], dict[str, Any]]:
    """Return what is said of the worlds of each column, by (scenario, outcome)."""
    numbers = values.to_numpy(np.float64)
    some = np.isfinite(numbers).any(axis=0)
    found = summarise_columns(np.where(some, numbers, 0.0))
    rows = {}
    for at, key in enumerate(values.columns):
        said = {name: column[at] for name, column in found.items()}
        empty = {"mean": np.nan, "low": np.nan, "high": np.nan, "n": 0, "reading": "no world has both"}
        rows[str(key[0]), str(key[1])] = said if some[at] else empty
    return rows


def _mean(values: pd.DataFrame, key: tuple[str, str]) -> float:
    held = values[key].dropna() if key in values.columns else pd.Series(dtype=float)
    return float(held.mean()) if len(held) else np.nan


def _sign(row: dict[str, Any], before: float, base: pd.DataFrame, key: tuple[str, str]) -> str:
    after = float(row["mean"])
    if not (np.isfinite(before) and np.isfinite(after)):
        return ""
    if np.sign(before) == np.sign(after):
        return SAME
    if before == 0.0 or after == 0.0:
        return NOTHING
    reference = {name: values[0] for name, values in summarise_columns(base[[key]].to_numpy(np.float64)).items()}
    told = all(side["low"] > 0.0 or side["high"] < 0.0 for side in (row, reference))
    return OPPOSITE if told else NOISE


def _ranks(own: pd.DataFrame, ranked: Sequence[str]) -> dict[tuple[str, str], int]:
    """Rank of each ranked scenario by the mean over the worlds that all of them have; ties share the better rank."""
    found: dict[tuple[str, str], int] = {}
    for outcome in dict.fromkeys(own.columns.get_level_values("outcome")):
        means = _shared_means(own, ranked, str(outcome))
        if means is not None:
            found |= {(str(name), str(outcome)): int(rank) for name, rank in means.rank(
                ascending=False, method="min").items()}  # fmt: skip
    return found


def _first(own: pd.DataFrame, ranked: Sequence[str], outcome: str) -> str | None:
    means = _shared_means(own, ranked, outcome)
    return None if means is None else str(means.idxmax())


def _shared_means(own: pd.DataFrame, ranked: Sequence[str], outcome: str) -> pd.Series[float] | None:
    """Means over the worlds that all ranked scenarios have, more is better; None if nothing can be ranked."""
    there = [name for name in ranked if (name, outcome) in own.columns]
    if OUTCOMES[outcome].better == "none" or len(there) < 2:
        return None
    values = own[[(name, outcome) for name in there]].dropna().set_axis(there, axis=1)
    if values.empty:
        return None
    return values.mean() if OUTCOMES[outcome].better == "higher" else -values.mean()


def _joint(effects: pd.DataFrame, table: pd.DataFrame, reference: str) -> tuple[np.ndarray, np.ndarray]:
    """Ends of the intervals that hold for all changes of a family at once, in the order of the table; NaN if none."""
    low, high = np.full(len(table), np.nan), np.full(len(table), np.nan)
    told = np.isfinite(table["change_low"].to_numpy(np.float64)) & (table["structure"] != reference).to_numpy()
    for family in ("headlines", "others"):
        at = np.flatnonzero(told & (table["family"] == family).to_numpy())
        if not len(at):
            continue
        keys = [tuple(row) for row in table.loc[at, ["structure", "scenario", "outcome"]].to_numpy()]
        values = np.stack([(effects[key] - effects[(reference, *key[1:])]).to_numpy(np.float64) for key in keys], 1)
        found, critical = moments(values), critical_value(values, LEVEL)
        below, above = arms(np.maximum(found.n, 1), found.skewness, critical.value)
        low[at], high[at] = found.mean - found.spread * below, found.mean + found.spread * above
    return low, high


def _signed(value: float) -> str:
    """A number with its sign and about three digits, never in powers of ten."""
    return f"{value:+,.0f}" if abs(value) >= 100.0 else f"{value:+.3g}"


def _small(label: str) -> str:
    return label[:1].lower() + label[1:]
