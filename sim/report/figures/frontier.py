"""Cost against retention of every package, with those that no cheaper one reaches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from sim.analysis.outcomes import OUTCOMES
from sim.analysis.packages.coalitions import COST, STARTUPS, TALENTS
from sim.analysis.packages.tables import PackageTables
from sim.report.catalogue import Words
from sim.report.style import BLACK, BLUE, GREY, SMALL, add_note, backing, new_figure
from sim.report.world_source import over

if TYPE_CHECKING:
    from sim.analysis.frames import Frames

SHOWN = (STARTUPS, TALENTS)
_SHADES = LinearSegmentedColormap.from_list("often", ["#E3E3E3", "#8FC1DE", BLUE, "#002B45"])
MOST_NAMES = 16
OFFSETS = ((5, 5), (5, -6), (-5, 5), (-5, -6), (10, 12), (-10, 12), (12, -14), (-12, -14), (22, 8), (22, -8))
"""Where a label is tried, points from its dot."""


def envelope(frontier: pd.DataFrame, outcome: str) -> pd.DataFrame:
    """Packages that gain more than every cheaper one, by the means, in the order of their cost."""
    ordered = frontier.sort_values([COST, outcome], ascending=[True, False], kind="stable")
    best = ordered[outcome].cummax().shift(fill_value=-np.inf)
    return ordered[ordered[outcome] > best]


def label_of(row: pd.Series[float], words: Words, most: int) -> str:
    """``1+3+8``: the numbers of the recommendations; all and none in words."""
    if row["size"] == 0:
        return words("figure.frontier.none")
    if row["size"] == most:
        return words("figure.frontier.all")
    parts = str(row["members"]).split("+")
    short = all(part[0] == "r" and part[1:].isdigit() for part in parts)
    return "+".join(part[1:] for part in parts) if short else "+".join(parts)


def draw_panel(frontier: pd.DataFrame, outcome: str, words: Words, ax: Axes) -> Axes:
    """All packages as dots shaded by how often nothing beats them; the envelope as steps, its packages named."""
    norm = Normalize(0.0, 1.0)
    drawn = frontier.sort_values("probability", kind="stable")
    ax.scatter(drawn[COST], drawn[outcome], c=_SHADES(norm(drawn["probability"])), s=9, edgecolor="white",
               linewidth=0.2, zorder=3)  # fmt: skip
    best = envelope(frontier, outcome)
    ax.step(best[COST], best[outcome], where="post", color=BLACK, linewidth=0.8, zorder=2)
    ax.scatter(best[COST], best[outcome], facecolor="none", edgecolor=BLACK, s=16, linewidth=0.7, zorder=4)
    ax.axhline(0, color=GREY, linewidth=0.5, zorder=1)
    known = OUTCOMES[outcome]
    ax.set_title(f"{known.label}, {known.unit}")
    ax.set_xlabel(words("figure.frontier.axis"))
    ax.margins(x=0.09, y=0.09)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(lambda value, _: words.numbers.plain(value))
    return ax


def name_packages(frontier: pd.DataFrame, outcome: str, words: Words, ax: Axes) -> None:
    """Name the envelope's packages where there is room: no label over another, over the edge, or far from its dot."""
    figure = ax.figure.get_figure(root=True)
    assert figure is not None
    figure.draw_without_rendering()
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]  # of the canvas for images
    inside, taken = ax.get_window_extent(renderer), list[Bbox]()
    most = int(frontier["size"].max())
    full = frontier[frontier["size"].isin([0, most])]
    best = envelope(frontier, outcome)
    for x, y in ax.transData.transform(best[[COST, outcome]].to_numpy(np.float64)):
        taken.append(Bbox.from_extents(x - 4.0, y - 4.0, x + 4.0, y + 4.0))  # a dot may not be hidden
    wanted = pd.concat([full, best.sort_values("probability", ascending=False)])
    for _, row in wanted.drop_duplicates("mask").head(MOST_NAMES).iterrows():
        for dx, dy in OFFSETS:
            text = ax.annotate(
                label_of(row, words, most), (row[COST], row[outcome]), xytext=(dx, dy), textcoords="offset points",
                ha="left" if dx > 0 else "right", va="bottom" if dy > 0 else "top", fontsize=SMALL - 1, zorder=5,
                bbox=backing(), arrowprops={"arrowstyle": "-", "linewidth": 0.4, "color": GREY, "shrinkB": 2},
            )  # fmt: skip
            text.set_in_layout(False)  # the axes stay as they are
            text.update_positions(renderer)
            box = Text.get_window_extent(text, renderer).padded(1.0)  # without its arrow
            if inside.containsx(box.x0) and inside.containsx(box.x1) and inside.containsy(box.y0) and (
                inside.containsy(box.y1) and not any(box.overlaps(other) for other in taken)
            ):  # fmt: skip
                taken.append(box)
                break
            text.remove()


def draw_frontier(frontier: pd.DataFrame, words: Words, fig: Figure | None = None) -> Figure:
    """Draw a panel for startups and one for talents."""
    fig = fig or new_figure(height=105.0)
    axes = fig.subplots(1, 2)
    for ax, outcome in zip(axes, SHOWN, strict=True):
        draw_panel(frontier, outcome, words, ax)
    bar = fig.colorbar(ScalarMappable(Normalize(0, 1), _SHADES), ax=list(axes), orientation="horizontal", shrink=0.4,
                       aspect=40, pad=0.02)  # fmt: skip
    bar.set_label(words("figure.frontier.shade"), fontsize=SMALL)
    bar.outline.set_linewidth(0.4)
    return fig


def build_from(tables: PackageTables, frames: Frames, words: Words) -> tuple[Figure, pd.DataFrame]:
    """Every package by cost and retention."""
    figure = draw_frontier(tables.frontier, words)
    add_note(figure, words("figure.frontier.note", worlds=over(frames, int(tables.frontier["n"].min()), words)))
    for ax, outcome in zip(figure.axes, SHOWN, strict=False):
        name_packages(tables.frontier, outcome, words, ax)
    return figure, tables.frontier
