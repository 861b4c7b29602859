"""Why they leave: departures by trigger, what the choice weighed, and what equal drivers would change."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.analysis.paired_worlds import BASELINE
from sim.analysis.reasons import reason_table
from sim.report.captions import Drawing, caption_of, joined
from sim.report.catalogue import Words
from sim.report.driver_results import drivers_of
from sim.report.figures.once import once
from sim.report.names import reason_text
from sim.report.results import Results
from sim.report.sizes import DOUBLE, Size
from sim.report.style import BLACK, BLUE, GREY, LIGHT, VERMILION, axes_or_new, new_figure, pt, small

KINDS = ("talent_french", "startup_french")
DIRECTION = "departure"
# kind -> the outcomes of the driver test that belong to it, each with its marker
OUTCOMES = {
    "talent_french": (("talent_flight_rate", "o"),),
    "startup_french": (("startup_flight_rate", "o"), ("founder_flight", "D")),
}
NARROW_ROW, FEW = 4.4, 4
"""Height of a term in one column, mm; bars that a panel of one column has room for at least."""
ROW, FRAME, FEWEST = 5.6, 20.0, 6
"""Height of a term and of a panel's titles and axis, mm; bars that a panel has room for at least."""


def _a_year(value: float, words: Words) -> str:
    """Return a yearly number with two digits, and small ones as such."""
    return words.numbers.two_digits(value) if value == 0 or value >= 0.1 else f"<{words.numbers.number(0.1, 1)}"


def draw_shares(
    shares: pd.DataFrame, numbers: dict[str, float], words: Words, ax: Axes | None = None, fewest: int = FEWEST
) -> Axes:
    """Bars of the share of departures by trigger, with the interval and the number a year."""
    ax = axes_or_new(ax)
    ordered = shares.sort_values("mean", ascending=False, kind="stable")
    top = max(float(ordered["mean"].max()), float(ordered["high"].fillna(0.0).max()))
    for row, record in enumerate(ordered.to_dict("records")):
        ax.barh(row, record["mean"], color=LIGHT, edgecolor=GREY, linewidth=pt(0.6), height=0.4, zorder=1)
        ax.plot([record["low"], record["high"]], [row, row], color=BLACK, linewidth=pt(1.2), zorder=2)
        text = words(
            "figure.reasons.bar", share=words.numbers.number(record["mean"], 0),
            number=_a_year(numbers[record["name"]], words),
        )  # fmt: skip
        label = joined(reason_text("trigger", str(record["name"]), words), text, words)
        ax.text(0.0, row - 0.24, label, fontsize=small(), va="bottom")
    ax.set(
        ylim=(max(len(ordered), fewest) - 0.6, -0.9), xlim=(0.0, 1.05 * top), xlabel=words("figure.reasons.share_axis")
    )
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.locator_params(axis="x", nbins=4)
    return ax


def draw_terms(terms: pd.DataFrame, words: Words, ax: Axes | None = None) -> Axes:
    """Points with intervals, largest first; filled where the interval excludes zero."""
    ax = axes_or_new(ax)
    ordered = terms.sort_values("mean", ascending=False, kind="stable")
    ax.axvline(0, color=BLACK, linewidth=pt(0.6), zorder=1)
    for row, record in enumerate(ordered.to_dict("records")):
        _point(ax, record["mean"], record["low"], record["high"], row, BLACK, "o")
    ax.set_yticks(range(len(ordered)), [reason_text("term", str(name), words) for name in ordered["name"]])
    _rows(ax, len(ordered), words("figure.reasons.term_axis"), words)
    return ax


