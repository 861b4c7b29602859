"""Figures of a sensitivity analysis: tornadoes and Sobol' indices, a panel an output whose emulator explains enough."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.report.catalogue import Words
from sim.report.style import BLACK, BLUE, GREY, LIGHT, ORANGE, SKY, add_note, new_figure

MOST_PANELS, MOST_BARS, COLUMNS = 8, 5, 2
COST = "public_cost"
FRAME, PANEL, BAR = 24.0, 15.0, 7.0
"""Height of key and note, of a panel's title and axis, of a bar, mm."""
ASIDE = -0.5
"""Where a title begins, in widths of its panel: above the names, so that there is room for it."""
LONGEST = 24
"""Letters of a parameter's name on one line."""


def shown_outputs(table: pd.DataFrame) -> list[tuple[str, str]]:
    """Return (scenario, outcome) of the panels: levels, effects, then rates and costs; at most ``MOST_PANELS``."""
    told = table[table["parameter"].notna()].drop_duplicates(["scenario", "outcome"])

    def place(row: dict[Any, Any]) -> tuple[bool, bool, bool]:
        return row["outcome"] == COST, str(row["outcome"]).endswith("_rate"), row["what"] != "level"

    order = sorted(told.to_dict("records"), key=place)
    return [(str(row["scenario"]), str(row["outcome"])) for row in order[:MOST_PANELS]]


def draw_tornado(table: pd.DataFrame, words: Words, fig: Figure | None = None) -> Figure:
    """Draw each output with one parameter low or high, the others in the middle.

    Args:
        table: as :func:`sim.analysis.sensitivity.tables.tables` returns it.
        words: the catalogue.
        fig: figure to draw on; a new one otherwise.
    """
    keys = [Patch(facecolor=ORANGE), Patch(facecolor=BLUE), Line2D([], [], color=BLACK, linewidth=1.0)]
    return _draw(table, _tornado, "tornado", keys, ("low", "high", "interval"), words, fig)


def draw_sobol(table: pd.DataFrame, words: Words, fig: Figure | None = None) -> Figure:
    """Draw first-order and total indices of the strongest parameters; arguments as of :func:`draw_tornado`."""
    keys = [Patch(facecolor=SKY), Line2D([], [], color=BLACK, linewidth=1.0),
            Line2D([], [], color=BLUE, marker="D", markersize=3.4, linewidth=1.0)]  # fmt: skip
    return _draw(table, _sobol, "sobol", keys, ("total", "interval", "first"), words, fig)


def _draw(
    table: pd.DataFrame, panel: Callable[[Axes, list[dict[Any, Any]], Words], None], name: str,
    keys: list[Any],
    labels: tuple[str, ...], words: Words, fig: Figure | None,
) -> Figure:  # fmt: skip
    shown = shown_outputs(table)
    rows = -(-len(shown) // COLUMNS)
    fig = fig or new_figure(height=FRAME + rows * (PANEL + MOST_BARS * BAR))
    fig.get_layout_engine().set(hspace=0.06, wspace=0.04)  # type: ignore[union-attr, call-arg]
    axes = list(fig.subplots(rows, COLUMNS, squeeze=False).flat)
    for ax, (scenario, outcome) in zip(axes, shown, strict=False):
        chosen = table[(table["scenario"] == scenario) & (table["outcome"] == outcome)]
        bars = chosen.head(MOST_BARS).to_dict("records")
        panel(ax, bars, words)
        what = words(f"figure.{name}.level") if bars[0]["what"] == "level" else words.get(f"short.{scenario}", scenario)
        ax.set_title(f"{what}: {bars[0]['label']}", loc="left", x=ASIDE)
        q2 = words.numbers.number(bars[0]["q2"], 2)
        ax.set_xlabel(words(f"figure.{name}.axis.{bars[0]['what']}", unit=bars[0]["unit"], q2=q2))
        ax.set_yticks(range(len(bars)), [name_in_lines(str(bar["parameter"])) for bar in bars])
        ax.set_ylim(MOST_BARS - 0.4, -0.6)
        ax.tick_params(axis="y", length=0)
        ax.locator_params(axis="x", nbins=5)
    for ax in axes[len(shown) :]:
        ax.set_visible(False)
    fig.legend(keys, [words(f"figure.{name}.key.{label}") for label in labels], loc="outside upper right", ncols=3)
    told = table[table["parameter"].notna()].drop_duplicates(["scenario", "outcome"])
    silent = int(table["parameter"].isna().sum())
    low, high = (words.numbers.number(value, 2) for value in (told["q2"].min(), told["q2"].max()))
    note = words(
        f"figure.{name}.note", n=int(told["n"].min()), low=low, high=high, shown=len(shown),
        told=len(told), silent=silent,
    )  # fmt: skip
    add_note(fig, note)
    return fig


def name_in_lines(name: str) -> str:
    """A parameter's name, broken behind a dot where it is long."""
    if len(name) <= LONGEST:
        return name
    group, _, last = name.rpartition(".")
    return f"{group}.\n{last}"


def _tornado(ax: Axes, bars: list[dict[Any, Any]], words: Words) -> None:
    middle = float(bars[0]["middle"])
    for position, bar in enumerate(bars):
        for side, colour, shift in (("at_low", ORANGE, -0.16), ("at_high", BLUE, 0.16)):
            ax.barh(position + shift, bar[side] - middle, left=middle, height=0.32, color=colour, linewidth=0, zorder=2)
            ax.hlines(position + shift, bar[f"{side}_low"], bar[f"{side}_high"], color=BLACK, linewidth=1.0, zorder=3)
    ax.axvline(middle, color=GREY, linewidth=0.6, zorder=1)
    if ax.get_xlim()[0] <= 0.0 <= ax.get_xlim()[1] and middle != 0.0:
        ax.axvline(0.0, color=LIGHT, linewidth=0.8, zorder=0)
    ax.xaxis.set_major_formatter(lambda value, _: words.numbers.plain(value))


def _sobol(ax: Axes, bars: list[dict[Any, Any]], words: Words) -> None:
    for position, bar in enumerate(bars):
        ax.barh(position, max(bar["total"], 0.0), height=0.62, color=SKY, linewidth=0, zorder=1)
        ax.hlines(position + 0.14, max(bar["total_low"], 0.0), bar["total_high"], color=BLACK, linewidth=1.0, zorder=2)
        ends = max(bar["first_low"], 0.0), max(bar["first_high"], 0.0)
        ax.hlines(position - 0.14, *ends, color=BLUE, linewidth=1.0, zorder=2)
        ax.plot(max(bar["first"], 0.0), position - 0.14, "D", color=BLUE, markersize=3.4, zorder=3)
    ax.set_xlim(0.0, 1.0)
