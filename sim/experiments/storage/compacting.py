"""Few large shards from many small ones: the same rows, fewer files."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from sim.experiments.storage.shard_reading import Shard
from sim.experiments.storage.shards import ShardWriter

if TYPE_CHECKING:
    from sim.experiments.storage.ledger import Ledger

MOST_RUNS = 50_000
SMALL = 0.5  # shards with at least this share of the most runs stay as they are


def compact(results: Path, ledger: Ledger, most_runs: int = MOST_RUNS) -> None:
    """Join shards. What is in two of them is kept once; the old ones go when the new one is safe.

    Args:
        results: the results folder; no other command may be writing into it.
        ledger: its ledger, which is brought up to date first.
        most_runs: of a joined shard.

    Raises:
        Damaged: if a shard is not what was written; what was joined before it stays joined.
        OSError: if the disk does not take a joined shard; nothing is lost then.
    """
    ledger.catch_up()
    for names in _groups(results, ledger, most_runs):
        with ShardWriter(results, ()) as writer:
            writer.copy(results, names)
            note = writer.commit()
        assert note is not None
        ledger.add(note)
        ledger.forget(*(name for name in names if name != note.name))


@dataclass
class _Group:
    """Shards to be joined, whose tables have the same columns."""

    columns: dict[str, pa.Schema]
    names: list[str] = field(default_factory=list)
    runs: int = 0

    def fits(self, columns: dict[str, pa.Schema]) -> bool:
        return all(self.columns.get(grain, schema).equals(schema) for grain, schema in columns.items())


def _groups(results: Path, ledger: Ledger, most_runs: int) -> list[list[str]]:
    """Return the shards to be joined, in the order in which they were made; those of other models apart."""
    done: list[_Group] = []
    growing: list[_Group] = []
    for name, size in ledger.sizes():
        if size >= SMALL * most_runs:
            continue
        shard = Shard(results, name)
        columns = shard.schemas()
        shard.close()
        group = next((group for group in growing if group.fits(columns)), None)
        if group is not None and group.runs + size > most_runs:
            growing.remove(group)
            done.append(group)
            group = None
        if group is None:
            group = _Group({})
            growing.append(group)
        group.columns |= columns
        group.names.append(name)
        group.runs += size
    return [group.names for group in (*done, *growing) if len(group.names) > 1]
