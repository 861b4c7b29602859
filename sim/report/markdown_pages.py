"""What pages in Markdown share: how their templates are read, and how a number is written in them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import jinja2
import pandas as pd

TEMPLATES = Path(__file__).parent / "templates"


def markdown_template(name: str, trim: bool = False, **filters: Callable[..., str]) -> jinja2.Template:
    """Return a template of a page; a name that it does not know is an error.

    Args:
        name: file in the folder of templates.
        trim: whether lines that hold a statement alone leave nothing behind.
        filters: beside ``short``.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), undefined=jinja2.StrictUndefined, autoescape=False,
        keep_trailing_newline=True, trim_blocks=trim, lstrip_blocks=trim,
    )  # fmt: skip
    environment.filters |= {"short": short, **filters}
    return environment.get_template(name)


def short(value: float) -> str:
    """Return a number in three digits, with commas in thousands."""
    if pd.isna(value):
        return "–"
    return f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}"
