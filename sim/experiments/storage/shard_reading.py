"""Reading shards: a run's rows, wherever they lie in it; what is damaged is found when it is read."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sim.experiments.storage.checks import Pieces, is_intact
from sim.experiments.storage.grains import OF_A_RUN, PAIR, PERSON, PERSONS
from sim.experiments.storage.identity import SIZE
from sim.experiments.storage.receipts import receipt_in
from sim.experiments.storage.shards import FOLDER, NAME, NOT_KEPT, RECEIPT, Damaged, ShardNote
from sim.input_files import read_text

if TYPE_CHECKING:
    from sim.experiments.storage.identity import RunId
    from sim.person_states import Persons

KEYS = ("id", "scenario", "draw", "replicate", "world_id")  # columns of runs before the outcomes
# After these errors a file is not what was written; after any other it may be, and is no one's to throw away.
GONE = (FileNotFoundError, NotADirectoryError, IsADirectoryError)
_MOST_AT_ONCE = 2000  # runs


def shard_names(results: Path) -> list[str]:
    """Return the shards of a results folder, in no order."""
    try:
        with os.scandir(results / FOLDER) as entries:
            return [entry.name for entry in entries if NAME.fullmatch(entry.name)]
    except FileNotFoundError:
        return []


def in_order(results: Path, names: Iterable[str]) -> list[str]:
    """Return shards in the order in which they were made, as far as their folders tell: neighbours stay neighbours."""
    made: dict[str, float] = {}
    for name in sorted(names):
        made[name] = 0.0
        with suppress(OSError):
            made[name] = os.stat(os.path.join(results, FOLDER, name)).st_mtime
    return sorted(made, key=made.__getitem__)


def sizes_agree(results: Path, name: str, files: Mapping[str, int]) -> bool:
    """Whether the receipt of a shard is there, and every other file with its size.

    Raises:
        OSError: if that cannot be told.
    """
    folder = os.path.join(results, FOLDER, name)
    try:
        os.stat(os.path.join(folder, RECEIPT))
        return all(os.stat(os.path.join(folder, file)).st_size == size for file, size in files.items())
    except GONE:
        return False


def read_receipt(results: Path, name: str) -> dict[str, Any] | None:
    """Return the receipt of a shard, of whatever format; None if there is none, or not as it was written.

    Raises:
        OSError: if it is there and cannot be read.
    """
    try:
        return receipt_in(read_text(results / FOLDER / name / RECEIPT, "note"))
    except (*GONE, UnicodeDecodeError):
        return None


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
        Damaged: if its receipt is not what was written, or a file is missing or has another size.
        OSError: if that cannot be told.
    """
    try:
        note = note_of(name, read_receipt(results, name) or {})
    except (AttributeError, KeyError, TypeError, ValueError):
        raise Damaged(name, RECEIPT) from None
    if not sizes_agree(results, name, note.files):
        raise Damaged(name, "other sizes than its receipt says")
    return note


