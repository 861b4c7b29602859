"""Do the conclusions hold in other structures of the model?"""

from __future__ import annotations

from typing import Any

import pandas as pd

from sim.analysis.structures import JUDGED, NOISE, OPPOSITE, REFERENCE
from sim.report.beside import folder_beside, table_of
from sim.report.catalogue import Words
from sim.report.names import outcome_label, scenario_title
from sim.report.results import Results
from sim.report.tables.table import Column, Entry, Table, number, text

TEXTS = ("structure", "scenario", "outcome", "label", "sign")
NUMBERS = ("effect", "low", "high", "change_low", "change_high")
COLUMNS = ("structure", "compared", "clear", "opposite", "gone", "noise")


def build(results: Results, words: Words) -> dict[str, Any] | None:
    """How many effects turn or are lost, by structure, and which; none without such a folder of the same model.

    By the rules of :func:`sim.analysis.structures.flips`.
    """
    folder = folder_beside(results, "structures", "reference/manifest.json")
    table = table_of(folder, "structures.csv", TEXTS, NUMBERS)
    if table is None:
        return None
    table = table[table["outcome"].isin(JUDGED)]
    told = (table["low"] > 0) | (table["high"] < 0)
    base = table["structure"] == REFERENCE
    clear = set(zip(table.loc[base & told, "scenario"], table.loc[base & told, "outcome"], strict=True))
    moved = (table["change_low"] > 0) | (table["change_high"] < 0)
    keys = list(zip(table["scenario"], table["outcome"], strict=True))
    was_clear = pd.Series([key in clear for key in keys], index=table.index)
    table = table.assign(was_clear=was_clear, gone=was_clear & moved & (table["sign"] == NOISE))
    titles = {note.name: scenario_title(note, words) for note in results.scenarios}
    rows: list[tuple[Entry, ...]] = []
    said: list[str] = []
    for name, some in table[~base].groupby("structure", sort=False):
        structure = words.get(f"structure.{name}", str(name).replace("_", " "))
        counts = [len(some), some["was_clear"].sum(), (some["sign"] == OPPOSITE).sum(), some["gone"].sum(),
                  (some["sign"] == NOISE).sum()]  # fmt: skip
        rows.append((text(structure), *(number(int(count), words) for count in counts)))
        for line in some[some["gone"] | (some["sign"] == OPPOSITE)].to_dict("records"):
            label = outcome_label(str(line["outcome"]), str(line["label"]), words)
            policy = titles.get(str(line["scenario"]), str(line["scenario"]))
            key = "structures.lost" if line["gone"] else "structures.turned"
            said.append(words(key, structure=structure, policy=policy, label=label))
    columns = tuple(Column(words(f"structures.{n}"), kind="text" if n == "structure" else "number") for n in COLUMNS)
    made = Table("structures", words("structures.title"), columns, tuple(rows), (words("structures.note"),))
    return {"table": made, "said": said or [words("structures.none")]}
