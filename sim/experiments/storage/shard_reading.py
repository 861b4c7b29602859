"""Reading shards: a run's rows, wherever they lie in it; what is damaged is found when it is read."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sim.experiments.storage.grains import OF_A_RUN, PAIR, PERSON, PERSONS
from sim.experiments.storage.shards import FOLDER, NAME, NOT_KEPT, RECEIPT, Damaged, ShardNote

if TYPE_CHECKING:
    from sim.experiments.storage.identity import RunId
    from sim.person_states import Persons

KEYS = ("id", "scenario", "draw", "replicate", "world_id")  # columns of runs before the outcomes


def shard_names(results: Path) -> list[str]:
    """Return the shards of a results folder, in no order."""
    try:
        with os.scandir(results / FOLDER) as entries:
            return [entry.name for entry in entries if NAME.fullmatch(entry.name)]
    except FileNotFoundError:
        return []


def sizes_agree(results: Path, name: str, files: Mapping[str, int]) -> bool:
    """Whether the receipt of a shard is there, and every other file with its size."""
    folder = os.path.join(results, FOLDER, name)
    try:
        os.stat(os.path.join(folder, RECEIPT))
        return all(os.stat(os.path.join(folder, file)).st_size == size for file, size in files.items())
    except OSError:
        return False


def read_receipt(results: Path, name: str) -> dict[str, Any] | None:
    """Return the receipt of a shard, of whatever format; None if it has none that can be read."""
    try:
        receipt = json.loads((results / FOLDER / name / RECEIPT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return receipt if isinstance(receipt, dict) else None


def note_of(name: str, receipt: Mapping[str, Any]) -> ShardNote:
    """Return what the ledger keeps of a shard, from its receipt.

    Raises:
        KeyError, TypeError, ValueError: if it is no receipt.
    """
    ids = tuple(bytes.fromhex(text) for text in receipt["ids"])
    rows = [receipt["rows"][grain] for grain in OF_A_RUN]
    masks = tuple(sum(1 << bit for bit, counts in enumerate(rows) if counts[n] != NOT_KEPT) for n in range(len(ids)))
    pairs = tuple((bytes.fromhex(run), bytes.fromhex(reference)) for run, reference, _ in receipt["pairs"])
    return ShardNote(name, ids, masks, pairs, {str(file): int(size) for file, size in receipt["files"].items()})


def note_in(results: Path, name: str) -> ShardNote:
    """Return what the ledger keeps of a shard.

    Raises:
        Damaged: if its receipt cannot be read.
    """
    try:
        return note_of(name, read_receipt(results, name) or {})
    except (KeyError, TypeError, ValueError):
        raise Damaged(name, RECEIPT) from None


class Shard:
    """One shard, read on demand: of its tables no more than a few row groups are in memory.

    Raises:
        Damaged: wherever a file is not what was written.
    """

    def __init__(self, results: Path, name: str) -> None:
        self.name, self._folder = name, results / FOLDER / name
        receipt = read_receipt(results, name)
        if receipt is None:
            raise Damaged(name, RECEIPT)
        self._receipt = receipt
        self._tables: dict[str, _RowGroups] = {}
        self._ends: dict[str, np.ndarray] = {}
        self._row_of = {bytes.fromhex(text): n for n, text in enumerate(receipt["ids"])}
        self._pair_of = {(run, reference): n for n, (run, reference, _) in enumerate(receipt["pairs"])}

    def runs(self) -> list[RunId]:
        """Return its runs."""
        return list(self._row_of)

    def keeps(self, grain: str, run: RunId) -> bool:
        """Whether a grain of a run is kept here."""
        return bool(self._receipt["rows"][grain][self._row_of[run]] != NOT_KEPT)

    def paired(self) -> list[tuple[RunId, RunId]]:
        """Return its pairs: run and reference."""
        return [(bytes.fromhex(run), bytes.fromhex(reference)) for run, reference in self._pair_of]

    def facts(self) -> dict[str, dict[str, float]]:
        """Return the facts of the starts of its worlds, by the identity of the world."""
        return dict(self._receipt["facts"])

    def timings(self) -> dict[str, float]:
        """Return the seconds of each process over its runs."""
        return dict(self._receipt["timings"])

    def rows(self, grain: str, run: RunId) -> pa.Table:
        """Return the rows of one run; persons without the identity of their run."""
        if run not in self._row_of:
            raise Damaged(self.name, "a run that the ledger knows is missing")
        return self._slice(grain, self._row_of[run], self._receipt["rows"][grain])

    def pairs(self, run: RunId, reference: RunId) -> pa.Table:
        """Return the pair counts of a run with its reference."""
        if (run.hex(), reference.hex()) not in self._pair_of:
            raise Damaged(self.name, "a pair that the ledger knows is missing")
        at = self._pair_of[run.hex(), reference.hex()]
        return self._slice(PAIR, at, [rows for *_, rows in self._receipt["pairs"]])

    def persons(self, run: RunId) -> Persons:
        """Return everyone of a run at its horizon."""
        table = self.rows(PERSON, run)
        return cast("Persons", {column: table[column].to_numpy() for column in PERSONS.names})

    def close(self) -> None:
        """Close the files."""
        for table in self._tables.values():
            table.close()
        self._tables = {}

    def _slice(self, grain: str, at: int, counts: Sequence[int]) -> pa.Table:
        """Return the rows of the ``at``-th run or pair; ``counts``: rows of each."""
        if grain not in self._ends:
            self._ends[grain] = np.cumsum(np.maximum(counts, 0))
        ends = self._ends[grain]
        first = int(ends[at - 1]) if at else 0
        try:
            if grain not in self._tables:
                self._tables[grain] = _RowGroups(self._folder / f"{grain}.parquet")
                if self._tables[grain].n_rows != ends[-1]:
                    raise Damaged(self.name, f"{grain}.parquet: other rows than its receipt says")
            return self._tables[grain].slice(first, int(ends[at]) - first)
        except (OSError, pa.ArrowException) as error:
            raise Damaged(self.name, f"{grain}.parquet: {str(error).splitlines()[0]}") from None


class _RowGroups:
    """A Parquet file of which the row group read last is in memory."""

    def __init__(self, path: Path) -> None:
        self._file = pq.ParquetFile(path, page_checksum_verification=True)
        sizes = [self._file.metadata.row_group(n).num_rows for n in range(self._file.metadata.num_row_groups)]
        self._ends = np.cumsum([0, *sizes])
        self._last: tuple[int, pa.Table] | None = None

    @property
    def n_rows(self) -> int:
        return int(self._ends[-1])

    def slice(self, first: int, count: int) -> pa.Table:
        if not count:
            return self._file.schema_arrow.empty_table()
        group = int(np.searchsorted(self._ends, first, side="right")) - 1
        parts = []
        while count > 0:
            if self._last is None or self._last[0] != group:
                self._last = (group, self._file.read_row_group(group, use_threads=False))
            part = self._last[1].slice(first - int(self._ends[group]), count)
            parts.append(part)
            first, count, group = first + len(part), count - len(part), group + 1
        return parts[0] if len(parts) == 1 else pa.concat_tables(parts)

    def close(self) -> None:
        self._file.close()


def read_persons(results: Path, shard: str, run: RunId) -> Persons:
    """Return everyone of a finished run at its horizon.

    Raises:
        Damaged: if the shard is not what was written.
    """
    return Shard(results, shard).persons(run)


def read_grain(results: Path, shard: str, grain: str, ids: Sequence[RunId]) -> pa.Table:
    """Return the rows of some runs, in their order; persons without their run.

    Raises:
        Damaged: if the shard is not what was written.
    """
    held = Shard(results, shard)
    return pa.concat_tables([held.rows(grain, run) for run in ids])
