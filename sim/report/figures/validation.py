"""Figures of a validation: rows kept for checking against their predictive intervals, and what moves headquarters."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.analysis.validation.relocation import BASE, EXPERIMENTS, MOVES, column
from sim.analysis.validation.rows import CONSTANT, POSTERIOR, PRIOR
from sim.report.captions import Drawing, caption_of
from sim.report.catalogue import Words
from sim.report.names import pattern_text
from sim.report.sizes import DOUBLE, Size
from sim.report.style import BLACK, BLUE, GREY, LIGHT, ORANGE, VERMILION, axes_or_new, backing, new_figure, pt, small

FRAME, ROW = 24.0, 4.9
WIDTH, NARROW = 56, 22
"""Signs of a row's name on one line; in one column."""
FEW = 20
"""Rows on a slide: those furthest from what was foretold."""
AXIS = 36
"""Signs in a line of an axis."""
CUT = 8.0


def draw_validation(table: pd.DataFrame, words: Words, ax: Axes | None = None, width: int = WIDTH) -> Axes:
    """Draw each row's published interval, predictive intervals and the constant, from the published figure on.

    Args:
        table: counted rows of :func:`sim.analysis.validation.rows.validation_table`.
        words: the catalogue.
        ax: where to draw.
        width: signs of a row's name on its line.
    """
    ax = axes_or_new(ax, FRAME + ROW * len(table))
    value, spread = (table[name].to_numpy(float) for name in ("target", "spread"))

    def at(name: str) -> np.ndarray:
        return np.asarray(np.clip((table[name].to_numpy(float) - value) / spread, -CUT, CUT))

    rows = np.arange(len(table), dtype=float)
    ax.barh(rows, at("high") - at("low"), left=at("low"), height=0.8, color=LIGHT, alpha=0.7, linewidth=0, zorder=0)
    ax.axvline(0, color=BLACK, linewidth=pt(0.6), zorder=1)
    hit = table[f"{POSTERIOR}_inside"].to_numpy(bool)
    ax.hlines(
        rows + 0.22, at(f"{PRIOR}_low"), at(f"{PRIOR}_high"), color=GREY, linewidth=pt(0.8), linestyle="--", zorder=2
    )
    ax.plot(at(f"{PRIOR}_mean"), rows + 0.22, "D", color=GREY, markersize=pt(2.6), markerfacecolor="white", zorder=3)
    for chosen, colour in ((hit, BLUE), (~hit, VERMILION)):
        ends = [at(f"{POSTERIOR}_{end}")[chosen] for end in ("low", "high", "sim_low", "sim_high", "mean")]
        height = rows[chosen] - 0.16
        ax.hlines(height, ends[0], ends[1], color=colour, linewidth=pt(0.9), zorder=2)
        ax.hlines(height, ends[2], ends[3], color=colour, linewidth=pt(2.4), zorder=2)
        ax.plot(ends[4], height, "o" if colour == BLUE else "s", color=colour, markersize=pt(3.4), zorder=4,
                markeredgecolor="white", markeredgewidth=pt(0.5))  # fmt: skip
    ax.plot(
        at(f"{CONSTANT}_value"), rows + 0.22, "x", color=ORANGE, markersize=pt(3.2), zorder=4, markeredgewidth=pt(1.0)
    )
    ax.set_yticks(
        range(len(table)),
        [f"{textwrap.shorten(pattern_text(str(row), str(p), words), width, placeholder=' …')}  {row}"
         for p, row in zip(table["pattern"], table["row"], strict=True)],
    )  # fmt: skip
    ax.set_ylim(len(table) - 0.4, -0.6)
    ax.set_xlim(-CUT - 0.2, CUT + 0.2)
    ax.tick_params(axis="y", length=0)
    ax.set_xlabel(textwrap.fill(words("figure.validation.rows.axis"), 2 * width))
    keys = [
        Line2D([], [], color=BLUE, marker="o", markersize=pt(3.4)),
        Line2D([], [], color=VERMILION, marker="s", markersize=pt(3.4)),
        Line2D([], [], color=GREY, marker="D", markersize=pt(2.6), markerfacecolor="white", linestyle="--",
               linewidth=pt(0.8)),
        Line2D([], [], color=ORANGE, marker="x", markersize=pt(3.2), linestyle=""), Patch(facecolor=LIGHT, alpha=0.7),
    ]  # fmt: skip
    labels = [words(f"figure.validation.rows.{name}") for name in ("inside", "outside", "prior", "constant", "band")]
    wide = width > NARROW
    ax.legend(keys, labels, loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=3 if wide else 1, borderaxespad=0.2)
    return ax


