"""The drawn figures as blocks of the page, and a sentence about those that could not be drawn."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from sim.report.catalogue import Words
from sim.report.figures import FIGURES
from sim.report.light_svg import data_url, lighter

TABLES = ("runs.parquet", "series.parquet", "flows.parquet", "reasons.parquet", "comparison.csv")
"""What the figures are drawn from."""
WIDE = ("mechanisms",)
"""Figures for a page on its side."""


def figure_title(name: str, words: Words) -> str:
    """Title of a figure, or of its family."""
    return words.get(f"figure.{name}.title", "") or words(f"figure.{family_of(name)}.title")


def family_of(name: str) -> str:
    """The maps share their words."""
    return next((family for family in ("map", "gains") if name.startswith(f"{family}_")), name)


def figure_blocks(drawn: dict[str, Path], words: Words) -> list[dict[str, str]]:
    """Each figure inlined as SVG, so that the page needs no other file."""
    blocks = []
    for name, path in drawn.items():
        source = data_url(lighter(path.read_text(encoding="utf-8")))
        blocks.append(
            {"name": name, "title": figure_title(name, words), "alt": words(f"figure.{family_of(name)}.alt"),
             "source": source, "wide": "wide" if name in WIDE else ""}
        )  # fmt: skip
    return blocks


def not_drawn(drawn: Collection[str], folder: Path, words: Words) -> str:
    """One sentence that names the figures that could not be drawn and the tables that are missing, or nothing."""
    names = words("reading_apart").join(figure_title(name, words) for name in FIGURES if name not in drawn)
    files = ", ".join(name for name in TABLES if not (folder / name).is_file())
    if not names:
        return ""
    return words("page.missing_files", files=files, names=names) if files else words("page.missing_rows", names=names)
