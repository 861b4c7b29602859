"""From no policy to all together: what each member contributes, step by step, with its interval."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from sim.analysis.packages.coalitions import COST, OBJECTIVES
from sim.analysis.packages.tables import TOTAL, PackageTables
from sim.report.captions import Drawing, caption_of, outcome_measures
from sim.report.catalogue import Words
from sim.report.names import outcome_label, outcome_unit
from sim.report.sizes import DOUBLE, Size
from sim.report.style import BLACK, BLUE, GREY, VERMILION, axes_or_new, new_figure, pt, small
from sim.report.world_source import manifest_of, over

if TYPE_CHECKING:
    from sim.analysis.frames import Frames

Certainty = Literal["clear", "unclear", "unknown"]

FRAME, ROW, KEY = 17.0, 5.0, 9.0
"""Height of a panel's title and axis, of a step, of the key, mm."""
FEW = 2
"""Panels where there is room for no more."""
TITLE = 34
"""Characters in a line of a panel's title."""
LABEL = 24
"""Characters in a line of a row's label."""
NOTHING = 1e-9
"""Below it a value is what rounding leaves of zero."""
TOTAL_FACE = "#3C3C3C"
DASHED: tuple[float, tuple[float, float]] = (0.0, (2.0, 1.5))


def steps(shapley: pd.DataFrame, outcome: str) -> pd.DataFrame:
    """Rows of one outcome, the largest first, the total last, with where each step starts."""
    ours = shapley[shapley["outcome"] == outcome]
    members = ours[ours["member"] != TOTAL]
    ordered = members.loc[members["value"].abs().sort_values(ascending=False, kind="stable").index]
    start = ordered["value"].cumsum().shift(fill_value=0.0)
    total = ours[ours["member"] == TOTAL].assign(start=0.0)
    return pd.concat([ordered.assign(start=start), total], ignore_index=True)


def colour_of(row: Mapping[Any, Any]) -> str:
    """Blue for the better way, vermilion for the worse; a price and what is neither are grey, the total is black."""
    if row["member"] == TOTAL:
        return BLACK
    if row["outcome"] == COST or row["better"] == "none" or abs(row["value"]) < NOTHING:
        return GREY
    return BLUE if (row["value"] > 0) == (row["better"] == "higher") else VERMILION


def certainty_of(row: Mapping[Any, Any]) -> Certainty:
    """Whether the simultaneous interval excludes zero (clear), contains it (unclear), or cannot be given (unknown)."""
    if not (math.isfinite(row["joint_low"]) and math.isfinite(row["joint_high"])):
        return "unknown"
    return "clear" if row["joint_low"] > 0 or row["joint_high"] < 0 else "unclear"


def decimals_of(values: Iterable[float]) -> int:
    """Decimals for all numbers of one panel, by the largest of them: numbers that are added up are rounded alike."""
    top = max((abs(value) for value in values if math.isfinite(value)), default=0.0)
    return 0 if top >= 20 or top < NOTHING else 1 if top >= 1 else 2


def signed(value: float, decimals: int, words: Words) -> str:
    """A number with its sign; what would be rounded away keeps one digit, so that only zero is printed as zero."""
    if abs(value) < NOTHING:
        return "0"
    if not math.isfinite(value) or round(value, decimals) != 0:
        return words.numbers.number(value, decimals, signed=True)
    return words.numbers.number(value, -math.floor(math.log10(abs(value))), signed=True)


def row_label(name: str, words: Words) -> str:
    """The short name of a scenario, one without any as it is; long ones in two lines, the rest cut off."""
    text = words.get(f"short.{name}", name.replace("_", " "))
    lines = textwrap.wrap(text, LABEL, max_lines=2, placeholder=" …")
    return "\n".join(lines) or name


