"""A table of the report as HTML of the page; every text is escaped."""

from __future__ import annotations

from markupsafe import Markup

from sim.dashboard.views.headlines import COLOURS, STYLE, table_of
from sim.report.tables.table import Column, Entry, Table


def table_html(table: Table) -> Markup:
    """Title, table and notes."""
    head = Markup("").join(
        Markup('<th scope="col" role="columnheader"{}>{}</th>').format(_lead(column), column.heading)
        for column in table.columns
    )
    body = Markup("").join(
        Markup('<tr role="row">{}</tr>').format(
            Markup("").join(_cell(column, entry) for column, entry in zip(table.columns, row, strict=True))
        )
        for row in table.rows
    )
    cells = sum(column.kind != "text" for column in table.columns)
    notes = Markup("").join(Markup("<p><small>{}</small></p>").format(note) for note in table.notes)
    title = Markup("<p><b>{}</b></p>").format(table.title)
    return STYLE + title + table_of(table.title, head, body, cells) + notes


def _lead(column: Column) -> Markup:
    return Markup(' class="lead"' if column.kind == "text" else "")


def _cell(column: Column, entry: Entry) -> Markup:
    if column.kind == "text":
        return Markup('<th scope="row" role="rowheader" class="lead">{}</th>').format(entry.text)
    colour = COLOURS.get(entry.favour, COLOURS["neutral" if entry.favour else "cost"])
    parts = [Markup('<b style="color:{}">{}</b>').format(colour, entry.text)]
    parts += [Markup("<br><i>{}</i>").format(entry.interval)] if entry.interval else []
    parts += [Markup("<br><em>{}</em>").format(entry.remark)] if entry.remark else []
    return Markup('<td role="cell">{}</td>').format(Markup("").join(parts))
