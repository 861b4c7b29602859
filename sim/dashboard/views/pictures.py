"""Figures of the report on the page: maps with flows through time, and paths. Drawn as PNG, one at a time."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable

from matplotlib.figure import Figure

from sim.analysis.moves import mean_flows
from sim.analysis.paired_worlds import BASELINE
from sim.analysis.reading import read_parquet
from sim.analysis.run_record import QUARTERS_PER_YEAR
from sim.report.catalogue import Words
from sim.report.figures.france_map import balance_by_city, draw_map
from sim.report.figures.paths import draw_paths, paths_data
from sim.report.results import TABLES, Results
from sim.report.style import add_note, house_style

MOVERS = ("startup_french", "talent_french")


def flow_map(results: Results, scenario: str, kind: str, year: int, words: Words) -> Figure | None:
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
    flows = read_parquet(path, TABLES["flows"][0], ("run", "quarter", "count"), filters=[("run", "in", wanted)])
    flows = flows[flows["quarter"] <= QUARTERS_PER_YEAR * year]
    moves = mean_flows(runs.assign(scenario=runs["scenario"].astype(str)), flows, scenario, float(year))
    data = balance_by_city(moves, results.places, kind, float(year))
    if not data["net"].abs().max() > 0:
        return None
    data.loc[data["members"] > 1, "label"] = words("figure.map.paris")
    figure = draw_map(data, words)
    years = words("page.years_one") if year == 1 else words("page.years_many", years=f"{year:g}")
    title = words(f"figure.map_title.{kind}", years=years)
    figure.suptitle(title, x=0.01, ha="left", fontsize=9, weight="bold")
    return figure


def path_figure(results: Results, scenario: str, name: str, words: Words) -> Figure | None:
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
    worlds = results.over(int(data["n"].min()), words)
    data["scenario"] = data["scenario"].replace({scenario: name})
    figure = draw_paths(data, (BASELINE, name), words)
    fills = [words(f"figure.paths.fill.{fill}") for fill in ("baseline", "first")]
    key = f"{fills[0]}: {words('dashboard.map_baseline')}; {fills[1]}: {name}"
    add_note(figure, words("figure.paths.note", worlds=worlds, lines=key))
    return figure


def png(draw: threading.Lock, make: Callable[..., Figure | None], *arguments: object) -> bytes | None:
    """Draw a figure in the house style and return it as PNG; None if there is nothing to draw.

    Args:
        draw: held meanwhile.
        make: one of the functions above.
        arguments: what it takes.
    """
    with draw, house_style():
        figure = make(*arguments)
        if figure is None:
            return None
        held = io.BytesIO()
        figure.savefig(held, format="png", dpi=130, metadata={"Software": None})
    return held.getvalue()