def draw_steps(data: pd.DataFrame, words: Words, ax: Axes | None = None) -> Axes:
    """Draw one outcome: a bar per member from where the one above ends, its interval at the step's end.

    Args:
        data: as :func:`steps` returns.
        words: the catalogue.
        ax: where to draw.
    """
    ax = axes_or_new(ax)
    rows = data.to_dict("records")
    decimals = decimals_of(data["value"])
    ax.axvline(0, color=BLACK, linewidth=pt(0.6), zorder=1)
    reach = [0.0]
    for height, row in enumerate(rows):
        colour, certainty = colour_of(row), certainty_of(row)
        end = row["start"] + row["value"]
        solid = TOTAL_FACE if colour == BLACK else colour
        ax.barh(height, row["value"], left=row["start"], height=0.62, linewidth=pt(0.9), zorder=2, edgecolor=colour,
                facecolor=solid if certainty == "clear" else "white",
                linestyle=DASHED if certainty == "unknown" and abs(row["value"]) >= NOTHING else "-")  # fmt: skip
        if height + 1 < len(rows):
            ax.plot([end, end], [height + 0.31, height + 0.69], color=GREY, linewidth=pt(0.4), zorder=1)
        ends = [row["start"], end]
        if certainty != "unknown":
            whisker = [row["start"] + row["joint_low"], row["start"] + row["joint_high"]]
            ends += whisker
            if certainty == "clear":  # a white ground, to be seen on a dark bar
                ax.plot(whisker, [height, height], color="white", linewidth=pt(2.4), solid_capstyle="butt", zorder=3)
            ax.plot(whisker, [height, height], color=BLACK, linewidth=pt(0.9), solid_capstyle="butt", zorder=4)
        ax.annotate(
            signed(row["value"], decimals, words), (max(ends), height), xytext=(pt(3), 0), textcoords="offset points",
            va="center", ha="left", fontsize=small(),
            color=BLACK if certainty == "clear" else GREY,
            weight="bold" if row["member"] == TOTAL else "normal",
        )  # fmt: skip
        reach += ends
    ax.set_yticks(range(len(rows)), [
        words("figure.waterfall.total") if row["member"] == TOTAL else row_label(str(row["member"]), words)
        for row in rows
    ])  # fmt: skip
    ax.set_ylim(len(rows) - 0.5, -0.6)
    span = max(reach) - min(reach) or 1.0
    ax.set_xlim(min(reach) - 0.03 * span, max(reach) + 0.3 * span)  # room for the numbers
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    ax.locator_params(axis="x", nbins=5)
    ax.xaxis.set_major_formatter(lambda value, _: words.numbers.plain(value))
    outcome = str(rows[0]["outcome"])
    ax.set_title(textwrap.fill(outcome_label(outcome, str(rows[0]["label"]), words), TITLE))
    ax.set_xlabel(outcome_unit(outcome, str(rows[0]["unit"]), words))
    return ax


def draw_waterfall(shapley: pd.DataFrame, words: Words, size: Size = DOUBLE) -> Figure:
    """Draw a panel for each objective that the table holds; the first two where there is less room.

    Args:
        shapley: ``outcome, label, unit, better, member, value, joint_low, joint_high``; empty ends where there is no
            interval.
        words: the catalogue.
        size: the preset.
    """
    outcomes = [name for name in OBJECTIVES if (shapley["outcome"] == name).any()]
    if size.is_narrow or size.is_slide:
        outcomes = outcomes[:FEW]
    across = 1 if size.is_narrow else 2
    lines = math.ceil(len(outcomes) / across)
    fig = new_figure(size, KEY + lines * (FRAME + ROW * max(shapley["member"].nunique(), 4)))
    drawn = [steps(shapley, outcome) for outcome in outcomes]
    axes = fig.subplots(lines, across, squeeze=False).flat
    for ax, data in zip(axes, drawn, strict=False):
        draw_steps(data, words, ax)
    for ax in list(axes)[len(outcomes) :]:
        ax.set_visible(False)
    rows = [row for data in drawn for row in data.to_dict("records")]
    kinds = [("better", BLUE, BLUE), ("worse", VERMILION, VERMILION), ("cost", GREY, GREY),
             ("unclear", "white", GREY), ("unknown", "white", GREY)]  # fmt: skip
    held = {certainty_of(row) for row in rows} | {
        {BLUE: "better", VERMILION: "worse", GREY: "cost"}.get(colour_of(row), "") for row in rows
    }
    shown = [kind for kind in kinds if kind[0] in held]
    handles = [
        Patch(facecolor=face, edgecolor=edge, linestyle=DASHED if name == "unknown" else "-")
        for name, face, edge in shown
    ]
    labels = [words(f"figure.waterfall.key.{name}") for name, *_ in shown]
    fig.legend(handles, labels, loc="outside upper center", ncols=1 if size.is_narrow else 3, handlelength=1.4,
               columnspacing=1.4)  # fmt: skip
    return fig


def build_from(tables: PackageTables, frames: Frames, words: Words, size: Size = DOUBLE) -> Drawing | None:
    """The steps of the four objectives; None if the table has none of them."""
    data = tables.shapley[tables.shapley["outcome"].isin(OBJECTIVES)].reset_index(drop=True)
    if data.empty:
        return None
    figure = draw_waterfall(data, words, size)
    note = words("figure.waterfall.note", worlds=over(frames, int(data["n"].min()), words))
    measures = outcome_measures(data, words)
    return Drawing(figure, data, caption_of("waterfall", words, manifest_of(frames), note, measures=measures))
