"""Read the tables that the model does not: national facts, notes by place, and the targets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from sim.evidence.tables import STATUSES, check_choice, check_text, check_year, number, read_rows

NATIONAL = ("variable", "country", "value", "unit", "year", "status", "source")
NOTES = ("place", "variable", "value", "year", "status", "source")
DEFINITION = "definition_in_simulation_output"
TARGETS = ("id", "pattern", DEFINITION, "value", "low", "high", "unit", "use", "status", "source")
USES = ("calibrate", "validate", "seen", "context", "input")
REST_OF_WORLD = "ZZ"


def check_facts(folder: Path, ids: tuple[str, ...], countries: set[str], problems: list[str]) -> None:
    """Check the two files the model does not read: national facts and notes by place (text allowed)."""
    allowed = tuple(sorted(countries - {REST_OF_WORLD} | {"EU"}))
    for row in read_rows(folder / "national.csv", NATIONAL, problems):
        check_choice(row, "country", allowed, problems)
        check_choice(row, "status", STATUSES, problems)
        check_text(row, ["variable", "value", "unit", "source"], problems)
        check_year(row, problems)
    for row in read_rows(folder / "notes.csv", NOTES, problems):
        check_choice(row, "place", ids, problems)
        check_choice(row, "status", STATUSES, problems)
        check_text(row, ["variable", "value", "source"], problems)
        check_year(row, problems)


def read_targets(path: Path, problems: list[str]) -> pd.DataFrame:
    """Read the target rows: unique ids, known use and status, low <= value <= high."""
    first: dict[str, str] = {}
    records: list[dict[str, Any]] = []
    for row in read_rows(path, TARGETS, problems):
        identity = row.cells["id"]
        if identity in first:
            problems.append(f"{row.where}: target '{identity}' is already on {first[identity]}.")
        first[identity] = row.where
        check_text(row, ["id", "pattern", DEFINITION, "unit", "source"], problems)
        check_choice(row, "use", USES, problems)
        check_choice(row, "status", STATUSES, problems)
        numbers = {column: number(row.cells[column]) for column in ("value", "low", "high")}
        where = f"{row.where} ({identity})"
        problems.extend(
            f"{where} {column}: found '{row.cells[column]}', allowed is a number."
            for column, parsed in numbers.items()
            if parsed is None
        )
        value, low, high = numbers["value"], numbers["low"], numbers["high"]
        if value is not None and low is not None and high is not None and not low <= value <= high:
            found = f"low {low:g}, value {value:g}, high {high:g}"
            problems.append(f"{where}: found {found}, allowed is low <= value <= high.")
        records.append({**row.cells, **numbers})
    return pd.DataFrame(records, columns=list(TARGETS))
