"""Signs of what was found: outcomes as rows, recommendations as columns; the way and the clearness of each effect."""

from __future__ import annotations

from collections.abc import Iterable

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.report.catalogue import Words
from sim.report.figures.effects import mark_of
from sim.report.mechanisms import Mechanisms
from sim.report.sentences import Effect
from sim.report.sizes import Size
from sim.report.style import BLACK, BLUE, GREY, LIGHT, VERMILION, axes_or_new, new_figure, pt

INK = {"favourable": BLUE, "unfavourable": VERMILION, "cost": BLACK}  # of what is clear and better or worse, or money


def draw_signs(
    mechanisms: Mechanisms, effects: dict[tuple[str, str], Effect], levers: dict[str, tuple[str, str]], words: Words,
    ax: Axes | None = None,
) -> Axes:  # fmt: skip
    """Draw what was found alone: outcomes as rows, recommendations as columns, a sign in each cell.

    Args:
        mechanisms: whose outcomes are the rows.
        effects: (lever, outcome) -> the effect of its recommendation.
        levers: lever -> number and title.
        words: the catalogue.
        ax: where to draw.
    """
    ax = axes_or_new(ax, 90.0)
    outcomes = [outcome for (outcome,) in mechanisms.layers[4]]
    for row, outcome in enumerate(outcomes):
        ax.axhline(row + 0.5, color=LIGHT, linewidth=pt(0.5), zorder=1)
        for column, lever in enumerate(levers):
            effect = effects.get((lever, outcome))
            if effect is not None:
                draw_sign(column, row, effect, ax)
    names = [words(f"figure.mechanisms.outcome.{name}").replace("\n", " ") for name in outcomes]
    ax.set_yticks(range(len(outcomes)), names)
    ax.set_xticks(range(len(levers)), [number for number, _ in levers.values()])
    ax.xaxis.tick_top()
    ax.set(xlim=(-0.6, len(levers) - 0.4), ylim=(len(outcomes) - 0.4, -0.6))
    ax.tick_params(length=0)
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)
    return ax


def draw_sign(x: float, y: float, effect: Effect, ax: Axes) -> None:
    """A triangle, filled where the interval excludes zero; a cross without one; a dot where no world differs."""
    if effect.verdict == "none":
        ax.plot(x, y, ".", color=GREY, markersize=pt(2))
        return
    if effect.verdict == "untold":
        ax.plot(x, y, "x", color=GREY, markersize=pt(3.6), markeredgewidth=pt(0.8))
        return
    clear = effect.verdict in ("up", "down")
    ink = INK.get(mark_of(effect), GREY)
    shape = "^" if effect.difference > 0 else "v"
    ax.plot(x, y, shape, markersize=pt(5.0) if clear else 3.6, markerfacecolor=ink if clear else "white",
            markeredgecolor=ink, markeredgewidth=pt(0.8))  # fmt: skip


def sign_key(effects: Iterable[Effect], words: Words) -> tuple[list[Line2D], list[str]]:
    """Handles and labels of the key; the cross stands in it if one of the effects has no interval."""

    def sign(shape: str, face: str, edge: str, size: float = 5.0) -> Line2D:
        return Line2D(
            [], [], linestyle="", marker=shape, markerfacecolor=face, markeredgecolor=edge, markersize=pt(size)
        )

    handles = {
        "better": sign("^", BLUE, BLUE), "worse": sign("v", VERMILION, VERMILION), "neither": sign("^", GREY, GREY),
        "unclear": sign("^", "white", GREY, 3.6), "none": sign(".", GREY, GREY, 2.0),
    }  # fmt: skip
    if any(effect.verdict == "untold" for effect in effects):
        handles["untold"] = sign("x", GREY, GREY, 3.6)
    return list(handles.values()), [words(f"figure.mechanisms.key.{name}") for name in handles]


def draw_table(
    mechanisms: Mechanisms, effects: dict[tuple[str, str], Effect], levers: dict[str, tuple[str, str]], words: Words,
    size: Size,
) -> Figure:  # fmt: skip
    """The signs as a figure of their own, with the key; arguments as of :func:`draw_signs`."""
    figure = new_figure(size, 112.0)
    draw_signs(mechanisms, effects, levers, words, figure.subplots())
    titles = [Line2D([], [], linestyle="") for _ in levers]
    handles, names = sign_key(effects.values(), words)
    if size.is_slide:
        names = [f"{number} {title}" for number, title in levers.values()] + names
        figure.legend(titles + handles, names, loc="outside right center", ncols=1, handletextpad=0.4)
    else:
        figure.legend(handles, names, loc="outside lower left", handletextpad=0.2)
    return figure
