"""How the site is built from the documents as they stand: ``make docs``, into ``build/docs``. Nothing is fetched."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from notebook_pages import NotebookParser  # noqa: E402 (beside this file)

from sim import __version__  # noqa: E402

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "Talent flight"
author = "The project's authors"
release = __version__
project_copyright = author

# The top of the repository is the source, so that README, changelog and documents link to each other as on disk.
extensions = ["myst_parser"]
root_doc = "docs/index"
include_patterns = [
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "benchmarks/RESULTS.md",
    "results/reference/README.md",
    "docs/**",
]
exclude_patterns = [
    ".*",
    "build",
    "dist",
    "results/[!r]*",
    "results/r[!e]*",
    "sim",
    "tests",
    "scenarios",
    "constraints",
]
source_suffix = {".md": "markdown", ".ipynb": "notebook"}
myst_heading_anchors = 5
myst_enable_extensions = ["colon_fence", "attrs_inline"]
suppress_warnings = ["myst.header"]  # generated pages may start below the first level

html_theme = "furo"
html_title = "Talent flight"
html_static_path = ["static"]
html_extra_path = ["static/root"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
html_theme_options = {"navigation_with_keys": True}
pygments_style = "friendly"  # enough contrast on white
FRENCH = {"docs/guide_equipes", "docs/lexique"}


def mark_language(app: Sphinx, page: str, template: str, context: dict[str, Any], tree: object) -> None:
    """Say in the page of a French document that it is French, for screen readers and hyphenation."""
    if page in FRENCH:
        context["language"] = "fr"


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the notebooks and the language of pages."""
    app.add_config_value("run_notebooks", False, "env", types=(bool,))
    app.add_source_parser(NotebookParser)
    app.connect("html-page-context", mark_language)
    return {"parallel_read_safe": False}
