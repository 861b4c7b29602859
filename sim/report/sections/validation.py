"""What the fitted model foretells of published figures that it was not fitted to, from a folder of the same model."""

from __future__ import annotations

from typing import Any

from sim.report.beside import table_of, validation_beside
from sim.report.catalogue import Words
from sim.report.results import Results
from sim.report.tables.table import Column, Table, estimate, number, text

TALLY = (("forecast", "name"), ("rows", "told", "inside", "share", "width", "score", "median_score"))
MOVES = (("experiment", "words"), ("base", "change", "low", "high", "percent"))


def build(results: Results, words: Words) -> dict[str, Any] | None:
    """Two tables, as far as they are there; none without such a folder."""
    folder = validation_beside(results)
    tally, moves = table_of(folder, "tally.csv", *TALLY), table_of(folder, "relocation.csv", *MOVES)
    tables = []
    if tally is not None:
        names = ("forecast", "rows", "inside", "share", "width", "score")
        columns = tuple(Column(words(f"validation.{n}"), kind="text" if n == "forecast" else "number") for n in names)
        rows = tuple(
            (text(words.get(f"forecast.{line['forecast']}", str(line["name"]))), number(line["told"], words),
             number(line["inside"], words), number(100.0 * line["share"], words), number(line["width"], words, 1),
             number(line["score"], words, 1))
            for line in tally.to_dict("records")
        )  # fmt: skip
        tables.append(Table("validation", words("validation.title"), columns, rows, (words("validation.note"),)))
    if moves is not None:
        heads = (
            Column(words("validation.experiment"), kind="text"), Column(words("validation.base"), kind="number"),
            Column(words("validation.change")), Column(words("validation.percent"), kind="number"),
        )  # fmt: skip
        lines = tuple(
            (text(words.get(f"relocation.{line['experiment']}", str(line["words"]))), number(line["base"], words),
             estimate(line["change"], line["low"], line["high"], words, signed=True),
             number(line["percent"], words, signed=True))
            for line in moves.to_dict("records")
        )  # fmt: skip
        tables.append(Table("relocation", words("validation.moves"), heads, lines, (words("validation.moves_note"),)))
    return {"tables": tables} if tables else None
