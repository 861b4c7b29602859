"""Gains and losses on the map of France, a small map for each recommendation."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.analysis.paired_worlds import BASELINE
from sim.analysis.territory import territory
from sim.report.captions import Drawing, caption_of
from sim.report.catalogue import Words
from sim.report.figures.effects import labelled, told_scenarios
from sim.report.figures.france_map import draw_outlines, project, write_beside
from sim.report.figures.once import once
from sim.report.names import place_name
from sim.report.results import Results
from sim.report.sizes import DOUBLE, Size
from sim.report.style import BLACK, BLUE, GREY, VERMILION, axes_or_new, backing, new_figure, pt, small

ACROSS, ACROSS_NARROW, MOST = 4, 2, 8
"""Maps beside one another, and in all."""
COARSE = 4
"""Of the points of an outline every fourth is drawn: a small map shows no more, and the page is much smaller."""
SHOWN_FROM = 0.12
"""Share of a panel's largest change from which a number is printed."""
KINDS = ("startups", "talents")
BIGGEST = 150.0
"""Area of the largest symbol, square points."""


def draw_gains(data: pd.DataFrame, largest: float, words: Words, ax: Axes | None = None) -> Axes:
    """One scenario: circles by city, area in proportion to the change, hollow unless its interval excludes zero.

    Args:
        data: ``where, longitude, latitude, difference, joint_low, joint_high``; without coordinates: said in a corner.
        largest: change of the largest circle of the figure.
        words: the catalogue.
        ax: where to draw.
    """
    ax = axes_or_new(ax)
    centre = draw_outlines("france", ax, COARSE)
    for spine in ax.spines.values():
        spine.set_visible(False)
    most = float(data["difference"].abs().max())
    elsewhere = ""
    for row in data.sort_values("difference", key=np.abs, ascending=False).to_dict("records"):
        change = float(row["difference"])
        text = words.numbers.number(change, 0 if abs(change) >= 10 else 1, signed=True)
        if not np.isfinite(row["longitude"]):
            elsewhere = f"{row['label']}\n{text}"
            continue
        across, up = project(np.array([row["longitude"]]), np.array([row["latitude"]]), centre)
        if change == 0:
            ax.plot(across, up, ".", color=GREY, markersize=pt(2.0), zorder=3)
            continue
        clear = bool(row["joint_low"] > 0 or row["joint_high"] < 0)
        colour = BLUE if change > 0 else VERMILION
        area = pt(pt(BIGGEST)) * abs(change) / largest
        ax.scatter(across, up, s=max(area, pt(pt(3.0))), facecolor=colour if clear else "none", edgecolor=colour,
                   linewidth=pt(0.9), alpha=0.9, zorder=3)  # fmt: skip
        if abs(change) >= SHOWN_FROM * most and most > 0:
            write_beside(text, str(row["where"]), float(across[0]), float(up[0]), area, ax)
    ax.text(0.02, 0.02, elsewhere, transform=ax.transAxes, fontsize=small(), va="bottom", bbox=backing(), zorder=5)
    return ax


def draw_maps(data: pd.DataFrame, names: dict[str, str], words: Words, size: Size = DOUBLE) -> Figure:
    """Draw a map per scenario, at most ``MOST``."""
    across = min(ACROSS_NARROW if size.is_narrow else ACROSS, len(names))
    rows = -(-len(names) // across)
    figure = new_figure(size, 12.0 + 47.0 * rows)
    axes = np.atleast_2d(figure.subplots(rows, across, squeeze=False))
    largest = max(float(data.loc[data["longitude"].notna(), "difference"].abs().max()), 1e-9)
    for ax, (scenario, name) in zip(axes.flat, names.items(), strict=False):
        draw_gains(data[data["scenario"] == scenario], largest, words, ax)
        ax.set_title(name, fontsize=small())
    for ax in list(axes.flat)[len(names) :]:
        ax.axis("off")
    looks = {"gain": ("o", BLUE, BLUE, 5.0), "loss": ("o", VERMILION, VERMILION, 5.0),
             "unclear": ("o", "none", BLACK, 5.0), "none": (".", GREY, GREY, 2.0)}  # fmt: skip
    handles = [
        Line2D([], [], marker=marker, linestyle="", markerfacecolor=face, markeredgecolor=edge, markersize=pt(large))
        for marker, face, edge, large in looks.values()
    ]
    figure.legend(handles, [words(f"figure.gains.key.{name}") for name in looks],
                  ncols=2 if size.is_narrow else 4, loc="outside upper center")  # fmt: skip
    return figure


def _table(results: Results, kind: str) -> pd.DataFrame:
    """Changes by city, of startups and talents alike, with where each city is."""
    runs, series = results.runs, results.series
    assert runs is not None
    assert series is not None
    chosen = runs[runs["scenario"].isin([BASELINE, *(note.name for note in told_scenarios(results))])]
    ours = series[series["run"].isin(chosen["run"])]
    table = once(results, "territory", lambda: territory(chosen, ours, results.places, kinds=KINDS))
    data = table[(table["level"] == "city") & (table["kind"] == kind)].drop(columns="level")
    places = results.places.assign(
        where=results.places["city"].where(results.places["city"] != "", results.places["place"])
    )
    places.loc[places["kind"] == "rest", ["longitude", "latitude"]] = np.nan
    spots = places.groupby("where", sort=False).agg(
        label=("short_name", "first"), longitude=("longitude", "mean"), latitude=("latitude", "mean")
    )
    return data.merge(spots, left_on="where", right_index=True)


def _build(results: Results, words: Words, kind: str, size: Size) -> Drawing | None:
    notes = told_scenarios(results)[:MOST]
    if results.runs is None or results.series is None or not notes:
        return None
    data = _table(results, kind)
    data = data[data["scenario"].isin([note.name for note in notes])].reset_index(drop=True)
    if data.empty:
        return None
    data["label"] = [place_name(str(w), str(n), words) for w, n in zip(data["where"], data["label"], strict=True)]
    figure = draw_maps(data, dict(labelled(notes, words)), words, size)
    said = words("figure.gains.note", worlds=results.over(int(data["n"].min()), words), years=results.years_text(words),
                 kind=words(f"figure.gains.kind.{kind}"))  # fmt: skip
    name = f"gains_{kind}"
    return Drawing(figure, data, caption_of(name, words, results.manifest, said))


def build_startups(results: Results, words: Words, size: Size = DOUBLE) -> Drawing | None:
    """Startups gained and lost by city."""
    return _build(results, words, "startups", size)


def build_talents(results: Results, words: Words, size: Size = DOUBLE) -> Drawing | None:
    """Talents gained and lost by city."""
    return _build(results, words, "talents", size)
