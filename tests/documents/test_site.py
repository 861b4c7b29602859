"""``make docs``: the documents as a site without a warning, whose pages ask for nothing but themselves."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.documents.blocks import ROOT, pages

# What a browser fetches by itself, and from where: links that a reader follows are none of it.
FETCHED = re.compile(
    r"<(?:script|img|iframe|source|video|audio|embed|object)\b[^>]*?\b(?:src|data|srcset)=[\"']([^\"']+)"
    r"|<link\b(?=[^>]*\brel=[\"'](?:stylesheet|preload|prefetch|preconnect|dns-prefetch|icon)\b)[^>]*?\bhref=[\"']([^\"']+)"
)
IN_STYLE = re.compile(r"url\(\s*[\"']?([^\"')]+)|@import\s+[\"']([^\"']+)")
ELSEWHERE = re.compile(r"(?:https?:)?//")


def fetched_elsewhere(text: str, style: bool = False) -> list[str]:
    """Addresses on other sites that a page or a style sheet makes a browser fetch."""
    found = ["".join(groups) for groups in (IN_STYLE if style else FETCHED).findall(text)]
    return [address for address in found if ELSEWHERE.match(address)]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as ``make docs`` does but without running the notebooks."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-c", "docs", "-d", str(folder / "trees")]
    done = subprocess.run(
        [*command, ".", str(folder / "html")], cwd=ROOT, capture_output=True, text=True, check=False
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return folder / "html"


@pytest.mark.long
def test_the_site_has_every_page_and_asks_for_nothing_elsewhere(site: Path) -> None:
    built = {path.relative_to(site).as_posix() for path in site.rglob("*.html")}
    assert {page.removesuffix(".md") + ".html" for page in pages()} <= built
    assert {"index.html", "docs/tutorials/look_inside.html", "benchmarks/RESULTS.html"} <= built
    asked = [f"{name}: {address}" for name in built for address in fetched_elsewhere((site / name).read_text("utf-8"))]
    sheets = [path for path in site.rglob("*") if path.suffix in (".css", ".svg")]
    asked += [f"{path.name}: {there}" for path in sheets for there in fetched_elsewhere(path.read_text("utf-8"), True)]
    assert asked == []
    assert len(sheets) > 2
    assert '<html class="no-js" lang="fr"' in (site / "docs" / "guide_equipes.html").read_text("utf-8")
    assert '<html class="no-js" lang="en"' in (site / "docs" / "commands.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("text", "style"),
    [
        ('<script async src="https://cdn.example.org/x.js"></script>', False),
        ('<link href="//fonts.example.org/x.css" rel="stylesheet">', False),
        ('<link rel="stylesheet" href="https://fonts.example.org/x.css">', False),
        ("<img alt='' src='http://example.org/badge.svg'>", False),
        ("@font-face { src: url(https://example.org/a.woff2) }", True),
        ('@import "https://example.org/a.css";', True),
    ],
)
def test_twin_a_request_elsewhere_is_found(text: str, style: bool) -> None:
    assert len(fetched_elsewhere(text, style)) == 1


def test_what_stays_here_or_waits_for_a_click_passes() -> None:
    text = (
        '<a href="https://example.org">x</a><img src="../_images/a.png"><link rel="index" href="https://example.org/">'
    )
    assert fetched_elsewhere(text) == []
    assert fetched_elsewhere("a { background: url('data:image/png;base64,AA') }", True) == []
