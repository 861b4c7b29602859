"""Paths over calendar time: levels with bands over worlds, and the paired differences beside them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sim.analysis.paired_worlds import BASELINE
from sim.analysis.places import national_paths, quantile_paths
from sim.quarters import FIRST_QUARTER, FIRST_YEAR
from sim.report.catalogue import Words
from sim.report.results import PLACEBO, Results
from sim.report.style import BLACK, BLUE, GREY, SMALL, VERMILION, add_note, new_figure

USUAL = ("all_eight", "french_tech_2014")
# of the baseline and of two policies: colour, line, hatching of the band: three ways to tell them apart
STYLES = ((BLACK, "-", ""), (BLUE, (0, (5, 1.5)), "////"), (VERMILION, (0, (1.2, 1.2)), "...."))
COLUMNS = ("startups", "startups_french", "talents_french")


def _abroad_share(paths: pd.DataFrame) -> pd.Series[float]:
    """HQ-abroad share in per cent, 0 where no French-founded startup is alive."""
    alive = paths["startups_french_abroad"] + paths["startups_french_france"]
    return (100.0 * paths["startups_french_abroad"] / alive.where(alive > 0)).fillna(0.0)


MEASURES: dict[str, Callable[[pd.DataFrame], pd.Series[float]]] = {
    "startups": lambda paths: paths["startups_france"],
    "abroad_share": _abroad_share,
    "talents": lambda paths: paths["talents_french_france"] / 1000.0,
}


def calendar(quarter: pd.Series[int]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Calendar time of a quarter's end in years: quarter 0 (2013 Q3) is 2013.75."""
    return np.asarray(FIRST_YEAR + FIRST_QUARTER / 4.0 + quarter.to_numpy(dtype=np.float64) / 4.0)


def policies_of(results: Results) -> tuple[str, ...]:
    """The policies to draw: all eight and what happened, or else the first two that ran."""
    ran = set() if results.common_runs is None else set(results.common_runs["scenario"])
    names = [s.name for s in results.scenarios if s.name in ran and s.name not in (BASELINE, PLACEBO)]
    return tuple(name for name in USUAL if name in names) or tuple(names[: len(STYLES) - 1])


def name_of(scenario: str, words: Words) -> str:
    """Short name of a scenario, for a line's end."""
    return words.get(f"figure.paths.line.{scenario}", words.get(f"tiny.{scenario}", scenario).replace("\n", " "))


def draw_bands(quantiles: pd.DataFrame, scenarios: Sequence[str], words: Words, ax: Axes) -> Axes:
    """Median and 95% band of the baseline and two policies, labelled at the line's end without overlap."""
    ends: list[tuple[float, str, str]] = []
    for scenario, (colour, line, hatch) in zip(scenarios, STYLES, strict=False):
        ours = quantiles[quantiles["scenario"] == scenario]
        if ours.empty:
            continue
        when = calendar(ours["quarter"])
        low, high = ours["low"].to_numpy(), ours["high"].to_numpy()
        ax.fill_between(when, low, high, facecolor="none", edgecolor=colour, hatch=hatch, linewidth=0, alpha=0.35)
        if not hatch:
            ax.fill_between(when, low, high, facecolor=GREY, linewidth=0, alpha=0.16)
        for edge in (low, high):
            ax.plot(when, edge, color=colour, linewidth=0.5, linestyle=line)
        ax.plot(when, ours["median"], color=colour, linestyle=line, linewidth=1.5)
        ends.append((float(ours["median"].iloc[-1]), name_of(scenario, words), colour))
    _label_ends(ax, ends)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=5, min_n_ticks=1))
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:.0f}")
    ax.yaxis.set_major_formatter(lambda value, _: words.numbers.plain(value))
    ax.locator_params(axis="y", nbins=5)
    return ax


def _label_ends(ax: Axes, ends: list[tuple[float, str, str]]) -> None:
    """Write names right of the axes, pushed apart to one line height; the limits are fixed before."""
    low, high = ax.get_ylim()
    ax.set_ylim(low, high)
    gap, last = 0.09, -np.inf
    places = []
    for value, name, colour in sorted(ends):
        last = max((value - low) / (high - low), last + gap)
        places.append((last, name, colour))
    spill = max(0.0, last - 0.98)
    for height, name, colour in places:
        ax.text(1.02, height - spill, name, transform=ax.transAxes, color=colour, fontsize=SMALL, va="center")


def paths_data(
    runs: pd.DataFrame, series: pd.DataFrame, places: pd.DataFrame, scenarios: Sequence[str] = (BASELINE, *USUAL)
) -> pd.DataFrame:
    """``measure, view (level | difference), scenario, quarter, low, median, high, n``."""
    held = runs[runs["scenario"].isin(scenarios)]
    paths = national_paths(held, series[series["run"].isin(held["run"])], places, COLUMNS)
    parts = []
    for name, measure in MEASURES.items():
        for view, base in (("level", None), ("difference", BASELINE)):
            part = quantile_paths(paths, measure, base)
            part.insert(0, "measure", name)
            part.insert(1, "view", view)
            parts.append(part)
    return pd.concat(parts, ignore_index=True)


def draw_paths(data: pd.DataFrame, scenarios: Sequence[str], words: Words, fig: Figure | None = None) -> Figure:
    """Three measures as rows; levels on the left, paired differences to the baseline on the right."""
    fig = fig or new_figure(height=180)
    grid = fig.subplots(len(MEASURES), 2, sharex=True)
    for row, name in enumerate(MEASURES):
        for column, view in enumerate(("level", "difference")):
            ax: Axes = grid[row, column]
            part = data[(data["measure"] == name) & (data["view"] == view)]
            if view == "difference":
                ax.axhline(0, color=BLACK, linewidth=0.6)
            draw_bands(part, scenarios, words, ax)
            ax.set_title(words(f"figure.paths.{view}.{name}"))
            ax.set_ylabel(words(f"figure.paths.axis.{name}"))
            if row == len(MEASURES) - 1:
                ax.set_xlabel(words("figure.paths.year"))
    fig.align_ylabels()
    return fig


def build(results: Results, words: Words) -> tuple[Figure, pd.DataFrame] | None:
    """Paths of the baseline, of all eight and of what happened; without these two, of the first policies."""
    runs, policies = results.common_runs, policies_of(results)
    if runs is None or results.series is None or BASELINE not in set(runs["scenario"]) or not policies:
        return None
    scenarios = (BASELINE, *policies)
    data = paths_data(runs, results.series, results.places, scenarios)
    figure = draw_paths(data, scenarios, words)
    fills = [words(f"figure.paths.fill.{k}") for k in ("baseline", "first", "second")]
    key = "; ".join(f"{fill}: {name_of(s, words)}" for fill, s in zip(fills, scenarios, strict=False))
    add_note(figure, words("figure.paths.note", worlds=results.over(int(data["n"].min()), words), lines=key))
    return figure, data
