"""Tables of the report as CSV, LaTeX and one workbook, from the same values as the page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sim.report.catalogue import Words
from sim.report.clearing import clear_way
from sim.report.tables.csv_file import csv_text
from sim.report.tables.latex_file import latex_text
from sim.report.tables.table import Table
from sim.report.tables.workbook import write_workbook

__all__ = ["KINDS", "WORKBOOK", "Table", "csv_text", "latex_text", "write_tables", "write_workbook"]

WORKBOOK = "tables.xlsx"
KINDS = ("csv", "tex", "xlsx")


def write_tables(tables: Sequence[Table], folder: Path, words: Words) -> None:
    """Write every table into a folder: ``<name>.csv``, ``<name>.tex``, and one workbook. Same tables, same bytes.

    Files of tables that are no longer there are removed: they would show other results.
    """
    folder.mkdir(parents=True, exist_ok=True)
    names = {f"{table.name}.{kind}" for table in tables for kind in KINDS[:2]} | {WORKBOOK}
    for path in folder.iterdir():
        if path.is_file() and path.name not in names and path.suffix.removeprefix(".") in KINDS:
            path.unlink()
    for name in sorted(names):
        clear_way(folder / name)
    for table in tables:
        (folder / f"{table.name}.csv").write_text(csv_text(table, words), encoding="utf-8", newline="")
        (folder / f"{table.name}.tex").write_text(latex_text(table, words), encoding="utf-8", newline="")
    write_workbook(folder / WORKBOOK, tables, words)