def draw_relocation(runs: pd.DataFrame, table: pd.DataFrame, words: Words, ax: Axes | None = None) -> Axes:
    """Draw what each experiment changes in each world, and the mean over worlds.

    Args:
        runs: one world each, as :func:`sim.analysis.validation.relocation.relocation_table` reads them.
        table: that it returns.
        words: the catalogue.
        ax: where to draw.
    """
    ax = axes_or_new(ax)
    base = runs[column(MOVES, BASE)].to_numpy(float)
    order = np.argsort(base, kind="stable")
    for position, name in enumerate(EXPERIMENTS):
        line = table[table["experiment"] == name].iloc[0]
        moved = (runs[column(MOVES, name)].to_numpy(float) - base)[order]
        height = position + 0.12 + 0.22 * np.linspace(0.0, 1.0, len(moved))
        ax.plot(moved, height, ".", color=GREY, markersize=pt(3.0), zorder=2)
        ax.hlines(position - 0.12, line["low"], line["high"], color=BLUE, linewidth=pt(1.8), zorder=3)
        ax.plot(line["change"], position - 0.12, "o", color=BLUE, markersize=pt(4.5), zorder=4)
        change, share = float(line["change"]), float(line["percent"])
        told = f"{words.numbers.number(change, signed=True)} ({words.numbers.percent(share, signed=True)})"
        ax.annotate(told, (line["change"], position - 0.24),
                    ha="center", va="bottom", fontsize=small(), bbox=backing())  # fmt: skip
    ax.axvline(0, color=BLACK, linewidth=pt(0.6), zorder=1)
    names = [textwrap.fill(words(f"figure.validation.relocation.{name}"), 26) for name in EXPERIMENTS]
    ax.set_yticks(range(len(names)), names)
    ax.set_ylim(len(names) - 0.4, -0.6)
    ax.tick_params(axis="y", length=0)
    ax.set_xlabel(textwrap.fill(words("figure.validation.relocation.axis"), AXIS))
    keys = [
        Line2D([], [], color=BLUE, marker="o", markersize=pt(4.5)),
        Line2D([], [], color=GREY, marker=".", linestyle=""),
    ]
    labels = [words(f"figure.validation.relocation.{name}") for name in ("mean", "world")]
    ax.legend(keys, labels, loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=1, borderaxespad=0.2)
    ax.xaxis.set_major_formatter(lambda value, _: words.numbers.plain(value))
    return ax


def build_rows(
    table: pd.DataFrame, worlds: tuple[int, int], words: Words, size: Size = DOUBLE,
    manifest: Mapping[str, Any] | None = None,
) -> Drawing:  # fmt: skip
    """Counted rows against their intervals; ``worlds``: of the posterior and of the prior."""
    rows = table[table["counted"]].reset_index(drop=True)
    shown = _furthest(rows, FEW) if size.is_slide else rows
    figure = new_figure(size, FRAME + ROW * len(shown))
    draw_validation(shown, words, figure.subplots(), NARROW if size.is_narrow else WIDTH)
    note = words("figure.validation.rows.note", posterior=worlds[0], prior=worlds[1])
    if len(shown) < len(rows):
        note += " " + words("figure.validation.few", shown=len(shown), of=len(rows))
    return Drawing(figure, rows, caption_of("validation_rows", words, manifest or {}, note))


def _furthest(rows: pd.DataFrame, most: int) -> pd.DataFrame:
    """The rows whose figure is furthest from the posterior's mean, in their order."""
    away = ((rows[f"{POSTERIOR}_mean"] - rows["target"]) / rows["spread"]).abs()
    return rows[away.rank(ascending=False, method="first") <= most].reset_index(drop=True)


def build_relocation(
    runs: pd.DataFrame, table: pd.DataFrame, words: Words, size: Size = DOUBLE,
    manifest: Mapping[str, Any] | None = None,
) -> Drawing:  # fmt: skip
    """What each experiment changes; arguments as of :func:`draw_relocation`."""
    figure = new_figure(size, 70.0)
    draw_relocation(runs, table, words, figure.subplots())
    base = words.numbers.number(float(runs[column(MOVES, BASE)].mean()))
    note = words("figure.validation.relocation.note", n=len(runs), base=base)
    return Drawing(figure, runs, caption_of("validation_relocation", words, manifest or {}, note))
