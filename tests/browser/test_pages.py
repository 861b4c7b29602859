"""Every page in a browser, at the width of a desk and of a phone, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from sim.report.catalogue import LANGUAGES
from tests.browser.conftest import WIDTHS, Seen

BARRED = ("serious", "critical")
FEW_ROWS = (
    """document.querySelectorAll("tbody").forEach((body) => [...body.rows].slice(3).forEach((row) => row.remove()))"""
)
"""Rows of a table are made alike; a few of each are looked at, which takes a tenth of the time."""
COLOURS = ("main", "en", WIDTHS["phone"])
"""Colours are those of one style sheet; to compute their contrast takes the most time, so it is done once."""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["main", "packages"])
def test_a_page_asks_for_nothing_fits_and_can_be_used_by_all(
    kind: str, language: str, pages: dict[tuple[str, str], Path], browser: Browser
) -> None:
    url = pages[kind, language].as_uri()
    for width in WIDTHS.values():
        with browser.new_context(viewport={"width": width, "height": 900}) as context:
            seen = Seen(context.new_page(), url)
            seen.watch()
            seen.page.goto(url)
            assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
            seen.page.evaluate(FEW_ROWS)
            rules = {} if (kind, language, width) == COLOURS else {"color-contrast": {"enabled": False}}
            found = Axe().run(seen.page, options={"resultTypes": ["violations"], "rules": rules}).response["violations"]
            barred = [(one["id"], one["nodes"][0]["html"][:200]) for one in found if one["impact"] in BARRED]
            assert barred == []
            assert seen.requests == [url]
            assert seen.complaints == []


def test_the_watch_sees_a_request_an_error_and_a_fault(browser: Browser, tmp_path: Path) -> None:
    """What the test above would catch: a page that loads something, fails in its script and has no names."""
    path = tmp_path / "bad.html"
    path.write_text('<html><body><img src="http://example.org/x.png"><script>nothing()</script></body></html>')
    with browser.new_context() as context:
        seen = Seen(context.new_page(), path.as_uri())
        seen.watch()
        seen.page.goto(seen.url)
        assert seen.requests == [seen.url, "http://example.org/x.png"]
        assert any("nothing is not defined" in text for text in seen.complaints)
        found = {one["id"]: one["impact"] for one in Axe().run(seen.page).response["violations"]}
        assert found["image-alt"] in BARRED
