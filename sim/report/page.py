"""The report: one self-contained HTML page from a results folder, and its tables as files."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from sim.errors import InputError
from sim.report.catalogue import Words
from sim.report.figures import draw_all
from sim.report.package_figures import draw_packages
from sim.report.reproduce import Reproduction
from sim.report.results import Results
from sim.report.sections import BODY, HEAD, Build
from sim.report.tables import Table, csv_text, write_tables

TEMPLATES = Path(__file__).parent / "templates"
PAGES = {"en": "report.html", "fr": "rapport.html"}
EMBEDDED = 30_000
"""Bytes up to which the CSV of a table is in the page as well; larger ones are beside it."""


@dataclass(frozen=True)
class Section:
    """A section ready to print."""

    name: str
    title: str
    html: Markup


@dataclass(frozen=True)
class Page:
    """A page ready to write."""

    html: str
    tables: tuple[Table, ...]


def folder_of(kind: str, language: str) -> str:
    """Folder of figures or tables as seen from the results folder; English ones lie on top."""
    return kind if language == "en" else f"{kind}/{language}"


@contextmanager
def _writing(folders: tuple[Path, ...], page: Path) -> Iterator[None]:
    """Refuse what is in the way before anything is written; say in a sentence what the system refuses.

    Raises:
        InputError: with the path and the reason.
    """
    for folder in folders:
        for part in (folder.parent, folder):
            if part.exists() and not part.is_dir():
                raise InputError(f"{part}: a file where the folder of {folder.name} belongs; move it away.")
            if part.is_symlink() and part != page.parent:  # files of that place would be replaced and removed
                raise InputError(f"{part}: a link where the folder of {folder.name} belongs; move it away.")
    if page.is_dir():
        raise InputError(f"{page}: a folder where the report belongs; move it away.")
    try:
        yield
    except OSError as error:
        raise InputError(f"{error.filename or page}: cannot be written ({error.strerror or error}).") from None


def write_report(results_dir: Path, language: str = "en", out: Path | None = None) -> Path:
    """Draw the figures and write ``report.html``, or in French ``rapport.html``, into a results folder.

    The tables of the page are written beside it, into ``tables`` (French ones into ``tables/fr``).

    Args:
        results_dir: the folder; only its files, those of folders beside it that were made by the same model from the
            same evidence, and the map outlines, are read.
        language: ``en`` or ``fr``.
        out: another folder for page, figures and tables; it is made.

    Returns:
        the path of the page.

    Raises:
        InputError: if the folder is not a folder of results, a file in it is damaged, or the report cannot be
            written.
    """
    results, words = Results(results_dir), Words(language)
    into = results.folder if out is None else Path(out)
    target = into / PAGES[language]
    figures, tables = (into / folder_of(kind, language) for kind in ("figures", "tables"))
    results.check()
    with _writing((figures, tables), target):
        into.mkdir(parents=True, exist_ok=True)
        results.drawn = draw_all(results, words, figures) | draw_packages(results, words, figures)
        page = make_page(results, words)
        write_tables(page.tables, tables, words)
        unfinished = target.with_suffix(".html.part")
        try:
            unfinished.unlink(missing_ok=True)  # a link would be followed
            unfinished.write_text(page.html, encoding="utf-8")
            unfinished.replace(target)
        finally:
            unfinished.unlink(missing_ok=True)
    return target


def make_page(results: Results, words: Words) -> Page:
    """The page as HTML, with the drawn figures in it, and its tables."""
    contents = {name: build(results, words) for name, build in (HEAD | BODY).items()}
    built = {name: content for name, content in contents.items() if content is not None}
    tables = tuple(table for content in built.values() for table in _tables_in(content))
    environment = _environment(results, words, tables)

    def made(builders: Mapping[str, Build]) -> list[Section]:
        return [
            Section(
                name, words(f"section.{name}"),
                Markup(environment.get_template(f"sections/{name}.html").render(built[name])),
            )
            for name in builders if name in built
        ]  # fmt: skip

    head, body = made(HEAD), made(BODY)
    html = environment.get_template("report.html").render(language=words.language, head=head, body=body)
    return Page(html, tables)


def _environment(results: Results, words: Words, tables: tuple[Table, ...]) -> Environment:
    """Templates with what all of them know; tables and figures are numbered in the order they are printed."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    @cache
    def csv_url(table: Table) -> str:
        if len(table.rows) * len(table.columns) > EMBEDDED:
            return ""
        data = csv_text(table, words).encode("utf-8")
        return f"data:text/csv;base64,{b64encode(data).decode()}" if len(data) <= EMBEDDED else ""

    environment.globals |= {
        "w": words, "made": Reproduction(results, words), "csv_url": csv_url, "all_tables": lambda: tables,
        "next_table": count(1).__next__, "next_figure": count(1).__next__,
        "tables_folder": folder_of("tables", words.language), "figures_folder": folder_of("figures", words.language),
    }  # fmt: skip
    return environment


def _tables_in(content: dict[str, Any]) -> list[Table]:
    """The tables of a section, single ones and those in lists."""
    found: list[Table] = []
    for value in content.values():
        found += [value] if isinstance(value, Table) else []
        found += [one for one in value if isinstance(one, Table)] if isinstance(value, list | tuple) else []
    return found
