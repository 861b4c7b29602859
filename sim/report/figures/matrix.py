"""Origin-destination flows: from French places to places abroad, as a table whose shading shows the size."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, PowerNorm
from matplotlib.figure import Figure

from sim.analysis.paired_worlds import BASELINE
from sim.analysis.run_record import FRANCE
from sim.report.captions import Drawing, caption_of
from sim.report.catalogue import Words
from sim.report.names import place_name
from sim.report.results import Results
from sim.report.sizes import DOUBLE, Size
from sim.report.style import BLUE, axes_or_new, ink_on, new_figure, pt, small

KINDS = ("startup_french", "talent_french")
HEIGHT = 94.0
"""Of a table with its head, mm."""
_SHADES = LinearSegmentedColormap.from_list("blues", ["#FFFFFF", "#BFDDEE", BLUE])


def outward_table(moves: pd.DataFrame, places: pd.DataFrame, kind: str, years: float) -> pd.DataFrame:
    """Moves from each French place (rows) to each place abroad (columns) over the horizon, mean over worlds."""
    french = places.loc[places["country"] == FRANCE, "place"].tolist()
    abroad = places.loc[places["country"] != FRANCE, "place"].tolist()
    ours = moves[moves["kind"] == kind]
    table = ours.pivot_table(index="origin", columns="destination", values="per_year", aggfunc="sum")
    return table.reindex(index=french, columns=abroad).fillna(0.0).astype(float) * years


def cell_text(value: float, words: Words) -> str:
    """A count for a narrow cell: one decimal below ten, whole numbers above; a dot for none at all."""
    if value == 0:
        return "·"
    if value < 0.05:
        return f"<{words.numbers.number(0.1, 1)}"
    return words.numbers.number(value, 1 if value < 9.95 else 0)


def column_labels(names: Sequence[str]) -> list[str]:
    """Two-line names; one-word names at every second column are raised, so that neighbours do not touch."""
    labels = []
    for position, name in enumerate(names):
        broken = name.replace(" ", "\n", 1).replace("-", "-\n", 1)
        labels.append(f"{name}\n" if broken == name and position % 2 else broken)
    return labels


def draw_matrix(
    table: pd.DataFrame, names: dict[str, str], words: Words, ax: Axes | None = None, upright: bool = False
) -> Axes:
    """Shaded table with printed counts and, set apart, the totals of rows and columns.

    Args:
        table: origins as rows, destinations as columns.
        names: printed name by place.
        words: the catalogue.
        ax: where to draw.
        upright: whether the names of columns are turned, for narrow columns.
    """
    ax = axes_or_new(ax, HEIGHT)
    total = words("figure.flows.total")
    values = table.to_numpy()
    norm = PowerNorm(0.5, 0, max(float(values.max()), 1e-9))
    ax.imshow(values, cmap=_SHADES, norm=norm, aspect="auto")
    rows, columns = values.shape
    for i, j in np.ndindex(rows, columns):
        ink = ink_on(_SHADES(norm(values[i, j])))
        ax.text(j, i, cell_text(float(values[i, j]), words), ha="center", va="center", fontsize=small(), color=ink)
    apart = 0.35 if upright else 0.1
    sums = [(columns + apart, float(i), values[i].sum()) for i in range(rows)]
    sums += [(float(j), rows + 0.1, values[:, j].sum()) for j in range(columns)]
    for x, y, value in [*sums, (columns + apart, rows + 0.1, values.sum())]:
        ax.text(x, y, cell_text(float(value), words), ha="center", va="center", fontsize=small(), weight="bold")
    ax.set_xlim(-0.5, columns + apart + 0.5 + apart)
    ax.set_ylim(rows + 0.6, -0.5)
    heads = [names[c] for c in table.columns]
    ax.set_xticks([*range(columns), columns + apart], [*(heads if upright else column_labels(heads)), total],
                  rotation=90 if upright else 0)  # fmt: skip
    ax.set_yticks([*range(rows), rows + 0.1], [*(names[r] for r in table.index), total])
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)
    return ax


def draw_flows(tables: dict[str, pd.DataFrame], names: dict[str, str], words: Words, size: Size = DOUBLE) -> Figure:
    """One table per kind of move above one another; where there is less room, the first alone."""
    few = size.is_narrow or size.is_slide
    shown = dict(list(tables.items())[:1]) if few else tables
    figure = new_figure(size, (HEIGHT + 12.0) * len(shown))
    figure.get_layout_engine().set(hspace=0.06)  # type: ignore[union-attr, call-arg]
    axes = np.atleast_1d(figure.subplots(len(shown), 1))
    for ax, (kind, table) in zip(axes, shown.items(), strict=True):
        draw_matrix(table, names, words, ax, upright=size.is_narrow)
        key = f"figure.flows.narrow.{kind}" if size.is_narrow else f"figure.flows.{kind}"
        ax.set_title(words(key), pad=pt(8.0), x=-0.35 if size.is_narrow else 0.0)
    return figure


def names_of(places: pd.DataFrame, words: Words) -> dict[str, str]:
    """Printed name of each place."""
    pairs = zip(places["place"].astype(str), places["short_name"].astype(str), strict=True)
    return {place: place_name(place, name, words) for place, name in pairs}


def build(results: Results, words: Words, size: Size = DOUBLE) -> Drawing | None:
    """Moves abroad in the baseline: startups founded in France and talents of French origin."""
    moves = results.baseline_flows
    if moves is None:
        return None
    tables = {kind: outward_table(moves, results.places, kind, results.years) for kind in KINDS}
    figure = draw_flows(tables, names_of(results.places, words), words, size)
    worlds = results.over(results.worlds_run, words)
    note = words("figure.flows.note", worlds=worlds, years=results.years_text(words))
    parts = [
        table.reset_index(names="origin").melt("origin", var_name="destination", value_name="moves").assign(kind=kind)
        for kind, table in tables.items()
    ]
    data = pd.concat(parts, ignore_index=True)[["kind", "origin", "destination", "moves"]].assign(scenario=BASELINE)
    return Drawing(figure, data, caption_of("flows", words, results.manifest, note))
