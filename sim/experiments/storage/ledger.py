"""The ledger: which runs lie in which shard. Only an index, made anew from the shards whenever it is not to be trusted.

SQLite, one file, written by the driver alone: one row a shard, its runs' identities joined in one value, so that a
million runs are read in a moment.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import sqlite3
import time
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sim.experiments.storage.grains import OF_A_RUN, PAIR, mask_of
from sim.experiments.storage.identity import SIZE, RunId, pair_id
from sim.experiments.storage.members import ABSENT, Members
from sim.experiments.storage.shard_reading import note_of, read_receipt, shard_names, sizes_agree
from sim.experiments.storage.shards import FOLDER, FORMAT, Damaged, ShardNote, unfinished

NAME = "ledger.sqlite"
VERSION = 1
MOST_RECENT = 100_000  # identities added since the arrays were made, above which they are made anew
_STALE_SECONDS = 24 * 3600.0
_TABLES = """
CREATE TABLE shards (
    number INTEGER PRIMARY KEY, name TEXT UNIQUE NOT NULL, files TEXT NOT NULL, bytes INTEGER NOT NULL,
    ids BLOB NOT NULL, grains BLOB NOT NULL, pairs BLOB NOT NULL
)
"""


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
        self._names: dict[int, str] = {}
        self._files: dict[str, dict[str, int]] = {}
        self._numbers: dict[str, int] = {}
        self._members: dict[str | int, Members] = {}
        self._recent: dict[str | int, dict[RunId, int]] = {}
        self._added = 0
        for number, name, files in base.execute("SELECT number, name, files FROM shards"):
            self._know(number, name, json.loads(files))

    @classmethod
    def open(cls, results: Path, name: str = NAME) -> Ledger:
        """Open the ledger of a results folder; make it if there is none, or if it cannot be trusted.

        Raises:
            OSError: if it cannot be read or written for another reason than its content.
        """
        path = results / name
        for _ in range(2):
            try:
                return cls(results, path, _connected(path))
            except (sqlite3.DatabaseError, ValueError) as error:
                if isinstance(error, sqlite3.OperationalError) and not _unusable(error):
                    raise OSError(f"{path}: {error}") from None
                for stale in (path, path.with_name(f"{path.name}-journal")):
                    stale.unlink(missing_ok=True)
        raise OSError(f"{path}: cannot be made")

    def close(self) -> None:
        """Close the file."""
        self._base.close()

    def catch_up(self) -> None:
        """Take in shards that are there and not known; forget those that are gone or no longer whole.

        Raises:
            OSError: if the folder cannot be read or written.
        """
        there = set(shard_names(self._results))
        for name in [name for name in self._numbers if name not in there]:
            self._drop([name])
        for name in [name for name, files in self._files.items() if not sizes_agree(self._results, name, files)]:
            self.forget(name)
        for name in sorted(there - self._numbers.keys()):
            receipt = read_receipt(self._results, name)
            if receipt is not None and receipt.get("format") != FORMAT:
                continue  # of a later version of this program, which can use it
            note = self._checked(name, receipt)
            if note is None:
                shutil.rmtree(self._results / FOLDER / name, ignore_errors=True)
            else:
                self._insert([note])
        self._base.commit()
        self._sweep_out()

    def add(self, note: ShardNote) -> None:
        """Take in a new shard.

        Raises:
            OSError: if the ledger cannot be written.
        """
        if note.name in self._numbers:
            return
        try:
            self._insert([note])
            self._base.commit()
        except sqlite3.OperationalError as error:
            raise OSError(f"{self._path}: {error}") from None

    def forget(self, name: str) -> None:
        """Remove a shard and its entry: its runs count as not made."""
        shutil.rmtree(self._results / FOLDER / name, ignore_errors=True)
        self._drop([name])
        self._base.commit()

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

    def _know(self, number: int, name: str, files: dict[str, int]) -> None:
        self._names[number], self._numbers[name], self._files[name] = name, number, files

    def _checked(self, name: str, receipt: dict[str, Any] | None) -> ShardNote | None:
        try:
            note = None if receipt is None else note_of(name, receipt)
        except (AttributeError, KeyError, TypeError, ValueError):
            return None
        return note if note is not None and sizes_agree(self._results, name, note.files) else None

    def _insert(self, notes: Sequence[ShardNote]) -> None:
        for note in notes:
            pairs = [pair_id(run, reference) for run, reference in note.pairs]
            row = (
                note.name, json.dumps(note.files), sum(note.files.values()), b"".join(note.ids), bytes(note.grains),
                b"".join(pairs),
            )  # fmt: skip
            done = self._base.execute(
                "INSERT INTO shards (name, files, bytes, ids, grains, pairs) VALUES (?, ?, ?, ?, ?, ?)", row
            )
            number = int(done.lastrowid or 0)
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
        self._outdate()

    def _outdate(self) -> None:
        self._members, self._recent, self._added = {}, {}, 0

    def _find(self, key: str | int, ids: Sequence[RunId]) -> np.ndarray:
        """Return the number of a shard that holds each run with these grains (or each pair), (k,) int32."""
        if key not in self._members:
            self._members[key], self._recent[key] = self._load(key), {}
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

    def _sweep_out(self) -> None:
        """Remove what interrupted writers left: of this machine without a process, of others after a day."""
        with suppress(FileNotFoundError), os.scandir(self._results / FOLDER) as entries:
            for entry in entries:
                left = unfinished(entry.name)
                if left is None:
                    continue
                with suppress(OSError):
                    ours = left[0] == socket.gethostname()
                    old = not ours and time.time() - entry.stat().st_mtime > _STALE_SECONDS
                    if old or (ours and not alive(left[1])):
                        shutil.rmtree(entry.path, ignore_errors=True)


def alive(process: int) -> bool:
    """Whether there is a process of this number on this machine."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _connected(path: Path) -> sqlite3.Connection:
    """Open a ledger and see that it is one.

    Raises:
        sqlite3.DatabaseError: if it is not, or cannot be used.
        ValueError: if it is of another version.
    """
    assert len(OF_A_RUN) <= 8, "grains are one byte"
    base = sqlite3.connect(path, timeout=30.0)
    try:
        (version,) = base.execute("PRAGMA user_version").fetchone()
        tables = [name for (name,) in base.execute("SELECT name FROM sqlite_master")]
        if version == 0 and not tables:
            with base:
                base.execute(_TABLES)
                base.execute(f"PRAGMA user_version = {VERSION}")
        elif version != VERSION:
            raise ValueError(f"{path}: version {version}")
        (word,) = base.execute("PRAGMA quick_check(1)").fetchone()
        if word != "ok":
            raise ValueError(f"{path}: {word}")
    except BaseException:
        base.close()
        raise
    return base


def _unusable(error: sqlite3.OperationalError) -> bool:
    """Whether an error is about the content of the file, so that another one helps."""
    return any(word in str(error) for word in ("malformed", "not a database", "no such", "corrupt"))
