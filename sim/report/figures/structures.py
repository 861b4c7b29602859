"""Effect of each recommendation under each structure of the model, with intervals: one panel per outcome."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import NullLocator

from sim.report.captions import Drawing, caption_of
from sim.report.catalogue import Words
from sim.report.saving import SUFFIXES, save_figure
from sim.report.sizes import DOUBLE, Size
from sim.report.style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    LIGHT,
    ORANGE,
    PURPLE,
    SKY,
    VERMILION,
    axes_or_new,
    house_style,
    new_figure,
    pt,
)  # fmt: skip
from sim.report.world_source import WorldSource

PANELS = ("startups_in_france", "startup_departures", "talents_french_in_france")
FRAME, ROW = 28.0, 2.5
"""Height of titles, axes and key; of one structure of one recommendation, mm."""
GAP = 1.4
"""Between two recommendations, in rows."""
MOST_DECADES = 3
"""On both sides of an axis together, above which every second one has a number."""
# marker and colour of each structure in turn: the shape says it without colour
MARKS = (("o", BLACK), ("s", BLUE), ("D", VERMILION), ("^", GREEN), ("v", PURPLE), ("<", ORANGE), (">", SKY),
         ("X", GREY))  # fmt: skip


def draw_structure(
    data: pd.DataFrame, scenarios: Sequence[str], structures: Sequence[str], words: Words, ax: Axes | None = None
) -> Axes:
    """Draw one outcome: a block of rows per recommendation, a row per structure, the reference first.

    Args:
        data: rows of one outcome: ``structure, scenario, effect, low, high``; empty ends where there is no interval.
        scenarios: from top to bottom.
        structures: from top to bottom in each block.
        words: the catalogue.
        ax: where to draw.
    """
    ax = axes_or_new(ax, 150.0)
    found = {(row["structure"], row["scenario"]): row for row in data.to_dict("records")}
    block = len(structures) - 1 + GAP
    ax.axvline(0, color=BLACK, linewidth=pt(0.6), zorder=1)
    for nth, scenario in enumerate(scenarios):
        if nth % 2:
            ax.axhspan(nth * block - GAP / 2, nth * block + len(structures) - 1 + GAP / 2, color=LIGHT, alpha=0.35,
                       linewidth=0, zorder=0)  # fmt: skip
        for row, structure in enumerate(structures):
            held = found.get((structure, scenario))
            if held is None:
                continue
            marker, colour = MARKS[row % len(MARKS)]
            height = nth * block + row
            ax.plot([held["low"], held["high"]], [height, height], color=colour, linewidth=pt(0.9),
                    solid_capstyle="butt", zorder=2)  # fmt: skip
            ax.plot(held["effect"], height, marker, color=colour, markersize=pt(3.0), markeredgewidth=0, zorder=3)
    ax.set_ylim((len(scenarios) - 1) * block + len(structures) - 1 + GAP / 2, -GAP / 2)
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    _scale(data, words, ax)
    middle = (len(structures) - 1) / 2
    ax.set_yticks([nth * block + middle for nth in range(len(scenarios))], [_label(name, words) for name in scenarios])
    return ax


def _scale(data: pd.DataFrame, words: Words, ax: Axes) -> None:
    """Even around zero, logarithmic beyond: small and large effects, and their signs, are read from one axis."""
    sizes = np.abs(data["effect"].to_numpy(float))
    middle = float(np.median(sizes[sizes > 0.0])) if (sizes > 0.0).any() else 1.0
    even = 10.0 ** round(math.log10(middle))
    ends = data[["effect", "low", "high"]].to_numpy(float)
    below, above = (_beyond(max(float(np.nanmax(side * ends)), 0.0), even) for side in (-1.0, 1.0))
    decades = [math.floor(math.log10(reach / even)) if reach >= even else -1 for reach in (below, above)]
    step = 1 if sum(decades) < MOST_DECADES else 2
    ticks = [-even * 10.0**power for power in range(0, decades[0] + 1, step)][::-1]
    ticks += [0.0, *(even * 10.0**power for power in range(0, decades[1] + 1, step))]
    ax.set_xscale("symlog", linthresh=even, linscale=0.6)
    ax.set_xlim(-below, above)
    ax.set_xticks(ticks, [words.numbers.plain(tick) for tick in ticks])
    ax.xaxis.set_minor_locator(NullLocator())


def _beyond(end: float, even: float) -> float:
    """Return where an axis ends: a little beyond what it shows (``end``, not below 0), and beyond zero."""
    return max(1.4 * end, 0.5 * even)


def draw_structures(table: pd.DataFrame, scenarios: Sequence[str], words: Words, size: Size = DOUBLE) -> Figure:
    """Draw a panel for each outcome shown; the first alone in one column.

    Args:
        table: as :func:`sim.analysis.structures.structure_table` returns.
        scenarios: those to show, from top to bottom.
        words: the catalogue.
        size: the preset.
    """
    names = [str(name) for name in dict.fromkeys(table["structure"])]
    outcomes = [name for name in PANELS if (table["outcome"] == name).any()][: 1 if size.is_narrow else None]
    rows = len(scenarios) * (len(names) - 1 + GAP)
    fig = new_figure(size, FRAME + ROW * rows)
    for ax, outcome in zip(fig.subplots(1, len(outcomes), squeeze=False)[0], outcomes, strict=True):
        draw_structure(table[table["outcome"] == outcome], scenarios, names, words, ax)
        ax.set_title(words(f"figure.effects.panel.{outcome}"))
        ax.set_xlabel(words(f"figure.effects.axis.{outcome}"))
        if outcome != outcomes[0]:
            ax.set_yticklabels([])
    handles = [
        Line2D([], [], marker=marker, color=colour, linewidth=pt(0.9), markersize=pt(3.6), markeredgewidth=0)
        for marker, colour in (MARKS[row % len(MARKS)] for row in range(len(names)))
    ]
    labels = [words.get(f"figure.structures.key.{name}", name.replace("_", " ")) for name in names]
    fig.legend(handles, labels, loc="outside upper center", ncols=2 if size.is_narrow else 4, handlelength=2.0,
               columnspacing=1.2)  # fmt: skip
    return fig


def build_from(
    table: pd.DataFrame, scenarios: Sequence[str], source: WorldSource, words: Words, size: Size = DOUBLE,
    manifest: Mapping[str, Any] | None = None,
) -> Drawing | None:  # fmt: skip
    """The effects of some scenarios under every structure; None if nothing is to show.

    Args:
        table: as :func:`draw_structures`.
        scenarios: as :func:`draw_structures`.
        source: where the worlds come from.
        words: the catalogue.
        size: the preset.
        manifest: of the reference structure's results.
    """
    data = table[table["outcome"].isin(PANELS) & table["scenario"].isin(list(scenarios))].reset_index(drop=True)
    if data.empty:
        return None
    figure = draw_structures(data, scenarios, words, size)
    key = "figure.structures.note" if data["low"].notna().any() else "figure.structures.note_few"
    note = words(key, worlds=source.counted(int(data["n"].min()), words))
    return Drawing(figure, data, caption_of("structures", words, manifest or {}, note))


def write_figure(
    table: pd.DataFrame, scenarios: Sequence[str], source: WorldSource, folder: Path,
    manifest: Mapping[str, Any] | None = None,
) -> list[str]:  # fmt: skip
    """Draw the figure into a folder; return its files, named from the folder's parent; none if nothing is to show."""
    with house_style():
        built = build_from(table, scenarios, source, Words(), manifest=manifest)
        if built is None:
            return []
        save_figure(built.figure, built.data, folder, "structures", built.caption)
    return [f"{folder.name}/structures.{kind}" for kind in SUFFIXES]


def _label(name: str, words: Words) -> str:
    number, _, rest = words.get(f"short.{name}", name.replace("_", " ")).partition(" ")
    return f"{number}\n{rest}"
