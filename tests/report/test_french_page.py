"""The French page as a reader gets it: no English but what is quoted, French signs, French numbers."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from sim.evidence import load_evidence
from sim.report.catalogue import Words
from sim.report.figures import FIGURES
from sim.report.page import make_page
from sim.report.results import Results
from tests.report.test_catalogue import english_words, misspelt

pytestmark = pytest.mark.long  # one Python draws the pages
WORDS = Words("fr")
SPOKEN = ("alt", "title", "aria-label", "placeholder")
"""Attributes that are read out or shown."""
BLOCKS = {"p", "td", "th", "li", "dt", "dd", "h1", "h2", "h3", "h4", "summary", "figcaption", "span", "title", "option"}
UNSAID = {"style", "script", "code", "svg"}
"""What nobody reads, and what is to be typed."""
IDENTIFIERS = re.compile(
    r"\b[a-z]\w*(?:\.\w+)+\b|[\w/]*/[\w./]+|\.(?:tex|pdf|svg|png)\b|dossier worth"  # parameters and files, to be typed
    r"|\b\d+\.\d+\.\d+\b"  # versions
)


class Visible(HTMLParser):
    """The texts that a reader of the page sees or hears, one per block, but those marked as of another language."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = [""]
        self._open: list[tuple[str, bool]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        if tag in BLOCKS:
            self.texts.append("")
        foreign = held.get("lang") not in (None, "fr")
        if tag not in ("meta", "img", "br", "input", "link"):
            self._open.append((tag, tag in UNSAID or foreign))
        self.texts += [held[name] or "" for name in SPOKEN if held.get(name)]
        if held.get(SPOKEN[0]):
            self.texts.append("")

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not any(unsaid for _, unsaid in self._open):
            self.texts[-1] += data


def left_over(texts: list[str]) -> list[str]:
    """English words, wrong signs and wrong numbers, each with the text it stands in."""
    found = []
    for text in texts:
        plain = IDENTIFIERS.sub("", text)
        found += [f"{word}: {text.strip()[:90]}" for word in [*english_words(plain), *misspelt(plain)]]
    return found


def drawn_texts(figure: Figure) -> list[str]:
    """All that a figure says, ticks included."""
    shown = [ax for ax in figure.axes if ax.axison]
    ticks = [text for ax in shown for axis in (ax.xaxis, ax.yaxis) for text in axis.get_majorticklabels()]
    off = [axis for ax in figure.axes if not ax.axison for axis in (ax.xaxis, ax.yaxis)]
    hidden = {text for axis in off for text in axis.findobj(Text)}
    return [text.get_text() for text in {*figure.findobj(Text), *ticks} - hidden]


@pytest.fixture(scope="module")
def french(results_folder: Path) -> Results:
    """The synthetic results with the texts of the scenarios as shipped, and the evidence as installed."""
    english, results = Words("en"), Results(results_folder)
    texts = ("title", "question", "expected")
    results.scenarios = [
        replace(note, **{name: english.get(f"scenario.{note.name}.{name}", getattr(note, name)) for name in texts})
        for note in results.scenarios
    ]
    results.manifest = results.manifest | {"digests": {"evidence": load_evidence().digest}}
    return results


def test_the_french_page_is_french(french: Results) -> None:
    html = make_page(french, WORDS).html
    assert len(Visible(html).texts) > 1000
    assert left_over(Visible(html).texts) == []


@pytest.mark.parametrize("name", [name for name in FIGURES if not name.endswith("_talents")])  # twins of _startups
def test_figures_are_french(name: str, french: Results) -> None:
    built = FIGURES[name](french, WORDS)
    assert built is not None
    texts = [*drawn_texts(built.figure), built.caption.text]
    assert any(re.search(r"\d|[a-z]", text) for text in texts)
    assert left_over(texts) == []


def test_an_english_tick_is_found() -> None:
    figure = Figure()
    figure.subplots().plot([0.0, 0.5, 0.7])
    assert left_over(drawn_texts(figure))


@pytest.mark.parametrize(
    "html",
    [
        "<p>Écart to the baseline</p>", "<td>0.5</td>", "<td>12%</td>", "<p>Leviers: aucun</p>", "<p>1,200,300</p>",
        '<img alt="Change of startups">', '<div aria-label="The table"></div>', "<p>L'effet</p>",
    ],
)  # fmt: skip
def test_what_is_not_french_is_found(html: str) -> None:
    assert left_over(Visible(html).texts)


def test_code_and_foreign_texts_are_left_alone() -> None:
    html = '<p>Voir <code>the = 0.5</code></p><td lang="en">no source</td><p>tables/fr/effects.csv</p>'
    assert left_over(Visible(html).texts) == []
