"""Figures of the report on the page: maps with flows through time, and paths. Drawn as PNG, one at a time."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from typing import NamedTuple

from matplotlib.figure import Figure

from sim.analysis.moves import mean_flows
from sim.analysis.paired_worlds import BASELINE
from sim.analysis.reading import read_parquet
from sim.analysis.run_record import QUARTERS_PER_YEAR
from sim.report.catalogue import Words
from sim.report.figures.france_map import balance_by_city, draw_map
from sim.report.figures.paths import draw_paths, paths_data
from sim.report.names import place_name
from sim.report.results import TABLES, Results
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


def flow_map(results: Results, scenario: str, kind: str, year: int, words: Words) -> Drawn | None:
    """Map of net moves since the start up to the end of a year, mean over worlds; None without moves.

    Args:
        results: of a finished run.
        scenario: its name.
        kind: one of ``MOVERS``.
        year: from 1 to the horizon.
        words: the catalogue.
    """
    path, runs = results.folder / "flows.parquet", results.runs
    if runs is None or not path.is_file():
        return None
    wanted = [int(run) for run in runs.loc[runs["scenario"].astype(str) == scenario, "run"]]
    texts, numbers = TABLES["flows"]
    flows = read_parquet(path, texts, (*numbers, "quarter"), filters=[("run", "in", wanted)])
    flows = flows[flows["quarter"] <= QUARTERS_PER_YEAR * year]
    moves = mean_flows(runs.assign(scenario=runs["scenario"].astype(str)), flows, scenario, float(year))
    data = balance_by_city(moves, results.places, kind, float(year))
    if not data["net"].abs().max() > 0:
        return None
    data["label"] = [place_name(str(c), str(n), words) for c, n in zip(data["city"], data["label"], strict=True)]
    data.loc[data["members"] > 1, "label"] = words("figure.map.paris")
    years = words("page.years_one") if year == 1 else words("page.years_many", years=f"{year:g}")
    title = words(f"figure.map_title.{kind}", years=years)
    return Drawn(draw_map(data, words), title, words("dashboard.map_note"))


def path_figure(results: Results, scenario: str, name: str, words: Words) -> Drawn | None:
    """Paths of the baseline and of one policy with their bands, and the difference; None without series.

    Args:
        results: of a finished run.
        scenario: the policy.
        name: printed name of the policy.
        words: the catalogue.
    """
    runs, series = results.runs, results.series
    if runs is None or series is None:
        return None
    data = paths_data(runs.assign(scenario=runs["scenario"].astype(str)), series, results.places, (BASELINE, scenario))
    note = words("figure.paths.fan", worlds=results.over(int(data["n"].min()), words), first=name)
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
