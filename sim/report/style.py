"""How figures look: text sizes, colours that survive colour blindness, and lines that grow with the text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from sim.report.sizes import DOUBLE, SINGLE, Size

TEXT, SMALL = 8.0, 7.0
"""Font sizes, points, where nothing is enlarged."""
PNG_DPI = 200
MM = 1.0 / 25.4
LINE_PER_MM = 0.72
"""Characters of a small note per mm."""

# Okabe and Ito, Color Universal Design (2008)
BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
YELLOW, BLUE, VERMILION, PURPLE = "#F0E442", "#0072B2", "#D55E00", "#CC79A7"
GREY, LIGHT = "#6B6B6B", "#D9D9D9"

_SCALE: ContextVar[float] = ContextVar("scale of the drawing", default=1.0)


def _settings(scale: float) -> dict[str, Any]:
    text, small, line, tick = TEXT * scale, SMALL * scale, 0.6 * scale, 2.5 * scale
    return {
        "font.family": "DejaVu Sans", "font.size": text, "axes.titlesize": text, "axes.labelsize": small,
        "xtick.labelsize": small, "ytick.labelsize": small, "legend.fontsize": small, "axes.titleweight": "bold",
        "axes.titlelocation": "left", "axes.linewidth": line, "xtick.major.width": line, "ytick.major.width": line,
        "xtick.major.size": tick, "ytick.major.size": tick, "xtick.major.pad": 3.5 * scale,
        "ytick.major.pad": 3.5 * scale, "axes.labelpad": 4.0 * scale, "axes.titlepad": 6.0 * scale,
        "figure.constrained_layout.w_pad": 0.055 * scale, "figure.constrained_layout.h_pad": 0.05 * scale,
        "lines.linewidth": 1.2 * scale, "hatch.linewidth": 0.4 * scale, "axes.spines.top": False,
        "axes.spines.right": False, "legend.frameon": False, "axes.unicode_minus": True,
        "text.parse_math": False,  # a title may hold a dollar sign
        "svg.hashsalt": "talent-flight", "svg.fonttype": "path", "pdf.fonttype": 42, "ps.fonttype": 42,
        "path.simplify": True, "figure.dpi": 100, "savefig.dpi": PNG_DPI,
    }  # fmt: skip


@contextmanager
def house_style(size: Size = DOUBLE) -> Iterator[None]:
    """Matplotlib's defaults plus the house style at the scale of a size, whatever the user's own settings are."""
    held = _SCALE.set(size.scale)
    try:
        with mpl.rc_context():
            mpl.rcdefaults()
            mpl.rcParams.update(_settings(size.scale))  # type: ignore[arg-type]
            yield
    finally:
        _SCALE.reset(held)


def pt(points: float) -> float:
    """Points of a line, a mark or a shift in a drawing with text of 7 points, at the scale in force."""
    return points * _SCALE.get()


def small() -> float:
    """Font size of labels and numbers, points, at the scale in force."""
    return SMALL * _SCALE.get()


def large() -> float:
    """Font size of headings, points, at the scale in force."""
    return TEXT * _SCALE.get()


def new_figure(size: Size = DOUBLE, height: float = 100.0) -> Figure:
    """An empty figure that belongs to no window system.

    Args:
        size: the preset.
        height: mm that its content wants with text of 7 points.
    """
    figure = Figure(figsize=(size.width * MM, size.height(height) * size.scale * MM), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def turned_figure(width: float, height: float) -> Figure:
    """An empty figure for a page on its side, mm."""
    figure = Figure(figsize=(width * MM, height * MM), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def axes_or_new(ax: Axes | None, height: float = 70.0) -> Axes:
    """The axes to draw on: those given, or new ones on a figure of one column."""
    if ax is not None:
        return ax
    made: Axes = new_figure(SINGLE, height).subplots()
    return made


def ink_on(colour: tuple[float, float, float, float]) -> str:
    """Black or white, whichever stands out more from a background (relative luminance of WCAG 2.1)."""
    luminance = luminance_of(colour)
    return "white" if 1.05 / (luminance + 0.05) > (luminance + 0.05) / 0.05 else "black"


def luminance_of(colour: tuple[float, ...]) -> float:
    """Relative luminance of WCAG 2.1, 0 (black) to 1 (white)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour[:3]]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def backing() -> dict[str, Any]:
    """A white ground behind a number, so that no line strikes through it (a rim of glyph outlines is far larger)."""
    return {"boxstyle": "square,pad=0.08", "facecolor": "white", "edgecolor": "none", "alpha": 0.75}


def add_note(figure: Figure, text: str) -> None:
    """Draw a caption under a figure, for those who pass an image on without its text."""
    width = int(figure.get_figwidth() / MM * LINE_PER_MM / _SCALE.get())
    lines = [line for part in text.split("\n") for line in textwrap.wrap(part, width) or [""]]
    room = len(lines) * 1.35 * small() / 72.0 + 0.06
    tall = figure.get_figheight()
    figure.text(0.01, 0.04 / (tall + room), "\n".join(lines), fontsize=small(), color="#333333", va="bottom",
                linespacing=1.35)  # fmt: skip
    figure.set_figheight(tall + room)
    engine = figure.get_layout_engine()
    share = room / (tall + room)
    if isinstance(engine, ConstrainedLayoutEngine):
        engine.set(rect=(0.0, share, 1.0, 1.0 - share))
    else:
        for ax in figure.axes:
            box = ax.get_position()
            ax.set_position((box.x0, share + box.y0 * (1 - share), box.width, box.height * (1 - share)))
        if figure.get_suptitle():
            figure._suptitle.set_y(share + 0.98 * (1 - share))  # type: ignore[attr-defined]
