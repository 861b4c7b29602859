"""Figures of a sensitivity analysis: tornadoes and Sobol' indices, a panel an output whose emulator explains enough."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.report.captions import Drawing, caption_of, joined, outcome_measures
from sim.report.catalogue import Words
from sim.report.names import outcome_label, outcome_unit
from sim.report.sizes import DOUBLE, Size
from sim.report.style import BLACK, BLUE, GREY, LIGHT, ORANGE, SKY, axes_or_new, new_figure, pt

MOST_PANELS, MOST_BARS, COLUMNS = 8, 5, 2
FEW_PANELS = 4
"""In one column, and on a slide."""
COST = "public_cost"
FRAME, PANEL, BAR = 8.0, 15.0, 7.0
"""Height of the key, of a panel's title and axis, of a bar, mm."""
ASIDE = -0.5
"""Where a title begins, in widths of its panel: above the names, so that there is room for it."""
LONGEST_TITLE = 48
"""Letters of a title on one line."""
LONGEST = 24
"""Letters of a parameter's name on one line."""


def shown_outputs(table: pd.DataFrame) -> list[tuple[str, str]]:
    """Return (scenario, outcome) of the panels: levels, effects, then rates and costs; at most ``MOST_PANELS``."""
    told = table[table["parameter"].notna()].drop_duplicates(["scenario", "outcome"])

    def place(row: dict[Any, Any]) -> tuple[bool, bool, bool]:
        return row["outcome"] == COST, str(row["outcome"]).endswith("_rate"), row["what"] != "level"

    order = sorted(told.to_dict("records"), key=place)
    return [(str(row["scenario"]), str(row["outcome"])) for row in order[:MOST_PANELS]]


def draw_tornado(table: pd.DataFrame, words: Words, ax: Axes | None = None) -> Axes:
    """Draw one output with one parameter low or high, the others in the middle.

    Args:
        table: rows of one output of the tornado that :func:`sim.analysis.sensitivity.tables.tables` returns.
        words: the catalogue.
        ax: where to draw.
    """
    ax = axes_or_new(ax, 50.0)
    bars = table.head(MOST_BARS).to_dict("records")
    _tornado(ax, bars, words)
    return _panel(ax, bars, "tornado", words)


def draw_sobol(table: pd.DataFrame, words: Words, ax: Axes | None = None) -> Axes:
    """Draw first-order and total indices of the strongest parameters; arguments as of :func:`draw_tornado`."""
    ax = axes_or_new(ax, 50.0)
    bars = table.head(MOST_BARS).to_dict("records")
    _sobol(ax, bars)
    ax.xaxis.set_major_formatter(lambda value, _: words.numbers.plain(value))
    return _panel(ax, bars, "sobol", words)


def draw_tornadoes(table: pd.DataFrame, words: Words, size: Size = DOUBLE) -> Figure:
    """Draw a tornado per output; at most ``MOST_PANELS``, or ``FEW_PANELS`` where there is less room."""
    keys = [Patch(facecolor=ORANGE), Patch(facecolor=BLUE), Line2D([], [], color=BLACK, linewidth=pt(1.0))]
    return _draw(table, draw_tornado, "tornado", keys, ("low", "high", "interval"), words, size)


def draw_indices(table: pd.DataFrame, words: Words, size: Size = DOUBLE) -> Figure:
    """Draw Sobol' indices per output; as :func:`draw_tornadoes`."""
    keys = [Patch(facecolor=SKY), Line2D([], [], color=BLACK, linewidth=pt(1.0)),
            Line2D([], [], color=BLUE, marker="D", markersize=pt(3.4), linewidth=pt(1.0))]  # fmt: skip
    return _draw(table, draw_sobol, "sobol", keys, ("total", "interval", "first"), words, size)


def panels_of(table: pd.DataFrame, size: Size) -> list[tuple[str, str]]:
    """The outputs that a preset shows."""
    return shown_outputs(table)[: FEW_PANELS if size.is_narrow or size.is_slide else MOST_PANELS]


