"""A table of the report as a value: what is printed and the numbers behind it, whatever it is written as."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sim.report.catalogue import Words
from sim.report.numbers import decimals_for

Kind = Literal["text", "number", "estimate"]


@dataclass(frozen=True)
class Column:
    """A column.

    ``kind``: text; number; or estimate, which is a number with the two limits of an interval. ``language``: of its
    texts, if it is not the language of the report.
    """

    label: str
    unit: str = ""
    kind: Kind = "estimate"
    language: str = ""

    @property
    def heading(self) -> str:
        """Label and unit in one text."""
        return f"{self.label} ({self.unit})" if self.unit else self.label


@dataclass(frozen=True)
class Entry:
    """What stands in one column of one row.

    ``numbers``: one of a number; value and limits of an estimate (NaN where there are none); none of a text. ``text``,
    ``interval`` and ``remark`` are printed; ``favour`` says whether the direction is the better one.
    """

    text: str = ""
    numbers: tuple[float, ...] = ()
    decimals: int = 0
    interval: str = ""
    remark: str = ""
    favour: str = ""


@dataclass(frozen=True, eq=False)
class Table:
    """A table.

    ``name``: of its files and its sheet; letters, digits and ``_``, at most 31 of them. ``sources``: files of the
    results folder that it is made from.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Entry, ...], ...]
    notes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError(f"table {self.name}: a row that has not as many entries as there are columns")


def text(value: object) -> Entry:
    """Return an entry of text."""
    return Entry("" if value is None else str(value))


def number(value: float, words: Words, decimals: int = 0, signed: bool = False) -> Entry:
    """Return a number without an interval."""
    return Entry(words.numbers.number(value, decimals, signed), (float(value),), max(decimals, 0))


def estimate(value: float, low: float, high: float, words: Words, signed: bool = False) -> Entry:
    """Return a number with its interval, rounded alike; where there is no interval, words say why."""
    shown, least, most = words.numbers.estimate(value, low, high, signed)
    interval = words("page.range", low=least, high=most) if low < high else ""
    remark = words("page.untold") if value != 0 and math.isnan(low) else ""
    decimals = max(decimals_for(low, high, value), 0)
    numbers, favour = (float(value), float(low), float(high)), "neutral" if remark else ""
    return Entry(shown, numbers, decimals, interval, remark, favour)


def is_number(value: float) -> bool:
    """Whether a number can be written as one."""
    return math.isfinite(value)


def flat(table: Table, words: Words) -> tuple[list[str], list[list[Entry]]]:
    """Return headings and rows with one number or text a column: an estimate becomes value, low, high and remark.

    The remark has a column only where some row has one.
    """
    headings: list[str] = []
    with_remark = []
    for position, column in enumerate(table.columns):
        headings.append(column.heading)
        if column.kind == "estimate":
            headings += [f"{column.heading}, {words('table.low')}", f"{column.heading}, {words('table.high')}"]
        with_remark.append(any(row[position].remark for row in table.rows))
        if with_remark[-1]:
            headings.append(f"{column.heading}, {words('table.remark')}")
    rows = []
    for row in table.rows:
        cells: list[Entry] = []
        for column, entry, remarked in zip(table.columns, row, with_remark, strict=True):
            cells += _numbers(entry, 3 if column.kind == "estimate" else 1)
            cells += [Entry(entry.remark)] if remarked else []
        rows.append(cells)
    return headings, rows


def _numbers(entry: Entry, width: int) -> Sequence[Entry]:
    """Return an entry as so many entries of one number or text each."""
    if not entry.numbers:
        return [Entry(entry.text), *[Entry()] * (width - 1)]
    given = [*entry.numbers, *[math.nan] * (width - len(entry.numbers))]
    return [Entry("", (value,), entry.decimals) if is_number(value) else Entry() for value in given]
