"""Tables as CSV, LaTeX and workbook: numbers stay numbers, hostile text stays text, the same bytes twice."""

import csv
import io
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from sim.report.catalogue import Words
from sim.report.tables import csv_text, latex_text, write_tables
from sim.report.tables.csv_file import BYTE_ORDER_MARK, harmless
from sim.report.tables.latex_file import escaped
from sim.report.tables.table import Column, Entry, Table, estimate, number, text

EN, FR = Words("en"), Words("fr")
HOSTILE = (
    '=HYPERLINK("http://example.org","x")', "+1+1", "-2+3", "@SUM(A1)", "\t=1", "＝1", "http://example.org/x",
    "<script>alert(1)</script>", "\\input{/etc/passwd}", "50% & $x$ #1 _a_ {b} ~ ^", "a\nb", "'quoted\"",
)  # fmt: skip
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def table(words: Words) -> Table:
    columns = (Column("Name", kind="text"), Column("Effect", "M€"), Column("n", kind="number"))
    rows = [(text(evil), estimate(-1234.5, -2000.25, -3.5, words, signed=True), number(24, words)) for evil in HOSTILE]
    rows.append((text("no interval"), estimate(0.5, float("nan"), float("nan"), words), Entry()))
    return Table("made_up", "A title & 100% \\of {it}", columns, tuple(rows), ("A note = 1",), ("comparison.csv",))


def rows_of(words: Words, between: str) -> list[list[str]]:
    written = csv_text(table(words), words)
    assert written.startswith(BYTE_ORDER_MARK)
    return list(csv.reader(io.StringIO(written.removeprefix(BYTE_ORDER_MARK)), delimiter=between))


def test_csv_holds_full_numbers_and_limits() -> None:
    head, first, *_, last = rows_of(EN, ",")
    assert head == ["Name", "Effect (M€)", "Effect (M€), low", "Effect (M€), high", "Effect (M€), remark", "n"]
    assert first[1:] == ["-1234.5", "-2000.25", "-3.5", "", "24"]
    assert last == ["no interval", "0.5", "", "", EN("page.untold"), ""]


def test_a_french_csv_opens_in_a_french_spreadsheet() -> None:
    _, first, *_ = rows_of(FR, ";")
    assert first[1:4] == ["-1234,5", "-2000,25", "-3,5"]


def test_no_text_of_a_csv_is_taken_for_a_formula() -> None:
    for row in rows_of(EN, ",")[1:]:
        assert not row[0].lstrip().startswith(("=", "+", "-", "@", "＝"))
    assert rows_of(EN, ",")[1][0] == "'" + HOSTILE[0]
    assert harmless("plain") == "plain"


def unescaped(latex: str) -> str:
    """What is left of a text when every escape is taken out."""
    return re.sub(r"\\[a-zA-Z]+\{[^{}]*\}|\\[{}&%$#_,]|-\{\}", "", latex)


@pytest.mark.parametrize("evil", HOSTILE)
def test_latex_prints_a_text_and_runs_none_of_it(evil: str) -> None:
    assert not re.search(r"[\\{}&%$#_^~\n]", unescaped(escaped(evil)))


def test_latex_table_by_hand() -> None:
    rows = ((text("50%"), Entry("−3", (), 0, "−5 à −1")),)
    small = Table("t_1", "A & B", (Column("x", kind="text"), Column("y")), rows)
    body = latex_text(small, FR)
    assert body.splitlines()[1:] == [
        r"\begin{table}[htbp]", r"\centering\small", r"\caption{A \& B}\label{tab:t-1}", r"\begin{tabular}{lr}",
        r"\toprule", r"x & y \\", r"\midrule", r"50\% & \ensuremath{-}3 (\ensuremath{-}5 à \ensuremath{-}1) \\",
        r"\bottomrule", r"\end{tabular}", r"\end{table}",
    ]  # fmt: skip


def test_long_tables_run_over_pages_in_latex() -> None:
    many = Table("t", "t", (Column("x", kind="text"),), tuple((text(str(n)),) for n in range(41)))
    assert r"\begin{longtable}" in latex_text(many, EN)


def test_workbook_keeps_numbers_and_makes_no_formula_and_no_link(tmp_path: Path) -> None:
    write_tables([table(EN)], tmp_path, EN)
    with zipfile.ZipFile(tmp_path / "tables.xlsx") as book:
        names = book.namelist()
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet2.xml"))
        strings = ["".join(t.itertext()) for t in ElementTree.fromstring(book.read("xl/sharedStrings.xml"))]
        core = book.read("docProps/core.xml").decode()
    cells = list(sheet.iter(f"{MAIN}c"))
    assert not list(sheet.iter(f"{MAIN}f"))  # formulas
    assert not list(sheet.iter(f"{MAIN}hyperlink"))
    assert not any("_rels/sheet" in name for name in names)
    values = {c.get("r"): (c.get("t", "n"), c.findtext(f"{MAIN}v")) for c in cells}
    assert values["B2"] == ("n", "-1234.5")
    assert values["A2"][0] == "s"
    assert set(HOSTILE) <= set(strings)
    assert "2013-07-01T00:00:00Z" in core


def test_twice_the_same_bytes_and_old_tables_go(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_tables([table(FR)], tmp_path / name, FR)
    files = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert files == ["made_up.csv", "made_up.tex", "tables.xlsx"]
    assert all((tmp_path / "a" / f).read_bytes() == (tmp_path / "b" / f).read_bytes() for f in files)
    (tmp_path / "a" / "gone.csv").write_text("x")
    (tmp_path / "a" / "notes.txt").write_text("mine")
    write_tables([table(FR)], tmp_path / "a", FR)
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == [*files[:2], "notes.txt", files[2]]


def test_a_row_that_does_not_fit_is_an_error() -> None:
    with pytest.raises(ValueError, match="not as many entries"):
        Table("t", "t", (Column("x"),), ((text("a"), text("b")),))
