"""Gains and losses on the map of France, a small map for each recommendation."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.analysis.run_record import FRANCE
from sim.analysis.territory import territory
from sim.report.catalogue import Words
from sim.report.figures.france_map import ALIGN, HOME, LAND, SHORE, SIDES, VIEWS, project
from sim.report.map import load_outlines
from sim.report.results import Results
from sim.report.style import BLACK, BLUE, SMALL, VERMILION, add_note, backing, new_figure

ACROSS = 4
COARSE = 4
"""Of the points of an outline every fourth is drawn: a small map shows no more, and the page is much smaller."""
SHOWN_FROM = 0.12
"""Share of a panel's largest change from which a number is printed."""
BIGGEST = 150.0
"""Area of the largest symbol, square points."""


def draw_gains(data: pd.DataFrame, largest: float, words: Words, ax: Axes) -> Axes:
    """One scenario: circles by city, area in proportion to the change, hollow where its interval holds zero.

    Args:
        data: ``where, longitude, latitude, difference, joint_low, joint_high``; without coordinates: said in a corner.
        largest: change of the largest circle of the figure.
        words: the catalogue.
        ax: where to draw.
    """
    centre, (west, east, south, north) = VIEWS["france"]
    along = np.linspace(west, east, 40)
    x, y = project(np.tile(along, 2), np.repeat([south, north], 40), centre)
    ax.set(xlim=(x.min(), x.max()), ylim=(y.min(), y.max()), aspect="equal", xticks=[], yticks=[])
    ax.set_autoscale_on(False)
    for spine in ax.spines.values():
        spine.set_visible(False)
    for country, rings in load_outlines()["europe"].items():
        for ring in rings:
            across, up = project(ring[::COARSE, 0], ring[::COARSE, 1], centre)
            if across.max() < x.min() or across.min() > x.max() or up.max() < y.min() or up.min() > y.max():
                continue
            ax.fill(across, up, facecolor=HOME if country == FRANCE else LAND, edgecolor=SHORE, linewidth=0.3)
    most = float(data["difference"].abs().max())
    elsewhere = ""
    for row in data.sort_values("difference", key=np.abs, ascending=False).to_dict("records"):
        change = float(row["difference"])
        text = words.numbers.number(change, 0 if abs(change) >= 10 else 1, signed=True)
        if not np.isfinite(row["longitude"]):
            elsewhere = f"{row['label']} {text}"
            continue
        clear = bool(row["joint_low"] > 0 or row["joint_high"] < 0)
        colour = BLUE if change > 0 else VERMILION
        across, up = project(np.array([row["longitude"]]), np.array([row["latitude"]]), centre)
        size = BIGGEST * abs(change) / largest
        ax.scatter(across, up, s=max(size, 3.0), facecolor=colour if clear else "none", edgecolor=colour, linewidth=0.9,
                   alpha=0.9, zorder=3)  # fmt: skip
        if abs(change) >= SHOWN_FROM * most and most > 0:
            side, reach = SIDES.get(str(row["where"]), "right"), 0.5 * size**0.5 + 1.0
            shift = {"above": (0.0, reach), "below": (0.0, -reach), "left": (-reach, 0.0), "right": (reach, 0.0)}[side]
            ax.annotate(
                text, (float(across[0]), float(up[0])), xytext=shift, textcoords="offset points", va=ALIGN[side][1],
                ha=ALIGN[side][0], fontsize=SMALL - 1, bbox=backing(), zorder=4,
            )  # fmt: skip
    ax.text(0.02, 0.02, elsewhere, transform=ax.transAxes, fontsize=SMALL - 1, va="bottom", bbox=backing(), zorder=5)
    return ax


def draw_maps(data: pd.DataFrame, names: dict[str, str], words: Words, fig: Figure | None = None) -> Figure:
    """Draw a map per scenario."""
    rows = -(-len(names) // ACROSS)
    fig = fig or new_figure(height=26.0 + 46.0 * rows)
    axes = np.atleast_2d(fig.subplots(rows, ACROSS))
    largest = max(float(data.loc[data["longitude"].notna(), "difference"].abs().max()), 1e-9)
    for ax, (scenario, name) in zip(axes.flat, names.items(), strict=False):
        draw_gains(data[data["scenario"] == scenario], largest, words, ax)
        ax.set_title(name, fontsize=SMALL)
    for ax in list(axes.flat)[len(names) :]:
        ax.axis("off")
    handles = [
        Line2D([], [], marker="o", linestyle="", markerfacecolor=face, markeredgecolor=edge, markersize=5)
        for face, edge in ((BLUE, BLUE), (VERMILION, VERMILION), ("none", BLACK))
    ]
    fig.legend(handles, [words(f"figure.gains.key.{name}") for name in ("gain", "loss", "unclear")], ncols=3,
               loc="outside upper center")  # fmt: skip
    return fig


def _build(results: Results, words: Words, kind: str) -> tuple[Figure, pd.DataFrame] | None:
    notes = results.recommendations
    if results.runs is None or results.series is None or not notes:
        return None
    runs = results.runs[results.runs["scenario"].isin(["baseline", *(note.name for note in notes)])]
    table = territory(runs, results.series[results.series["run"].isin(runs["run"])], results.places, kinds=(kind,))
    data = table[table["level"] == "city"].drop(columns="level")
    if data.empty:
        return None
    places = results.places.assign(
        where=results.places["city"].where(results.places["city"] != "", results.places["place"])
    )
    places.loc[places["kind"] == "rest", ["longitude", "latitude"]] = np.nan
    spots = places.groupby("where", sort=False).agg(
        label=("short_name", "first"), longitude=("longitude", "mean"), latitude=("latitude", "mean")
    )
    data = data.merge(spots, left_on="where", right_index=True)
    names = {note.name: words.get(f"short.{note.name}", note.name) for note in notes}
    figure = draw_maps(data, names, words)
    text = words("figure.gains.note", worlds=results.over(int(data["n"].min()), words), years=results.years_text(words),
                 kind=words(f"figure.gains.kind.{kind}"))  # fmt: skip
    add_note(figure, text)
    return figure, data


def build_startups(results: Results, words: Words) -> tuple[Figure, pd.DataFrame] | None:
    """Startups gained and lost by city."""
    return _build(results, words, "startups")


def build_talents(results: Results, words: Words) -> tuple[Figure, pd.DataFrame] | None:
    """Talents gained and lost by city."""
    return _build(results, words, "talents")
