"""A results folder as tidy pandas frames, one per grain, read when they are asked for: ``sim.read("results/main")``.

Every frame of runs carries scenario, world and replicate, so that frames can be grouped and compared as they are. Words
are categoricals whose categories agree between frames: scenarios and places in the order of the study. What is known
about columns is in ``frame.attrs``: ``units`` and ``labels`` by column, and ``better`` (higher, lower or none); they
are empty for folders made before tables carried them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from os.path import isfile  # says no where a path cannot be followed, as that of a link to a name that is too long
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis import unfinished
from sim.analysis.damage import damaged
from sim.analysis.paired_worlds import scenario_order
from sim.analysis.reading import (
    read_comparison,
    read_manifest,
    read_notes,
    read_parquet,
    read_places,
    read_runs,
    read_scenarios,
)
from sim.errors import InputError, nearest, shortened

KEYS = ("scenario", "world", "replicate")
# Grains whose rows belong to a run, by its number.
OF_A_RUN = ("series", "flows", "costs", "revenue", "reasons")
PARQUET = ("runs", *OF_A_RUN, "pairs", "worlds")
OTHER = ("places", "scenarios", "comparison")
PAIR_TEXTS, PAIR_NUMBERS = ("scenario", "kind", "class", "place"), ("world", "replicate", "count")
PLACES = ("place", "origin", "destination")  # columns that hold places
MARKS = ("manifest.json", "runs.parquet", "study.json", unfinished.FOLDER)  # one of these makes a results folder
NOTES = {"units": "unit", "labels": "label", "better": "better"}  # in attrs: in the Parquet fields


def read(folder: str | Path) -> Frames:
    """Open a results folder. Nothing but the folder is looked at until a frame is asked for.

    Raises:
        InputError: if it is no results folder.
    """
    return Frames(Path(folder))


class Frames:
    """The frames of a results folder. Each is read once; ``copy()`` one before changing it.

    Raises:
        InputError: if the folder is no results folder; and wherever a frame is asked for whose file is not there, or is
            not what a run writes.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        if not folder.is_dir():
            beside = [path.name for path in folder.parent.iterdir() if path.is_dir()] if folder.parent.is_dir() else []
            what = "a file, not a folder" if folder.exists() else "no such folder"
            raise InputError(f"{folder}: {what}{nearest(folder.name, beside) or '.'}")
        if not any((folder / mark).exists() for mark in MARKS):
            raise InputError(f"{folder}: not a folder of results; it has none of {', '.join(MARKS)}.")

    def __repr__(self) -> str:
        there = [grain for grain in (*PARQUET, *OTHER) if isfile(self._path(grain))]
        return f"results in {self.folder}: {', '.join(there) or 'no tables yet'}"

    @cached_property
    def runs(self) -> pd.DataFrame:
        """One row per run: ``run, scenario, world, replicate``, then a column an outcome."""
        path = self._there("runs")
        frame = read_runs(path, words=True)
        if frame["run"].duplicated().any():
            raise damaged(path, "two rows for one run")
        return self._finished(frame, "runs")

    @cached_property
    def series(self) -> pd.DataFrame:
        """One row per run, quarter (0 = initial state) and place: stocks at its end, events during it."""
        return self._of_runs("series")

    @cached_property
    def flows(self) -> pd.DataFrame:
        """Moves: one row per run, quarter, origin, destination and kind, where there were any."""
        return self._of_runs("flows")

    @cached_property
    def costs(self) -> pd.DataFrame:
        """What levers and cities cost: one row per run, quarter, lever, item and payer; coming back is negative."""
        return self._of_runs("costs")

    @cached_property
    def revenue(self) -> pd.DataFrame:
        """Public revenue: one row per run, quarter, cause, item and receiver."""
        return self._of_runs("revenue")

    @cached_property
    def reasons(self) -> pd.DataFrame:
        """Why movers crossed the border of France: one row per run, year, kind, direction, part and name."""
        return self._of_runs("reasons")

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """Persons matched with themselves in the reference: one row per scenario, world, replicate, kind, class, place.

        Rows belong to pairs of runs, so there is no ``run``.
        """
        frame = read_parquet(self._there("pairs"), PAIR_TEXTS, (*PAIR_NUMBERS,), words=True)
        return self._finished(frame[[*KEYS, *(name for name in frame if name not in KEYS)]], "pairs")

    @cached_property
    def worlds(self) -> pd.DataFrame:
        """The parameters of each world: ``world, parameter, value``."""
        frame = read_parquet(self._there("worlds"), ("parameter",), ("world", "value"), words=True)
        return self._finished(frame, "worlds")

    @cached_property
    def places(self) -> pd.DataFrame:
        """One row per place, in the order of the model."""
        frame = read_places(self._there("places"))
        few = [name for name in ("country", "kind", "region", "labour_market") if name in frame]
        return self._finished(frame.astype(dict.fromkeys(("place", *few), "category")), "places")

    @cached_property
    def scenarios(self) -> pd.DataFrame:
        """One row per scenario, in their order, as its file describes it; ``levers`` and ``world`` are dicts."""
        if not (notes := read_scenarios(path := self._there("scenarios"))):
            raise damaged(path, "no scenario in the list")
        frame = pd.DataFrame(notes).rename(columns={"name": "scenario"})
        return self._finished(frame.astype({"scenario": "category"}), "scenarios")

    @cached_property
    def comparison(self) -> pd.DataFrame:
        """Scenario x outcome against the reference: levels, mean paired difference, interval over worlds, its error."""
        frame = read_comparison(self._there("comparison"))
        return self._finished(frame.astype(dict.fromkeys(("scenario", "outcome", "unit", "better"), "category")))

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """How the results were made: settings, seeds, versions, digests, worlds, failures, times."""
        return read_manifest(self._there("manifest"))

    def describe(self) -> pd.DataFrame:
        """Return ``grain, column, unit, label`` of every frame that is there, without reading its rows.

        Unit and label are empty where the tables do not say them.
        """
        rows: list[tuple[str, str, str, str]] = []
        for grain in PARQUET:
            if isfile(self._path(grain)):
                notes = read_notes(self._path(grain))
                first = ("run", *KEYS) if grain in OF_A_RUN else KEYS if grain == "pairs" else ()
                columns = [*first, *(name for name in notes if name not in first)]
                known = [(name, notes.get(name, {})) for name in columns]
                rows += [(grain, name, note.get("unit", ""), note.get("label", "")) for name, note in known]
        for grain in OTHER:
            if isfile(self._path(grain)):
                rows += [(grain, str(name), "", "") for name in getattr(self, grain)]
        return pd.DataFrame(rows, columns=["grain", "column", "unit", "label"])

    def partial(self, grain: str) -> pd.DataFrame:
        """Return what is finished of a grain while the study is still running or has been interrupted.

        Read from the shards, which hold a run as soon as it is safe. Their keys are ``id, scenario, draw, replicate,
        world_id``: numbers of runs and worlds are given when the tables are written. Shards that an earlier design left
        in the folder count too. Read anew at every call.

        Args:
            grain: runs, series, flows, costs, revenue, reasons or pairs.

        Raises:
            InputError: as :func:`sim.analysis.unfinished.read_shards`.
        """
        return unfinished.read_shards(self.folder, grain)

    def _path(self, grain: str) -> Path:
        kinds = {"places": "csv", "comparison": "csv", "scenarios": "json", "manifest": "json"}
        return self.folder / f"{grain}.{kinds.get(grain, 'parquet')}"

    def _there(self, grain: str) -> Path:
        """Return the path of a file that is there.

        Raises:
            InputError: if it is not; the sentence says why and what to do.
        """
        path = self._path(grain)
        if isfile(path):
            return path
        kept = self.manifest.get("kept") if grain != "manifest" and isfile(self._path("manifest")) else None
        shards = len(unfinished.shards_in(self.folder))
        if isinstance(kept, list) and grain in (*OF_A_RUN, "pairs") and grain not in kept:
            why = f"not there; the study kept {', '.join(map(str, kept)) or 'none of these tables'} of its runs."
        elif shards and not isfile(self._path("manifest")):
            why = "not written yet; the same run command makes what is missing and writes it"
            count = f"{shards} shard{'s' * (shards != 1)}"
            why += f", and .partial('{grain}') reads the {count} so far." if grain in unfinished.GRAINS else "."
        else:
            why = "not there; the study did not keep it, or it was removed since."
        raise InputError(f"{path}: {why}")

    @cached_property
    def _scenario_names(self) -> list[str]:
        """Scenarios in the order of the study; those that only the runs know, behind them."""
        path = self._path("scenarios")
        names = [str(note["name"]) for note in read_scenarios(path)] if isfile(path) else []
        if isfile(self._path("runs")):
            runs = read_parquet(self._path("runs"), ("scenario",), ("run",), columns=("run", "scenario"))
            names += [name for name in scenario_order(runs) if name not in names]
        return names

    @cached_property
    def _place_names(self) -> list[str]:
        path = self._path("places")
        return [str(name) for name in read_places(path)["place"]] if isfile(path) else []

    def _of_runs(self, grain: str) -> pd.DataFrame:
        """Read a grain whose rows belong to runs, and put the keys of the runs beside their numbers."""
        path = self._there(grain)
        frame = _finite(path, read_parquet(path, (), ("run",), words=True))
        at = pd.Index(self.runs["run"]).get_indexer(pd.Index(frame["run"]))
        if (at < 0).any():
            stranger = frame["run"].iloc[int((at < 0).argmax())]
            raise damaged(path, f"rows of run {stranger}, which runs.parquet does not have")
        if (known := self._place_names) and (at_places := [name for name in PLACES if name in frame]):
            used = pd.concat([frame[name].drop_duplicates() for name in at_places]).dropna().astype(str)
            if strangers := sorted(set(used) - set(known)):
                raise damaged(path, f"rows of place '{shortened(strangers[0])}', which places.csv does not have")
        columns = {key: self.runs[key].array.take(at) for key in KEYS}
        keyed = frame.drop(columns=[name for name in KEYS if name in frame])
        keyed.insert(0, "run", keyed.pop("run"))
        for nth, (key, values) in enumerate(columns.items(), 1):
            keyed.insert(nth, key, values)
        return self._finished(keyed, grain)

    def _finished(self, frame: pd.DataFrame, grain: str | None = None) -> pd.DataFrame:
        """Give words the categories of the study, and the frame what its file says about its columns."""
        for name in frame:
            if isinstance(frame[name].dtype, pd.CategoricalDtype):
                known = self._scenario_names if name == "scenario" else self._place_names if name in PLACES else []
                frame[name] = _in_order(frame[name], known)
        notes = read_notes(self._path(grain)) if grain in PARQUET else {}
        for attribute, key in NOTES.items():
            frame.attrs[attribute] = {name: note[key] for name, note in notes.items() if key in note and name in frame}
        return frame


def _finite(path: Path, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table unless a number in it is infinite."""
    for name, column in frame.items():
        if pd.api.types.is_float_dtype(column) and np.isinf(column.to_numpy(float, na_value=np.nan)).any():
            raise damaged(path, f"column {shortened(str(name))} holds an infinite number")
    return frame


def _in_order(words: pd.Series[Any], known: Sequence[str]) -> pd.Series[Any]:
    """Return categoricals whose categories are the known ones, in their order, and then their own others."""
    if not known:
        return words
    categories = [*known, *(word for word in words.cat.categories if word not in known)]
    return words.cat.set_categories(categories)
