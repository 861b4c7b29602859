"""Figures of the report on the page: maps with flows through time, and paths. Drawn as PNG, one at a time."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from typing import NamedTuple

from matplotlib.figure import Figure

from sim.analysis.moves import mean_flows
from sim.analysis.paired_worlds import BASELINE
from sim.analysis.run_record import QUARTERS_PER_YEAR
from sim.dashboard.run_tables import RunTables
from sim.report.catalogue import Words
from sim.report.figures.france_map import balance_by_city, draw_map
from sim.report.figures.paths import draw_paths, paths_data
from sim.report.names import place_name
from sim.report.style import house_style

MOVERS = ("startup_french", "talent_french")
DOTS_PER_INCH = 130


class Drawn(NamedTuple):
    """A figure with the title above it and the note below it."""

    figure: Figure
    title: str
    note: str


class Picture(NamedTuple):
    """The same as PNG."""

    png: bytes
    title: str
    note: str


def flow_map(tables: RunTables, scenario: str, kind: str, year: int, words: Words) -> Drawn | None:
    """Map of net moves since the start up to the end of a year, mean over worlds; None without moves.

    Args:
        tables: of a run.
        scenario: its name.
        kind: one of ``MOVERS``.
        year: from 1 to the horizon.
        words: the catalogue.
    """
    runs = tables.runs
    flows = tables.moves_of([int(run) for run in runs.loc[runs["scenario"] == scenario, "run"]])
    if flows is None:
        return None
    flows = flows[flows["quarter"] <= QUARTERS_PER_YEAR * year]
    moves = mean_flows(runs, flows, scenario, float(year))
    data = balance_by_city(moves, tables.places, kind, float(year))
    if not data["net"].abs().max() > 0:
        return None
    data["label"] = [place_name(str(c), str(n), words) for c, n in zip(data["city"], data["label"], strict=True)]
    data.loc[data["members"] > 1, "label"] = words("figure.map.paris")
    years = words("page.years_one") if year == 1 else words("page.years_many", years=f"{year:g}")
    title = words(f"figure.map_title.{kind}", years=years)
    note = words("dashboard.map_note", worlds=tables.source.counted(tables.worlds, words))
    return Drawn(draw_map(data, words), title, note)


def path_figure(tables: RunTables, scenario: str, name: str, words: Words) -> Drawn | None:
    """Paths of the baseline and of one policy with their bands, and the difference; None without series.

    Args:
        tables: of a run.
        scenario: the policy.
        name: printed name of the policy.
        words: the catalogue.
    """
    if tables.series is None:
        return None
    data = paths_data(tables.runs, tables.series, tables.places, (BASELINE, scenario))
    worlds = tables.source.counted(int(data["n"].min()), words)
    note = words("figure.paths.fan", worlds=worlds, first=name)
    data["scenario"] = data["scenario"].replace({scenario: name})
    return Drawn(draw_paths(data, (BASELINE, name), words), name, note)


def picture_of(draw: threading.Lock, make: Callable[..., Drawn | None], *arguments: object) -> Picture | None:
    """Draw a figure in the house style and return it as PNG; None if there is nothing to draw.

    Args:
        draw: held meanwhile.
        make: one of the functions above.
        arguments: what it takes.
    """
    with draw, house_style():
        drawn = make(*arguments)
        if drawn is None:
            return None
        held = io.BytesIO()
        drawn.figure.savefig(held, format="png", dpi=DOTS_PER_INCH, metadata={"Software": None})
    return Picture(held.getvalue(), drawn.title, drawn.note)
