"""A real browser, and the pages that it opens: made once, by one worker, opened as files."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, Request, sync_playwright

from sim.report.catalogue import LANGUAGES, Words
from sim.report.figures import FIGURES
from sim.report.package_figures import PACKAGE_FIGURES
from sim.report.page import make_page
from sim.report.results import Results
from tests.report.synthetic_packages import write_packages

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WIDTHS = {"desktop": 1280, "phone": 390}
REFERENCE = Path(__file__).parents[2] / "results" / "reference"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium as the system has it; without one the tests fail, for nobody else looks at the pages."""
    named = [name for name in (os.environ.get("CHROMIUM"), *BROWSERS) if name]
    found = next((path for name in named if (path := shutil.which(name))), None)
    if found is None:
        pytest.fail(f"no browser found, none of {', '.join(named)}; `make test` installs Chromium.")
    with sync_playwright() as playwright:
        sandbox = [] if os.geteuid() else ["--no-sandbox"]
        opened = playwright.chromium.launch(executable_path=found, headless=True, args=sandbox)
        yield opened
        opened.close()


@dataclass
class Seen:
    """A page in the browser, and what it did that it should not."""

    page: Page
    url: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Write down every request, and let only that of the page itself through; and every complaint."""

        def requested(request: Request) -> None:
            if not request.url.startswith("data:"):
                self.requests.append(request.url)

        self.page.on("request", requested)
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.route(lambda url: not url.startswith("file:"), lambda route: route.abort())


@pytest.fixture(scope="session")
def packages_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A made-up study of 256 packages with its tables."""
    with np.errstate(all="raise"):
        return write_packages(tmp_path_factory.mktemp("study") / "packages")


@pytest.fixture(scope="session")
def pages(packages_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Path]:
    """The page of the reference results and that of the packages, in every language; figures are empty drawings."""
    folder = tmp_path_factory.mktemp("pages")
    (folder / "empty.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 4"/>', encoding="utf-8")
    made = {}
    for kind, source, figures in (("main", REFERENCE, FIGURES), ("packages", packages_folder, PACKAGE_FIGURES)):
        for language in LANGUAGES:
            results = Results(source)
            results.drawn = dict.fromkeys(figures, folder / "empty.svg")
            path = folder / f"{kind}_{language}.html"
            path.write_text(make_page(results, Words(language)).html, encoding="utf-8")
            made[kind, language] = path
    return made
