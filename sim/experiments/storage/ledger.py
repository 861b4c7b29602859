"""The ledger: which runs lie in which shard. Only an index, made anew from the shards whenever it is not to be trusted.

SQLite, one file, written by the driver alone: one row a shard, its runs' identities joined in one value, so that a
million runs are read in a moment.
"""

from __future__ import annotations

import json
import sqlite3
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sim.experiments.storage.grains import PAIR, mask_of
from sim.experiments.storage.identity import SIZE, RunId, pair_id
from sim.experiments.storage.ledger_file import insert, opened
from sim.experiments.storage.leftovers import discard, sweep_out
from sim.experiments.storage.members import ABSENT, Members
from sim.experiments.storage.receipts import FORMAT
from sim.experiments.storage.shard_reading import in_order, note_in, read_receipt, shard_names, sizes_agree
from sim.experiments.storage.shards import FOLDER, Damaged, ShardNote

NAME = "ledger.sqlite"
MOST_RECENT = 100_000  # identities added since the arrays were made, above which they are made anew
MOST_KEPT = 4  # sets of identities in memory, those asked for last: a million runs take 20 megabytes in each


class Counts(NamedTuple):
    """Size of a ledger."""

    shards: int
    runs: int


class Finished:
    """Tells which of some identities are there. Made by a ledger; additions after that are seen too."""

    def __init__(self, find: Callable[[Sequence[RunId]], np.ndarray]) -> None:
        self._find = find

    def which(self, ids: Sequence[RunId]) -> np.ndarray:
        """Return for each identity whether it is there, (k,) bool."""
        return np.asarray(self._find(ids) != ABSENT)

    def __contains__(self, run: RunId) -> bool:
        return bool(self.which([run])[0])