class Shard:
    """One shard, read on demand: of its tables no more than a few row groups are in memory.

    Raises:
        Damaged: wherever a file is not what was written.
        OSError: wherever the system cannot say what is in a file.
    """

    def __init__(self, results: Path, name: str) -> None:
        self.name, self._folder = name, results / FOLDER / name
        receipt = read_receipt(results, name) or {}
        try:
            self._row_of = {bytes.fromhex(text): n for n, text in enumerate(receipt["ids"])}
            self._counts = {grain: np.array(receipt["rows"][grain], np.int32) for grain in OF_A_RUN}
            self._counts[PAIR] = np.array([rows for *_, rows in receipt["pairs"]], np.int32)
            joined = [bytes.fromhex(run + reference) for run, reference, _ in receipt["pairs"]]
            self._pair_of = {pair: n for n, pair in enumerate(joined)}
            self._pieces, self._facts, self._timings = receipt["pieces"], receipt["facts"], receipt["timings"]
        except (KeyError, TypeError, ValueError):
            raise Damaged(name, RECEIPT) from None
        self._ends: dict[str, np.ndarray] = {}
        self._tables: dict[str, _RowGroups] = {}

    def __len__(self) -> int:
        return max(len(self._row_of), len(self._pair_of))

    def runs(self) -> list[RunId]:
        """Return its runs."""
        return list(self._row_of)

    def runs_with(self, grain: str) -> list[RunId]:
        """Return the runs of which a grain is kept here."""
        return [run for run, rows in zip(self._row_of, self._counts[grain].tolist(), strict=True) if rows != NOT_KEPT]

    def count(self, grain: str, run: RunId) -> int:
        """Return how many rows of a run are kept; ``NOT_KEPT`` if the grain is not."""
        return int(self._counts[grain][self._row_of[run]])

    def paired(self) -> list[tuple[RunId, RunId]]:
        """Return its pairs: run and reference."""
        return [(pair[:SIZE], pair[SIZE:]) for pair in self._pair_of]

    def facts(self) -> dict[str, dict[str, float]]:
        """Return the facts of the starts of its worlds, by the identity of the world."""
        return dict(self._facts)

    def timings(self) -> dict[str, float]:
        """Return the seconds of each process over its runs."""
        return dict(self._timings)

    def schemas(self) -> dict[str, pa.Schema]:
        """Return the columns of each table that it holds."""
        grains = [grain for grain in self._counts if f"{grain}.parquet" in self._pieces]
        return {grain: self._slice(grain, 0, 0).schema for grain in grains}

    def rows(self, grain: str, run: RunId) -> pa.Table:
        """Return the rows of one run; persons without the identity of their run."""
        at = self._at(run)
        return self._slice(grain, at, at + 1)

    def rows_of(self, grain: str, runs: Sequence[RunId]) -> Iterator[pa.Table]:
        """Yield the rows of some runs in their order, as many at once as lie one after the other."""
        at = np.array([self._at(run) for run in runs], np.int64)
        cuts = [0, *(np.flatnonzero(np.diff(at) != 1) + 1).tolist(), len(at)]
        for first, last in pairwise(cuts):
            for begin in range(first, last, _MOST_AT_ONCE):
                end = min(begin + _MOST_AT_ONCE, last)
                yield self._slice(grain, int(at[begin]), int(at[end - 1]) + 1)

    def pairs(self, run: RunId, reference: RunId) -> pa.Table:
        """Return the pair counts of a run with its reference."""
        at = self._pair_of.get(run + reference)
        if at is None:
            raise Damaged(self.name, "a pair that the ledger knows is missing")
        return self._slice(PAIR, at, at + 1)

    def persons(self, run: RunId) -> Persons:
        """Return everyone of a run at its horizon."""
        table = self.rows(PERSON, run)
        return cast("Persons", {column: table[column].to_numpy() for column in PERSONS.names})

    def close(self) -> None:
        """Close the files."""
        for table in self._tables.values():
            table.close()
        self._tables = {}

    def _at(self, run: RunId) -> int:
        at = self._row_of.get(run)
        if at is None:
            raise Damaged(self.name, "a run that the ledger knows is missing")
        return at

    def _slice(self, grain: str, begin: int, end: int) -> pa.Table:
        """Return the rows of the runs or pairs from the ``begin``-th to before the ``end``-th."""
        if grain not in self._ends:
            self._ends[grain] = np.concatenate([[0], np.cumsum(np.maximum(self._counts[grain], 0))])
        ends = self._ends[grain]
        file = f"{grain}.parquet"
        try:
            if grain not in self._tables:
                self._tables[grain] = _RowGroups(self._folder / file, self._pieces[file])
                if self._tables[grain].n_rows != ends[-1]:
                    raise Damaged(self.name, f"{file}: other rows than its receipt says")
            return self._tables[grain].slice(int(ends[begin]), int(ends[end] - ends[begin]))
        except OSError as error:
            if error.errno is not None and not isinstance(error, GONE):
                raise  # too many open files, no permission: the shard may be whole
            raise Damaged(self.name, f"{file}: {str(error).splitlines()[0]}") from None
        except (pa.ArrowException, KeyError) as error:
            raise Damaged(self.name, f"{file}: {str(error).splitlines()[0]}") from None


class _RowGroups:
    """A Parquet file of which the row group read last is in memory. Each is read only if it is as it was written."""

    def __init__(self, path: Path, pieces: Pieces) -> None:
        self._path, self._pieces = path, pieces
        self._check(-1)
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
                self._check(group)
                self._last = (group, self._file.read_row_group(group, use_threads=False))
            part = self._last[1].slice(first - int(self._ends[group]), count)
            parts.append(part)
            first, count, group = first + len(part), count - len(part), group + 1
        return parts[0] if len(parts) == 1 else pa.concat_tables(parts)

    def close(self) -> None:
        self._file.close()

    def _check(self, piece: int) -> None:
        if not is_intact(self._path, self._pieces, piece):
            raise OSError("another checksum than its receipt says")


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