def _draw(
    table: pd.DataFrame, panel: Callable[[pd.DataFrame, Words, Axes | None], Axes], name: str, keys: list[Any],
    labels: tuple[str, ...], words: Words, size: Size,
) -> Figure:  # fmt: skip
    shown = panels_of(table, size)
    columns = 1 if size.is_narrow else COLUMNS
    rows = -(-len(shown) // columns)
    fig = new_figure(size, FRAME + rows * (PANEL + MOST_BARS * BAR))
    fig.get_layout_engine().set(hspace=0.06, wspace=0.04)  # type: ignore[union-attr, call-arg]
    axes = list(fig.subplots(rows, columns, squeeze=False).flat)
    for ax, (scenario, outcome) in zip(axes, shown, strict=False):
        panel(table[(table["scenario"] == scenario) & (table["outcome"] == outcome)], words, ax)
    for ax in axes[len(shown) :]:
        ax.set_visible(False)
    fig.legend(keys, [words(f"figure.{name}.key.{label}") for label in labels], loc="outside upper right",
               ncols=1 if size.is_narrow else 3)  # fmt: skip
    return fig


def _panel(ax: Axes, bars: list[dict[Any, Any]], name: str, words: Words) -> Axes:
    """Names of parameters, title and axis of one output."""
    first, outcome = bars[0], str(bars[0]["outcome"])
    scenario = str(first["scenario"])
    what = words(f"figure.{name}.level") if first["what"] == "level" else words.get(f"short.{scenario}", scenario)
    title = joined(what, outcome_label(outcome, str(first["label"]), words), words)
    ax.set_title(textwrap.fill(title, LONGEST_TITLE), loc="left", x=ASIDE)
    q2, unit = words.numbers.number(first["q2"], 2), outcome_unit(outcome, str(first["unit"]), words)
    ax.set_xlabel(words(f"figure.{name}.axis.{first['what']}", unit=unit, q2=q2))
    ax.set_yticks(range(len(bars)), [name_in_lines(str(bar["parameter"])) for bar in bars])
    ax.set_ylim(MOST_BARS - 0.4, -0.6)
    ax.tick_params(axis="y", length=0)
    ax.locator_params(axis="x", nbins=4)
    return ax


def build_from(
    name: str, table: pd.DataFrame, words: Words, size: Size = DOUBLE, manifest: Mapping[str, Any] | None = None
) -> Drawing | None:
    """Tornadoes or indices of every output that is explained; None if there is none.

    Args:
        name: ``tornado`` or ``sobol``.
        table: of that name, as :func:`sim.analysis.sensitivity.tables.tables` returns it.
        words: the catalogue.
        size: the preset.
        manifest: of the results.
    """
    shown = panels_of(table, size)
    if not shown:
        return None
    figure = {"tornado": draw_tornadoes, "sobol": draw_indices}[name](table, words, size)
    told = table[table["parameter"].notna()].drop_duplicates(["scenario", "outcome"])
    silent = int(table["parameter"].isna().sum())
    low, high = (words.numbers.number(value, 2) for value in (told["q2"].min(), told["q2"].max()))
    note = words(
        f"figure.{name}.note", n=int(told["n"].min()), low=low, high=high, shown=len(shown), told=len(told),
        silent=silent,
    )  # fmt: skip
    drawn = told[[pair in shown for pair in zip(told["scenario"], told["outcome"], strict=True)]]
    caption = caption_of(name, words, manifest or {}, note, measures=outcome_measures(drawn, words))
    return Drawing(figure, table, caption)


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
            ax.hlines(
                position + shift, bar[f"{side}_low"], bar[f"{side}_high"], color=BLACK, linewidth=pt(1.0), zorder=3
            )
    ax.axvline(middle, color=GREY, linewidth=pt(0.6), zorder=1)
    if ax.get_xlim()[0] <= 0.0 <= ax.get_xlim()[1] and middle != 0.0:
        ax.axvline(0.0, color=LIGHT, linewidth=pt(0.8), zorder=0)
    ax.xaxis.set_major_formatter(lambda value, _: words.numbers.plain(value))


def _sobol(ax: Axes, bars: list[dict[Any, Any]]) -> None:
    for position, bar in enumerate(bars):
        ax.barh(position, max(bar["total"], 0.0), height=0.62, color=SKY, linewidth=0, zorder=1)
        ax.hlines(
            position + 0.14, max(bar["total_low"], 0.0), bar["total_high"], color=BLACK, linewidth=pt(1.0), zorder=2
        )
        ends = max(bar["first_low"], 0.0), max(bar["first_high"], 0.0)
        ax.hlines(position - 0.14, *ends, color=BLUE, linewidth=pt(1.0), zorder=2)
        ax.plot(max(bar["first"], 0.0), position - 0.14, "D", color=BLUE, markersize=pt(3.4), zorder=3)
    ax.set_xlim(0.0, 1.0)
