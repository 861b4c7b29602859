"""Why they leave: departures by trigger, what the choice weighed, and what equal drivers would change."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.analysis.paired_worlds import BASELINE
from sim.analysis.reasons import reason_table
from sim.report.catalogue import Words
from sim.report.driver_results import drivers_of
from sim.report.results import Results
from sim.report.style import BLACK, BLUE, GREY, LIGHT, SMALL, VERMILION, add_note, new_figure

KINDS = ("talent_french", "startup_french")
DIRECTION = "departure"
# kind -> the outcomes of the driver test that belong to it, each with its marker
OUTCOMES = {
    "talent_french": (("talent_flight_rate", "o"),),
    "startup_french": (("startup_flight_rate", "o"), ("founder_flight", "D")),
}
ROW, FRAME, FEWEST = 6.0, 44.0, 6
"""Height of a term and of titles, axes and note, mm; bars that a panel has room for at least."""


def _a_year(value: float, words: Words) -> str:
    """Return a yearly number with two digits, and small ones as such."""
    return words.numbers.two_digits(value) if value == 0 or value >= 0.1 else f"<{words.numbers.number(0.1, 1)}"


def draw_shares(shares: pd.DataFrame, numbers: dict[str, float], words: Words, ax: Axes) -> Axes:
    """Bars of the share of departures by trigger, with the interval and the number a year."""
    ordered = shares.sort_values("mean", ascending=False, kind="stable")
    top = max(float(ordered["mean"].max()), float(ordered["high"].fillna(0.0).max()))
    for row, record in enumerate(ordered.to_dict("records")):
        ax.barh(row, record["mean"], color=LIGHT, edgecolor=GREY, linewidth=0.6, height=0.4, zorder=1)
        ax.plot([record["low"], record["high"]], [row, row], color=BLACK, linewidth=1.2, zorder=2)
        text = words(
            "figure.reasons.bar", share=words.numbers.number(record["mean"], 0),
            number=_a_year(numbers[record["name"]], words),
        )  # fmt: skip
        ax.text(0.0, row - 0.24, f"{record['name']}: {text}", fontsize=SMALL, va="bottom")
    ax.set(
        ylim=(max(len(ordered), FEWEST) - 0.6, -0.9), xlim=(0.0, 1.05 * top), xlabel=words("figure.reasons.share_axis")
    )
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.locator_params(axis="x", nbins=4)
    return ax


def draw_terms(terms: pd.DataFrame, words: Words, ax: Axes) -> Axes:
    """Points with intervals, largest first; filled where the interval excludes zero."""
    ordered = terms.sort_values("mean", ascending=False, kind="stable")
    ax.axvline(0, color=BLACK, linewidth=0.6, zorder=1)
    for row, record in enumerate(ordered.to_dict("records")):
        _point(ax, record["mean"], record["low"], record["high"], row, BLACK, "o")
    ax.set_yticks(range(len(ordered)), ordered["name"])
    _rows(ax, len(ordered), words("figure.reasons.term_axis"), words)
    return ax


def draw_drivers(table: pd.DataFrame, kind: str, words: Words, ax: Axes) -> Axes:
    """Change of flight in per cent if one driver were as abroad, one group of rows an outcome."""
    ax.axvline(0, color=BLACK, linewidth=0.6, zorder=1)
    labels: list[tuple[float, str]] = []
    row = 0.0
    for outcome, marker in OUTCOMES[kind]:
        ours = table[(table["outcome"] == outcome) & (table["baseline_mean"] > 0)].sort_values("rank")
        if ours.empty:
            continue
        ax.text(0.0, row, words(f"figure.reasons.outcome.{outcome}"), fontsize=SMALL, weight="bold", va="center",
                ha="left", transform=ax.get_yaxis_transform(),
                bbox={"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none"})  # fmt: skip
        for record in ours.to_dict("records"):
            row += 1.0
            base = record["baseline_mean"] / 100.0
            colour = BLUE if (record["difference"] > 0) == (record["better"] == "higher") else VERMILION
            _point(ax, record["percent"], record["low"] / base, record["high"] / base, row, colour, marker)
            driver = str(record["driver"])
            labels.append((row, words.get(f"figure.reasons.driver.{driver}", driver.replace("_", " "))))
        row += 1.4
    ax.set_yticks([where for where, _ in labels], [text for _, text in labels])
    _rows(ax, row - 0.4, words("figure.reasons.driver_axis"), words)
    return ax


def _point(ax: Axes, mean: float, low: float, high: float, row: float, colour: str, marker: str) -> None:
    clear = low > 0 or high < 0
    edge = colour if clear else GREY
    ax.plot([low, high], [row, row], color=edge, linewidth=1.4, solid_capstyle="butt", zorder=2)
    ax.plot(mean, row, marker, markersize=4.2, markeredgecolor=edge, markerfacecolor=edge if clear else "white",
            zorder=3)  # fmt: skip


def _rows(ax: Axes, count: float, label: str, words: Words) -> None:
    ax.set_ylim(count - 0.4, -0.7)
    ax.set_xlabel(label)
    ax.margins(x=0.08)
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    ax.locator_params(axis="x", nbins=4)
    ax.xaxis.set_major_formatter(lambda value, _: words.numbers.plain(value))


def draw_reasons(data: pd.DataFrame, drivers: pd.DataFrame | None, words: Words, fig: Figure | None = None) -> Figure:
    """Draw a row of panels for each kind that has departures.

    Args:
        data: levels of the baseline's departures, as :func:`sim.analysis.reasons.reason_table` returns.
        drivers: as :func:`sim.analysis.drivers.driver_table` returns, or None.
        words: the catalogue.
        fig: figure to draw on; a new one otherwise.
    """
    kinds = [kind for kind in KINDS if ((data["kind"] == kind) & (data["measure"] == "share")).any()]
    heights = [
        max(FEWEST, data.loc[(data["kind"] == kind) & (data["part"] == "term"), "name"].nunique()) for kind in kinds
    ]
    fig = fig or new_figure(height=FRAME + ROW * sum(heights))
    widths = [1.0, 1.0] if drivers is None else [1.0, 0.95, 0.75]
    grid = fig.subplots(len(kinds), len(widths), squeeze=False, height_ratios=heights, width_ratios=widths)
    for row, kind in zip(grid, kinds, strict=True):
        ours = data[data["kind"] == kind]
        per_year = ours[ours["measure"] == "per_year"]
        numbers = dict(zip(per_year["name"], per_year["mean"], strict=True))
        draw_shares(ours[ours["measure"] == "share"], numbers, words, row[0])
        row[0].set_title(f"{words(f'figure.reasons.kind.{kind}')}:\n{words('figure.reasons.shares').lower()}")
        draw_terms(ours[ours["measure"] == "per_mover"], words, row[1])
        row[1].set_title(words("figure.reasons.terms"))
        if drivers is not None:
            draw_drivers(drivers, kind, words, row[2])
            row[2].set_title(words("figure.reasons.drivers"))
    return fig


def build(results: Results, words: Words) -> tuple[Figure, pd.DataFrame] | None:
    """Departures of the baseline; the table holds arrivals and the differences of all scenarios, too."""
    runs, reasons = results.common_runs, results.reasons
    if runs is None or reasons is None or BASELINE not in set(runs["scenario"]):
        return None
    table = reason_table(runs, reasons)
    shown = table[(table["view"] == "level") & (table["direction"] == DIRECTION) & table["kind"].isin(KINDS)]
    if not (shown["measure"] == "share").any():
        return None  # nobody left
    drivers = drivers_of(results)
    figure = draw_reasons(shown, drivers, words)
    note = words("figure.reasons.note", worlds=results.over(results.worlds_run, words), years=results.years_text(words))
    if drivers is not None:
        note += " " + words("figure.reasons.note_drivers", worlds=results.over(int(drivers["n"].min()), words))
    add_note(figure, note)
    return figure, table
