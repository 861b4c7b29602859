"""Figures of a calibration: rows against targets, what is known of each parameter, ranks of known truths."""

from __future__ import annotations

import textwrap

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.report.catalogue import Words
from sim.report.style import BLACK, BLUE, GREY, LIGHT, ORANGE, SMALL, add_note, new_figure

FRAME, ROW = 34.0, 5.0
NAMED_ROW = 6.8  # a name may take two lines
WIDTH = 48  # signs of a row's name on one line
MOST_PARAMETERS = 30
BINS = 8


def draw_rows(rows: pd.DataFrame, words: Words, worlds: int, fig: Figure | None = None) -> Figure:
    """Draw each row's distance from its target in standard deviations, prior and posterior worlds.

    Args:
        rows: as :func:`sim.experiments.calibrating.tables.row_table` returns.
        words: the catalogue.
        worlds: posterior worlds that were run.
        fig: figure to draw on; a new one otherwise.
    """
    fig = fig or new_figure(height=FRAME + NAMED_ROW * len(rows))
    ax = fig.subplots()
    ax.axvspan(-2, 2, color=LIGHT, alpha=0.5, linewidth=0, zorder=0)
    ax.axvline(0, color=BLACK, linewidth=0.6, zorder=1)
    value, spread = (rows[name].to_numpy(float) for name in ("target", "spread"))
    for name, colour, shift, marker in (("prior", GREY, -0.18, "D"), ("posterior", BLUE, 0.18, "o")):
        low, high, middle = ((rows[f"{name}_{end}"].to_numpy(float) - value) / spread for end in ("q05", "q95", "mean"))
        height = np.arange(len(rows)) + shift
        ax.hlines(height, np.clip(low, -8, 8), np.clip(high, -8, 8), color=colour, linewidth=1.2, zorder=2)
        ax.plot(np.clip(middle, -8, 8), height, marker, color=colour, markersize=3.2, zorder=3,
                markerfacecolor="white" if name == "prior" else colour)  # fmt: skip
    ax.set_yticks(
        range(len(rows)),
        [f"{textwrap.fill(str(p), WIDTH)}  {row}" for p, row in zip(rows["pattern"], rows["row"], strict=True)],
    )
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.set_xlim(-8.2, 8.2)
    ax.tick_params(axis="y", length=0)
    ax.set_xlabel(words("figure.calibration.rows.axis"))
    keys = [
        Line2D([], [], color=GREY, marker="D", markersize=3.2, markerfacecolor="white"),
        Line2D([], [], color=BLUE, marker="o", markersize=3.2), Patch(facecolor=LIGHT, alpha=0.5),
    ]  # fmt: skip
    labels = [words(f"figure.calibration.rows.{name}") for name in ("prior", "posterior", "band")]
    fig.legend(keys, labels, loc="outside upper right", ncols=3)
    add_note(fig, words("figure.calibration.rows.note", n=worlds))
    return fig


def draw_identification(table: pd.DataFrame, words: Words, draws: int, fig: Figure | None = None) -> Figure:
    """Draw the middle 90% of each parameter's posterior inside its prior, the best identified first.

    Args:
        table: as :func:`sim.analysis.calibration.identification.identification` returns.
        words: the catalogue.
        draws: of the posterior.
        fig: figure to draw on; a new one otherwise.
    """
    rows = table[table["verdict"] != "no row reads it"].head(MOST_PARAMETERS)
    fig = fig or new_figure(height=FRAME + ROW * len(rows))
    ax = fig.subplots()
    colours = {"identified": BLUE, "weakly identified": ORANGE}
    for position, row in enumerate(rows.to_dict("records")):
        colour = colours.get(str(row["verdict"]), GREY)
        ax.plot([0, 1], [position, position], color=LIGHT, linewidth=4, solid_capstyle="butt", zorder=1)
        ax.plot([row["q05"], row["q95"]], [position, position], color=colour, linewidth=1.8, zorder=2)
        ax.plot(row["median"], position, "o" if colour == BLUE else "s" if colour == ORANGE else "D", color=colour,
                markersize=3.5, zorder=3)  # fmt: skip
        left = words.numbers.number(row["left"], 2)
        ax.annotate(left, (1.02, position), va="center", fontsize=SMALL, annotation_clip=False)
    ax.set_yticks(range(len(rows)), list(rows["parameter"]))
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.set_xlim(0, 1)
    ax.tick_params(axis="y", length=0)
    ax.set_xlabel(words("figure.calibration.identification.axis"))
    keys = [Line2D([], [], color=c, marker=m, markersize=3.5) for c, m in ((BLUE, "o"), (ORANGE, "s"), (GREY, "D"))]
    names = [words(f"figure.calibration.identification.{name}") for name in ("identified", "weakly", "not")]
    fig.legend(keys, names, loc="outside upper right", ncols=3)
    hidden = int((table["verdict"] == "no row reads it").sum())
    add_note(fig, words("figure.calibration.identification.note", n=draws, shown=len(rows), hidden=hidden))
    return fig


def draw_ranks(ranks: pd.DataFrame, of: int, words: Words, fig: Figure | None = None) -> Figure:
    """Draw the ranks of known truths among the draws, all parameters together: flat if calibration is right.

    Args:
        ranks: (truths, parameters) whole numbers from 0 to ``of``.
        of: draws that each truth is ranked among.
        words: the catalogue.
        fig: figure to draw on; a new one otherwise.
    """
    fig = fig or new_figure(height=70)
    ax = fig.subplots()
    counts = np.bincount(ranks.to_numpy().ravel() * BINS // (of + 1), minlength=BINS)
    expected, truths = counts.sum() / BINS, len(ranks)
    # Ranks of one truth hang together: the band is that of one parameter's histogram, scaled.
    half = 1.96 * np.sqrt(truths / BINS * (1 - 1 / BINS)) / (truths / BINS) * expected
    ax.axhspan(expected - half, expected + half, color=LIGHT, alpha=0.5, linewidth=0)
    ax.bar(np.arange(BINS), counts, width=0.9, facecolor=BLUE, edgecolor=GREY, linewidth=0.4)
    ax.axhline(expected, color=BLACK, linewidth=0.6)
    ax.set_xticks(
        np.arange(BINS), [f"{100 * n / BINS:.0f}–{words.numbers.percent(100 * (n + 1) / BINS)}" for n in range(BINS)]
    )
    ax.set_xlabel(words("figure.calibration.ranks.axis"))
    ax.set_ylabel(words("figure.calibration.ranks.count"))
    add_note(fig, words("figure.calibration.ranks.note", truths=truths, parameters=ranks.shape[1], of=of))
    return fig
