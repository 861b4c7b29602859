"""Results of which every text is hostile, in a browser: nothing runs, nothing is asked for, no element comes of it."""

from __future__ import annotations

import csv
import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from matplotlib.figure import Figure
from playwright.sync_api import Browser

from sim.dashboard.views.table_html import table_html
from sim.report.captions import Caption
from sim.report.catalogue import Words
from sim.report.package_figures import PACKAGE_FIGURES
from sim.report.page import make_page
from sim.report.results import Results
from sim.report.saving import save_figure
from sim.report.tables.table import Column, Entry, Table
from tests.browser.conftest import Seen

RUN = "window.struck=1"
EVIL = "".join(
    [
        f"<script>{RUN}</script>", f'"><img src=x onerror="{RUN}">', f"'><svg onload={RUN}>", f"</style><script>{RUN}",
        f"</script><script>{RUN}</script>", f"</title></textarea><iframe src='javascript:{RUN}'></iframe>",
        f"javascript:{RUN}", f'<a href="javascript:{RUN}">', "<link rel=stylesheet href=http://example.org/a.css>",
        f"<details open ontoggle={RUN}>", "[a](javascript:alert(1)) ![b](http://example.org/b.png)", "${1} {{7*7}} %s",
        "[bold red]c[/bold red]", "\x1b[31md", "&lt;script&gt; &#60;script&#62;", "]]><!--", "@import url(http://e.org)",
    ]
)  # fmt: skip
MEANT = {"name", "reference", "recommendation", "start", "world_kind", "kind", "interrupted"}
"""Keys whose texts are names that the program itself gives or checks."""
TEXTS = ("label", "unit", "name", "short_name", "region", "title")


def everywhere(value: Any, text: str, key: str = "") -> Any:
    """The same JSON with every text in it another one, names that are checked apart."""
    if isinstance(value, dict):
        return {name: everywhere(part, text, name) for name, part in value.items()}
    if isinstance(value, list):
        return [everywhere(part, text, key) for part in value]
    return text if isinstance(value, str) and key not in MEANT else value


def with_texts(source: Path, target: Path, text: str) -> Path:
    """A results folder in which every text that somebody could have written is another one."""
    shutil.copytree(source, target)
    for path in target.glob("*.json"):
        path.write_text(json.dumps(everywhere(json.loads(path.read_text(encoding="utf-8")), text)), encoding="utf-8")
    for path in target.glob("*.csv"):
        frame = pd.read_csv(path, keep_default_na=False)
        frame.assign(**{name: text for name in TEXTS if name in frame}).to_csv(path, index=False)
    for path in target.glob("*.parquet"):
        table = pq.read_table(path)
        for at, field in enumerate(table.schema):
            values = pa.array([text] * len(table)) if field.name in TEXTS else table.column(at)
            notes = {key: text if key in (b"label", b"unit") else told for key, told in (field.metadata or {}).items()}
            table = table.set_column(at, pa.field(field.name, values.type, metadata=notes), values)
        pq.write_table(table, path)
    return target


def page_of(folder: Path, drawing: Path, text: str) -> str:
    """The report of a folder, and below it a table of the dashboard."""
    results = Results(folder)
    results.drawn = dict.fromkeys(PACKAGE_FIGURES, drawing)
    columns = (Column(text, text, "text"), Column(text, text))
    table = Table("table", text, columns, ((Entry(text), Entry(text, interval=text, remark=text)),), notes=(text,))
    return make_page(results, Words("en")).html.replace("</main>", f"{table_html(table)}</main>")


def drawn(folder: Path, text: str) -> Path:
    """A figure with the text in it, around it and in what it says of itself."""
    figure = Figure(figsize=(3, 2))
    axes = figure.subplots()
    axes.set_title(text.replace("$", r"\$").replace("\x1b", ""))
    data = pd.DataFrame({f"={text}": [f"={text}"]})
    return save_figure(figure, data, folder, "drawn", Caption(text, text, text, text), ["svg"])


def seen_in(browser: Browser, path: Path) -> tuple[Counter[str], list[str], list[str], str]:
    """Tags of a page that was opened, requests beyond it, complaints, and how often something ran."""
    with browser.new_context() as context:
        seen = Seen(context.new_page(), path.as_uri())
        seen.watch()
        seen.page.goto(seen.url)
        seen.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
        tags = seen.page.evaluate("[...document.querySelectorAll('*')].map((one) => one.tagName.toLowerCase())")
        ran = str(seen.page.evaluate("String(window.struck)"))
        handlers = seen.page.evaluate(
            "[...document.querySelectorAll('*')].flatMap((one) => [...one.attributes])"
            ".filter((a) => a.name.startsWith('on') || /^\\s*javascript:/i.test(a.value)).map((a) => a.name)"
        )
        return Counter(tags), [url for url in seen.requests if url != seen.url] + handlers, seen.complaints, ran


@pytest.fixture(scope="module")
def drawing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return drawn(tmp_path_factory.mktemp("figures"), EVIL)


def test_hostile_texts_are_text_in_report_figure_and_table(
    packages_folder: Path, drawing: Path, browser: Browser, tmp_path: Path
) -> None:
    found = {}
    for kind, text in (("plain", "text"), ("hostile", EVIL)):
        page = tmp_path / f"{kind}.html"
        page.write_text(page_of(with_texts(packages_folder, tmp_path / kind, text), drawing, text), encoding="utf-8")
        found[kind] = seen_in(browser, page)
    tags = {kind: one[0] for kind, one in found.items()}
    assert not tags["hostile"] - tags["plain"]  # not one element more
    assert set(tags["plain"] - tags["hostile"]) <= {"a"}  # a table that got too large is no longer in a link
    assert found["hostile"][1:] == ([], [], "undefined")
    assert (tmp_path / "hostile.html").read_text(encoding="utf-8").count("window.struck") > 200
    tags, requests, complaints, ran = seen_in(browser, drawing)
    assert (requests, complaints, ran) == ([], [], "undefined")
    assert not {"script", "img", "iframe", "a", "link"} & set(tags)
    lines = (drawing.parent / "drawn.csv").read_text(encoding="utf-8").splitlines()
    cells = [cell for row in csv.reader(lines) for cell in row]
    assert len(cells) == 2
    assert all(cell.startswith("'=") for cell in cells)  # no spreadsheet takes it for a formula


@pytest.mark.parametrize("evil", [f"<script>{RUN}</script>", f"<img src=x onerror={RUN}>", f"<svg onload={RUN}></svg>"])
def test_twin_a_text_that_is_not_escaped_is_seen(evil: str, browser: Browser, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(f"<html><body>{evil}</body></html>", encoding="utf-8")
    tags, requests, _, ran = seen_in(browser, page)
    assert ran == "1"
    assert requests or "script" in tags
