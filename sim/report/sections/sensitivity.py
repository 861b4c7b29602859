"""Which uncertain parameters move the answers: the strongest of each output, from a folder of the same model."""

from __future__ import annotations

from typing import Any

from sim.report.beside import folder_beside, table_of
from sim.report.catalogue import Words
from sim.report.names import outcome_label, parameter_text, scenario_title, status_text
from sim.report.results import Results
from sim.report.tables.table import Column, Kind, Table, estimate, number, text

TEXTS, NUMBERS = ("scenario", "outcome", "label", "parameter", "status"), ("total", "total_low", "total_high", "q2")
STRONGEST = 3


def build(results: Results, words: Words) -> dict[str, Any] | None:
    """A row per output and strong parameter; none without such a folder, or if no emulator explains enough."""
    table = table_of(folder_beside(results, "sensitivity"), "sobol.csv", TEXTS, NUMBERS)
    if table is None:
        return None
    told = table[table["total"].notna()]
    if told.empty:
        return None
    titles = {note.name: scenario_title(note, words) for note in results.scenarios}
    rows = []
    for (scenario, outcome), some in told.groupby(["scenario", "outcome"], sort=False):
        for line in some.sort_values("total", ascending=False, kind="stable").head(STRONGEST).to_dict("records"):
            rows.append(
                (
                    text(titles.get(str(scenario), str(scenario))),
                    text(outcome_label(str(outcome), str(line["label"]), words)),
                    text(parameter_text(str(line["parameter"]), str(line["parameter"]), words)),
                    text(status_text(str(line["status"]), words)),
                    estimate(line["total"], line["total_low"], line["total_high"], words),
                    number(line["q2"], words, 2),
                )
            )  # fmt: skip
    names = ("scenario", "outcome", "parameter", "status", "total", "q2")
    kinds: tuple[Kind, ...] = ("text", "text", "text", "text", "estimate", "number")
    columns = tuple(Column(words(f"sensitivity.{n}"), kind=k) for n, k in zip(names, kinds, strict=True))
    title = words("sensitivity.title")
    return {"table": Table("sensitivity", title, columns, tuple(rows), (words("sensitivity.note"),))}
