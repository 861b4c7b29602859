"""Paired effects of each recommendation with their intervals: a forest plot, one panel per outcome."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.analysis.drivers import is_driver
from sim.report.captions import Drawing, caption_of, outcome_measures
from sim.report.catalogue import Words
from sim.report.results import Results, ScenarioNote
from sim.report.sentences import Effect
from sim.report.sizes import DOUBLE, Size
from sim.report.style import BLACK, BLUE, GREY, VERMILION, axes_or_new, backing, new_figure, pt, small

PANELS = ("startup_departures", "startups_in_france", "talents_french_in_france", "startup_jobs", "public_cost")
FEW = ("startups_in_france", "talents_french_in_france", "public_cost")
"""Panels where there is room for three."""
HEADLINE = "startups_in_france"
FRAME, ROW, FEWEST = 17.0, 6.2, 3
"""Height of a panel's title and axis, of a row, mm; rows that a panel has room for at least."""
KEY = 9.0
MOST = 14
# verdict -> marker, fill, colour: the shape and the filling say it without colour
MARKS = {
    "favourable": ("o", BLUE, BLUE),
    "unfavourable": ("s", VERMILION, VERMILION),
    "neither": ("D", GREY, GREY),
    "unclear": ("D", "white", GREY),
    "untold": ("x", GREY, GREY),
    "cost": ("o", BLACK, BLACK),
}


def mark_of(effect: Effect) -> str:
    """Key of the marker for one effect. Paying is no failure: costs are black, whichever way is better."""
    if effect.verdict == "untold":
        return "untold"
    if effect.verdict in ("unclear", "none"):
        return "unclear"
    if effect.is_money:
        return "cost"
    return "neither" if effect.favour == "neutral" else effect.favour


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


def draw_forest(
    comparison: pd.DataFrame, scenarios: Sequence[tuple[str, str]], outcome: str, words: Words, ax: Axes | None = None
) -> Axes:
    """One outcome: a row per scenario, the estimate printed above its marker.

    Args:
        comparison: ``scenario, outcome, label, unit, better, difference, joint_low, joint_high, n, reading``.
        scenarios: (name, printed label) from top to bottom; those without a row are left out.
        outcome: which one.
        words: the catalogue.
        ax: where to draw.
    """
    ax = axes_or_new(ax)
    found = [(effects_of(comparison, name, outcome), label) for name, label in scenarios]
    ax.axvline(0, color=BLACK, linewidth=pt(0.6), zorder=1)
    shown = [(effect, label) for effect, label in found if effect is not None]
    for row, (effect, _) in enumerate(shown):
        marker, face, edge = MARKS[mark_of(effect)]
        ax.plot([effect.low, effect.high], [row, row], color=edge, linewidth=pt(1.4), solid_capstyle="butt", zorder=2)
        ax.plot(effect.difference, row, marker, markerfacecolor=face, markeredgecolor=edge, markersize=pt(4.2),
                markeredgewidth=pt(1.0), zorder=3)  # fmt: skip
        text = words.numbers.estimate(effect.difference, effect.low, effect.high, signed=True)[0]
        ax.annotate(
            text, (effect.difference, row), xytext=(0, pt(3.6)), textcoords="offset points",
            ha="center", va="bottom", fontsize=small(), color=edge, bbox=backing(), zorder=4,
        )  # fmt: skip
    ax.set_title(words.get(f"figure.effects.panel.{outcome}", outcome.replace("_", " ")))
    ax.set_xlabel(words.get(f"figure.effects.axis.{outcome}", ""))
    ax.set_yticks(range(len(shown)), [label for _, label in shown])
    ax.set_ylim(len(shown) - 0.5, -0.9)
    ax.margins(x=0.16)
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    ax.locator_params(axis="x", nbins=4)
    ax.xaxis.set_major_formatter(lambda value, _: words.numbers.plain(value))
    return ax


def key_of(words: Words, kinds: Sequence[str] = tuple(MARKS)) -> tuple[list[Line2D], list[str]]:
    """Handles and labels of the key: what shape and filling say."""
    handles = [
        Line2D([], [], marker=m, markerfacecolor=f, markeredgecolor=e, color=e, markersize=pt(4.2),
               linewidth=0 if kind == "untold" else pt(1.4))
        for kind, (m, f, e) in ((kind, MARKS[kind]) for kind in kinds)
    ]  # fmt: skip
    return handles, [words(f"figure.effects.key.{kind}") for kind in kinds]


