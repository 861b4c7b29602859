"""Cost against retention of every package, with those that no cheaper one reaches."""

from __future__ import annotations

import textwrap
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
from sim.report.captions import Drawing, caption_of
from sim.report.catalogue import Words
from sim.report.names import outcome_label, outcome_unit
from sim.report.sizes import DOUBLE, Size
from sim.report.style import BLACK, BLUE, GREY, axes_or_new, backing, new_figure, pt, small
from sim.report.world_source import manifest_of, over

if TYPE_CHECKING:
    from sim.analysis.frames import Frames

SHOWN = (STARTUPS, TALENTS)
_SHADES = LinearSegmentedColormap.from_list("often", ["#E3E3E3", "#8FC1DE", BLUE, "#002B45"])
MOST_NAMES = 16
TITLE = 52
"""Characters in a line of a panel's title."""
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


def draw_packages(frontier: pd.DataFrame, outcome: str, words: Words, ax: Axes | None = None) -> Axes:
    """All packages as dots shaded by how often nothing beats them; the envelope as steps.

    Args:
        frontier: the table of packages.
        outcome: on the upright axis.
        words: the catalogue.
        ax: where to draw; :func:`name_packages` names the envelope's packages when the axes have their place.
    """
    ax = axes_or_new(ax)
    norm = Normalize(0.0, 1.0)
    drawn = frontier.sort_values("probability", kind="stable")
    ax.scatter(drawn[COST], drawn[outcome], c=_SHADES(norm(drawn["probability"])), s=pt(pt(9.0)), edgecolor="white",
               linewidth=pt(0.2), zorder=3)  # fmt: skip
    best = envelope(frontier, outcome)
    ax.step(best[COST], best[outcome], where="post", color=BLACK, linewidth=pt(0.8), zorder=2)
    ax.scatter(
        best[COST], best[outcome], facecolor="none", edgecolor=BLACK, s=pt(pt(16.0)), linewidth=pt(0.7), zorder=4
    )
    ax.axhline(0, color=GREY, linewidth=pt(0.5), zorder=1)
    known = OUTCOMES[outcome]
    label, unit = outcome_label(outcome, known.label, words), outcome_unit(outcome, known.unit, words)
    ax.set_title(textwrap.fill(f"{label}, {unit}", TITLE), fontsize=small())
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
    best, reach = envelope(frontier, outcome), pt(4.0)
    for x, y in ax.transData.transform(best[[COST, outcome]].to_numpy(np.float64)):
        taken.append(Bbox.from_extents(x - reach, y - reach, x + reach, y + reach))  # a dot may not be hidden
    wanted = pd.concat([full, best.sort_values("probability", ascending=False)])
    for _, row in wanted.drop_duplicates("mask").head(MOST_NAMES).iterrows():
        for dx, dy in OFFSETS:
            text = ax.annotate(
                label_of(row, words, most), (row[COST], row[outcome]), xytext=(pt(dx), pt(dy)),
                textcoords="offset points",
                ha="left" if dx > 0 else "right", va="bottom" if dy > 0 else "top", fontsize=small(), zorder=5,
                bbox=backing(), arrowprops={"arrowstyle": "-", "linewidth": pt(0.4), "color": GREY, "shrinkB": pt(2)},
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


def draw_frontier(frontier: pd.DataFrame, words: Words, size: Size = DOUBLE) -> Figure:
    """Draw a panel for startups and one for talents."""
    fig = new_figure(size, 165.0 if size.is_narrow else 95.0)
    axes = fig.subplots(2, 1) if size.is_narrow else fig.subplots(1, 2)
    for ax, outcome in zip(axes, SHOWN, strict=True):
        draw_packages(frontier, outcome, words, ax)
    bar = fig.colorbar(ScalarMappable(Normalize(0, 1), _SHADES), ax=list(axes), orientation="horizontal",
                       shrink=0.8 if size.is_narrow else 0.5, aspect=40, pad=0.02)  # fmt: skip
    bar.set_label(words("figure.frontier.shade"), fontsize=small())
    bar.ax.xaxis.set_major_formatter(lambda value, _: words.numbers.plain(value))
    bar.outline.set_linewidth(pt(0.4))
    return fig


def build_from(tables: PackageTables, frames: Frames, words: Words, size: Size = DOUBLE) -> Drawing:
    """Every package by cost and retention."""
    figure = draw_frontier(tables.frontier, words, size)
    for ax, outcome in zip(figure.axes, SHOWN, strict=False):
        name_packages(tables.frontier, outcome, words, ax)
    note = words("figure.frontier.note", worlds=over(frames, int(tables.frontier["n"].min()), words))
    measures = [
        (outcome_label(name, OUTCOMES[name].label, words), outcome_unit(name, OUTCOMES[name].unit, words))
        for name in (COST, *SHOWN)
    ]
    caption = caption_of("frontier", words, manifest_of(frames), note, measures=measures)
    return Drawing(figure, tables.frontier, caption)
