"""Shards: what one chunk of runs leaves on disk, all of it at once or nothing.

``shards/<name>/`` holds one Parquet file a grain and ``receipt.json``, which says whose rows they are. The folder is
written under another name and renamed when every file of it is safe, so a crash, a full disk or a kill never leave half
a shard. Tables hold only keys that no other design renumbers: the identity of a run, never its number.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
from collections.abc import Collection, Mapping, Sequence
from hashlib import blake2b
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from sim.experiments.storage.atomic import sync_folder
from sim.experiments.storage.checks import pieces_of
from sim.experiments.storage.grains import (
    OF_A_RUN,
    PAIR,
    PERSON,
    RECORDS,
    RUN,
    SCHEMAS,
    pairs_to_arrow,
    parquet_options,
    persons_to_arrow,
    runs_to_arrow,
    to_arrow,
)
from sim.experiments.storage.leftovers import unfinished_path
from sim.experiments.storage.receipts import receipt_text

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiments.storage.identity import RunId
    from sim.person_states import Persons

FOLDER, RECEIPT = "shards", "receipt.json"
GATHER_ROWS = 20_000  # rows of several runs that share a row group
RUN_ROWS = 5000  # rows of a row group of runs, which has many columns
NOT_KEPT = -1
NAME = re.compile(r"[0-9a-f]{32}")


class Damaged(Exception):
    """A shard that cannot be read as it was written. ``shard``: its name."""

    def __init__(self, shard: str, what: str) -> None:
        super().__init__(f"shards/{shard}: damaged ({what}); its runs are made again.")
        self.shard, self._what = shard, what

    def __reduce__(self) -> tuple[Any, ...]:
        return Damaged, (self.shard, self._what)


class RunKeys(NamedTuple):
    """What a run is, in words that hold in any design. ``world``: its identity."""

    scenario: str
    draw: int
    replicate: int
    world: bytes


class ShardNote(NamedTuple):
    """What the ledger keeps of a shard: runs, their grains as bits, pairs (run, reference), size of each file."""

    name: str
    ids: tuple[RunId, ...]
    grains: tuple[int, ...]
    pairs: tuple[tuple[RunId, RunId], ...]
    files: dict[str, int]


class ShardWriter:
    """Writes one shard; a context manager. Memory stays flat: tables go to disk as they come.

    Args:
        results: the results folder.
        grains: kept of each run besides its row of outcomes.
    """

    def __init__(self, results: Path, grains: Collection[str]) -> None:
        self._results = results
        self._grains = [grain for grain in RECORDS if grain in grains]
        self._folder: Path | None = None
        self._writers: dict[str, pq.ParquetWriter] = {}
        self._waiting: dict[str, list[pa.Table]] = {}
        self._n_waiting: dict[str, int] = {}
        self._ids: list[RunId] = []
        self._keys: list[RunKeys] = []
        self._outcomes: list[dict[str, float]] = []
        self._rows: dict[str, list[int]] = {grain: [] for grain in OF_A_RUN}
        self._pairs: list[tuple[RunId, RunId, int]] = []
        self._facts: dict[str, dict[str, float]] = {}
        self._timings: dict[str, float] = {}

    def __enter__(self) -> ShardWriter:
        return self

    def __exit__(self, *error: object) -> None:
        self.abandon()

    def add(
        self, run: RunId, keys: RunKeys, outcomes: Mapping[str, float], frames: Mapping[str, pd.DataFrame],
        persons: Persons | None, pairs: tuple[RunId, pd.DataFrame] | None, facts: Mapping[str, float],
        timings: Mapping[str, float],
    ) -> None:  # fmt: skip
        """Add a finished run.

        Raises:
            ValueError, TypeError: if a table lacks a column or an outcome is no number; nothing of the run is kept.
            OSError: if the disk does not take it.
        """
        row = {name: float(value) for name, value in outcomes.items()}
        if self._outcomes and row.keys() != self._outcomes[0].keys():
            raise ValueError("the run has other outcomes than the first one of its shard")
        tables = {grain: to_arrow(frames[grain], SCHEMAS[grain], grain) for grain in self._grains}
        counts = None if pairs is None else pairs_to_arrow(pairs[1])
        everyone = None if persons is None else persons_to_arrow(persons)
        for grain in OF_A_RUN:
            table = everyone if grain == PERSON else tables.get(grain)
            self._rows[grain].append(1 if grain == RUN else NOT_KEPT if table is None else len(table))
            if table is not None and grain != RUN:
                self._write(grain, run, table)
        self._ids.append(run)
        self._keys.append(keys)
        self._outcomes.append(row)
        self._facts.setdefault(keys.world.hex(), {name: float(value) for name, value in facts.items()})
        for name, seconds in timings.items():
            self._timings[name] = self._timings.get(name, 0.0) + float(seconds)
        if pairs is not None and counts is not None:
            self._add_pairs(run, pairs[0], counts)

    def add_pairs(self, run: RunId, reference: RunId, counts: pd.DataFrame) -> None:
        """Add the pair counts of a run that was kept before."""
        self._add_pairs(run, reference, pairs_to_arrow(counts))

    def copy(self, results: Path, names: Sequence[str]) -> None:
        """Take what other shards hold, each grain of a run once; a writer that copies takes no new runs.

        Raises:
            Damaged: if one of them is not what was written.
        """
        from sim.experiments.storage.open_shards import OpenShards

        shards = OpenShards(results)
        # What one of them does not keep of a run, another may.
        source: dict[str, dict[RunId, str]] = {grain: {} for grain in OF_A_RUN}
        pairs: dict[tuple[RunId, RunId], str] = {}
        for name in names:
            shard = shards[name]
            for grain, found in source.items():
                for run in shard.runs_with(grain):
                    found.setdefault(run, name)
            for pair in shard.paired():
                pairs.setdefault(pair, name)
            self._facts |= shard.facts()
            for process, seconds in shard.timings().items():
                self._timings[process] = self._timings.get(process, 0.0) + seconds
        self._ids = list(source[RUN])
        for grain, found in source.items():
            rows_of = dict.fromkeys(self._ids, NOT_KEPT)
            for name, some in groupby((run for run in self._ids if run in found), found.__getitem__):
                runs, shard = list(some), shards[name]
                rows_of |= {run: shard.count(grain, run) for run in runs}
                for rows in shard.rows_of(grain, runs) if grain != PERSON else (shard.rows(grain, run) for run in runs):
                    self._gather(grain, rows)
            self._rows[grain] = list(rows_of.values())
        for (run, reference), name in pairs.items():
            rows = shards[name].pairs(run, reference)
            self._pairs.append((run, reference, len(rows)))
            self._gather(PAIR, rows)
        shards.close()

    def commit(self) -> ShardNote | None:
        """Put the shard in its place; return what the ledger needs, None if nothing was added.

        Raises:
            OSError: if the disk does not take it; nothing of it is left then.
        """
        if not self._ids and not self._pairs:
            return None
        try:
            return self._committed()
        except BaseException:
            self.abandon()
            raise

    def _committed(self) -> ShardNote:
        from sim.experiments.storage.placing import put_in_place

        folder = self._made_folder()
        if self._keys:
            self._gather(RUN, runs_to_arrow(self._ids, self._keys, self._outcomes))
        for grain in list(self._waiting):
            self._flush(grain)
        for writer in self._writers.values():
            writer.close()
        self._writers = {}
        files = {path.name: path.stat().st_size for path in sorted(folder.iterdir())}
        note = ShardNote(
            self._name(), tuple(self._ids), tuple(self._mask(n) for n in range(len(self._ids))),
            tuple((run, reference) for run, reference, _ in self._pairs), files,
        )  # fmt: skip
        receipt = {
            "ids": [run.hex() for run in self._ids],
            "rows": self._rows,
            "pairs": [[run.hex(), reference.hex(), rows] for run, reference, rows in self._pairs],
            "files": files,
            "pieces": {path.name: pieces_of(path) for path in sorted(folder.iterdir())},
            "facts": self._facts,
            "timings": self._timings,
            "host": socket.gethostname(),
            "pid": os.getpid(),
        }
        (folder / RECEIPT).write_text(receipt_text(receipt), encoding="utf-8")
        for path in folder.iterdir():
            with path.open("rb+") as file:
                os.fsync(file.fileno())
        sync_folder(folder)
        held = put_in_place(self._results, folder, note)
        self._folder = None
        return held

    def abandon(self) -> None:
        """Leave nothing of what is not committed."""
        for writer in self._writers.values():
            try:
                writer.close()
            except (OSError, pa.ArrowException):
                continue  # a full disk: what it could not write is removed below
        self._writers = {}
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def _add_pairs(self, run: RunId, reference: RunId, table: pa.Table) -> None:
        self._pairs.append((run, reference, len(table)))
        other = pa.repeat(pa.scalar(reference.hex()), len(table))
        self._write(PAIR, run, table.add_column(0, "reference", other))

    def _write(self, grain: str, run: RunId, table: pa.Table) -> None:
        """Take rows of a run; persons have a row group to themselves, others share one."""
        if grain != PERSON:
            table = table.add_column(0, "id", pa.repeat(pa.scalar(run.hex()), len(table)))
        self._gather(grain, table)

    def _gather(self, grain: str, table: pa.Table) -> None:
        rows, waiting = self._n_waiting.get(grain, 0) + len(table), self._waiting.setdefault(grain, [])
        if len(table) or not waiting:  # one without rows is kept for its columns
            waiting.append(table)
        self._n_waiting[grain] = rows
        if grain == PERSON or rows >= (RUN_ROWS if grain == RUN else GATHER_ROWS):
            self._flush(grain)

    def _flush(self, grain: str) -> None:
        tables, rows = self._waiting.pop(grain, []), self._n_waiting.pop(grain, 0)
        if not tables or (grain in self._writers and not rows and grain != PERSON):
            return
        joined = pa.concat_tables(tables)
        if grain not in self._writers:
            path = self._made_folder() / f"{grain}.parquet"
            self._writers[grain] = pq.ParquetWriter(path, joined.schema, **parquet_options(grain))
        largest = RUN_ROWS if grain == RUN else max(1, rows)
        self._writers[grain].write_table(joined, row_group_size=largest)

    def _made_folder(self) -> Path:
        """The folder under its other name, made when the first file is."""
        if self._folder is None:
            self._folder = unfinished_path(self._results / FOLDER)
            self._folder.mkdir(parents=True)
        return self._folder

    def _name(self) -> str:
        parts = sorted(run + bytes([self._mask(n)]) for n, run in enumerate(self._ids))
        parts += sorted(run + reference for run, reference, _ in self._pairs)
        return blake2b(b"".join(parts), digest_size=16).hexdigest()

    def _mask(self, row: int) -> int:
        return sum(1 << bit for bit, grain in enumerate(OF_A_RUN) if self._rows[grain][row] != NOT_KEPT)
