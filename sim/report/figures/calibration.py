"""Figures of a calibration: rows against targets, what is known of each parameter, ranks of known truths."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.report.captions import Drawing, caption_of
from sim.report.catalogue import Words
from sim.report.names import pattern_text
from sim.report.sizes import DOUBLE, SINGLE, Size
from sim.report.style import BLACK, BLUE, GREY, LIGHT, ORANGE, axes_or_new, new_figure, pt, small

FRAME, ROW = 20.0, 5.0
NAMED_ROW = 6.8
"""A name may take two lines."""
WIDTH, NARROW = 48, 24
"""Signs of a row's name on one line; in one column."""
FEW_PARAMETERS = 16
MOST_PARAMETERS = 30
BINS = 8


def draw_rows(rows: pd.DataFrame, words: Words, ax: Axes | None = None, width: int = WIDTH, lines: int = 2) -> Axes:
    """Draw each row's distance from its target in standard deviations, prior and posterior worlds.

    Args:
        rows: as :func:`sim.experiments.calibrating.tables.row_table` returns.
        words: the catalogue.
        ax: where to draw.
        width: signs of a row's name on one line.
        lines: of a name.
    """
    ax = axes_or_new(ax, FRAME + NAMED_ROW * len(rows))
    ax.axvspan(-2, 2, color=LIGHT, alpha=0.5, linewidth=0, zorder=0)
    ax.axvline(0, color=BLACK, linewidth=pt(0.6), zorder=1)
    value, spread = (rows[name].to_numpy(float) for name in ("target", "spread"))
    for name, colour, shift, marker in (("prior", GREY, -0.18, "D"), ("posterior", BLUE, 0.18, "o")):
        low, high, middle = ((rows[f"{name}_{end}"].to_numpy(float) - value) / spread for end in ("q05", "q95", "mean"))
        height = np.arange(len(rows)) + shift
        ax.hlines(height, np.clip(low, -8, 8), np.clip(high, -8, 8), color=colour, linewidth=pt(1.2), zorder=2)
        ax.plot(np.clip(middle, -8, 8), height, marker, color=colour, markersize=pt(3.2), zorder=3,
                markerfacecolor="white" if name == "prior" else colour)  # fmt: skip
    ax.set_yticks(
        range(len(rows)),
        [
            f"{shortened(pattern_text(str(row), str(p), words), width, lines)}  {row}"
            for p, row in zip(rows["pattern"], rows["row"], strict=True)
        ],
    )
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.set_xlim(-8.2, 8.2)
    ax.tick_params(axis="y", length=0)
    ax.set_xlabel(words("figure.calibration.rows.axis"))
    keys = [
        Line2D([], [], color=GREY, marker="D", markersize=pt(3.2), markerfacecolor="white"),
        Line2D([], [], color=BLUE, marker="o", markersize=pt(3.2)), Patch(facecolor=LIGHT, alpha=0.5),
    ]  # fmt: skip
    labels = [words(f"figure.calibration.rows.{name}") for name in ("prior", "posterior", "band")]
    ax.legend(keys, labels, loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=3, borderaxespad=0.2)
    return ax


def shortened(text: str, width: int, lines: int) -> str:
    """A name in so many lines, the rest cut off."""
    return "\n".join(textwrap.wrap(text, width, max_lines=lines, placeholder=" …"))


def draw_identification(table: pd.DataFrame, words: Words, ax: Axes | None = None, most: int = MOST_PARAMETERS) -> Axes:
    """Draw the middle 90% of each parameter's posterior inside its prior, the best identified first.

    Args:
        table: as :func:`sim.analysis.calibration.identification.identification` returns.
        words: the catalogue.
        ax: where to draw.
        most: parameters shown.
    """
    rows = identified_rows(table, most)
    ax = axes_or_new(ax, FRAME + ROW * len(rows))
    colours = {"identified": BLUE, "weakly identified": ORANGE}
    for position, row in enumerate(rows.to_dict("records")):
        colour = colours.get(str(row["verdict"]), GREY)
        ax.plot([0, 1], [position, position], color=LIGHT, linewidth=pt(4.0), solid_capstyle="butt", zorder=1)
        ax.plot([row["q05"], row["q95"]], [position, position], color=colour, linewidth=pt(1.8), zorder=2)
        ax.plot(row["median"], position, "o" if colour == BLUE else "s" if colour == ORANGE else "D", color=colour,
                markersize=pt(3.5), zorder=3)  # fmt: skip
        left = words.numbers.number(row["left"], 2)
        ax.annotate(left, (1.02, position), va="center", fontsize=small(), annotation_clip=False)
    ax.set_yticks(range(len(rows)), list(rows["parameter"]))
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.set_xlim(0, 1)
    ax.tick_params(axis="y", length=0)
    ax.set_xlabel(words("figure.calibration.identification.axis"))
    keys = [Line2D([], [], color=c, marker=m, markersize=pt(3.5)) for c, m in ((BLUE, "o"), (ORANGE, "s"), (GREY, "D"))]
    names = [words(f"figure.calibration.identification.{name}") for name in ("identified", "weakly", "not")]
    ax.legend(keys, names, loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=1, borderaxespad=0.2)
    ax.xaxis.set_major_formatter(lambda value, _: words.numbers.plain(value))
    return ax


