"""Tables as comma-separated values for spreadsheets: numbers stay numbers, and no text is taken for a formula."""

from __future__ import annotations

import csv
import io

from sim.report.catalogue import Words
from sim.report.tables.table import Entry, Table, flat

# A spreadsheet takes a text that begins with one of these for a formula, full-width forms too in some settings.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "|", "%")
GUARD = "'"
BYTE_ORDER_MARK = "\ufeff"
"""Without it some spreadsheets read accents wrongly."""
MARKS = {"en": (",", "."), "fr": (";", ",")}
"""What stands between columns, and before decimals: as a spreadsheet of that language opens the file."""


def harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: with an apostrophe before what begins like one."""
    return GUARD + text if text.startswith(FORMULA) or text.lstrip().startswith(FORMULA) else text


def csv_text(table: Table, words: Words) -> str:
    """Return a table as the text of a file: full digits, limits of intervals in columns of their own."""
    between, point = MARKS[words.language]
    headings, rows = flat(table, words)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=between, lineterminator="\n")
    writer.writerow([harmless(heading) for heading in headings])
    writer.writerows([[_cell(entry, point) for entry in row] for row in rows])
    return BYTE_ORDER_MARK + out.getvalue()


def _cell(entry: Entry, point: str) -> str:
    if not entry.numbers:
        return harmless(entry.text)
    return repr(entry.numbers[0]).removesuffix(".0").replace(".", point)
