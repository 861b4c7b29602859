"""Tables that the views read of a live run: of the finished one, or of the worlds that have landed so far."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from sim.analysis.paired_worlds import BASELINE
from sim.analysis.reading import read_parquet
from sim.analysis.territory import territory
from sim.analysis.unfinished import read_shards
from sim.dashboard.ask import RESULTS
from sim.dashboard.live import landed_runs
from sim.errors import InputError
from sim.report.losers import territory_of
from sim.report.results import TABLES, Results
from sim.report.world_source import WorldSource

EVERY_WORLDS = 4
"""From so many worlds on, maps, paths and tables are drawn anew whenever so many more have landed."""
LIVE_SOURCE = WorldSource("posterior", {})


@dataclass(frozen=True)
class RunTables:
    """What a run left, as far as the views read it; None where it holds nothing.

    ``runs``: one row a run; ``worlds``: in which all its policies have run; ``moves_of``: moves between places of some
    runs, by quarter.
    """

    places: pd.DataFrame
    runs: pd.DataFrame
    series: pd.DataFrame | None
    pairs: pd.DataFrame | None
    territory: pd.DataFrame | None
    worlds: int
    source: WorldSource
    moves_of: Callable[[Sequence[int]], pd.DataFrame | None]


def whole_tables(folder: Path) -> RunTables | None:
    """The tables of a finished run; None if they hold no runs.

    Args:
        folder: its results.

    Raises:
        InputError: if they are damaged or were removed.
    """
    results = Results(folder)
    if results.runs is None:
        return None
    runs, path = results.runs.assign(scenario=results.runs["scenario"].astype(str)), folder / "flows.parquet"
    texts, numbers = TABLES["flows"]

    def moves_of(wanted: Sequence[int]) -> pd.DataFrame | None:
        if not path.is_file():
            return None
        return read_parquet(path, texts, (*numbers, "quarter"), filters=[("run", "in", list(wanted))])

    return RunTables(
        results.places, runs, results.series, results.pairs, territory_of(results), int(runs["world"].nunique()),
        results.source, moves_of,
    )  # fmt: skip


def worlds_drawn(worlds: int) -> int:
    """Of the worlds that have landed, those that are drawn: not every one is worth drawing everything anew."""
    return worlds if worlds < EVERY_WORLDS else worlds - worlds % EVERY_WORLDS


def landed_tables(
    folder: Path, scenarios: tuple[str, ...], asked: int, places: pd.DataFrame, worlds: int
) -> RunTables | None:
    """The same of the first worlds that have landed; None while there is none.

    Args:
        folder: of the ask; its command may be writing.
        scenarios: names, the baseline first.
        asked: how many worlds were asked for.
        places: the table of places.
        worlds: how many of those that have landed.
    """
    runs = landed_runs(folder, scenarios, asked)
    if runs is None:
        return None
    runs = runs[runs["world"].isin(sorted(runs["world"].unique())[:worlds])].reset_index(drop=True)
    runs = runs.assign(run=range(len(runs)))
    numbers = dict(zip(runs["id"].astype(str), runs["run"], strict=True))
    series, flows, pairs = (_rows(folder, grain, numbers) for grain in ("series", "flows", "pairs"))
    lands = None if series is None else territory(runs, series, places, BASELINE)

    def moves_of(wanted: Sequence[int]) -> pd.DataFrame | None:
        return None if flows is None else flows[flows["run"].isin(list(wanted))]

    found = int(runs["world"].nunique())
    return RunTables(places, runs, series, pairs, lands, found, LIVE_SOURCE, moves_of)


def _rows(folder: Path, grain: str, numbers: dict[str, int]) -> pd.DataFrame | None:
    """Rows of the runs that have numbers, which stand beside them; None without any."""
    try:
        found = read_shards(folder / RESULTS, grain)
    except (InputError, OSError):  # not kept, or being joined just now
        return None
    run = found["id"].astype(str).map(numbers)
    found = found[run.notna()].assign(run=run.dropna().astype(int))
    if found.empty:
        return None
    return found.rename(columns={"draw": "world"}).assign(scenario=found["scenario"].astype(str))