def draw_effects(
    comparison: pd.DataFrame, scenarios: Sequence[tuple[str, str]], words: Words, size: Size = DOUBLE,
    outcomes: Sequence[str] | None = None,
) -> Figure:  # fmt: skip
    """Draw the panels: five, or three where there is less room.

    Args:
        comparison: the comparison table.
        scenarios: (name, printed label) from top to bottom.
        words: the catalogue.
        size: the preset.
        outcomes: other ones than the preset's.
    """
    chosen = outcomes or (FEW if size.is_narrow or size.is_slide else PANELS)
    held = [name for name in chosen if (comparison["outcome"] == name).any()]
    across = 1 if size.is_narrow else min(3, max(len(held), 1))
    down = -(-len(held) // across)
    panel = FRAME + ROW * max(len(scenarios), FEWEST)
    figure = new_figure(size, down * panel + KEY)
    axes = list(figure.subplots(down, across, squeeze=False).flat)
    marks = set()
    for ax, outcome in zip(axes, held, strict=False):
        draw_forest(comparison, scenarios, outcome, words, ax)
        if not ax.get_subplotspec().is_first_col():
            ax.set_yticklabels([])
        found = (effects_of(comparison, name, outcome) for name, _ in scenarios)
        marks |= {mark_of(effect) for effect in found if effect is not None}
    kinds = [kind for kind in MARKS if kind in marks]
    if len(held) < len(axes):
        axes[-1].axis("off")
        axes[-1].legend(*key_of(words, kinds), loc="upper left", handlelength=2.2, labelspacing=0.9, borderaxespad=0)
    else:
        columns = 2 if size.is_narrow else len(kinds)
        figure.legend(*key_of(words, kinds), loc="outside lower left", ncols=columns, handlelength=2.0)
    for spare in axes[len(held) : -1]:
        spare.axis("off")
    return figure


def told_scenarios(results: Results) -> list[ScenarioNote]:
    """The scenarios that the figures of effects are about: recommendations, or else every policy, as far as fits."""
    return results.recommendations or results.policies[:MOST]


def about(scenarios: Sequence[ScenarioNote]) -> str:
    """What some scenarios are: ``recommendations``, ``drivers`` or ``scenarios``."""
    if any(note.recommendation for note in scenarios):
        return "recommendations"
    return "drivers" if scenarios and all(is_driver(note.levers) for note in scenarios) else "scenarios"


def labelled(scenarios: Sequence[ScenarioNote], words: Words) -> list[tuple[str, str]]:
    """Name and printed label of each."""
    return [(s.name, words.get(f"short.{s.name}", s.name.replace("_", " "))) for s in scenarios]


def build(
    results: Results, words: Words, size: Size = DOUBLE, outcomes: Sequence[str] | None = None, name: str = "effects"
) -> Drawing | None:
    """The forest plot of the single recommendations, or else of the policies there are."""
    notes = told_scenarios(results)
    if results.comparison is None or not notes:
        return None
    held = outcomes or PANELS
    chosen = results.comparison["scenario"].isin([n.name for n in notes]) & results.comparison["outcome"].isin(held)
    data = results.comparison[chosen].reset_index(drop=True)
    if data.empty:
        return None
    what = about(notes)
    figure = draw_effects(data, labelled(notes, words), words, size, outcomes)
    key = "figure.effects.note" if what == "recommendations" else f"figure.effects.told.{what}"
    note = words(key, worlds=results.over(int(data["n"].min()), words), years=results.years_text(words))
    drawn = outcomes or (FEW if size.is_narrow or size.is_slide else PANELS)
    measures = outcome_measures(data[data["outcome"].isin(drawn)], words)
    title = words(f"figure.{name}.title" if what == "recommendations" else f"figure.{name}.titles.{what}")
    return Drawing(figure, data, caption_of(name, words, results.manifest, note, title=title, measures=measures))


def build_headline(results: Results, words: Words, size: Size = DOUBLE) -> Drawing | None:
    """One small panel for a first screen: startups in France at the horizon."""
    return build(results, words, size, (HEADLINE,), "headline")