def identified_rows(table: pd.DataFrame, most: int) -> pd.DataFrame:
    """The best identified parameters that any row reads."""
    return table[table["verdict"] != "no row reads it"].head(most)


def draw_ranks(ranks: pd.DataFrame, of: int, words: Words, ax: Axes | None = None) -> Axes:
    """Draw the ranks of known truths among the draws, all parameters together: flat if calibration is right.

    Args:
        ranks: (truths, parameters) whole numbers from 0 to ``of``.
        of: draws that each truth is ranked among.
        words: the catalogue.
        ax: where to draw.
    """
    ax = axes_or_new(ax)
    counts = np.bincount(ranks.to_numpy().ravel() * BINS // (of + 1), minlength=BINS)
    expected, truths = counts.sum() / BINS, len(ranks)
    # Ranks of one truth hang together: the band is that of one parameter's histogram, scaled.
    half = 1.96 * np.sqrt(truths / BINS * (1 - 1 / BINS)) / (truths / BINS) * expected
    ax.axhspan(expected - half, expected + half, color=LIGHT, alpha=0.5, linewidth=0)
    ax.bar(np.arange(BINS), counts, width=0.9, facecolor=BLUE, edgecolor=GREY, linewidth=pt(0.4))
    ax.axhline(expected, color=BLACK, linewidth=pt(0.6))
    ax.set_xticks(
        np.arange(BINS), [f"{100 * n / BINS:.0f}–{words.numbers.percent(100 * (n + 1) / BINS)}" for n in range(BINS)]
    )
    ax.set_xlabel(words("figure.calibration.ranks.axis"))
    ax.set_ylabel(words("figure.calibration.ranks.count"))
    return ax


def build_rows(
    rows: pd.DataFrame, worlds: int, words: Words, size: Size = DOUBLE, manifest: Mapping[str, Any] | None = None
) -> Drawing:
    """Rows against their targets; ``worlds``: posterior worlds that were run."""
    figure = new_figure(size, FRAME + NAMED_ROW * len(rows))
    narrow, slide = size.is_narrow, size.is_slide
    draw_rows(rows, words, figure.subplots(), NARROW if narrow else WIDTH, 1 if slide else 2)
    note = words("figure.calibration.rows.note", n=worlds)
    return Drawing(figure, rows, caption_of("calibration_rows", words, manifest or {}, note))


def build_identification(
    table: pd.DataFrame, draws: int, words: Words, size: Size = DOUBLE, manifest: Mapping[str, Any] | None = None
) -> Drawing:
    """What is known of each parameter; ``draws``: of the posterior."""
    most = FEW_PARAMETERS if size.is_slide else MOST_PARAMETERS
    shown = len(identified_rows(table, most))
    figure = new_figure(size, FRAME + ROW * shown)
    draw_identification(table, words, figure.subplots(), most)
    hidden = int((table["verdict"] == "no row reads it").sum())
    note = words("figure.calibration.identification.note", n=draws, shown=shown, hidden=hidden)
    return Drawing(figure, table, caption_of("calibration_identification", words, manifest or {}, note))


def build_ranks(
    ranks: pd.DataFrame, of: int, words: Words, size: Size = SINGLE, manifest: Mapping[str, Any] | None = None
) -> Drawing:
    """Ranks of known truths; ``of``: draws that each is ranked among."""
    figure = new_figure(size, 70.0)
    ax = draw_ranks(ranks, of, words, figure.subplots())
    if size.is_narrow:
        ax.tick_params(axis="x", rotation=45)
    note = words("figure.calibration.ranks.note", truths=len(ranks), parameters=ranks.shape[1], of=of)
    return Drawing(figure, ranks, caption_of("calibration_ranks", words, manifest or {}, note))
