"""Reference experiments beside published patterns."""

from __future__ import annotations

from typing import Any

from sim.report.catalogue import Words
from sim.report.reference_experiments import reference_rows
from sim.report.results import Results
from sim.report.tables.table import Column, Table, text


def build(results: Results, words: Words) -> dict[str, Any] | None:
    """The table; none where neither experiment was run."""
    found = reference_rows(results, words)
    if not found:
        return None
    names = ("pattern", "measured", "published", "simulated")
    columns = tuple(Column(words(f"page.{name}"), kind="text") for name in names)
    rows = tuple(tuple(text(getattr(row, name)) for name in names) for row in found)
    note, title = words("page.reference_note"), words("page.reference")
    return {"table": Table("reference", title, columns, rows, (note,), ("runs.parquet", "series.parquet"))}
