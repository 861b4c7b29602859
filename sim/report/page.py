"""The report: one self-contained HTML page from a results folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from sim.errors import InputError
from sim.report.catalogue import Words
from sim.report.figures import draw_all
from sim.report.results import Results
from sim.report.sections import BODY, HEAD, Build

TEMPLATES = Path(__file__).parent / "templates"
PAGES = {"en": "report.html", "fr": "rapport.html"}


@dataclass(frozen=True)
class Section:
    """A section ready to print."""

    name: str
    html: Markup


@contextmanager
def _writing(folder: Path, page: Path) -> Iterator[None]:
    """Refuse what is in the way before anything is written; say in a sentence what the system refuses.

    Raises:
        InputError: with the path and the reason.
    """
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder}: a file where the folder of figures belongs; move it away.")
    if page.is_dir():
        raise InputError(f"{page}: a folder where the report belongs; move it away.")
    try:
        yield
    except OSError as error:
        raise InputError(f"{error.filename or page}: cannot be written ({error.strerror or error}).") from None


def write_report(results_dir: Path, language: str = "en") -> Path:
    """Draw the figures and write ``report.html``, or in French ``rapport.html``, into a results folder.

    Args:
        results_dir: the folder; only its files, and the map outlines, are read.
        language: ``en`` or ``fr``.

    Returns:
        the path of the page.

    Raises:
        InputError: if the folder is not a folder of results, a file in it is damaged, or the report cannot be
            written.
    """
    results, words = Results(results_dir), Words(language)
    target = results.folder / PAGES[language]
    figures = results.folder / "figures" if language == "en" else results.folder / "figures" / language
    results.check()
    with _writing(figures, target):
        results.drawn = draw_all(results, words, figures)
        text = page_text(results, words)
        unfinished = target.with_suffix(".html.part")
        try:
            unfinished.write_text(text, encoding="utf-8")
            unfinished.replace(target)
        finally:
            unfinished.unlink(missing_ok=True)
    return target


def page_text(results: Results, words: Words) -> str:
    """The page as HTML, with the drawn figures in it."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def made(builders: Mapping[str, Build]) -> list[Section]:
        found = []
        for name, build in builders.items():
            content = build(results, words)
            if content is not None:
                template = environment.get_template(f"sections/{name}.html")
                found.append(Section(name, Markup(template.render(w=words, **content))))
        return found

    return environment.get_template("report.html").render(
        w=words, language=words.language, head=made(HEAD), body=made(BODY)
    )
