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
from sim.report.catalogue import Words
from sim.report.results import Results
from sim.report.style import BLUE, SMALL, add_note, ink_on, new_figure

KINDS = ("startup_french", "talent_french")
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
        return "<0.1"
    return words.numbers.number(value, 1 if value < 9.95 else 0)


def column_labels(names: Sequence[str]) -> list[str]:
    """Two-line names; one-word names at every second column are raised, so that neighbours do not touch."""
    labels = []
    for position, name in enumerate(names):
        broken = name.replace(" ", "\n", 1).replace("-", "-\n", 1)
        labels.append(f"{name}\n" if broken == name and position % 2 else broken)
    return labels


def draw_matrix(table: pd.DataFrame, names: dict[str, str], total: str, words: Words, ax: Axes) -> Axes:
    """Shaded table with printed counts and, set apart, the totals of rows and columns."""
    values = table.to_numpy()
    norm = PowerNorm(0.5, 0, max(float(values.max()), 1e-9))
    ax.imshow(values, cmap=_SHADES, norm=norm, aspect="auto")
    rows, columns = values.shape
    for i, j in np.ndindex(rows, columns):
        ink = ink_on(_SHADES(norm(values[i, j])))
        ax.text(j, i, cell_text(float(values[i, j]), words), ha="center", va="center", fontsize=SMALL, color=ink)
    sums = [(columns + 0.1, float(i), values[i].sum()) for i in range(rows)]
    sums += [(float(j), rows + 0.1, values[:, j].sum()) for j in range(columns)]
    for x, y, value in [*sums, (columns + 0.1, rows + 0.1, values.sum())]:
        ax.text(x, y, cell_text(float(value), words), ha="center", va="center", fontsize=SMALL, weight="bold")
    ax.set_xlim(-0.5, columns + 0.6)
    ax.set_ylim(rows + 0.6, -0.5)
    ax.set_xticks([*range(columns), columns + 0.1], [*column_labels([names[c] for c in table.columns]), total])
    ax.set_yticks([*range(rows), rows + 0.1], [*(names[r] for r in table.index), total])
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)
    return ax


def draw_flows(
    tables: dict[str, pd.DataFrame], names: dict[str, str], words: Words, fig: Figure | None = None
) -> Figure:
    """One table per kind of move, above one another."""
    fig = fig or new_figure(height=205)
    fig.get_layout_engine().set(hspace=0.06)  # type: ignore[union-attr, call-arg]
    axes = np.atleast_1d(fig.subplots(len(tables), 1))
    for ax, (kind, table) in zip(axes, tables.items(), strict=True):
        draw_matrix(table, names, words("figure.flows.total"), words, ax)
        ax.set_title(words(f"figure.flows.{kind}"), pad=8)
    return fig


def build(results: Results, words: Words) -> tuple[Figure, pd.DataFrame] | None:
    """Moves abroad in the baseline: startups founded in France and talents of French origin."""
    moves = results.baseline_flows
    if moves is None:
        return None
    tables = {kind: outward_table(moves, results.places, kind, results.years) for kind in KINDS}
    names = dict(zip(results.places["place"], results.places["short_name"], strict=True))
    figure = draw_flows(tables, names, words)
    add_note(
        figure,
        words(
            "figure.flows.note",
            worlds=results.over(results.worlds_run, words),
            years=results.years_text(words),
        ),
    )
    parts = [
        table.reset_index(names="origin").melt("origin", var_name="destination", value_name="moves").assign(kind=kind)
        for kind, table in tables.items()
    ]
    data = pd.concat(parts, ignore_index=True)[["kind", "origin", "destination", "moves"]]
    return figure, data.assign(scenario=BASELINE)
