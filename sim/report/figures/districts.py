"""Effects by district: which French place gains or loses startups under which scenario."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, SymLogNorm

from sim.analysis.places import differences_by_place
from sim.analysis.run_record import FRANCE
from sim.report.captions import Drawing, caption_of
from sim.report.catalogue import Words
from sim.report.figures.matrix import names_of
from sim.report.figures.once import once
from sim.report.results import Results
from sim.report.sizes import DOUBLE, Size
from sim.report.style import BLUE, ORANGE, axes_or_new, ink_on, new_figure, pt, small

_DIVERGING = LinearSegmentedColormap.from_list("loss_gain", [ORANGE, "#F8E3B5", "#FFFFFF", "#BFDDEE", BLUE])
UNCLEAR = "#4D4D4D"
TICKS, FEW_TICKS = (-100, -20, -5, -1, 0, 1, 5, 20, 100), (-100, -5, 0, 5, 100)
NARROW = 50
"""Letters in a line under the colour bar of a single column."""
FEW = 6
"""Scenarios that a single column has room for."""
LINEAR_TO = 0.5
"""Per cent below which the colour scale is linear; logarithmic above, so that one big cell hides no small one."""


def per_cent(frame: pd.DataFrame) -> pd.DataFrame:
    """Difference and interval, if there is one, in per cent of the baseline; 0 where the baseline is 0."""
    base = frame["baseline_mean"].where(frame["baseline_mean"] > 0)
    shown = {c: (100.0 * frame[c] / base).where(base.notna(), 0.0) for c in ("difference", "low", "high")}
    return frame.assign(**{f"{c}_percent": values for c, values in shown.items()})


def cell_text(value: float, clear: bool, words: Words) -> str:
    """Signed per cent; in brackets when the interval contains zero."""
    text = words.numbers.number(value, 1 if abs(value) < 9.95 else 0, signed=True)
    return text if clear else f"({text})"


def draw_districts(
    data: pd.DataFrame,
    rows: Sequence[tuple[str, str]],
    columns: Sequence[tuple[str, str]],
    words: Words,
    ax: Axes | None = None,
    narrow: bool = False,
) -> Axes:
    """Heat map with printed numbers.

    Args:
        data: columns ``scenario, place, difference_percent, low_percent, high_percent``.
        rows: (place id, label), top to bottom.
        columns: (scenario, label), left to right.
        words: the catalogue.
        ax: where to draw.
        narrow: whether the colour bar has room for few numbers only.
    """
    ax = axes_or_new(ax, 110.0)
    held = {(str(r["place"]), str(r["scenario"])): r for r in data.to_dict("records")}
    shape = (len(rows), len(columns))
    value, clear = np.zeros(shape), np.zeros(shape, dtype=bool)
    for i, (place, _) in enumerate(rows):
        for j, (scenario, _) in enumerate(columns):
            if (place, scenario) in held:
                cell = held[place, scenario]
                value[i, j] = float(cell["difference_percent"])
                clear[i, j] = bool(cell["low_percent"] > 0 or cell["high_percent"] < 0)
    top = max(float(np.abs(value).max()), 2 * LINEAR_TO)
    norm = SymLogNorm(LINEAR_TO, vmin=-top, vmax=top, base=10)
    image = ax.imshow(value, cmap=_DIVERGING, norm=norm, aspect="auto")
    for i, j in np.ndindex(*shape):
        colour = ink_on(_DIVERGING(norm(value[i, j])))
        if colour == "black" and not clear[i, j]:
            colour = UNCLEAR
        text = cell_text(float(value[i, j]), bool(clear[i, j]), words)
        ax.text(j, i, text, ha="center", va="center", fontsize=small(), color=colour)
    ax.set_xticks(range(len(columns)), [label for _, label in columns])
    ax.set_yticks(range(len(rows)), [label for _, label in rows])
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)
    ax.set_xticks(np.arange(0.5, len(columns) - 1), minor=True)
    ax.set_yticks(np.arange(0.5, len(rows) - 1), minor=True)
    ax.grid(which="minor", color="white", linewidth=pt(1.0))
    ax.tick_params(which="minor", length=0)
    bar = ax.figure.colorbar(image, ax=ax, orientation="horizontal", shrink=0.8, aspect=40, pad=0.02)
    label = words("figure.districts.axis")
    bar.set_label(textwrap.fill(label, NARROW) if narrow else label, fontsize=small())
    ticks = [t for t in (FEW_TICKS if narrow else TICKS) if abs(t) <= top]
    bar.set_ticks(ticks, labels=[words.numbers.number(t, 0, signed=True) for t in ticks])
    bar.minorticks_off()
    bar.outline.set_linewidth(pt(0.4))
    return ax


def strongest(data: pd.DataFrame, names: Sequence[str], most: int) -> list[str]:
    """The scenarios with the largest change in any place, in their order."""
    reach = data.assign(size=data["difference_percent"].abs()).groupby("scenario")["size"].max()
    ranked = sorted(names, key=lambda name: -float(reach.get(name, 0.0)))[:most]
    return [name for name in names if name in ranked]


def build(results: Results, words: Words, size: Size = DOUBLE) -> Drawing | None:
    """Startups by French place at the horizon, every scenario against its baseline."""
    runs, series = results.runs, results.series
    if runs is None or series is None or not results.policies:
        return None
    french = results.places[results.places["country"] == FRANCE]
    ours = series[series["place"].isin(french["place"])]
    data = once(results, "districts", lambda: per_cent(differences_by_place(runs, ours, "startups")))
    data = data[data["scenario"].isin([s.name for s in results.policies])].reset_index(drop=True)
    if data.empty:
        return None
    names = [s.name for s in results.policies]
    shown = strongest(data, names, FEW) if size.is_narrow else names
    figure = new_figure(size, 112.0)
    rows = [(str(place), name) for place, name in names_of(french, words).items()]
    columns = [(name, words.get(f"tiny.{name}", name.replace("_", "\n"))) for name in shown]
    draw_districts(data, rows, columns, words, figure.subplots(), size.is_narrow)
    note = words("figure.districts.note", worlds=results.over(int(data["n"].min()), words),
                 years=results.years_text(words))  # fmt: skip
    if len(shown) < len(names):
        note += " " + words("figure.districts.few", shown=len(shown), of=len(names))
    return Drawing(figure, data, caption_of("districts", words, results.manifest, note))
