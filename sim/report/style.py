"""How figures look and how they are saved: print widths, colours that survive colour blindness, same bytes twice."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

SINGLE, DOUBLE = 89.0, 183.0
"""Widths of one and two columns, mm."""
TEXT, SMALL = 8.0, 7.0
"""Font sizes, points."""
LINE = 132
"""Characters of a note that fit into two columns."""
PNG_DPI = 200

# Okabe and Ito, Color Universal Design (2008)
BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
YELLOW, BLUE, VERMILION, PURPLE = "#F0E442", "#0072B2", "#D55E00", "#CC79A7"
GREY, LIGHT = "#6B6B6B", "#D9D9D9"

_RC: dict[str, Any] = {
    "font.family": "DejaVu Sans", "font.size": TEXT, "axes.titlesize": TEXT, "axes.labelsize": SMALL,
    "xtick.labelsize": SMALL, "ytick.labelsize": SMALL, "legend.fontsize": SMALL, "axes.titleweight": "bold",
    "axes.titlelocation": "left", "axes.linewidth": 0.6, "xtick.major.width": 0.6, "ytick.major.width": 0.6,
    "xtick.major.size": 2.5, "ytick.major.size": 2.5, "lines.linewidth": 1.2, "axes.spines.top": False,
    "axes.spines.right": False, "legend.frameon": False, "axes.unicode_minus": True, "hatch.linewidth": 0.4,
    "text.parse_math": False,  # a title may hold a dollar sign
    "svg.hashsalt": "talent-flight", "svg.fonttype": "path", "pdf.fonttype": 42, "ps.fonttype": 42,
    "path.simplify": True, "figure.dpi": 100, "savefig.dpi": PNG_DPI,
}  # fmt: skip


@contextmanager
def house_style() -> Iterator[None]:
    """Matplotlib's defaults plus the house style, whatever the user's own settings are."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_RC)  # type: ignore[arg-type]
        yield


def new_figure(width: float = DOUBLE, height: float = 100.0) -> Figure:
    """An empty figure of ``width`` × ``height`` millimetres that belongs to no window system."""
    figure = Figure(figsize=(width / 25.4, height / 25.4), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def save_figure(figure: Figure, data: pd.DataFrame, folder: Path, name: str) -> Path:
    """Write PDF, SVG, PNG and the data as CSV; no dates or program names, so the same figure is the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    if figure.get_layout_engine() is not None:
        figure.draw_without_rendering()  # lay out once, not once per format
        figure.set_layout_engine("none")
    figure.savefig(folder / f"{name}.pdf", metadata={"CreationDate": None, "Producer": None, "Creator": None})
    figure.savefig(folder / f"{name}.svg", metadata={"Date": None, "Creator": None})
    figure.savefig(folder / f"{name}.png", metadata={"Software": None})
    data.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
    return folder / f"{name}.svg"


def ink_on(colour: tuple[float, float, float, float]) -> str:
    """Black or white, whichever stands out more from a background (relative luminance of WCAG 2.1)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour[:3]]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "white" if 1.05 / (luminance + 0.05) > (luminance + 0.05) / 0.05 else "black"


def backing() -> dict[str, Any]:
    """A white ground behind a number, so that no line strikes through it (a rim of glyph outlines is far larger)."""
    return {"boxstyle": "square,pad=0.08", "facecolor": "white", "edgecolor": "none", "alpha": 0.75}


def add_note(figure: Figure, text: str, width: int = LINE) -> None:
    """The note under a figure: what is shown, number of worlds, kind of interval, source."""
    lines = [line for part in text.split("\n") for line in textwrap.wrap(part, width) or [""]]
    figure.supxlabel("\n".join(lines), fontsize=SMALL, color="#333333", x=0.01, ha="left", linespacing=1.35)
