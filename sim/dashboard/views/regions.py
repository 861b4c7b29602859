"""Districts and public accounts of the policies, as tables of the report."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from sim.dashboard.run_tables import RunTables
from sim.report.catalogue import Words
from sim.report.figures.effects import effects_of
from sim.report.names import place_name
from sim.report.sections.effect_cells import effect_entry
from sim.report.tables.table import Column, Entry, Table, estimate, text


def district_table(tables: RunTables, names: Mapping[str, str], kind: str, words: Words) -> Table | None:
    """Gains and losses by place, a column per policy; None where the run holds none.

    Args:
        tables: of a run.
        names: scenario -> printed name of the policy.
        kind: startups, talents or jobs.
        words: the catalogue.
    """
    table = tables.territory
    if table is None:
        return None
    rows = table[(table["kind"] == kind) & (table["level"] == "place") & table["scenario"].isin(list(names))]
    if rows.empty:
        return None
    shown = dict(zip(tables.places["place"].astype(str), tables.places["short_name"].astype(str), strict=True))
    by_key = {(str(row["where"]), str(row["scenario"])): row for row in rows.to_dict("records")}
    lines = []
    for place in dict.fromkeys(rows["where"].astype(str)):
        label = place_name(place, shown.get(place, place), words)
        lines.append((text(label), *(_entry(by_key.get((place, scenario)), words) for scenario in names)))
    columns = (Column(words("districts.place"), kind="text"), *(Column(name) for name in names.values()))
    title = words(f"districts.{kind}")
    return Table(f"districts_{kind}", title, columns, tuple(lines), (words("districts.note"),), ("territory.csv",))


def _entry(row: Mapping[object, object] | None, words: Words) -> Entry:
    if row is None:
        return Entry()
    value, low, high = (float(str(row[name])) for name in ("difference", "joint_low", "joint_high"))
    if value == 0 and not low < high:
        return Entry("0", (0.0,), 0, "", words("page.unchanged"), "neutral")
    found = estimate(value, low, high, words, signed=True)
    favour = "favourable" if low > 0 else "unfavourable" if high < 0 else "neutral"
    return Entry(found.text, found.numbers, found.decimals, found.interval, found.remark, favour)


def account_table(comparison: pd.DataFrame, names: Mapping[str, str], words: Words) -> Table:
    """Who pays and what comes in: a column per policy.

    Args:
        comparison: of a run.
        names: scenario -> printed name of the policy.
        words: the catalogue.
    """
    held = set(comparison["outcome"])
    lines = [
        (text(title), *(effect_entry(effects_of(comparison, scenario, outcome), words) for scenario in names))
        for outcome, title in words.table("page.cost_column").items() if outcome in held
    ]  # fmt: skip
    columns = (Column(words("dashboard.outcome"), kind="text"), *(Column(name) for name in names.values()))
    notes = (words("page.costs_note"),)
    return Table("accounts", words("page.costs"), columns, tuple(lines), notes, ("comparison.csv",))
