"""Districts: which gain, which lose, and at whose expense."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sim.report.catalogue import Words
from sim.report.losers import territory_of
from sim.report.names import place_name
from sim.report.policies import main_policy, policy_title
from sim.report.results import Results, ScenarioNote
from sim.report.sections.shown import figures_of
from sim.report.tables.table import Column, Entry, Table, estimate, text

KINDS = ("startups", "talents", "jobs")


def build(results: Results, words: Words) -> dict[str, Any] | None:
    """Figures, and a table of places for the policy of the page; none without either."""
    figures, table, note = figures_of("districts", results, words), territory_of(results), main_policy(results)
    made = _table(results, note, table, words) if table is not None and note is not None else None
    return {"figures": figures, "table": made} if figures or made is not None else None


def _table(results: Results, note: ScenarioNote, table: pd.DataFrame, words: Words) -> Table | None:
    rows = table[(table["scenario"] == note.name) & (table["level"] == "place")]
    if rows.empty:
        return None
    names = dict(zip(results.places["place"].astype(str), results.places["short_name"].astype(str), strict=True))
    held = [kind for kind in KINDS if kind in set(rows["kind"])]
    by_key = {(str(r["where"]), str(r["kind"])): r for r in rows.to_dict("records")}

    def entry(place: str, kind: str) -> Entry:
        row = by_key.get((place, kind))
        if row is None:
            return Entry()
        difference, low, high = (float(row[name]) for name in ("difference", "joint_low", "joint_high"))
        found = estimate(difference, low, high, words, signed=True)
        if not found.interval:
            remark = words("page.unchanged" if row["difference"] == 0 else "page.untold")
            return Entry(found.text, found.numbers, found.decimals, "", remark, "neutral")
        clear = row["joint_low"] > 0 or row["joint_high"] < 0
        favour = ("favourable" if row["difference"] > 0 else "unfavourable") if clear else "neutral"
        return Entry(found.text, found.numbers, found.decimals, found.interval, "", favour)

    lines = []
    for place in dict.fromkeys(rows["where"].astype(str)):
        label = place_name(place, names.get(place) or place, words)
        lines.append((text(label), *(entry(place, kind) for kind in held)))
    columns = (Column(words("districts.place"), kind="text"), *(Column(words(f"districts.{kind}")) for kind in held))
    title = words("districts.title", policy=policy_title(results, note, words))
    return Table("districts", title, columns, tuple(lines), (words("districts.note"),), ("territory.csv",))
