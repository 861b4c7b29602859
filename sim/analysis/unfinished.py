"""What is finished of a study whose tables are not written yet: its shards, read as they lie."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from sim.analysis.damage import damaged
from sim.analysis.reading import read_arrow
from sim.errors import InputError, nearest

FOLDER = "shards"
GRAINS = ("runs", "series", "flows", "costs", "revenue", "reasons", "pairs")
# Keys that no design renumbers: identity of the run, scenario, number of its draw, replicate, identity of its world.
KEYS = ("id", "scenario", "draw", "replicate", "world_id")
ATTEMPTS = 5
_NAME = re.compile(r"[0-9a-f]{32}")


def shards_in(results: Path) -> list[Path]:
    """Return the shards of a results folder, in the order of their names."""
    try:
        return sorted(path for path in (results / FOLDER).iterdir() if _NAME.fullmatch(path.name))
    except (FileNotFoundError, NotADirectoryError):
        return []


def read_shards(results: Path, grain: str) -> pd.DataFrame:
    """Read what the shards of a results folder hold of one grain.

    A run that lies in several shards is read once: its copies are equal. Rows come in the order of the shards' names,
    which means nothing.

    Args:
        results: the results folder; a command may be writing into it.
        grain: one of ``GRAINS``.

    Returns:
        columns ``id, scenario, draw, replicate, world_id``, then those of the grain; texts are categoricals.

    Raises:
        InputError: for another grain; if no shard holds this one; if a file of a shard is damaged; if the shards are of
            several studies that cannot be told apart.
    """
    if grain not in GRAINS:
        hint = nearest(grain, GRAINS) or f", allowed are {', '.join(GRAINS)}."
        raise InputError(f"partial: found '{grain}'{hint}")
    for attempt in range(ATTEMPTS):
        shards = shards_in(results)
        try:
            runs = _rows(results, shards, "runs", ("id",))
            rows = runs if grain == "runs" else _rows(results, shards, grain, _owner(grain))
            break
        except InputError:
            # Between listing and reading, another command may have joined shards: their rows are in another one now.
            if attempt == ATTEMPTS - 1 or all(shard.is_dir() for shard in shards):
                raise
    _refuse_mixture(results, runs)
    if grain != "runs":
        return _with_keys(results, rows, runs)
    frame: pd.DataFrame = rows.to_pandas(strings_to_categorical=True)
    return frame


def _owner(grain: str) -> tuple[str, ...]:
    """Columns that say whose rows they are."""
    return ("id", "reference") if grain == "pairs" else ("id",)


def _rows(results: Path, shards: list[Path], grain: str, owner: tuple[str, ...]) -> pa.Table:
    """Rows of one grain from all shards, those of each run (or pair of runs) once."""
    tables: list[pa.Table] = []
    seen: set[str] = set()
    for shard in shards:
        path = shard / f"{grain}.parquet"
        if not path.exists() and shard.is_dir():
            continue
        table = read_arrow(path, KEYS if grain == "runs" else owner)
        names = table[owner[0]] if len(owner) == 1 else pc.binary_join_element_wise(*(table[key] for key in owner), "")
        held = set(pc.unique(names).to_pylist())
        if twice := held & seen:
            table = table.filter(pc.invert(pc.is_in(names, pa.array(sorted(twice)))))
        seen |= held
        tables.append(table)
    if not tables:
        what = "holds this grain" if shards else "is there"
        raise InputError(f"{results / FOLDER}: no shard {what}, so nothing of '{grain}' can be read.")
    if any(set(table.column_names) != set(tables[0].column_names) for table in tables):
        raise _mixed(results, f"their '{grain}' have other columns")
    return pa.concat_tables([table.select(tables[0].column_names) for table in tables])


def _refuse_mixture(results: Path, runs: pa.Table) -> None:
    """Refuse shards that hold one run under two identities: made by another model, or at another size."""
    different = len(runs.group_by(list(KEYS[1:])).aggregate([]))
    if different < len(runs):
        raise _mixed(results, f"{len(runs) - different} runs are there under a second identity")


def _mixed(results: Path, why: str) -> InputError:
    return InputError(
        f"{results / FOLDER}: holds runs of several studies, of another model or size ({why}); "
        "the same run command writes the tables of its own runs alone."
    )


def _with_keys(results: Path, rows: pa.Table, runs: pa.Table) -> pd.DataFrame:
    frame: pd.DataFrame = rows.to_pandas(strings_to_categorical=True)
    owners: pd.DataFrame = runs.select(KEYS).to_pandas(strings_to_categorical=True)
    position = pd.Index(owners["id"].astype(str)).get_indexer(pd.Index(frame["id"].cat.categories))
    if (position < 0).any():
        raise damaged(results / FOLDER, "rows of a run that no shard holds the outcomes of")
    at = position[frame["id"].cat.codes]
    for nth, key in enumerate(KEYS[1:], 1):
        frame.insert(nth, key, owners[key].array.take(at))
    return frame
