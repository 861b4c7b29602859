"""Paired effects of each recommendation with their intervals: a forest plot, one panel per outcome."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.report.catalogue import Words
from sim.report.results import Results
from sim.report.sentences import Effect
from sim.report.style import BLACK, BLUE, GREY, SMALL, VERMILION, add_note, backing, new_figure

PANELS = ("startup_departures", "startups_in_france", "talents_french_in_france", "startup_jobs", "public_cost")
FRAME, ROW, FEWEST = 54.0, 13.0, 2
"""Height of the figure, mm: titles, axes and note; one scenario in both rows of panels; scenarios the key needs."""
# verdict -> marker, fill, colour: the shape and the filling say it without colour
MARKS = {
    "favourable": ("o", BLUE, BLUE),
    "unfavourable": ("s", VERMILION, VERMILION),
    "neutral": ("D", "white", GREY),
    "cost": ("o", BLACK, BLACK),
}


def mark_of(effect: Effect) -> str:
    """Key of the marker for one effect. Paying is no failure: costs are black, whichever way is better."""
    if effect.verdict in ("unclear", "none", "untold"):
        return "neutral"
    return "cost" if effect.is_money else effect.favour


def effects_of(comparison: pd.DataFrame, scenario: str, outcome: str) -> Effect | None:
    """The row of the comparison, if it is there."""
    rows = comparison[(comparison["scenario"] == scenario) & (comparison["outcome"] == outcome)]
    if rows.empty:
        return None
    row = rows.iloc[0]
    return Effect(
        scenario, outcome, str(row["label"]), str(row["unit"]), str(row["better"]),
        float(row["difference"]), float(row["joint_low"]), float(row["joint_high"]), int(row["n"]), str(row["reading"]),
    )  # fmt: skip


def draw_panel(ax: Axes, effects: Sequence[Effect], words: Words) -> Axes:
    """One outcome: a row per scenario, top to bottom, the estimate printed above its marker."""
    ax.axvline(0, color=BLACK, linewidth=0.6, zorder=1)
    for row, effect in enumerate(effects):
        marker, face, edge = MARKS[mark_of(effect)]
        ax.plot([effect.low, effect.high], [row, row], color=edge, linewidth=1.4, solid_capstyle="butt", zorder=2)
        ax.plot(effect.difference, row, marker, markerfacecolor=face, markeredgecolor=edge, markersize=4.2, zorder=3)
        text = words.numbers.estimate(effect.difference, effect.low, effect.high, signed=True)[0]
        ax.annotate(
            text, (effect.difference, row), xytext=(0, 4), textcoords="offset points",
            ha="center", va="bottom", fontsize=SMALL, color=edge, bbox=backing(), zorder=4,
        )  # fmt: skip
    ax.set_ylim(len(effects) - 0.5, -0.8)
    ax.margins(x=0.22)
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    ax.locator_params(axis="x", nbins=4)
    ax.xaxis.set_major_formatter(lambda value, _: words.numbers.plain(value))
    return ax


def draw_effects(
    comparison: pd.DataFrame, scenarios: Sequence[tuple[str, str]], words: Words, fig: Figure | None = None
) -> Figure:
    """Draw the panels.

    Args:
        comparison: the comparison table.
        scenarios: (name, printed label) from top to bottom.
        words: the catalogue.
        fig: figure to draw on; a new one otherwise.
    """
    fig = fig or new_figure(height=FRAME + ROW * max(len(scenarios), FEWEST))
    grid = fig.subplots(2, 3)
    axes = list(grid.flat)
    for position, (ax, outcome) in enumerate(zip(axes, PANELS, strict=False)):
        found = [effects_of(comparison, name, outcome) for name, _ in scenarios]
        effects = [e for e in found if e is not None]
        labels = [label for e, (_, label) in zip(found, scenarios, strict=True) if e is not None]
        if not effects:
            ax.set_visible(False)
            continue
        draw_panel(ax, effects, words)
        ax.set_title(words(f"figure.effects.panel.{outcome}"))
        ax.set_xlabel(words(f"figure.effects.axis.{outcome}"))
        ax.set_yticks(range(len(labels)), labels if position % 3 == 0 else [""] * len(labels))
    axes[5].axis("off")
    handles = [
        Line2D([], [], marker=m, markerfacecolor=f, markeredgecolor=e, color=e, linewidth=1.4, markersize=4.2)
        for m, f, e in (MARKS[k] for k in ("favourable", "unfavourable", "neutral", "cost"))
    ]
    names = [words(f"figure.effects.key.{k}") for k in ("favourable", "unfavourable", "neutral", "cost")]
    axes[5].legend(handles, names, loc="upper left", handlelength=2.2, labelspacing=0.9, borderaxespad=0)
    return fig


def build(results: Results, words: Words) -> tuple[Figure, pd.DataFrame] | None:
    """The forest plot of the single recommendations."""
    if results.comparison is None or not results.recommendations:
        return None
    scenarios = [(s.name, words.get(f"short.{s.name}", s.name)) for s in results.recommendations]
    names = [name for name, _ in scenarios]
    chosen = results.comparison["scenario"].isin(names) & results.comparison["outcome"].isin(PANELS)
    data = results.comparison[chosen].reset_index(drop=True)
    figure = draw_effects(data, scenarios, words)
    add_note(
        figure,
        words(
            "figure.effects.note",
            worlds=results.over(int(data["n"].min()), words),
            years=results.years_text(words),
        ),
    )
    return figure, data
