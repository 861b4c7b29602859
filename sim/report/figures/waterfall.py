"""From no policy to all together: what each member contributes, step by step, with its interval."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from sim.analysis.packages.coalitions import COST, OBJECTIVES
from sim.analysis.packages.tables import TOTAL, PackageTables
from sim.report.catalogue import Words
from sim.report.numbers import estimate
from sim.report.style import BLACK, BLUE, GREY, LIGHT, SMALL, VERMILION, add_note, new_figure

if TYPE_CHECKING:
    from sim.analysis.frames import Frames

FRAME, ROW = 46.0, 7.0
"""Height of titles, axes, key and note; of a step in both rows of panels, mm."""


def steps(shapley: pd.DataFrame, outcome: str) -> pd.DataFrame:
    """Rows of one outcome, the largest first, the total last, with where each step starts."""
    ours = shapley[shapley["outcome"] == outcome]
    members = ours[ours["member"] != TOTAL]
    ordered = members.loc[members["value"].abs().sort_values(ascending=False, kind="stable").index]
    start = ordered["value"].cumsum().shift(fill_value=0.0)
    total = ours[ours["member"] == TOTAL].assign(start=0.0)
    return pd.concat([ordered.assign(start=start), total], ignore_index=True)


def colour_of(row: Mapping[Any, Any]) -> str:
    """Blue for the better way, vermilion for the worse; a price is grey, the total black."""
    if row["member"] == TOTAL:
        return BLACK
    if row["outcome"] == COST:
        return GREY
    return BLUE if (row["value"] > 0) == (row["better"] != "lower") else VERMILION


def draw_steps(data: pd.DataFrame, words: Words, ax: Axes) -> Axes:
    """One outcome: a bar per member from where the one above ends; hollow where the interval holds zero."""
    ax.axvline(0, color=BLACK, linewidth=0.6, zorder=1)
    for height, row in enumerate(data.to_dict("records")):
        colour = colour_of(row)
        clear = bool(row["joint_low"] > 0 or row["joint_high"] < 0)
        ax.barh(height, row["value"], left=row["start"], height=0.62, facecolor=colour if clear else "white",
                edgecolor=colour, linewidth=0.9, zorder=2)  # fmt: skip
        ends = [row["start"] + row["joint_low"], row["start"] + row["joint_high"]]
        ax.plot(ends, [height, height], color=LIGHT if clear and colour == BLACK else BLACK, linewidth=0.9, zorder=3)
        text = estimate(row["value"], row["joint_low"], row["joint_high"], signed=True)[0]
        ax.annotate(
            text, (float(np.nanmax([*ends, row["start"], row["start"] + row["value"]])), height), xytext=(3, 0),
            textcoords="offset points", va="center", ha="left", fontsize=SMALL,
        )  # fmt: skip
    names = [words.get(f"short.{name}", str(name).replace("_", " ")) for name in data["member"]]
    ax.set_yticks(range(len(data)), [words("figure.waterfall.total") if name == TOTAL else name for name in names])
    ax.set_ylim(len(data) - 0.5, -0.6)
    ax.margins(x=0.18)
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    ax.locator_params(axis="x", nbins=5)
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:,.6g}".replace("-", "\u2212"))
    first = data.iloc[0]
    ax.set_title(str(first["label"]))
    ax.set_xlabel(str(first["unit"]))
    return ax


def draw_waterfall(shapley: pd.DataFrame, words: Words, fig: Figure | None = None) -> Figure:
    """Draw a panel per objective."""
    members = shapley["member"].nunique()
    fig = fig or new_figure(height=FRAME + 2 * ROW * members)
    for ax, outcome in zip(fig.subplots(2, 2).flat, OBJECTIVES, strict=True):
        draw_steps(steps(shapley, outcome), words, ax)
    kinds = [(BLUE, BLUE, "better"), (VERMILION, VERMILION, "worse"), (GREY, GREY, "cost"), (GREY, "white", "unclear")]
    handles = [Patch(facecolor=face, edgecolor=edge) for edge, face, _ in kinds]
    labels = [words(f"figure.waterfall.key.{name}") for _, _, name in kinds]
    fig.legend(handles, labels, loc="outside upper center", ncols=4, handlelength=1.4)
    return fig


def build_from(tables: PackageTables, frames: Frames, words: Words) -> tuple[Figure, pd.DataFrame]:
    """The steps of the four objectives."""
    data = tables.shapley[tables.shapley["outcome"].isin(OBJECTIVES)].reset_index(drop=True)
    figure = draw_waterfall(data, words)
    add_note(figure, words("figure.waterfall.note", n=int(data["n"].min())))
    return figure, data
