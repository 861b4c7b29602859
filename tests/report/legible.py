"""A reader's demands on a drawn figure: every text whole inside it, none over another, none too small or too large."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from sim.report.sizes import Size

TOUCH = 0.8
"""Points by which the boxes of two texts may reach into one another: letters fill their boxes only in part."""


def problems_of(figure: Figure, size: Size) -> list[str]:
    """One sentence for each text that leaves the figure, lies over another one, or has the wrong size."""
    figure.draw_without_rendering()
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    texts = [(text, _box(text, renderer)) for text in visible_texts(figure)]
    per_point = figure.dpi / 72.0
    page = figure.bbox.padded(0.5)
    found = []
    for text, box in texts:
        if not (page.x0 <= box.x0 and box.x1 <= page.x1 and page.y0 <= box.y0 and box.y1 <= page.y1):
            found.append(f"outside: {text.get_text()!r}")
        if not right_size(text.get_fontsize(), size):
            found.append(f"{text.get_fontsize():.1f} points: {text.get_text()!r}")
    touch = TOUCH * per_point * size.scale
    for n, (one, box) in enumerate(texts):
        for other, beside in texts[n + 1 :]:
            if box.padded(-touch).overlaps(beside.padded(-touch)):
                found.append(f"over one another: {one.get_text()!r} and {other.get_text()!r}")
    return found


def right_size(points: float, size: Size) -> bool:
    """Whether a font size is one of a preset: 12 points or more on a slide, else 7 to 9."""
    return points >= 11.99 if size.is_slide else 6.99 <= points <= 9.01


def visible_texts(figure: Figure) -> list[Text]:
    """Every text that is seen: not of hidden axes, nor of ticks beyond the limits of their axis."""
    hidden: set[int] = set()
    for ax in _all_axes(figure):
        if not ax.get_visible():
            hidden |= {id(text) for text in ax.findobj(Text)}
        for axis, (lower, upper) in ((ax.xaxis, sorted(ax.get_xlim())), (ax.yaxis, sorted(ax.get_ylim()))):
            off = not (ax.axison and axis.get_visible())
            margin = 1e-9 * (upper - lower)
            for tick in (*axis.majorTicks, *axis.minorTicks):
                if off or not lower - margin <= tick.get_loc() <= upper + margin:
                    hidden |= {id(tick.label1), id(tick.label2)}
            if off:
                hidden |= {id(axis.label), id(axis.offsetText)}
    return [
        text for text in figure.findobj(Text)
        if text.get_text().strip() and text.get_visible() and id(text) not in hidden  # type: ignore[attr-defined]
    ]  # type: ignore[misc]  # fmt: skip


def _all_axes(figure: Figure) -> list[Axes]:
    return [found for found in figure.findobj(Axes)]  # type: ignore[misc]


def _box(text: Text, renderer: object) -> Bbox:
    if hasattr(text, "update_positions"):
        text.update_positions(renderer)
    return Text.get_window_extent(text, renderer)  # type: ignore[arg-type]
