"""Whether the tables of a results folder belong together: looked at before anything is made of them.

Each table by itself may be in order and be another study's, or have lost or doubled some rows on its way.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from sim.analysis.damage import damaged
from sim.analysis.reading import (
    read_comparison,
    read_csv,
    read_manifest,
    read_parquet,
    read_places,
    read_runs,
    read_scenarios,
)
from sim.errors import shortened

WAYS = ("higher", "lower", "none")
RUN_KEYS = ("scenario", "world", "replicate")
# Grain: columns of words, of numbers, of places, and what may not be below 0.
OF_RUNS = {
    "series": (
        ("place",),
        ("run", "quarter", "startups", "talents", "jobs"),
        ("place",),
        ("quarter", "startups", "talents"),
    ),
    "flows": (("origin", "destination", "kind"), ("run", "count"), ("origin", "destination"), ("count",)),
    "costs": (("lever", "item", "payer"), ("run", "quarter", "meur"), (), ("quarter",)),
    "revenue": (("cause", "item", "receiver"), ("run", "quarter", "meur"), (), ("quarter",)),
    "reasons": (("kind", "direction", "part", "name"), ("run", "year", "count", "total"), (), ("count",)),
}


def check_results(folder: Path) -> None:
    """Read the tables that a results folder has, and compare what must be the same in several of them.

    Args:
        folder: with ``runs.parquet`` and ``places.csv``; without either nothing is compared with it.

    Raises:
        InputError: naming the first file that is not what a run writes, or does not belong to the others.
    """
    if (folder / "manifest.json").is_file():
        read_manifest(folder / "manifest.json")
    path = folder / "comparison.csv"
    if path.is_file() and (strange := sorted({*read_comparison(path)["better"].astype(str)} - {*WAYS})):
        raise damaged(path, f"'{shortened(strange[0])}' is no way of being better; allowed are {', '.join(WAYS)}")
    path = folder / "places.csv"
    places = None
    if path.is_file():
        read_csv(path, ("region",), ())  # by which the Paris region is told from the rest
        places = [str(name) for name in read_places(path)["place"]]
    path = folder / "scenarios.json"
    described = [str(note["name"]) for note in read_scenarios(path)] if path.is_file() else None
    path = folder / "worlds.parquet"
    if (
        path.is_file()
        and read_parquet(path, ("parameter",), ("world", "value")).duplicated(["world", "parameter"]).any()
    ):
        raise damaged(path, "a parameter twice in one world")
    path = folder / "runs.parquet"
    if not path.is_file():
        return
    runs = read_runs(path, words=True)
    for keys, what in ((["run"], "two rows for one run"), (list(RUN_KEYS), "a scenario twice in one world")):
        if runs.duplicated(keys).any():
            raise damaged(path, what)
    if (runs[["run", "world", "replicate"]] < 0).any(axis=None):
        raise damaged(path, "a number of a run, world or replicate below 0")
    if described is not None:
        _refuse_strangers(path, runs["scenario"], described, "scenario", "scenarios.json")
    for grain, (words, numbers, at, positive) in OF_RUNS.items():
        path = folder / f"{grain}.parquet"
        if path.is_file():
            frame = read_parquet(path, words, numbers, words=True, columns=list(dict.fromkeys([*words, *numbers])))
            _refuse_strangers(path, frame["run"], runs["run"].tolist(), "run", "runs.parquet")
            for column in at if places is not None else ():
                _refuse_strangers(path, frame[column], places or (), "place", "places.csv")
            for column in positive:
                if (frame[column] < 0).any():
                    raise damaged(path, f"column {column} holds a number below 0")
            if grain == "series" and len(frame):
                _refuse_gaps(path, frame, places)


def _refuse_strangers(path: Path, found: pd.Series, known: Sequence[object], what: str, where: str) -> None:
    """Refuse rows of something that the table where it belongs does not have."""
    column = found.astype("category") if not isinstance(found.dtype, pd.CategoricalDtype) else found
    there = set(known)
    used = column.cat.remove_unused_categories().cat.categories
    strangers = [name for name in used if name not in there]
    if strangers:
        raise damaged(path, f"rows of {what} '{strangers[0]}', which {where} does not have")


def _refuse_gaps(path: Path, series: pd.DataFrame, places: Sequence[str] | None) -> None:
    """Refuse a series in which a run lacks a quarter of a place, or has it twice."""
    if series.duplicated(["run", "quarter", "place"]).any():
        raise damaged(path, "a place twice in one quarter of a run")
    number = series["place"].nunique() if places is None else len(places)
    rows = series.groupby("run", observed=True).size()
    if (rows != number * (int(series["quarter"].max()) + 1)).any():
        raise damaged(path, "a run without some of its quarters or places")
