"""Few large shards from many small ones: the same rows, fewer files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

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
    for names in list(_groups(ledger, most_runs)):
        with ShardWriter(results, ()) as writer:
            for name in names:
                shard = Shard(results, name)
                writer.copy(shard)
                shard.close()
            note = writer.commit()
        assert note is not None
        ledger.add(note)
        for name in names:
            if name != note.name:
                ledger.forget(name)


def _groups(ledger: Ledger, most_runs: int) -> Iterator[list[str]]:
    """Yield the shards to be joined, in the order in which they were made."""
    group: list[str] = []
    runs = 0
    for name, size in ledger.sizes():
        if size >= SMALL * most_runs:
            continue
        if group and runs + size > most_runs:
            if len(group) > 1:
                yield group
            group, runs = [], 0
        group.append(name)
        runs += size
    if len(group) > 1:
        yield group
