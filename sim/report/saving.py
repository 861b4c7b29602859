"""How figures are saved: same bytes twice, the caption in the metadata and beside, the numbers as CSV."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from sim.report.captions import Caption
from sim.report.clearing import clear_way
from sim.report.tables.csv_file import harmless

FORMATS = ("pdf", "svg", "png")
SUFFIXES = (*FORMATS, "csv", "txt")
"""Every file of a figure."""


def save_figure(
    figure: Figure, data: pd.DataFrame, folder: Path, name: str, caption: Caption | None = None,
    formats: Sequence[str] = FORMATS,
) -> Path:  # fmt: skip
    """Write a figure, its data as CSV and its caption as text; return the path of the SVG.

    No dates or program names are written, so that the same figure is the same bytes.

    Args:
        figure: to write; it is laid out once, not once per format.
        data: the numbers that it shows.
        folder: made if it is not there.
        name: of the files.
        caption: into the metadata and beside; none if not given.
        formats: of ``FORMATS``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lay_out(figure)
    notes = metadata(caption)
    for suffix in SUFFIXES:
        clear_way(folder / f"{name}.{suffix}")
    for kind in FORMATS:
        if kind in formats:
            figure.savefig(folder / f"{name}.{kind}", metadata=notes[kind])
    plain(data).to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
    if caption is not None:
        (folder / f"{name}.txt").write_text(caption.text, encoding="utf-8")
    return folder / f"{name}.svg"


def plain(data: pd.DataFrame) -> pd.DataFrame:
    """Return the same numbers, and texts and headings that no spreadsheet takes for a formula."""

    def guarded(value: object) -> object:
        return harmless(value) if isinstance(value, str) else value

    texts = data.select_dtypes(exclude=["number", "bool"]).columns
    return data.assign(**{name: data[name].astype(object).map(guarded) for name in texts}).rename(columns=guarded)


def lay_out(figure: Figure) -> None:
    """Give everything its place, once."""
    if figure.get_layout_engine() is not None:
        figure.draw_without_rendering()
        figure.set_layout_engine("none")


def metadata(caption: Caption | None) -> dict[str, dict[str, Any]]:
    """Return what each format says of itself: the caption, and never a date or a program."""
    pdf: dict[str, Any] = {"CreationDate": None, "Producer": None, "Creator": None}
    svg: dict[str, Any] = {"Date": None, "Creator": None}
    png: dict[str, Any] = {"Software": None}
    if caption is not None:
        keywords = [part for part in (caption.measures, caption.made) if part]
        pdf |= {"Title": caption.title, "Subject": caption.body, "Keywords": " ".join(keywords)}
        svg |= {"Title": caption.title, "Description": caption.body, "Language": caption.language}
        svg |= {"Keywords": keywords} if keywords else {}
        png |= {"Title": caption.title, "Description": caption.body}
    return {"pdf": pdf, "svg": svg, "png": png}


def remove_figure(folder: Path, name: str) -> None:
    """Remove every file of a figure: it would show other results."""
    for suffix in SUFFIXES:
        (folder / f"{name}.{suffix}").unlink(missing_ok=True)
