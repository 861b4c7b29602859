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
from sim.report.captions import Drawing, caption_of
from sim.report.catalogue import Words
from sim.report.sizes import DOUBLE, Size
from sim.report.style import BLACK, BLUE, GREY, LIGHT, ORANGE, SKY, VERMILION, axes_or_new, new_figure, pt, small
from sim.report.world_source import manifest_of, over

if TYPE_CHECKING:
    from sim.analysis.frames import Frames

MOST = 14
PANELS = ("net", "gross", "deadweight")
FRAME, ROW, KEY = 17.0, 7.0, 9.0
"""Height of a panel's title and axis, of a row, of the key, mm."""
GROSS = ((GAINED, SKY, 1.0, -0.24, ""), (LOST_ALL, ORANGE, -1.0, -0.24, ""), (DISPLACED, "white", 1.0, 0.24, "...."))
"""Measure, colour, side of zero, height within a row, hatching."""


def _net(rows: pd.DataFrame, words: Words, ax: Axes) -> None:
    for position, row in enumerate(rows.to_dict("records")):
        clear = row["low"] > 0 or row["high"] < 0
        colour = GREY if not clear else BLUE if row["mean"] > 0 else VERMILION
        ax.barh(position, row["mean"], height=0.5, facecolor=colour if clear else "white", edgecolor=colour, zorder=2)
        ax.plot([row["low"], row["high"]], [position, position], color=BLACK, linewidth=pt(0.9), zorder=3)
        _floor(ax, row["floor"], position, 0.36)
        text = words.numbers.estimate(row["mean"], row["low"], row["high"], signed=True)[0]
        if not np.isfinite(row["low"]):
            text = words.numbers.number(row["mean"], 0 if abs(row["mean"]) >= 10 else 1, signed=True)
        end = max(0.0, row["mean"], row["high"] if np.isfinite(row["high"]) else 0.0)
        _say(ax, text, end, position)


def _gross(held: dict[str, pd.DataFrame], words: Words, ax: Axes) -> None:
    for measure, colour, side, shift, hatch in GROSS:
        for position, row in enumerate(held[measure].to_dict("records")):
            height = position + shift
            ax.barh(height, side * row["mean"], height=0.4, facecolor=colour, edgecolor=GREY, linewidth=pt(0.4),
                    zorder=2, hatch=hatch)  # fmt: skip
            _floor(ax, side * row["floor"], height, 0.2)
            if measure == DISPLACED:
                _say(ax, words.numbers.number(row["mean"]), row["mean"], height)


def _deadweight(rows: pd.DataFrame, words: Words, ax: Axes) -> None:
    for position, row in enumerate(rows.to_dict("records")):
        ax.barh(position, row["mean"], height=0.5, facecolor=LIGHT, edgecolor=GREY, linewidth=pt(0.6), hatch="////")
        _say(ax, words.numbers.number(row["mean"]), row["mean"], position)


def _floor(ax: Axes, floor: float, height: float, half: float) -> None:
    """A stroke where the placebo stands."""
    if np.isfinite(floor):
        ax.plot([floor, floor], [height - half, height + half], color=BLACK, linewidth=pt(1.3), zorder=4)


def _say(ax: Axes, text: str, end: float, height: float) -> None:
    ax.annotate(text, (end, height), xytext=(pt(3), 0), textcoords="offset points", va="center", ha="left",
                fontsize=small())  # fmt: skip


