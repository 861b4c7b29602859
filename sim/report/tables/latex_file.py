r"""Tables in LaTeX: booktabs, every sign of a text escaped, one file a table to be read in by ``\input``."""

from __future__ import annotations

from sim.report.catalogue import Words
from sim.report.tables.table import Column, Entry, Table

HEAD = {
    "en": "% For a preamble with \\usepackage[T1]{fontenc}, \\usepackage{booktabs}, \\usepackage{longtable}; UTF-8.\n",
    "fr": "% Préambule : \\usepackage[T1]{fontenc}, \\usepackage{booktabs}, \\usepackage{longtable} ; UTF-8.\n",
}
SIGNS = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': r"\textquotedbl{}", "`": r"\textasciigrave{}", "'": r"\textquotesingle{}",
    "\u2212": r"\ensuremath{-}", "\u202f": r"\,", "\u00a0": "~", "×": r"\ensuremath{\times}",
    "²": r"\textsuperscript{2}",
    "€": r"\texteuro{}", "≥": r"\ensuremath{\geq}", "≤": r"\ensuremath{\leq}", "÷": r"\ensuremath{\div}",
    "-": r"-{}",  # so that two do not join into a dash
}  # fmt: skip
LONG = 40
"""Rows from which a table may run over pages."""
WIDE_TEXT = 30
"""Letters from which a column of text is set in lines."""


def escaped(text: str) -> str:
    """Return a text that LaTeX prints as it is: no command, no comment, no line end of its own."""
    return "".join(SIGNS.get(sign, sign) for sign in " ".join(text.split(" ")) if sign.isprintable() or sign in SIGNS)


def latex_text(table: Table, words: Words) -> str:
    """Return a table as the text of a file."""
    spec = "".join(_spec(column, [row[n] for row in table.rows]) for n, column in enumerate(table.columns))
    heading = " & ".join(escaped(column.heading) for column in table.columns) + r" \\"
    body = [" & ".join(_cell(entry) for entry in row) + r" \\" for row in table.rows]
    caption = f"\\caption{{{escaped(table.title)}}}"
    notes = "".join(f"\\par\\smallskip {{\\footnotesize {escaped(note)}}}\n" for note in table.notes)
    label = f"\\label{{tab:{table.name.replace('_', '-')}}}"
    if len(table.rows) > LONG:
        lines = [
            f"\\begin{{longtable}}{{{spec}}}", caption + label + r" \\", r"\toprule", heading, r"\midrule", r"\endhead",
            r"\bottomrule", r"\endfoot", *body, r"\end{longtable}",
        ]  # fmt: skip
    else:
        lines = [
            r"\begin{table}[htbp]", r"\centering\small", caption + label, f"\\begin{{tabular}}{{{spec}}}", r"\toprule",
            heading, r"\midrule", *body, r"\bottomrule", r"\end{tabular}",
        ]  # fmt: skip
    text = "\n".join(lines) + "\n" + notes
    return HEAD[words.language] + (text if len(table.rows) > LONG else text + "\\end{table}\n")


def _spec(column: Column, entries: list[Entry]) -> str:
    if column.kind != "text":
        return "r"
    longest = max((len(entry.text) for entry in entries), default=0)
    return "p{0.3\\linewidth}" if longest > WIDE_TEXT else "l"


def _cell(entry: Entry) -> str:
    parts = [escaped(entry.text)]
    if entry.interval:
        parts.append(f"({escaped(entry.interval)})")
    if entry.remark:
        parts.append(f"\\textit{{{escaped(entry.remark)}}}")
    return " ".join(part for part in parts if part)
