"""Figures of a validation: rows kept for checking against their predictive intervals, and what moves headquarters."""

from __future__ import annotations

import textwrap

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.analysis.validation.relocation import BASE, EXPERIMENTS, MOVES, column
from sim.analysis.validation.rows import CONSTANT, POSTERIOR, PRIOR
from sim.report.catalogue import Words
from sim.report.style import BLACK, BLUE, GREY, LIGHT, ORANGE, SMALL, VERMILION, add_note, backing, new_figure

FRAME, ROW = 40.0, 4.9
WIDTH = 56  # signs of a row's name on one line
CUT = 8.0


def draw_validation(table: pd.DataFrame, words: Words, worlds: tuple[int, int], fig: Figure | None = None) -> Figure:
    """Draw each row's published interval, predictive intervals and the constant, from the published figure on.

    Args:
        table: counted rows of :func:`sim.analysis.validation.rows.validation_table`.
        words: the catalogue.
        worlds: of the posterior and of the prior.
        fig: figure to draw on; a new one otherwise.
    """
    fig = fig or new_figure(height=FRAME + ROW * len(table))
    ax = fig.subplots()
    value, spread = (table[name].to_numpy(float) for name in ("target", "spread"))

    def at(name: str) -> np.ndarray:
        return np.asarray(np.clip((table[name].to_numpy(float) - value) / spread, -CUT, CUT))

    rows = np.arange(len(table), dtype=float)
    ax.barh(rows, at("high") - at("low"), left=at("low"), height=0.8, color=LIGHT, alpha=0.7, linewidth=0, zorder=0)
    ax.axvline(0, color=BLACK, linewidth=0.6, zorder=1)
    hit = table[f"{POSTERIOR}_inside"].to_numpy(bool)
    ax.hlines(rows + 0.22, at(f"{PRIOR}_low"), at(f"{PRIOR}_high"), color=GREY, linewidth=0.8, linestyle="--", zorder=2)
    ax.plot(at(f"{PRIOR}_mean"), rows + 0.22, "D", color=GREY, markersize=2.6, markerfacecolor="white", zorder=3)
    for chosen, colour in ((hit, BLUE), (~hit, VERMILION)):
        ends = [at(f"{POSTERIOR}_{end}")[chosen] for end in ("low", "high", "sim_low", "sim_high", "mean")]
        height = rows[chosen] - 0.16
        ax.hlines(height, ends[0], ends[1], color=colour, linewidth=0.9, zorder=2)
        ax.hlines(height, ends[2], ends[3], color=colour, linewidth=2.4, zorder=2)
        ax.plot(ends[4], height, "o" if colour == BLUE else "s", color=colour, markersize=3.4, zorder=4,
                markeredgecolor="white", markeredgewidth=0.5)  # fmt: skip
    ax.plot(at(f"{CONSTANT}_value"), rows + 0.22, "x", color=ORANGE, markersize=3.2, zorder=4, markeredgewidth=1.0)
    ax.set_yticks(
        range(len(table)),
        [f"{textwrap.shorten(str(p), WIDTH, placeholder=' …')}  {row}"
         for p, row in zip(table["pattern"], table["row"], strict=True)],
    )  # fmt: skip
    ax.set_ylim(len(table) - 0.4, -0.6)
    ax.set_xlim(-CUT - 0.2, CUT + 0.2)
    ax.tick_params(axis="y", length=0)
    ax.set_xlabel(words("figure.validation.rows.axis"))
    keys = [
        Line2D([], [], color=BLUE, marker="o", markersize=3.4),
        Line2D([], [], color=VERMILION, marker="s", markersize=3.4),
        Line2D([], [], color=GREY, marker="D", markersize=2.6, markerfacecolor="white", linestyle="--", linewidth=0.8),
        Line2D([], [], color=ORANGE, marker="x", markersize=3.2, linestyle=""), Patch(facecolor=LIGHT, alpha=0.7),
    ]  # fmt: skip
    labels = [words(f"figure.validation.rows.{name}") for name in ("inside", "outside", "prior", "constant", "band")]
    fig.legend(keys, labels, loc="outside upper right", ncols=3)
    add_note(fig, words("figure.validation.rows.note", posterior=worlds[0], prior=worlds[1]))
    return fig


def draw_relocation(runs: pd.DataFrame, table: pd.DataFrame, words: Words, fig: Figure | None = None) -> Figure:
    """Draw what each experiment changes in each world, and the mean over worlds.

    Args:
        runs: one world each, as :func:`sim.analysis.validation.relocation.relocation_table` reads them.
        table: that it returns.
        words: the catalogue.
        fig: figure to draw on; a new one otherwise.
    """
    fig = fig or new_figure(height=70)
    ax = fig.subplots()
    base = runs[column(MOVES, BASE)].to_numpy(float)
    order = np.argsort(base, kind="stable")
    for position, name in enumerate(EXPERIMENTS):
        line = table[table["experiment"] == name].iloc[0]
        moved = (runs[column(MOVES, name)].to_numpy(float) - base)[order]
        height = position + 0.12 + 0.22 * np.linspace(0.0, 1.0, len(moved))
        ax.plot(moved, height, ".", color=GREY, markersize=3.0, zorder=2)
        ax.hlines(position - 0.12, line["low"], line["high"], color=BLUE, linewidth=1.8, zorder=3)
        ax.plot(line["change"], position - 0.12, "o", color=BLUE, markersize=4.5, zorder=4)
        change, share = float(line["change"]), float(line["percent"])
        told = f"{words.numbers.number(change, signed=True)} ({words.numbers.percent(share, signed=True)})"
        ax.annotate(told, (line["change"], position - 0.24),
                    ha="center", va="bottom", fontsize=SMALL, bbox=backing())  # fmt: skip
    ax.axvline(0, color=BLACK, linewidth=0.6, zorder=1)
    names = [textwrap.fill(words(f"figure.validation.relocation.{name}"), 26) for name in EXPERIMENTS]
    ax.set_yticks(range(len(names)), names)
    ax.set_ylim(len(names) - 0.4, -0.6)
    ax.tick_params(axis="y", length=0)
    ax.set_xlabel(words("figure.validation.relocation.axis"))
    keys = [
        Line2D([], [], color=BLUE, marker="o", markersize=4.5),
        Line2D([], [], color=GREY, marker=".", linestyle=""),
    ]
    fig.legend(keys, [words(f"figure.validation.relocation.{name}") for name in ("mean", "world")],
               loc="outside upper right", ncols=2)  # fmt: skip
    add_note(
        fig, words("figure.validation.relocation.note", n=len(runs), base=words.numbers.number(float(base.mean())))
    )
    return fig
