"""Paths over calendar time: fans of the baseline over worlds, and of the paired difference to it beside them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from sim.analysis.paired_worlds import BASELINE
from sim.analysis.places import national_paths, quantile_paths
from sim.quarters import FIRST_QUARTER, FIRST_YEAR
from sim.report.captions import Drawing, caption_of
from sim.report.catalogue import Words
from sim.report.figures.once import once
from sim.report.results import PLACEBO, Results
from sim.report.sizes import DOUBLE, Size
from sim.report.style import BLACK, BLUE, VERMILION, axes_or_new, new_figure, pt, small

USUAL = ("all_eight", "french_tech_2014")
# of the baseline and of two policies: colour and line: two ways to tell them apart, beside the name at the end
STYLES = ((BLACK, "-"), (BLUE, (0, (5, 1.5))), (VERMILION, (0, (1.2, 1.2))))
BANDS = (("low", "high", 0.16), ("low_80", "high_80", 0.22), ("low_50", "high_50", 0.30))
"""Ends of the 95%, 80% and 50% bands, and how dark each lies over the one before."""
COLUMNS = ("startups", "startups_french", "talents_french")
VIEWS = ("level", "difference")
PANEL = 55.0


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


def draw_fan(quantiles: pd.DataFrame, scenarios: Sequence[str], words: Words, ax: Axes | None = None) -> Axes:
    """A fan of the first scenario drawn, medians of the others, each named at its line's end.

    Args:
        quantiles: ``scenario, quarter, low, low_80, low_50, median, high_50, high_80, high``.
        scenarios: in the order of ``STYLES``; the first that the table holds has the bands of 50, 80 and 95%.
        words: the catalogue.
        ax: where to draw.
    """
    ax = axes_or_new(ax)
    ends: list[tuple[float, str, str]] = []
    for scenario, (colour, line) in zip(scenarios, STYLES, strict=False):
        ours = quantiles[quantiles["scenario"] == scenario]
        if ours.empty:
            continue
        when = calendar(ours["quarter"])
        if not ends:
            for low, high, dark in BANDS:
                ax.fill_between(when, ours[low], ours[high], facecolor=colour, linewidth=0, alpha=dark)
            for edge in BANDS[0][:2]:
                ax.plot(when, ours[edge], color=colour, linewidth=pt(0.5))
        ax.plot(when, ours["median"], color=colour, linestyle=line, linewidth=pt(1.5))
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
    gap, last = 0.1, -np.inf
    places = []
    for value, name, colour in sorted(ends):
        last = max((value - low) / (high - low), last + gap)
        places.append((last, name, colour))
    spill = max(0.0, last - 0.98)
    for height, name, colour in places:
        ax.text(1.02, height - spill, name, transform=ax.transAxes, color=colour, fontsize=small(), va="center")


def paths_data(
    runs: pd.DataFrame, series: pd.DataFrame, places: pd.DataFrame, scenarios: Sequence[str] = (BASELINE, *USUAL)
) -> pd.DataFrame:
    """``measure, view (level | difference), scenario, quarter`` and the quantiles over worlds."""
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


def draw_paths(data: pd.DataFrame, scenarios: Sequence[str], words: Words, size: Size = DOUBLE) -> Figure:
    """Three measures as rows, levels left and differences right; one measure where there is less room."""
    measures = list(MEASURES)[:1] if size.is_narrow or size.is_slide else list(MEASURES)
    down, across = (len(VIEWS), 1) if size.is_narrow else (len(measures), len(VIEWS))
    figure = new_figure(size, PANEL * down + (16.0 if size.is_narrow else 9.0))
    axes = figure.subplots(down, across, sharex=True, squeeze=False).flat
    for ax, (name, view) in zip(axes, ((name, view) for name in measures for view in VIEWS), strict=True):
        part = data[(data["measure"] == name) & (data["view"] == view)]
        if view == "difference":
            ax.axhline(0, color=BLACK, linewidth=pt(0.6))
        draw_fan(part, scenarios, words, ax)
        ax.set_title(words(f"figure.paths.{view}.{name}"))
        ax.set_ylabel(words(f"figure.paths.axis.{name}"))
        if ax.get_subplotspec().is_last_row():
            ax.set_xlabel(words("figure.paths.year"))
    figure.align_ylabels()
    shares = (50, 80, 95)
    darkness = [1.0 - (1.0 - BANDS[0][2]) * (1.0 - BANDS[1][2]) * (1.0 - BANDS[2][2]),
                1.0 - (1.0 - BANDS[0][2]) * (1.0 - BANDS[1][2]), BANDS[0][2]]  # fmt: skip
    handles = [Patch(facecolor=BLACK, alpha=dark, linewidth=0) for dark in darkness]
    labels = [words("figure.paths.band", share=words.numbers.percent(share)) for share in shares]
    figure.legend(handles, labels, loc="outside lower left", ncols=1 if size.is_narrow else 3, handlelength=1.6)
    return figure


def build(results: Results, words: Words, size: Size = DOUBLE) -> Drawing | None:
    """Paths of the baseline, of all eight and of what happened; without these two, of the first policies."""
    runs, policies = results.common_runs, policies_of(results)
    series = results.series
    if runs is None or series is None or BASELINE not in set(runs["scenario"]) or not policies:
        return None
    scenarios = (BASELINE, *policies)
    data = once(results, "paths", lambda: paths_data(runs, series, results.places, scenarios))
    figure = draw_paths(data, scenarios, words, size)
    worlds = results.over(int(data["n"].min()), words)
    note = words("figure.paths.fan", worlds=worlds, first=name_of(policies[0], words))
    return Drawing(figure, data, caption_of("paths", words, results.manifest, note))
