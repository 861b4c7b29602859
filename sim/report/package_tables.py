"""The tables of packages: contributions, pairs, budgets, the frontier, each number beside its interval."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sim.analysis.packages.coalitions import COST, OBJECTIVES
from sim.analysis.packages.tables import TOTAL
from sim.report.catalogue import Words
from sim.report.explorer_data import member_label, outcome_effects
from sim.report.names import outcome_label, outcome_unit
from sim.report.numbers import decimals_for
from sim.report.package_results import PackageResults
from sim.report.readings import reading_text
from sim.report.results import Results
from sim.report.sections.effect_cells import effect_entry
from sim.report.sentences import Effect
from sim.report.tables.table import Column, Entry, Table, estimate, number, text

MOST_PAIRS, MOST_PACKAGES = 3, 12
"""Pairs of an objective, and packages of the frontier, that are listed."""


def package_label(members: str, found: PackageResults, words: Words) -> str:
    """``R1 + R4`` for ``r1+r4``; none and all in words."""
    parts = members.split("+") if members else []
    if len(parts) in (0, len(found.members)):
        return words("packages.all" if parts else "packages.none")
    return " + ".join(part.upper() for part in parts)


def column_of(outcome: str, row: dict[str, Any], words: Words) -> Column:
    """An outcome as a column."""
    return Column(outcome_label(outcome, str(row["label"]), words), outcome_unit(outcome, str(row["unit"]), words))


def held_effect(row: dict[str, Any], words: Words, better: str = "none") -> Effect:
    """A value with its simultaneous interval, of the tables of contributions and pairs."""
    outcome, known = str(row["outcome"]), column_of(str(row["outcome"]), row, words)
    return Effect(
        str(row.get("member", "")), outcome, known.label, known.unit, str(row.get("better", better)),
        float(row["value"]), float(row["joint_low"]), float(row["joint_high"]), int(row["n"]), str(row["reading"]),
    )  # fmt: skip


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table, their columns as text keys."""
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]


def contributions(found: PackageResults, results: Results, words: Words) -> Table:
    """A row per member with its Shapley values, an objective each; all together last."""
    rows = {(str(row["member"]), str(row["outcome"])): row for row in records(found.shapley)}
    held = [outcome for outcome in OBJECTIVES if (TOTAL, outcome) in rows]
    columns = [Column(words("page.recommendation"), kind="text")]
    columns += [column_of(outcome, rows[TOTAL, outcome], words) for outcome in held]
    lines = []
    for member in (*found.members, TOTAL):
        label = words("explorer.together") if member == TOTAL else member_label(member, results, words)
        cells = [effect_entry(held_effect(rows[member, outcome], words), words) for outcome in held]
        lines.append((text(label), *cells))
    return Table(
        "packages_contributions", words("packages.contributions"), tuple(columns), tuple(lines),
        (words("packages.contributions_note"),), ("shapley.csv",),
    )  # fmt: skip


def orders(found: PackageResults, results: Results, outcome: str, words: Words) -> Table:
    """Member, alone, Shapley value and added last for one outcome, rounded alike."""
    lines = []
    own = [row for row in records(found.shapley[found.shapley["outcome"] == outcome]) if row["member"] != TOTAL]
    for row in own:
        decimals = decimals_for(row["joint_low"], row["joint_high"], row["value"])
        numbers = [number(row[name], words, decimals, signed=True) for name in ("alone", "value", "last")]
        lines.append((text(member_label(str(row["member"]), results, words)), *numbers))
    known = column_of(outcome, own[0], words)
    columns = [Column(words("page.recommendation"), kind="text")]
    columns += [Column(words(f"packages.{name}"), known.unit, "number") for name in ("alone", "average", "last")]
    return Table(
        "packages_orders", words("packages.orders", label=known.label), tuple(columns), tuple(lines),
        (words("packages.orders_note"),), ("shapley.csv",),
    )  # fmt: skip


