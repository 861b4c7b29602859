"""Where each recommendation's effect enters and how it travels: instrument, quantity, reader, process, outcome."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.path import Path as Outline

from sim.report.captions import Drawing, caption_of
from sim.report.catalogue import Words
from sim.report.figures.effects import effects_of
from sim.report.figures.signs import draw_sign, draw_table, sign_key
from sim.report.mechanisms import Mechanisms, read_mechanisms
from sim.report.results import Results
from sim.report.sentences import Effect
from sim.report.sizes import DOUBLE, Size
from sim.report.style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    LIGHT,
    ORANGE,
    PURPLE,
    SKY,
    VERMILION,
    large,
    pt,
    small,
    turned_figure,
)  # fmt: skip

WIDTH, HEIGHT = 277.0, 170.0
"""A4 landscape inside margins, mm."""
TOP, BOTTOM = 11.0, 159.0
# left edge and width of the boxes of each layer, mm
LAYERS = ((0.0, 36.0), (51.0, 47.0), (116.0, 34.0), (164.0, 32.0), (207.0, 31.0))
HEADS = ("instrument", "quantity", "reader", "process", "outcome")
MATRIX, STEP = 241.5, 4.7
# colour and line of each recommendation; its number stands in every box it moves
LINES = (
    (BLUE, "-"), (VERMILION, "-"), (GREEN, "-"), (PURPLE, "-"), (SKY, (0, (4, 1.5))), (ORANGE, (0, (4, 1.5))),
    (GREY, (0, (4, 1.5))), (BLACK, (0, (4, 1.5))),
)  # fmt: skip
Look = dict[str, tuple[Any, Any]]  # lever -> colour and line
Place = tuple[float, float, float, float]  # left, middle, width, height


def placed(mechanisms: Mechanisms) -> dict[tuple[int, str], Place]:
    """Return (layer, name) -> where its box is; the boxes of a layer share its height evenly."""
    found = {}
    for layer, (boxes, (left, width)) in enumerate(zip(mechanisms.layers, LAYERS, strict=True)):
        step = (BOTTOM - TOP) / len(boxes)
        height = min(step - 1.7, 9.0)
        for row, box in enumerate(boxes):
            for name in box:
                found[layer, name] = (left, TOP + (row + 0.5) * step, width, height)
    return found


def port(place: Place, position: int, count: int) -> float:
    """Return the height at which one of several arrows meets a box."""
    return place[1] + (position - (count - 1) / 2.0) * min(2.2, 0.75 * place[3] / max(count, 1))


def draw_mechanisms(
    mechanisms: Mechanisms, effects: dict[tuple[str, str], Effect], levers: dict[str, tuple[str, str]], words: Words,
    ax: Axes | None = None,
) -> Axes:  # fmt: skip
    """Draw boxes, arrows and, where there are results, what was found.

    Args:
        mechanisms: the arrows.
        effects: (lever, outcome) -> the effect of its recommendation.
        levers: lever -> number and title.
        words: the catalogue.
        ax: where to draw.
    """
    ax = turned_figure(WIDTH, HEIGHT).subplots() if ax is None else ax
    ax.set(xlim=(-0.5, WIDTH), ylim=(BOTTOM + 8.0, 0.0))
    ax.axis("off")
    places = placed(mechanisms)
    look = dict(zip(levers, LINES, strict=False))
    _arrows(mechanisms, places, look, ax)
    for layer, boxes in enumerate(mechanisms.layers):
        left = LAYERS[layer][0]
        ax.text(
            left, 4.0, words(f"figure.mechanisms.head.{HEADS[layer]}"), fontsize=large(), weight="bold", va="center"
        )
        for box in boxes:
            place = places[layer, box[0]]
            if layer == 0:
                number, title = levers[box[0]]
                _box(place, f"{number}  {title}", ax, *look[box[0]])
            elif layer == 1:
                _box(place, words(f"figure.mechanisms.quantity.{box[0]}"), ax)
                numbers = " ".join(levers[lever][0] for lever in mechanisms.movers(box))
                ax.text(place[0] + place[2] - 1.0, place[1], numbers, fontsize=small(), weight="bold", ha="right",
                        va="center", color="#333333")  # fmt: skip
            else:
                _box(place, words(f"figure.mechanisms.{HEADS[layer]}.{box[0]}"), ax, fill=layer == 3)
    if effects:
        _matrix(mechanisms, places, effects, levers, words, ax)
    return ax


def _box(place: Place, text: str, ax: Axes, edge: Any = None, line: Any = "-", fill: bool = False) -> None:
    left, middle, width, height = place
    ax.add_patch(
        FancyBboxPatch(
            (left, middle - height / 2), width, height, boxstyle="round,pad=0,rounding_size=1",
            facecolor="#F2F2F2" if fill else "white", edgecolor=edge or GREY, linestyle=line,
            linewidth=pt(1.4) if edge else 0.6, zorder=3,
        )
    )  # fmt: skip
    ax.text(left + 1.2, middle, text, fontsize=small(), va="center", linespacing=1.05, zorder=4)


def _arrows(mechanisms: Mechanisms, places: dict[tuple[int, str], Place], look: Look, ax: Axes) -> None:
    """Arrows between neighbouring layers, spread over the sides of the boxes; those inside a layer bend beside it."""
    for left, step in enumerate(("moves", "reads", "enters", "yields")):
        arrows = mechanisms.arrows[step]
        # quantities that share a box share their arrows
        joined = list(dict.fromkeys((_first(mechanisms, left, a), _first(mechanisms, left + 1, b)) for a, b in arrows))
        for start, end in joined:
            begin, stop = places[left, start], places[left + 1, end]
            out = sorted((places[left + 1, b][1], b) for a, b in joined if a == start)
            into = sorted((places[left, a][1], a) for a, b in joined if b == end)
            y0 = port(begin, [b for _, b in out].index(end), len(out))
            y1 = port(stop, [a for _, a in into].index(start), len(into))
            colour, line = _line(mechanisms, step, start, look)
            x0, x1 = begin[0] + begin[2], stop[0]
            bend = 0.5 * (x1 - x0)
            _arrow([(x0, y0), (x0 + bend, y0), (x1 - bend, y1), (x1, y1)], colour, line, ax)
    for position, (start, end) in enumerate(mechanisms.arrows["hands_on"]):
        begin, stop = places[3, start], places[3, end]
        x = begin[0] + begin[2] / 2.0 + 2.0 * position
        half = begin[3] / 2.0 if stop[1] > begin[1] else -begin[3] / 2.0
        _arrow([(x, begin[1] + half), (x, stop[1] - half)], "#333333", "-", ax)


def _first(mechanisms: Mechanisms, layer: int, name: str) -> str:
    return next(box[0] for box in mechanisms.layers[layer] if name in box)


def _line(mechanisms: Mechanisms, step: str, start: str, look: Look) -> tuple[Any, Any]:
    """Return colour and line: of the recommendation while it is alone, grey where several have joined."""
    if step == "moves":
        return look[start]
    if step == "reads":
        box = next(box for box in mechanisms.layers[1] if start in box)
        movers = mechanisms.movers(box)
        return look[movers[0]] if len(movers) == 1 else ("#333333", "-")
    return "#333333", "-"


def _arrow(points: list[tuple[float, float]], colour: Any, line: Any, ax: Axes) -> None:
    codes = [Outline.MOVETO] + [Outline.CURVE4 if len(points) > 2 else Outline.LINETO] * (len(points) - 1)
    outline = Outline(points, codes)
    ax.add_patch(
        FancyArrowPatch(
            path=outline, arrowstyle="-|>,head_length=2.2,head_width=1.1", mutation_scale=1.0, color=colour,
            linestyle=line, linewidth=pt(0.8), shrinkA=0, shrinkB=0, zorder=2,
        )
    )  # fmt: skip


def _matrix(
    mechanisms: Mechanisms, places: dict[tuple[int, str], Place], effects: dict[tuple[str, str], Effect],
    levers: dict[str, tuple[str, str]], words: Words, ax: Axes,
) -> None:  # fmt: skip
    """What was found, a sign for each recommendation beside the outcome: way up or down, filled where it is clear."""
    for column, (number, _) in enumerate(levers.values()):
        ax.text(MATRIX + column * STEP, 8.3, number, fontsize=small(), weight="bold", ha="center", va="center")
    ax.text(MATRIX - STEP / 2, 4.0, words("figure.mechanisms.head.found"), fontsize=large(), weight="bold", va="center")
    for (outcome,) in mechanisms.layers[4]:
        middle = places[4, outcome][1]
        ax.plot([MATRIX - STEP / 2, WIDTH - 0.5], [middle + 6.1] * 2, color=LIGHT, linewidth=pt(0.5), zorder=1)
        for column, lever in enumerate(levers):
            effect = effects.get((lever, outcome))
            if effect is not None:
                draw_sign(MATRIX + column * STEP, middle, effect, ax)


def levers_of(words: Words) -> dict[str, tuple[str, str]]:
    """Return lever -> number and short title of its recommendation, from the catalogue, R1 to R8."""
    titles = words.table("figure.mechanisms.instrument")
    return {lever: (title.split(" ", 1)[0], title.split(" ", 1)[1]) for lever, title in titles.items()}


def _diagram(
    mechanisms: Mechanisms, effects: dict[tuple[str, str], Effect], levers: dict[str, tuple[str, str]], words: Words
) -> Figure:
    figure = turned_figure(WIDTH, HEIGHT)
    ax = draw_mechanisms(mechanisms, effects, levers, words, figure.subplots())
    handles, names = sign_key(effects.values(), words)
    ax.legend(handles, names, loc="lower right", ncols=len(names), handletextpad=0.2, columnspacing=1.4,
              borderaxespad=0, borderpad=0)  # fmt: skip
    return figure


def build(results: Results, words: Words, size: Size = DOUBLE) -> Drawing | None:
    """The diagram of all eight recommendations, with what was found; where there is less room, the signs alone."""
    if results.comparison is None or not results.recommendations:
        return None
    mechanisms = read_mechanisms()
    levers = levers_of(words)
    numbers = {number: lever for lever, (number, _) in levers.items()}
    effects = {}
    for note in results.recommendations:
        for (outcome,) in mechanisms.layers[4]:
            effect = effects_of(results.comparison, note.name, outcome)
            if effect is not None and note.recommendation in numbers:
                effects[numbers[note.recommendation], outcome] = effect
    worlds, years = results.over(int(results.comparison["n"].min()), words), results.years_text(words)
    if size.is_narrow or size.is_slide:
        figure = draw_table(mechanisms, effects, levers, words, size)
        note_text = words("figure.mechanisms.signs", worlds=worlds, years=years)
    else:
        figure = _diagram(mechanisms, effects, levers, words)
        note_text = words("figure.mechanisms.note", worlds=worlds, years=years)
    rows = [(step, start, end) for step, arrows in mechanisms.arrows.items() for start, end in arrows]
    data = pd.DataFrame(rows, columns=["step", "from", "to"])
    found = [("found", lever, o, e.difference, e.low, e.high, e.n) for (lever, o), e in effects.items()]
    extra = pd.DataFrame(found, columns=["step", "from", "to", "difference", "joint_low", "joint_high", "n"])
    joined = pd.concat([data, extra], ignore_index=True) if len(extra) else data
    return Drawing(figure, joined, caption_of("mechanisms", words, results.manifest, note_text))
