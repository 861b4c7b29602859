"""Which members help each other and which get in each other's way, as shaded triangles."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure

from sim.analysis.packages.coalitions import STARTUPS, TALENTS, sign_of
from sim.analysis.packages.tables import PackageTables
from sim.report.captions import Drawing, caption_of, outcome_measures
from sim.report.catalogue import Words
from sim.report.figures.waterfall import NOTHING, certainty_of, decimals_of, row_label, signed
from sim.report.names import outcome_label, outcome_unit
from sim.report.sizes import DOUBLE, Size
from sim.report.style import BLUE, GREY, ORANGE, axes_or_new, ink_on, new_figure, pt, small
from sim.report.world_source import manifest_of, over
from sim.scenario import short_names

if TYPE_CHECKING:
    from sim.analysis.frames import Frames

SHOWN = (STARTUPS, TALENTS)
FRAME, ROW, FEWEST = 14.0, 6.4, 4
"""Height of a title and the names of columns, of a row of cells, mm; rows that a triangle has room for at least."""
TITLE = 44
"""Letters in a line of a title over a single column."""
SHORT = 7
"""Characters of a column's name; longer ones are cut off."""
_DIVERGING = LinearSegmentedColormap.from_list("hinder_help", [ORANGE, "#F8E3B5", "#FFFFFF", "#BFDDEE", BLUE])


def cell_text(row: dict[Any, Any], decimals: int, words: Words) -> str:
    """A signed number, in brackets unless its simultaneous interval excludes zero; a dot where no world differs."""
    if abs(row["value"]) < NOTHING and certainty_of(row) == "unknown":
        return "·"
    if certainty_of(row) == "clear":
        return signed(row["value"], decimals, words)
    return f"({words.numbers.number(row['value'], decimals, signed=True)})"


def draw_triangle(data: pd.DataFrame, members: list[str], words: Words, ax: Axes | None = None) -> Axes:
    """Draw one outcome: a cell per pair, its colour bar in the empty corner.

    Args:
        data: rows of one outcome: ``outcome, label, unit, first, second, value, joint_low, joint_high``.
        members: all members, in order.
        words: the catalogue.
        ax: where to draw.
    """
    ax = axes_or_new(ax)
    rows = data.to_dict("records")
    top = float(data["value"].abs().max())
    norm, sign = Normalize(-max(top, NOTHING), max(top, NOTHING)), sign_of(str(rows[0]["outcome"]))
    decimals = decimals_of(data["value"])
    grid = np.full((len(members), len(members)), np.nan)
    for row in rows:
        one, other = sorted((members.index(row["first"]), members.index(row["second"])))
        grid[other, one] = sign * row["value"]
        ink = ink_on(_DIVERGING(norm(grid[other, one])))
        ax.text(
            one, other, cell_text(row, decimals, words), ha="center", va="center", fontsize=small(),
            color=ink, weight="bold" if certainty_of(row) == "clear" else "normal",
        )  # fmt: skip
    ax.imshow(np.ma.masked_invalid(grid)[1:, :-1], cmap=_DIVERGING, norm=norm, aspect="auto",
              extent=(-0.5, len(members) - 1.5, len(members) - 0.5, 0.5))  # fmt: skip
    last = len(members) - 1.5
    for n in range(len(members)):  # rims, so that white cells are seen to be cells
        ax.plot([-0.5, min(n + 0.5, last)], [n + 0.5, n + 0.5], color=GREY, linewidth=pt(0.4), clip_on=False)
        ax.plot([n - 0.5, n - 0.5], [max(n - 0.5, 0.5), last + 1.0], color=GREY, linewidth=pt(0.4), clip_on=False)
    shorts = [name if len(name) <= SHORT else f"{name[: SHORT - 1]}…" for name in short_names(members)]
    ax.set_xticks(range(len(members) - 1), [name.upper() if name[1:].isdigit() else name for name in shorts[:-1]])
    ax.set_yticks(range(1, len(members)), [row_label(name, words) for name in members[1:]])
    ax.set_xlim(-0.5, len(members) - 1.5)
    ax.set_ylim(len(members) - 0.5, 0.5)
    ax.tick_params(length=0)
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)
    outcome = str(rows[0]["outcome"])
    label, unit = (name(outcome, str(rows[0][key]), words) for name, key in
                   ((outcome_label, "label"), (outcome_unit, "unit")))  # fmt: skip
    ax.set_title(words("figure.interactions.panel", label=label, unit=unit))
    if top < NOTHING:
        ax.text(0.98, 0.85, words("figure.interactions.nothing"), transform=ax.transAxes, fontsize=small(), ha="right",
                va="top")  # fmt: skip
    elif len(members) > 2:
        _key(ax, norm, sign, words)
    return ax


