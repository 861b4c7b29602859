"""All tables in one workbook: a sheet each, numbers as numbers, texts as texts, the same bytes every time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sim.report.catalogue import Words
from sim.report.tables.table import Table, flat

CREATED = datetime(2013, 7, 1)
"""The law of this day is the baseline; a file must not know when it was written."""
NOTES = "notes"
_PLAIN: dict[str, Any] = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
WIDEST = 60.0


def write_workbook(path: Path, tables: Sequence[Table], words: Words) -> None:
    """Write the workbook.

    Args:
        path: of the file.
        tables: a sheet each, in this order.
        words: the catalogue; a sheet of notes comes first.
    """
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path), {**_PLAIN, "default_date_format": "yyyy-mm-dd"})
    book.set_properties({"title": words("page.title"), "created": CREATED})
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    formats: dict[int, Any] = {}

    sheet = book.add_worksheet(NOTES)
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 110)
    sheet.write_string(0, 0, words("page.title"), bold)
    row = 2
    for table in tables:
        for column, text in enumerate((table.name, table.title)):
            sheet.write_string(row, column, text, bold)
        for note in table.notes:
            row += 1
            sheet.write_string(row, 1, note, wrap)
        row += 2

    for table in tables:
        sheet = book.add_worksheet(table.name)
        headings, rows = flat(table, words)
        widths = [min(max(len(heading) / 2, 10.0), WIDEST) for heading in headings]
        for column, heading in enumerate(headings):
            sheet.write_string(0, column, heading, head)
        for number, cells in enumerate(rows, start=1):
            for column, cell in enumerate(cells):
                if cell.numbers:
                    shape = formats.get(cell.decimals) or _format(book, formats, cell.decimals)
                    sheet.write_number(number, column, cell.numbers[0], shape)
                elif cell.text:
                    sheet.write_string(number, column, cell.text)
                    widths[column] = min(max(widths[column], float(len(cell.text))), WIDEST)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.freeze_panes(1, 1)
    book.close()


def _format(book: Any, formats: dict[int, Any], decimals: int) -> Any:
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    formats[decimals] = book.add_format({"num_format": pattern})
    return formats[decimals]
