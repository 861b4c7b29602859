"""Read the CSV files of the evidence and check their cells, without stopping at the first problem."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from sim.errors import nearest

STATUSES = ("VERIFIED", "RECALLED", "ESTIMATE")


class Row(NamedTuple):
    """One line of a table: where it stands (``"places.csv line 12"``) and its cells by column."""

    where: str
    cells: dict[str, str]


def read_rows(path: Path, columns: Sequence[str], problems: list[str]) -> list[Row]:
    """Return the rows of a CSV file with exactly these columns; append one sentence per problem."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        problems.append(f"{path.name}: the file is missing from the evidence folder.")
        return []
    except UnicodeDecodeError as error:
        problems.append(f"{path.name}: not a text in UTF-8 ({error.reason} at byte {error.start}).")
        return []
    reader = csv.reader(io.StringIO(text, newline=""))
    header = next(reader, [])
    if header != list(columns):
        found = ",".join(header)
        problems.append(f"{path.name} line 1: found columns {found}, allowed are {','.join(columns)}.")
        return []
    rows = []
    for cells in reader:
        where = f"{path.name} line {reader.line_num}"
        if len(cells) != len(columns):
            problems.append(f"{where}: found {len(cells)} cells, allowed are {len(columns)}.")
            continue
        rows.append(Row(where, dict(zip(columns, (cell.strip() for cell in cells), strict=True))))
    return rows


def check_choice(row: Row, column: str, allowed: Sequence[str], problems: list[str]) -> bool:
    """Say whether a cell is one of the allowed names; append a sentence if it is not."""
    found = row.cells[column]
    if found in allowed:
        return True
    listed = ", ".join(allowed) if len(allowed) <= 6 else f"one of {len(allowed)} names"
    hint = nearest(found, allowed) or "."
    problems.append(f"{row.where} {column}: found '{found}', allowed: {listed}{hint}")
    return False


def check_text(row: Row, columns: Sequence[str], problems: list[str]) -> None:
    """Append a sentence for every cell of these columns that is empty."""
    problems.extend(
        f"{row.where} {column}: found an empty cell, allowed is a text." for column in columns if not row.cells[column]
    )


def check_year(row: Row, problems: list[str], blank: bool = False) -> None:
    """Append a sentence unless the year is from 1990 to 2030 (or empty, where ``blank`` allows it)."""
    found = row.cells["year"]
    if not (found == "" and blank) and not (found.isdecimal() and 1990 <= int(found) <= 2030):
        problems.append(f"{row.where} year: found '{found}', allowed is a year from 1990 to 2030.")


def number(text: str) -> float | None:
    """Return a finite number, or None if the text is not one."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