def clear_pairs(found: PackageResults, words: Words) -> Table | None:
    """The pairs whose interval excludes zero, the largest of each objective first; None if there is none."""
    shorts = dict(zip(found.members, (short.upper() for short in found.shorts), strict=True))
    better = dict(zip(found.packages["outcome"].astype(str), found.packages["better"].astype(str), strict=True))
    lines, left = [], 0
    for outcome in OBJECTIVES:
        rows = records(found.interactions[found.interactions["outcome"] == outcome])
        effects = [(row, held_effect(row, words)) for row in rows]
        clear = [(row, effect) for row, effect in effects if effect.verdict in ("up", "down")]
        clear.sort(key=lambda pair: -abs(pair[1].difference))
        left += len(clear[MOST_PAIRS:])
        for row, effect in clear[:MOST_PAIRS]:
            up = effect.verdict == "up"
            if effect.is_money:
                meaning = "dearer" if up else "cheaper"
            else:
                meaning = "complements" if up == (better.get(outcome) != "lower") else "substitutes"
            pair = f"{shorts.get(row['first'], row['first'])} + {shorts.get(row['second'], row['second'])}"
            value = estimate(effect.difference, effect.low, effect.high, words, signed=True)
            lines.append((text(effect.label), text(pair), value, text(effect.unit), text(words(f"packages.{meaning}"))))
    if not lines:
        return None
    heads = ("page.outcome", "packages.pair", "packages.index", "page.unit", "explorer.reading")
    kinds = ("text", "text", "estimate", "text", "text")
    columns = [Column(words(head), kind=kind) for head, kind in zip(heads, kinds, strict=True)]  # type: ignore[arg-type]
    notes = (words("packages.company_note"), *([words("packages.company_rest", count=left)] if left else []))
    return Table(
        "packages_pairs", words("packages.company"), tuple(columns), tuple(lines), notes, ("interactions.csv",)
    )


def budget_choices(found: PackageResults, words: Words) -> Table:
    """The best package within each budget, by goal."""
    known = {str(row["outcome"]): row for row in records(found.packages.drop_duplicates("outcome"))}
    lines = []
    for row in records(found.budgets):
        goal = column_of(str(row["outcome"]), known[str(row["outcome"])], words)
        decimals = decimals_for(row["low"], row["high"], row["gain"])
        budget = Entry(words.numbers.money(row["budget"]), (float(row["budget"]),))
        lines.append(
            (budget, text(goal.heading), text(package_label(str(row["members"]), found, words)),
             estimate(row["gain"], row["low"], row["high"], words, signed=True),
             number(row["gain_held_out"], words, decimals, signed=True),
             estimate(row["public_cost"], row["cost_low"], row["cost_high"], words),
             share(row["probability_best"], words), number(row["regret_mean"], words, decimals))
        )  # fmt: skip
    cost = column_of(COST, known[COST], words)
    columns = (
        Column(words("packages.budget"), kind="number"), Column(words("packages.goal"), kind="text"),
        Column(words("packages.package"), kind="text"), Column(words("packages.gain")),
        Column(words("packages.held_out"), kind="number"), cost, Column(words("packages.best"), kind="number"),
        Column(words("packages.regret"), kind="number"),
    )  # fmt: skip
    return Table(
        "packages_budgets", words("packages.budgets"), columns, tuple(lines), (words("packages.budgets_note"),),
        ("budgets.csv",),
    )  # fmt: skip


def share(value: float, words: Words) -> Entry:
    """A share of worlds in per cent."""
    return Entry(words.numbers.percent(100 * value), (100 * float(value),))


def unbeaten(found: PackageResults, words: Words) -> Table:
    """The packages on the frontier of the means, those unbeaten in most worlds first."""
    on = found.frontier[found.frontier["on_mean_frontier"].astype(str).str.lower() == "true"]
    effects = {outcome: outcome_effects(found, outcome, words) for outcome in OBJECTIVES}
    first = on.sort_values(["probability", COST], ascending=[False, True], kind="stable").head(MOST_PACKAGES)
    lines = []
    for row in records(first):
        cells = [effect_entry(effects[outcome][int(row["mask"])], words) for outcome in OBJECTIVES]
        worlds, low, high = (words.numbers.percent(100 * row[name]) for name in ("probability", "low", "high"))
        ends = tuple(100 * float(row[name]) for name in ("probability", "low", "high"))
        held = Entry(worlds, ends, 0, words("page.range", low=low, high=high))
        lines.append((text(package_label(str(row["members"]), found, words)), *cells, held))
    columns = [Column(words("packages.package"), kind="text")]
    columns += [Column(effects[outcome][0].label, effects[outcome][0].unit) for outcome in OBJECTIVES]
    columns.append(Column(words("packages.unbeaten")))
    note = words("packages.frontier_note", on=len(on), total=len(found.frontier))
    return Table(
        "packages_frontier", words("packages.frontier"), tuple(columns), tuple(lines), (note,),
        ("frontier.csv", "packages.parquet"),
    )  # fmt: skip


def why_untold(found: PackageResults, words: Words) -> str:
    """Why no contribution has an interval; empty where one has."""
    if found.shapley["joint_low"].notna().any() or found.shapley.empty:
        return ""
    return reading_text(str(found.shapley["reading"].iloc[0]), words)
