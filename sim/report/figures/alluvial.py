"""Flows abroad as an alluvial diagram: from French cities on the left to places abroad on the right."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path as Outline

from sim.analysis.paired_worlds import BASELINE
from sim.analysis.run_record import FRANCE
from sim.report.captions import Drawing, caption_of
from sim.report.catalogue import Words
from sim.report.figures.matrix import KINDS, names_of
from sim.report.names import place_name
from sim.report.results import Results
from sim.report.sizes import DOUBLE, Size
from sim.report.style import BLACK, BLUE, GREY, LIGHT, SKY, axes_or_new, new_figure, pt, small

MOST = 8
"""Ends shown on a side; the smaller ones are put together."""
OTHERS = "others"
GAP, LEAST = 0.022, 0.052
"""Between two ends, and between the middles of two labels, as shares of the height."""
NODE = 0.02
# fill and hatching of the ribbons of each origin in turn: told apart in grey, too
LOOKS = ((BLUE, ""), (LIGHT, ""), (SKY, ""), ("white", "//////"), (GREY, ""), (LIGHT, "\\\\\\\\\\\\"))
PANEL = 88.0


def grouped_flows(moves: pd.DataFrame, places: pd.DataFrame, kind: str, years: float) -> pd.DataFrame:
    """Moves over the horizon from French cities to places abroad; small ones on a side under ``OTHERS``.

    Args:
        moves: as :func:`sim.analysis.moves.mean_flows` returns.
        places: ``place, city, country``.
        kind: the kind of move.
        years: length of the horizon.

    Returns:
        ``origin, destination, moves``; origins are cities, or places without one.
    """
    known = places.assign(place=places["place"].astype(str)).set_index("place")
    city = known["city"].astype(str).where(known["city"].astype(str) != "", known.index.to_series())
    french = known["country"] == FRANCE
    ours = moves[moves["kind"] == kind]
    out = ours[ours["origin"].map(french).astype(bool) & ~ours["destination"].map(french).astype(bool)]
    table = pd.DataFrame(
        {"origin": out["origin"].map(city), "destination": out["destination"], "moves": out["per_year"] * years}
    )
    for side in ("origin", "destination"):
        sums = table.groupby(side)["moves"].sum().sort_values(ascending=False, kind="stable")
        if len(sums) > MOST + 1:
            table[side] = table[side].where(table[side].isin(sums.index[:MOST]), OTHERS)
    return table.groupby(["origin", "destination"])["moves"].sum().reset_index()


def ends_of(table: pd.DataFrame, side: str) -> pd.Series[float]:
    """Sum of moves of each end of a side, the largest first, what was put together last."""
    sums = table.groupby(side)["moves"].sum().sort_values(ascending=False, kind="stable")
    return sums.loc[[name for name in sums.index if name != OTHERS] + [n for n in sums.index if n == OTHERS]]


def spans(sizes: Sequence[float]) -> list[tuple[float, float]]:
    """Top and bottom of each end, from 0 at the top to 1, in proportion to its size."""
    free = 1.0 - GAP * max(len(sizes) - 1, 0)
    total = sum(sizes) or 1.0
    found, top = [], 0.0
    for size in sizes:
        found.append((top, top + free * size / total))
        top = found[-1][1] + GAP
    return found


def spread(middles: Sequence[float], least: float = LEAST) -> list[float]:
    """Heights of labels near these middles, in their order, never nearer to one another than ``least``."""
    if not middles:
        return []
    placed = [middles[0]]
    for middle in middles[1:]:
        placed.append(max(middle, placed[-1] + least))
    over = placed[-1] - max(1.0, middles[-1])
    for n in range(len(placed) - 1, -1, -1):  # push back up what ran over the lower edge
        limit = placed[n] - over if n == len(placed) - 1 else min(placed[n], placed[n + 1] - least)
        placed[n] = limit
    return placed


def draw_alluvial(table: pd.DataFrame, names: dict[str, str], words: Words, ax: Axes | None = None) -> Axes:
    """Draw ribbons as wide as the number of moves, each end named with its number.

    Args:
        table: ``origin, destination, moves``.
        names: printed name by end.
        words: the catalogue.
        ax: where to draw.
    """
    ax = axes_or_new(ax, PANEL)
    ax.set(xlim=(0.0, 1.0), ylim=(1.02, -0.02))
    ax.axis("off")
    left, right = ends_of(table, "origin"), ends_of(table, "destination")
    starts = dict(zip(left.index, spans(list(left)), strict=True))
    stops = dict(zip(right.index, spans(list(right)), strict=True))
    total = float(left.sum()) or 1.0
    used_left, used_right = dict.fromkeys(starts, 0.0), dict.fromkeys(stops, 0.0)
    size = {(str(o), str(d)): float(m) for o, d, m in zip(*(table[c] for c in table.columns), strict=True)}
    free_left, free_right = 1.0 - GAP * max(len(left) - 1, 0), 1.0 - GAP * max(len(right) - 1, 0)
    for position, origin in enumerate(left.index):
        fill, hatch = LOOKS[position % len(LOOKS)]
        for destination in right.index:
            moves = size.get((str(origin), str(destination)), 0.0)
            if moves <= 0.0:
                continue
            y0, y1 = starts[origin][0] + used_left[origin], stops[destination][0] + used_right[destination]
            thick0, thick1 = free_left * moves / total, free_right * moves / total
            used_left[origin] += thick0
            used_right[destination] += thick1
            _ribbon((y0, thick0), (y1, thick1), fill, hatch, ax)
    for ends, sums, side in ((starts, left, 0.0), (stops, right, 1.0)):
        heights = spread([(top + bottom) / 2 for top, bottom in ends.values()])
        for (name, (top, bottom)), height in zip(ends.items(), heights, strict=True):
            tall = max(bottom - top, 0.002)
            ax.add_patch(Rectangle((side - NODE * side, top), NODE, tall, facecolor=BLACK, linewidth=0, zorder=4))
            number = words.numbers.number(float(sums[name]), 1 if sums[name] < 9.95 else 0)
            middle, out = (top + bottom) / 2, -1.0 if side == 0.0 else 1.0
            ax.annotate(
                f"{names.get(str(name), str(name))}  {number}", (side, middle), xytext=(side + 0.05 * out, height),
                ha="right" if side == 0.0 else "left", va="center", fontsize=small(), annotation_clip=False,
                arrowprops={"arrowstyle": "-", "linewidth": pt(0.4), "color": GREY, "shrinkA": 0, "shrinkB": 0},
            )  # fmt: skip
    return ax


def _ribbon(start: tuple[float, float], stop: tuple[float, float], fill: str, hatch: str, ax: Axes) -> None:
    """A band from the left side to the right one; each end is (top, thickness)."""
    (y0, t0), (y1, t1) = start, stop
    x0, x1 = NODE, 1.0 - NODE
    middle = (x0 + x1) / 2
    points = [(x0, y0), (middle, y0), (middle, y1), (x1, y1), (x1, y1 + t1), (middle, y1 + t1), (middle, y0 + t0),
              (x0, y0 + t0), (x0, y0)]  # fmt: skip
    codes = [Outline.MOVETO, *[Outline.CURVE4] * 3, Outline.LINETO, *[Outline.CURVE4] * 3, Outline.CLOSEPOLY]
    ax.add_patch(
        PathPatch(Outline(points, codes), facecolor=fill, edgecolor=GREY if hatch else "white", hatch=hatch,
                  linewidth=pt(0.25), zorder=2, alpha=0.85)
    )  # fmt: skip


def draw_alluvials(tables: dict[str, pd.DataFrame], names: dict[str, str], words: Words, size: Size = DOUBLE) -> Figure:
    """A diagram per kind of move: beside one another, or above where there is less room."""
    figure = new_figure(size, PANEL * (len(tables) if size.is_narrow else 1))
    axes = figure.subplots(len(tables), 1) if size.is_narrow else figure.subplots(1, len(tables))
    for ax, (kind, table) in zip(np.atleast_1d(axes), tables.items(), strict=True):
        draw_alluvial(table, names, words, ax)
        ax.set_title(words(f"figure.alluvial.{kind}"), loc="center")
    return figure


def build(results: Results, words: Words, size: Size = DOUBLE) -> Drawing | None:
    """Who leaves from where to where in the baseline: startups founded in France and talents of French origin."""
    moves = results.baseline_flows
    if moves is None:
        return None
    tables = {kind: grouped_flows(moves, results.places, kind, results.years) for kind in KINDS}
    tables = {kind: table for kind, table in tables.items() if len(table) and table["moves"].sum() > 0}
    if not tables:
        return None
    names = names_of(results.places, words)
    cities = results.places[results.places["city"] != ""].groupby("city", sort=False)["short_name"]
    for city, held in cities:
        one = len(held) == 1
        names[str(city)] = place_name(str(city), str(held.iloc[0]), words) if one else words("figure.alluvial.paris")
    names[OTHERS] = words("figure.alluvial.others")
    figure = draw_alluvials(tables, names, words, size)
    note = words("figure.alluvial.note", worlds=results.over(results.worlds_run, words),
                 years=results.years_text(words))  # fmt: skip
    data = pd.concat([table.assign(kind=kind) for kind, table in tables.items()], ignore_index=True)
    data = data[["kind", "origin", "destination", "moves"]].assign(scenario=BASELINE)
    return Drawing(figure, data, caption_of("alluvial", words, results.manifest, note))
