"""Which members help each other and which get in each other's way, as shaded triangles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure

from sim.analysis.packages.coalitions import STARTUPS, TALENTS, sign_of
from sim.analysis.packages.members import short_names
from sim.analysis.packages.tables import PackageTables
from sim.report.catalogue import Words
from sim.report.numbers import estimate, number
from sim.report.style import BLUE, ORANGE, SMALL, add_note, ink_on, new_figure

if TYPE_CHECKING:
    from sim.analysis.frames import Frames

SHOWN = (STARTUPS, TALENTS)
_DIVERGING = LinearSegmentedColormap.from_list("hinder_help", [ORANGE, "#F8E3B5", "#FFFFFF", "#BFDDEE", BLUE])


def draw_triangle(data: pd.DataFrame, members: list[str], words: Words, ax: Axes) -> Axes:
    """One outcome: a cell per pair; in brackets where the simultaneous interval holds zero."""
    shorts = short_names(members)
    top = max(float(data["value"].abs().max()), 1e-9)
    norm, sign = Normalize(-top, top), sign_of(str(data["outcome"].iloc[0]))
    grid = np.full((len(members), len(members)), np.nan)
    for row in data.to_dict("records"):
        one, other = members.index(row["first"]), members.index(row["second"])
        grid[other, one] = sign * row["value"]
        clear = bool(row["joint_low"] > 0 or row["joint_high"] < 0)
        text = estimate(row["value"], row["joint_low"], row["joint_high"], signed=True)[0]
        if not np.isfinite(row["joint_low"]):
            text = number(row["value"], 0 if abs(row["value"]) >= 10 else 1, signed=True)
        ink = ink_on(_DIVERGING(norm(grid[other, one])))
        ax.text(one, other, text if clear else f"({text})", ha="center", va="center", fontsize=SMALL - 1, color=ink)
    ax.imshow(np.ma.masked_invalid(grid)[1:, :-1], cmap=_DIVERGING, norm=norm, aspect="auto",
              extent=(-0.5, len(members) - 1.5, len(members) - 0.5, 0.5))  # fmt: skip
    ax.set_xticks(range(len(members) - 1), [name.upper() if len(name) < 4 else name for name in shorts[:-1]])
    names = [words.get(f"short.{name}", name.replace("_", " ")) for name in members]
    ax.set_yticks(range(1, len(members)), names[1:])
    ax.tick_params(length=0)
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)
    first = data.iloc[0]
    ax.set_title(f"{first['label']}, {first['unit']}")
    return ax


def draw_interactions(data: pd.DataFrame, words: Words, fig: Figure | None = None) -> Figure:
    """Draw two triangles, one above the other."""
    members = list(dict.fromkeys([*data["first"], *data["second"]]))
    fig = fig or new_figure(height=26.0 + 13.0 * len(members))
    for ax, outcome in zip(fig.subplots(2, 1), SHOWN, strict=True):
        draw_triangle(data[data["outcome"] == outcome], members, words, ax)
    return fig


def build_from(tables: PackageTables, frames: Frames, words: Words) -> tuple[Figure, pd.DataFrame]:
    """Pairs of members, for startups and talents."""
    data = tables.interactions[tables.interactions["outcome"].isin(SHOWN)].reset_index(drop=True)
    figure = draw_interactions(data, words)
    add_note(figure, words("figure.interactions.note", n=int(data["n"].min())))
    return figure, data
