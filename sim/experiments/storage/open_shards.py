"""The shards read last, kept open: runs that follow each other mostly lie in the same ones."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path

from sim.experiments.storage.shard_reading import Shard

# Shards in memory, and runs in them, but always some.
OPEN_SHARDS, OPEN_RUNS, LEAST_OPEN = 16, 20_000, 3


class OpenShards:
    """The shards read last."""

    def __init__(self, results: Path) -> None:
        self._results = results
        self._held: OrderedDict[str, Shard] = OrderedDict()
        self._runs = 0

    def __getitem__(self, name: str) -> Shard:
        if name not in self._held:
            self._held[name] = shard = Shard(self._results, name)
            self._runs += len(shard)
            while len(self._held) > OPEN_SHARDS or (self._runs > OPEN_RUNS and len(self._held) > LEAST_OPEN):
                oldest = self._held.popitem(last=False)[1]
                self._runs -= len(oldest)
                oldest.close()
        self._held.move_to_end(name)
        return self._held[name]

    def close(self) -> None:
        """Close them."""
        while self._held:
            self._held.popitem()[1].close()
        self._runs = 0