def draw_fate(data: pd.DataFrame, names: dict[str, str], panel: str, words: Words, ax: Axes | None = None) -> Axes:
    """Draw one panel: net, gross or deadweight counts of one kind.

    Args:
        data: rows of one kind, as :func:`sim.analysis.counterfactual.fates` returns.
        names: printed label by scenario, top to bottom.
        panel: of ``PANELS``.
        words: the catalogue.
        ax: where to draw.
    """
    ax = axes_or_new(ax)
    held = {
        str(measure): rows.set_index("scenario").reindex(list(names)).reset_index()
        for measure, rows in data.groupby("measure")
    }
    if panel == "net":
        _net(held[NET], words, ax)
    elif panel == "gross":
        _gross(held, words, ax)
    else:
        _deadweight(held[DEADWEIGHT], words, ax)
    ax.axvline(0, color=BLACK, linewidth=pt(0.6), zorder=1)
    ax.set_title(words(f"figure.fates.panel.{panel}"))
    ax.set_xlabel(words(f"figure.fates.axis.{data['kind'].iloc[0]}"))
    ax.set_ylim(len(names) - 0.4, -0.7)
    ax.set_yticks(range(len(names)), list(names.values()))
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.margins(x=0.24)
    ax.locator_params(axis="x", nbins=4)
    ax.xaxis.set_major_formatter(lambda value, _: words.numbers.plain(value))
    return ax


def draw_fates(data: pd.DataFrame, names: dict[str, str], words: Words, size: Size = DOUBLE) -> Figure:
    """Draw a row of three panels per kind; net changes alone in one column, startups alone on a slide.

    Args:
        data: as :func:`sim.analysis.counterfactual.fates` returns, the scenarios to show.
        names: printed label by scenario, top to bottom.
        words: the catalogue.
        size: the preset.
    """
    kinds = [kind for kind in KINDS[::-1] if (data["kind"] == kind).any()]
    kinds = kinds[:1] if size.is_slide else kinds
    panels = PANELS[:1] if size.is_narrow else PANELS
    fig = new_figure(size, KEY + (FRAME + ROW * len(names)) * len(kinds))
    axes = fig.subplots(len(kinds), len(panels), squeeze=False, width_ratios=[1.0, 1.1, 0.8][: len(panels)])
    for line, kind in zip(axes, kinds, strict=True):
        for ax, panel in zip(line, panels, strict=True):
            draw_fate(data[data["kind"] == kind], names, panel, words, ax)
            if panel != panels[0]:
                ax.set_yticklabels([])
    handles = {
        "gained": Patch(facecolor=SKY, edgecolor=GREY), "lost": Patch(facecolor=ORANGE, edgecolor=GREY),
        "displaced": Patch(facecolor="white", edgecolor=GREY, hatch="...."),
        "deadweight": Patch(facecolor=LIGHT, edgecolor=GREY, hatch="////"),
        "floor": Line2D([], [], color=BLACK, marker="|", linestyle="", markersize=pt(7), markeredgewidth=pt(1.3)),
    }  # fmt: skip
    shown = {"floor": handles["floor"]} if size.is_narrow else handles
    fig.legend(list(shown.values()), [words(f"figure.fates.key.{name}") for name in shown],
               loc="outside upper center", ncols=5, handlelength=1.2, columnspacing=1.2)  # fmt: skip
    return fig


def build_from(table: pd.DataFrame, frames: Frames, words: Words, size: Size = DOUBLE) -> Drawing | None:
    """The single recommendations; in a study without them, the first scenarios."""
    notes = frames.scenarios.to_dict("records")
    held = set(table["scenario"])
    chosen = [str(n["scenario"]) for n in notes if n.get("recommendation") and n["scenario"] in held]
    chosen = chosen or [str(n["scenario"]) for n in notes if n["scenario"] in held and n["scenario"] != PLACEBO][:MOST]
    if not chosen:
        return None
    rows = fates(table[table["scenario"].isin(chosen)])
    names = {name: words.get(f"short.{name}", name.replace("_", " ")) for name in chosen}
    figure = draw_fates(rows, names, words, size)
    floor = words("figure.fates.floor" if rows["floor"].notna().any() else "figure.fates.no_floor")
    note = words("figure.fates.note", worlds=over(frames, int(rows["n"].min()), words), floor=floor)
    measures = [(words(f"figure.fates.axis.{kind}"), "") for kind in KINDS[::-1] if (rows["kind"] == kind).any()]
    return Drawing(figure, rows, caption_of("fates", words, manifest_of(frames), note, measures=measures))
