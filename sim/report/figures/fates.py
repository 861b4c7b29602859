"""Additional, displaced, deadweight: counts of persons by recommendation, each beside its noise floor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.analysis.counterfactual import DEADWEIGHT, GAINED, LOST_ALL, NET, PLACEBO, fates
from sim.analysis.pairing import DISPLACED
from sim.person_states import KINDS
from sim.report.catalogue import Words
from sim.report.style import BLACK, BLUE, GREY, LIGHT, ORANGE, SKY, SMALL, VERMILION, add_note, new_figure
from sim.report.world_source import over

if TYPE_CHECKING:
    from sim.analysis.frames import Frames

MOST = 14
PANELS = ("net", "gross", "deadweight")
FRAME, ROW = 52.0, 8.5
GROSS = ((GAINED, SKY, 1.0, -0.24), (LOST_ALL, ORANGE, -1.0, -0.24), (DISPLACED, LIGHT, 1.0, 0.24))
"""Measure, colour, side of zero, height within a row."""


def _net(rows: pd.DataFrame, words: Words, ax: Axes) -> None:
    for position, row in enumerate(rows.to_dict("records")):
        clear = row["low"] > 0 or row["high"] < 0
        colour = GREY if not clear else BLUE if row["mean"] > 0 else VERMILION
        ax.barh(position, row["mean"], height=0.5, facecolor=colour if clear else "white", edgecolor=colour, zorder=2)
        ax.plot([row["low"], row["high"]], [position, position], color=BLACK, linewidth=0.9, zorder=3)
        _floor(ax, row["floor"], position, 0.36)
        text = words.numbers.estimate(row["mean"], row["low"], row["high"], signed=True)[0]
        if not np.isfinite(row["low"]):
            text = words.numbers.number(row["mean"], 0 if abs(row["mean"]) >= 10 else 1, signed=True)
        end = max(0.0, row["mean"], row["high"] if np.isfinite(row["high"]) else 0.0)
        _say(ax, text, end, position)


def _gross(held: dict[str, pd.DataFrame], words: Words, ax: Axes) -> None:
    for measure, colour, side, shift in GROSS:
        for position, row in enumerate(held[measure].to_dict("records")):
            height = position + shift
            ax.barh(height, side * row["mean"], height=0.4, facecolor=colour, edgecolor=GREY, linewidth=0.4, zorder=2)
            _floor(ax, side * row["floor"], height, 0.2)
            if measure == DISPLACED:
                _say(ax, words.numbers.number(row["mean"]), row["mean"], height)


def _deadweight(rows: pd.DataFrame, words: Words, ax: Axes) -> None:
    for position, row in enumerate(rows.to_dict("records")):
        ax.barh(position, row["mean"], height=0.5, facecolor=LIGHT, edgecolor=GREY, linewidth=0.6, hatch="////")
        _say(ax, words.numbers.number(row["mean"]), row["mean"], position)


def _floor(ax: Axes, floor: float, height: float, half: float) -> None:
    """A stroke where the placebo stands."""
    if np.isfinite(floor):
        ax.plot([floor, floor], [height - half, height + half], color=BLACK, linewidth=1.3, zorder=4)


def _say(ax: Axes, text: str, end: float, height: float) -> None:
    ax.annotate(text, (end, height), xytext=(3, 0), textcoords="offset points", va="center", ha="left",
                fontsize=SMALL - 0.5)  # fmt: skip


def draw_fates(data: pd.DataFrame, names: dict[str, str], words: Words, fig: Figure | None = None) -> Figure:
    """Draw a row of three panels per kind.

    Args:
        data: as :func:`sim.analysis.counterfactual.fates` returns, the scenarios to show.
        names: printed label by scenario, top to bottom.
        words: the catalogue.
        fig: figure to draw on; a new one otherwise.
    """
    kinds = [kind for kind in KINDS[::-1] if (data["kind"] == kind).any()]
    fig = fig or new_figure(height=FRAME + ROW * len(names) * len(kinds))
    axes = fig.subplots(len(kinds), 3, squeeze=False, width_ratios=[1.0, 1.1, 0.8])
    for line, kind in zip(axes, kinds, strict=True):
        ours = data[data["kind"] == kind]
        held = {
            str(measure): rows.set_index("scenario").reindex(list(names)).reset_index()
            for measure, rows in ours.groupby("measure")
        }
        _net(held[NET], words, line[0])
        _gross(held, words, line[1])
        _deadweight(held[DEADWEIGHT], words, line[2])
        for ax, panel in zip(line, PANELS, strict=True):
            ax.axvline(0, color=BLACK, linewidth=0.6, zorder=1)
            ax.set_title(words(f"figure.fates.panel.{panel}"))
            ax.set_xlabel(words(f"figure.fates.axis.{kind}"))
            ax.set_ylim(len(names) - 0.4, -0.7)
            ax.set_yticks(range(len(names)), list(names.values()) if panel == PANELS[0] else [""] * len(names))
            ax.tick_params(axis="y", length=0)
            ax.spines["left"].set_visible(False)
            ax.margins(x=0.2)
            ax.locator_params(axis="x", nbins=4)
            ax.xaxis.set_major_formatter(lambda value, _: words.numbers.plain(value))
    handles = [
        Patch(facecolor=SKY, edgecolor=GREY), Patch(facecolor=ORANGE, edgecolor=GREY),
        Patch(facecolor=LIGHT, edgecolor=GREY), Patch(facecolor=LIGHT, edgecolor=GREY, hatch="////"),
        Line2D([], [], color=BLACK, marker="|", linestyle="", markersize=7, markeredgewidth=1.3),
    ]  # fmt: skip
    labels = [words(f"figure.fates.key.{name}") for name in ("gained", "lost", "displaced", "deadweight", "floor")]
    fig.legend(handles, labels, loc="outside upper center", ncols=5, handlelength=1.2, columnspacing=1.2)
    return fig


def build_from(table: pd.DataFrame, frames: Frames, words: Words) -> tuple[Figure, pd.DataFrame] | None:
    """The single recommendations; in a study without them, the first scenarios."""
    notes = frames.scenarios.to_dict("records")
    held = set(table["scenario"])
    chosen = [str(n["scenario"]) for n in notes if n.get("recommendation") and n["scenario"] in held]
    chosen = chosen or [str(n["scenario"]) for n in notes if n["scenario"] in held and n["scenario"] != PLACEBO][:MOST]
    if not chosen:
        return None
    rows = fates(table[table["scenario"].isin(chosen)])
    names = {name: words.get(f"short.{name}", name.replace("_", " ")) for name in chosen}
    figure = draw_fates(rows, names, words)
    floor = words("figure.fates.floor" if rows["floor"].notna().any() else "figure.fates.no_floor")
    add_note(figure, words("figure.fates.note", worlds=over(frames, int(rows["n"].min()), words), floor=floor))
    return figure, rows