def draw_drivers(table: pd.DataFrame, kind: str, words: Words, ax: Axes | None = None) -> Axes:
    """Change of flight in per cent if one driver were as abroad, one group of rows an outcome."""
    ax = axes_or_new(ax)
    ax.axvline(0, color=BLACK, linewidth=pt(0.6), zorder=1)
    labels: list[tuple[float, str]] = []
    row = 0.0
    for outcome, marker in OUTCOMES[kind]:
        ours = table[(table["outcome"] == outcome) & (table["baseline_mean"] > 0)].sort_values("rank")
        if ours.empty:
            continue
        ax.text(0.0, row, words(f"figure.reasons.outcome.{outcome}"), fontsize=small(), weight="bold", va="center",
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
    ax.plot([low, high], [row, row], color=edge, linewidth=pt(1.4), solid_capstyle="butt", zorder=2)
    ax.plot(mean, row, marker, markersize=pt(4.2), markeredgecolor=edge, markerfacecolor=edge if clear else "white",
            zorder=3)  # fmt: skip


def _rows(ax: Axes, count: float, label: str, words: Words) -> None:
    ax.set_ylim(count - 0.4, -0.7)
    ax.set_xlabel(label)
    ax.margins(x=0.08)
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    ax.locator_params(axis="x", nbins=4)
    ax.xaxis.set_major_formatter(lambda value, _: words.numbers.plain(value))


def draw_reasons(data: pd.DataFrame, drivers: pd.DataFrame | None, words: Words, size: Size = DOUBLE) -> Figure:
    """Draw a row of panels for each kind that has departures; on a slide startups alone, in a column one above another.

    Args:
        data: levels of the baseline's departures, as :func:`sim.analysis.reasons.reason_table` returns.
        drivers: as :func:`sim.analysis.drivers.driver_table` returns, or None.
        words: the catalogue.
        size: the preset.
    """
    kinds = [kind for kind in KINDS if ((data["kind"] == kind) & (data["measure"] == "share")).any()]
    if size.is_slide:
        kinds = kinds[-1:]
    parts = ("shares", "terms") if drivers is None or size.is_narrow else ("shares", "terms", "drivers")
    triggers = {
        kind: data.loc[(data["kind"] == kind) & (data["part"] == "trigger"), "name"].nunique() for kind in kinds
    }
    terms = {kind: data.loc[(data["kind"] == kind) & (data["part"] == "term"), "name"].nunique() for kind in kinds}
    if size.is_narrow:
        heights = [
            FRAME + (ROW * max(triggers[kind], FEW) if part == "shares" else NARROW_ROW * terms[kind])
            for kind in kinds for part in parts
        ]  # fmt: skip
        figure = new_figure(size, sum(heights))
        axes = figure.subplots(len(heights), 1, height_ratios=heights)
        cells = [(kind, part) for kind in kinds for part in parts]
    else:
        heights = [FRAME + ROW * max(FEWEST, terms[kind]) for kind in kinds]
        figure = new_figure(size, sum(heights))
        widths = [1.0, 0.95, 0.75][: len(parts)]
        grid = figure.subplots(len(kinds), len(parts), squeeze=False, height_ratios=heights, width_ratios=widths)
        axes, cells = grid.flat, [(kind, part) for kind in kinds for part in parts]
    for ax, (kind, part) in zip(axes, cells, strict=True):
        ours = data[data["kind"] == kind]
        per_year = ours[ours["measure"] == "per_year"]
        heading = words(f"figure.reasons.{part}")
        if part == "shares":
            numbers = dict(zip(per_year["name"], per_year["mean"], strict=True))
            draw_shares(ours[ours["measure"] == "share"], numbers, words, ax, FEW if size.is_narrow else FEWEST)
            kind_name, rest = words(f"figure.reasons.kind.{kind}"), heading[0].lower() + heading[1:]
            heading = joined(kind_name, rest, words, "\n")
        elif part == "terms":
            draw_terms(ours[ours["measure"] == "per_mover"], words, ax)
        elif drivers is not None:
            draw_drivers(drivers, kind, words, ax)
        ax.set_title(heading)
    return figure


def build(results: Results, words: Words, size: Size = DOUBLE) -> Drawing | None:
    """Departures of the baseline; the table holds arrivals and the differences of all scenarios, too."""
    runs, reasons = results.common_runs, results.reasons
    if runs is None or reasons is None or BASELINE not in set(runs["scenario"]):
        return None
    table = once(results, "reasons", lambda: reason_table(runs, reasons))
    shown = table[(table["view"] == "level") & (table["direction"] == DIRECTION) & table["kind"].isin(KINDS)]
    if not (shown["measure"] == "share").any():
        return None  # nobody left
    drivers = once(results, "drivers", lambda: drivers_of(results))
    figure = draw_reasons(shown, drivers, words, size)
    note = words("figure.reasons.note", worlds=results.over(results.worlds_run, words), years=results.years_text(words))
    if drivers is not None and not size.is_narrow:
        note += " " + words("figure.reasons.note_drivers", worlds=results.over(int(drivers["n"].min()), words))
    return Drawing(figure, table, caption_of("reasons", words, results.manifest, note))
