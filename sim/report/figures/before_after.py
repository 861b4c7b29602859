"""Stocks by city before and after: at the start, at the horizon in the baseline, and with a policy."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.analysis.paired_worlds import BASELINE
from sim.analysis.run_record import FRANCE
from sim.report.captions import Drawing, caption_of
from sim.report.catalogue import Words
from sim.report.figures.france_map import draw_outlines, project, write_beside
from sim.report.figures.once import once
from sim.report.figures.paths import name_of, policies_of
from sim.report.names import place_name
from sim.report.results import Results
from sim.report.sizes import DOUBLE, Size
from sim.report.style import BLACK, SKY, axes_or_new, backing, new_figure, pt, small

KINDS = ("startups", "talents")
VIEWS = ("start", "baseline", "scenario")
COARSE = 4
BIGGEST, SMALLEST = 420.0, 4.0
"""Area of symbols, square points."""
NAMED = "start"
SIDES = {"paris": "above", "lille": "above", "rennes": "above", "nice_sophia": "right"}
"""Where a label sits beside the symbols of these small maps, if not where it sits on the large one."""


def stocks_by_city(
    runs: pd.DataFrame, series: pd.DataFrame, places: pd.DataFrame, kind: str, scenario: str
) -> pd.DataFrame:
    """Mean stock by French city over the worlds that both scenarios ran in.

    Args:
        runs: ``run, scenario, world, replicate``.
        series: ``run, quarter, place`` and the stocks.
        places: ``place, short_name, city, country, kind, longitude, latitude``.
        kind: column of the series.
        scenario: to set beside the baseline.

    Returns:
        ``city, label, members, longitude, latitude, start, baseline, scenario, n``; a place without a city is its own,
        without coordinates.
    """
    keys = ["world", "replicate"]
    both = runs[runs["scenario"] == BASELINE][keys].merge(runs[runs["scenario"] == scenario][keys], on=keys)
    held = runs.merge(both, on=keys)
    french = places[places["country"] == FRANCE]
    names = french["city"].where(french["city"] != "", french["place"])
    city = dict(zip(french["place"].astype(str), names.astype(str), strict=True))
    last = series["quarter"].max()
    means = {}
    for view, name, quarter in (("start", BASELINE, 0), ("baseline", BASELINE, last), ("scenario", scenario, last)):
        own = held[held["scenario"] == name]
        ours = series[(series["quarter"] == quarter) & series["run"].isin(own["run"])]
        spots = ours["place"].astype(str).map(city)
        sums = ours[kind].groupby([ours["run"], spots]).sum().reset_index(name="value")
        sums.columns = ["run", "city", "value"]
        by_world = sums.merge(own[["run", "world"]], on="run").groupby(["city", "world"])["value"].mean()
        means[view] = by_world.groupby("city").mean()
    cities = french.assign(city=names.astype(str))
    cities.loc[cities["kind"] == "rest", ["longitude", "latitude"]] = np.nan
    table = cities.groupby("city", sort=False).agg(
        label=("short_name", "first"), members=("place", "size"), longitude=("longitude", "mean"),
        latitude=("latitude", "mean"),
    )  # fmt: skip
    for view in VIEWS:
        table[view] = means[view].reindex(table.index).fillna(0.0)
    return table.reset_index().assign(n=int(both["world"].nunique()))


def draw_stocks(data: pd.DataFrame, view: str, words: Words, ax: Axes | None = None, largest: float = 0.0) -> Axes:
    """Draw one map: circles in proportion to the stock, with numbers; of the scenario with its change in per cent.

    Args:
        data: as :func:`stocks_by_city` returns.
        view: of ``VIEWS``; cities are named in the first.
        words: the catalogue.
        ax: where to draw.
        largest: stock of the largest circle; by default of this map.
    """
    ax = axes_or_new(ax)
    centre = draw_outlines("france", ax, COARSE)
    for spine in ax.spines.values():
        spine.set_visible(False)
    placed = data[data["longitude"].notna()]
    most = max(largest, float(placed[view].max()), 1e-9)
    decimals = 0 if most >= 20 else 1
    for row in placed.to_dict("records"):
        x, y = project(np.array([row["longitude"]]), np.array([row["latitude"]]), centre)
        area = pt(pt(max(BIGGEST * row[view] / most, SMALLEST)))
        ax.scatter(x, y, s=area, facecolor=SKY, edgecolor=BLACK, linewidth=pt(0.5), alpha=0.85, zorder=3)
        text = _told(row, view, decimals, words)
        text = f"{row['label']}\n{text}" if view == NAMED else text
        write_beside(text, str(row["city"]), float(x[0]), float(y[0]), area, ax, SIDES)
    rest = data[data["longitude"].isna()].to_dict("records")
    if rest:
        lines = [f"{row['label']}\n{_told(row, view, decimals, words)}" for row in rest]
        ax.text(0.0, 0.0, "\n".join(lines), transform=ax.transAxes, fontsize=small(), va="bottom", bbox=backing(),
                zorder=5)  # fmt: skip
    return ax


def _told(row: dict[object, object], view: str, decimals: int, words: Words) -> str:
    value, before = float(str(row[view])), float(str(row["baseline"]))
    if view != "scenario" or before <= 0.0:
        return words.numbers.number(value, decimals)
    return words.numbers.percent(100.0 * (value - before) / before, 1, signed=True)


def draw_before_after(data: pd.DataFrame, titles: dict[str, str], words: Words, size: Size = DOUBLE) -> Figure:
    """Draw the three maps: beside one another, or above where there is less room."""
    figure = new_figure(size, 3 * 74.0 if size.is_narrow else 68.0)
    axes = figure.subplots(3, 1) if size.is_narrow else figure.subplots(1, 3)
    placed = data[data["longitude"].notna()]
    largest = float(placed[list(VIEWS)].to_numpy().max())
    for ax, view in zip(axes, VIEWS, strict=True):
        draw_stocks(data, view, words, ax, largest)
        ax.set_title(titles[view], fontsize=small())
    return figure


def _build(results: Results, words: Words, kind: str, size: Size) -> Drawing | None:
    runs, series, policies = results.common_runs, results.series, policies_of(results)
    if runs is None or series is None or not policies or BASELINE not in set(runs["scenario"]):
        return None
    policy = policies[0]
    data = once(results, ("before_after", kind),
                lambda: stocks_by_city(runs, series, results.places, kind, policy))  # fmt: skip
    if not data["n"].iloc[0] or float(data["start"].max()) <= 0.0:
        return None
    label = [place_name(str(c), str(n), words) for c, n in zip(data["city"], data["label"], strict=True)]
    shown = data.assign(label=label)
    shown.loc[shown["members"] > 1, "label"] = words("figure.before_after.paris")
    years, policy_name = results.years_text(words), name_of(policy, words)
    titles = {view: words(f"figure.before_after.view.{view}", years=years, scenario=policy_name) for view in VIEWS}
    figure = draw_before_after(shown, titles, words, size)
    note = words("figure.before_after.note", worlds=results.over(int(data["n"].iloc[0]), words), years=years,
                 scenario=policy_name, kind=words(f"figure.gains.kind.{kind}"))  # fmt: skip
    out = shown.drop(columns="label").assign(policy=policy)
    return Drawing(figure, out, caption_of(f"before_after_{kind}", words, results.manifest, note))


def build_startups(results: Results, words: Words, size: Size = DOUBLE) -> Drawing | None:
    """Startups by city."""
    return _build(results, words, "startups", size)


def build_talents(results: Results, words: Words, size: Size = DOUBLE) -> Drawing | None:
    """Talents by city."""
    return _build(results, words, "talents", size)
