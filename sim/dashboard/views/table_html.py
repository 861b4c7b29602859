"""A table of the report as HTML of the page; every text is escaped."""

from __future__ import annotations

from markupsafe import Markup

from sim.dashboard.views.headlines import COLOURS, STYLE
from sim.report.tables.table import Column, Entry, Table


def table_html(table: Table) -> Markup:
    """Title, table and notes."""
    head = Markup("").join(Markup('<th scope="col">{}</th>').format(column.heading) for column in table.columns)
    body = Markup("").join(
        Markup("<tr>{}</tr>").format(
            Markup("").join(_cell(column, entry) for column, entry in zip(table.columns, row, strict=True))
        )
        for row in table.rows
    )
    notes = Markup("").join(Markup("<p><small>{}</small></p>").format(note) for note in table.notes)
    return STYLE + Markup(
        '<p><b>{}</b></p><div class="tf-wide" tabindex="0" role="region" aria-label="{}"><table class="tf">'
        "<thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>{}"
    ).format(table.title, table.title, head, body, notes)


def _cell(column: Column, entry: Entry) -> Markup:
    if column.kind == "text":
        return Markup("<td>{}</td>").format(entry.text)
    colour = COLOURS.get(entry.favour, COLOURS["neutral" if entry.favour else "cost"])
    parts = [Markup('<b style="color:{}">{}</b>').format(colour, entry.text)]
    parts += [Markup("<br><i>{}</i>").format(entry.interval)] if entry.interval else []
    parts += [Markup("<br><em>{}</em>").format(entry.remark)] if entry.remark else []
    return Markup("<td>{}</td>").format(Markup("").join(parts))