def _key(ax: Axes, norm: Normalize, sign: float, words: Words) -> None:
    """The colour bar, in the corner that a triangle leaves empty."""
    place = ax.inset_axes((0.58, 0.66, 0.38, 0.05))
    figure = ax.get_figure(root=True)
    assert figure is not None
    bar = figure.colorbar(ScalarMappable(norm, _DIVERGING), cax=place, orientation="horizontal")
    bar.outline.set_linewidth(pt(0.4))
    top = float(norm.vmax or 0.0)
    shown = [-top, 0.0, top]
    bar.set_ticks(shown, labels=[signed(sign * value, decimals_of([top]), words) for value in shown])
    place.tick_params(labelsize=small())
    for where, height, side, name in ((0.0, 1.5, "bottom", "hinder"), (1.0, -2.6, "top", "help")):
        place.text(where, height, words(f"figure.interactions.key.{name}"), transform=place.transAxes,
                   fontsize=small(), ha="left" if side == "bottom" else "right", va=side)  # fmt: skip


def draw_interactions(data: pd.DataFrame, words: Words, size: Size = DOUBLE) -> Figure:
    """Draw a triangle for each outcome shown, one above the other; on a slide the first alone.

    Args:
        data: the table of interactions.
        words: the catalogue.
        size: the preset.
    """
    members = list(dict.fromkeys([*data["first"], *data["second"]]))
    outcomes = [name for name in SHOWN if (data["outcome"] == name).any()]
    if size.is_slide:
        outcomes = outcomes[:1]
    fig = new_figure(size, len(outcomes) * (FRAME + ROW * max(len(members), FEWEST)))
    fig.get_layout_engine().set(hspace=0.05)  # type: ignore[union-attr, call-arg]
    for ax, outcome in zip(fig.subplots(len(outcomes), 1, squeeze=False).flat, outcomes, strict=True):
        draw_triangle(data[data["outcome"] == outcome], members, words, ax)
        if size.is_narrow:  # names take the room of numbers, and a title longer than the cells are wide is broken
            ax.set_yticklabels([name.upper() for name in short_names(members)[1:]])
            ax.set_title(textwrap.fill(ax.get_title(loc="left"), TITLE))
    return fig


def build_from(tables: PackageTables, frames: Frames, words: Words, size: Size = DOUBLE) -> Drawing | None:
    """Pairs of members, for startups and talents; None if the table has neither."""
    data = tables.interactions[tables.interactions["outcome"].isin(SHOWN)].reset_index(drop=True)
    if data.empty:
        return None
    figure = draw_interactions(data, words, size)
    note = words("figure.interactions.note", worlds=over(frames, int(data["n"].min()), words))
    if size.is_narrow:
        note += " " + "; ".join(row_label(name, words).replace("\n", " ") for name in
                                dict.fromkeys([*data["first"], *data["second"]])) + "."  # fmt: skip
    measures = outcome_measures(data, words)
    return Drawing(figure, data, caption_of("interactions", words, manifest_of(frames), note, measures=measures))
