"""The drawn figures as blocks of the page, and a sentence about those that could not be drawn."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from sim.analysis.reading import read_scenarios
from sim.report.captions import beside, family_of
from sim.report.catalogue import Words
from sim.report.figures import FIGURES, OF_RECOMMENDATIONS
from sim.report.light_svg import data_url, lighter

TABLES = ("runs.parquet", "series.parquet", "flows.parquet", "reasons.parquet", "comparison.csv")
"""What the figures are drawn from."""
WIDE = ("mechanisms",)
"""Figures for a page on its side."""


def figure_title(name: str, words: Words) -> str:
    """Title of a figure, or of its family."""
    return words.get(f"figure.{name}.title", "") or words(f"figure.{family_of(name)}.title")


def figure_blocks(drawn: dict[str, Path], words: Words) -> list[dict[str, str]]:
    """Each figure inlined as SVG, so that the page needs no other file, with the caption that stands beside it."""
    blocks = []
    for name, path in drawn.items():
        source = data_url(lighter(path.read_text(encoding="utf-8")))
        title, caption = beside(path)
        blocks.append(
            {"name": name, "title": title or figure_title(name, words), "alt": words(f"figure.{family_of(name)}.alt"),
             "caption": caption, "source": source, "wide": "wide" if name in WIDE else ""}
        )  # fmt: skip
    return blocks


def not_drawn(drawn: Collection[str], folder: Path, words: Words) -> str:
    """One sentence that names the figures that could not be drawn and the tables that are missing, or nothing."""
    nobody_misses = () if _recommends(folder) else OF_RECOMMENDATIONS
    missing = [name for name in FIGURES if name not in drawn and name not in nobody_misses]
    names = words("reading_apart").join(figure_title(name, words) for name in missing)
    files = ", ".join(name for name in TABLES if not (folder / name).is_file())
    if not names:
        return ""
    return words("page.missing_files", files=files, names=names) if files else words("page.missing_rows", names=names)


def _recommends(folder: Path) -> bool:
    """Whether a scenario of the folder is one of the recommendations; also where nothing says so."""
    path = folder / "scenarios.json"
    return not path.is_file() or any(note.get("recommendation") for note in read_scenarios(path))
