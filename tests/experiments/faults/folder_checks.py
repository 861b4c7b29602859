"""What must hold of a results folder after any disturbance."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections import defaultdict
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

LEFTOVER = re.compile(r"\..*\.tmp|\.driver-.*|.*-journal|\.writable")
# Times, pace and versions are in these and nowhere else.
OF_THE_COMMAND = re.compile(r"manifest\.json|progress.*\.json|study\.json|\.lock.*|ledger.*\.sqlite")


def tables(out: Path) -> dict[str, str]:
    """Return file -> digest of the files of a results folder that no disturbance may change."""
    files = (path for path in out.iterdir() if path.is_file() and not OF_THE_COMMAND.fullmatch(path.name))
    files = (path for path in files if not LEFTOVER.fullmatch(path.name))
    return {path.name: hashlib.blake2b(path.read_bytes()).hexdigest() for path in files}


def leftovers(out: Path) -> list[str]:
    """Return what a command that is through must not leave behind."""
    return sorted(str(path.relative_to(out)) for path in out.rglob("*") if LEFTOVER.fullmatch(path.name))


def unreadable(out: Path, shards: bool = True) -> list[str]:
    """Return the files that are not whole, leftovers apart: every Parquet page is read, every checksum compared."""
    found = []
    for path in sorted(out.rglob("*") if shards else out.glob("*")):
        if not path.is_file() or any(LEFTOVER.fullmatch(part) for part in path.relative_to(out).parts):
            continue
        try:
            if path.suffix == ".parquet":
                pq.ParquetFile(path, page_checksum_verification=True).read()
            elif path.suffix == ".json":
                json.loads(path.read_text(encoding="utf-8"))
            elif path.suffix == ".sqlite":
                base = sqlite3.connect(path)
                (word,) = base.execute("PRAGMA integrity_check").fetchone()
                base.close()
                if word != "ok":
                    raise ValueError(word)
        except (OSError, ValueError, pa.ArrowException, sqlite3.DatabaseError) as error:
            found.append(f"{path.relative_to(out)}: {str(error).splitlines()[0]}")
    return found


def shards(out: Path) -> set[str]:
    """Return the shards in their places."""
    return {path.name for path in out.glob("shards/*") if re.fullmatch("[0-9a-f]{32}", path.name)}


def kept_runs(out: Path) -> dict[str, int]:
    """Return "scenario draw replicate" -> when its first shard came into its place, in nanoseconds."""
    found: dict[str, int] = {}
    for name in shards(out):
        folder = out / "shards" / name
        came = folder.stat().st_ctime_ns  # of the renaming
        if not (folder / "runs.parquet").exists():  # pairs alone
            continue
        rows = pq.read_table(folder / "runs.parquet", columns=["scenario", "draw", "replicate"]).to_pylist()
        for row in rows:
            run = f"{row['scenario']} {row['draw']} {row['replicate']}"
            found[run] = min(found.get(run, came), came)
    return found


def made_again(out: Path, log: Path) -> list[str]:
    """Return the runs that were made once more after they were in a shard."""
    calls: dict[str, int] = defaultdict(int)
    for path in log.iterdir():
        _, _, call = path.name.partition(" simulate ")
        if call:
            calls[call] = max(calls[call], path.stat().st_mtime_ns)
    return sorted(run for run, came in kept_runs(out).items() if calls.get(run, 0) > came)


def simulated(log: Path) -> set[str]:
    """Return the runs that were made, kept or not."""
    return {call for path in log.iterdir() if (call := path.name.partition(" simulate ")[2])}
