"""The SQLite file of a ledger: opened if it can be trusted, made anew if not."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path

VERSION = 1
_TABLES = """
CREATE TABLE shards (
    number INTEGER PRIMARY KEY, name TEXT UNIQUE NOT NULL, files TEXT NOT NULL, bytes INTEGER NOT NULL,
    ids BLOB NOT NULL, grains BLOB NOT NULL, pairs BLOB NOT NULL, digest BLOB NOT NULL
)
"""
_COLUMNS = "name, files, bytes, ids, grains, pairs"
_INSERT = f"INSERT OR REPLACE INTO shards ({_COLUMNS}, digest) VALUES (?, ?, ?, ?, ?, ?, ?)"


def opened(path: Path) -> sqlite3.Connection:
    """Open a ledger's file; make a new, empty one if there is none or if it is not as it was written.

    Raises:
        OSError: if it cannot be read or written for another reason than its content.
    """
    for _ in range(2):
        try:
            return _connected(path)
        except (sqlite3.Error, ValueError, TypeError) as error:
            if isinstance(error, sqlite3.OperationalError) and not _unusable(error):
                raise OSError(f"{path}: {error}") from None
            for stale in (path, path.with_name(f"{path.name}-journal")):
                stale.unlink(missing_ok=True)
    raise OSError(f"{path}: cannot be made")


def insert(base: sqlite3.Connection, name: str, files: dict[str, int], ids: bytes, grains: bytes, pairs: bytes) -> int:
    """Write the row of a shard; return its number."""
    row = (name, json.dumps(files), sum(files.values()), ids, grains, pairs)
    return int(base.execute(_INSERT, (*row, _digest(row))).lastrowid or 0)


def _connected(path: Path) -> sqlite3.Connection:
    """Open a ledger and see that it is one.

    Raises:
        sqlite3.Error: if it is not, or cannot be used.
        ValueError, TypeError: if it is of another version, or a row is not what was written.
    """
    base = sqlite3.connect(path, timeout=30.0, check_same_thread=False)  # closed by whoever collects it
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
        # SQLite notices a torn tree, not a changed byte.
        for *row, digest in base.execute(f"SELECT {_COLUMNS}, digest FROM shards"):
            if _digest(row) != digest:
                raise ValueError(f"{path}: the row of {row[0]}")
    except BaseException:
        base.close()
        raise
    return base


def _digest(row: Sequence[object]) -> bytes:
    found = blake2b(digest_size=8)
    for value in row:
        found.update(value if isinstance(value, bytes) else str(value).encode())
        found.update(b"\0")
    return found.digest()


def _unusable(error: sqlite3.OperationalError) -> bool:
    """Whether an error is about the content of the file, so that another one helps."""
    return any(word in str(error) for word in ("malformed", "not a database", "no such", "corrupt", "decode"))