class Ledger:
    """The index of a results folder's shards. Made by :meth:`open`."""

    def __init__(self, results: Path, path: Path, base: sqlite3.Connection) -> None:
        self._results, self._path, self._base = results, path, base
        weakref.finalize(self, base.close)
        self._names: dict[int, str]
        self._files: dict[str, dict[str, int]]
        self._numbers: dict[str, int]
        self._members: dict[str | int, Members]
        self._recent: dict[str | int, dict[RunId, int]]
        self._added: int
        self._read()

    @classmethod
    def open(cls, results: Path, name: str = NAME) -> Ledger:
        """Open the ledger of a results folder; make it if there is none, or if it cannot be trusted.

        Raises:
            OSError: if it cannot be read or written for another reason than its content.
        """
        path = results / name
        return cls(results, path, opened(path))

    def close(self) -> None:
        """Close the file."""
        self._base.close()

    def catch_up(self) -> None:
        """Take in shards that are there and not known; forget those that are gone or no longer whole.

        Raises:
            OSError: if the folder cannot be read or written.
        """
        there = set(shard_names(self._results))
        with self._writing():
            self._drop([name for name in self._numbers if name not in there])
            # The entry may be at fault and not the shard: only its own receipt decides that it goes.
            unlike = [name for name, files in self._files.items() if not sizes_agree(self._results, name, files)]
            self._drop(unlike)
            for name in in_order(self._results, there - self._numbers.keys()):
                self._take_in(name)
        sweep_out(self._results / FOLDER)
        sweep_out(self._results)

    def add(self, note: ShardNote) -> None:
        """Take in a new shard.

        Raises:
            OSError: if the ledger cannot be written.
        """
        with self._writing():
            self._insert(note)

    def forget(self, *names: str) -> None:
        """Remove shards and their entries: their runs count as not made.

        Raises:
            OSError: if a shard cannot be removed, or the ledger cannot be written.
        """
        with self._writing():
            self._drop(names)
            for name in names:
                discard(self._results / FOLDER / name)

    def finished(self, grains: Iterable[str]) -> Finished:
        """Return the test for runs of which all these grains are kept; pairs are another matter."""
        mask = mask_of({"runs", *grains} - {PAIR})
        return Finished(lambda ids: self._find(mask, ids))

    def paired(self) -> Finished:
        """Return the test for pairs, by their identity."""
        return Finished(lambda ids: self._find(PAIR, ids))

    def where(self, ids: Sequence[RunId], grain: str) -> dict[RunId, str]:
        """Return run -> a shard that holds this grain of it; runs without one are left out. Of pairs: their ids."""
        key = PAIR if grain == PAIR else mask_of({"runs", grain})
        found = self._find(key, ids)
        return {run: self._names[number] for run, number in zip(ids, found.tolist(), strict=True) if number != ABSENT}

    def shards(self) -> list[str]:
        """Return the names of all shards."""
        return sorted(self._numbers)

    def receipts(self) -> Iterator[dict[str, Any]]:
        """Yield the receipts of all shards."""
        for name in self.shards():
            receipt = read_receipt(self._results, name)
            if receipt is None:
                raise Damaged(name, "its receipt")
            yield receipt

    def sizes(self) -> list[tuple[str, int]]:
        """Return shards with the number of their runs and pairs, in the order in which they came."""
        asked = "SELECT name, max(length(grains), length(pairs) / ?) FROM shards ORDER BY number"
        return [(name, int(size)) for name, size in self._base.execute(asked, (SIZE,))]

    def without(self, wanted: Finished) -> list[str]:
        """Return the shards that hold none of the wanted runs."""
        found = []
        for name, ids in self._base.execute("SELECT name, ids FROM shards ORDER BY number").fetchall():
            runs = [ids[at : at + SIZE] for at in range(0, len(ids), SIZE)]
            if not wanted.which(runs).any():
                found.append(name)
        return found

    def bytes(self) -> int:
        """Return the size of all shards."""
        return sum(sum(files.values()) for files in self._files.values())

    def counts(self) -> Counts:
        """Return the numbers of shards and of runs in them."""
        (runs,) = self._base.execute("SELECT coalesce(sum(length(grains)), 0) FROM shards").fetchone()
        return Counts(len(self._numbers), runs)

    def _read(self) -> None:
        rows = self._base.execute("SELECT number, name, files FROM shards").fetchall()
        self._names, self._numbers, self._files = {}, {}, {}
        self._outdate()
        for number, name, files in rows:
            self._know(number, name, json.loads(files))

    def _know(self, number: int, name: str, files: dict[str, int]) -> None:
        self._names[number], self._numbers[name], self._files[name] = name, number, files

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One transaction; what the database has to say about the disk is an ``OSError``."""
        try:
            with self._base:
                yield
        except BaseException as error:
            with suppress(sqlite3.Error):
                self._read()  # what was not written is not known either
            if isinstance(error, sqlite3.Error):
                raise OSError(f"{self._path}: {error}") from None
            raise

    def _take_in(self, name: str) -> None:
        """Take in a shard that is there, or remove what is left of it."""
        receipt = read_receipt(self._results, name)
        if receipt is not None and receipt.get("format") != FORMAT:
            return  # of a later version of this program, which can use it
        try:
            note = note_in(self._results, name)
        except Damaged:
            discard(self._results / FOLDER / name)
        else:
            self._insert(note)

    def _insert(self, note: ShardNote) -> None:
        if note.name in self._numbers:
            return
        pairs = [pair_id(run, reference) for run, reference in note.pairs]
        number = insert(self._base, note.name, note.files, b"".join(note.ids), bytes(note.grains), b"".join(pairs))
        self._know(number, note.name, note.files)
        for key, recent in self._recent.items():
            if key == PAIR:
                recent.update(dict.fromkeys(pairs, number))
            elif isinstance(key, int):
                held = zip(note.ids, note.grains, strict=True)
                recent.update({run: number for run, grains in held if grains & key == key})
        self._added += len(note.ids) + len(pairs)
        if self._added > MOST_RECENT:
            self._outdate()

    def _drop(self, names: Sequence[str]) -> None:
        for name in names:
            self._base.execute("DELETE FROM shards WHERE name = ?", (name,))
            number = self._numbers.pop(name, None)
            self._files.pop(name, None)
            if number is not None:
                self._names.pop(number, None)
        if names:
            self._outdate()

    def _outdate(self) -> None:
        self._members, self._recent, self._added = {}, {}, 0

    def _find(self, key: str | int, ids: Sequence[RunId]) -> np.ndarray:
        """Return the number of a shard that holds each run with these grains (or each pair), (k,) int32."""
        if key not in self._members:
            while len(self._members) >= MOST_KEPT:
                oldest = next(iter(self._members))
                del self._members[oldest], self._recent[oldest]
            self._members[key], self._recent[key] = self._load(key), {}
        else:
            self._members[key] = self._members.pop(key)
        found = self._members[key].find(ids)
        recent = self._recent[key]
        if recent:
            for position, run in enumerate(ids):
                if found[position] == ABSENT:
                    found[position] = recent.get(run, ABSENT)
        return found

    def _load(self, key: str | int) -> Members:
        column = "pairs" if key == PAIR else "ids"
        parts: list[bytes] = []
        belongs: list[np.ndarray] = []
        for number, joined, grains in self._base.execute(f"SELECT number, {column}, grains FROM shards"):
            if isinstance(key, int):
                has = (np.frombuffer(grains, np.uint8) & key) == key
                if not has.all():
                    joined = np.frombuffer(joined, np.uint8).reshape(-1, SIZE)[has].tobytes()
            if joined:
                parts.append(joined)
                belongs.append(np.full(len(joined) // SIZE, number, np.int32))
        return Members(b"".join(parts), np.concatenate(belongs) if belongs else np.empty(0, np.int32))
