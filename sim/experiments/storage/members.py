"""A large set of identities, each with a number, as sorted arrays: a million take 20 megabytes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.experiments.storage.identity import SIZE

ABSENT = -1


class Members:
    """Identities and what belongs to each.

    Args:
        joined: n identities of 16 bytes, one after the other.
        belongs: (n,) int32: number kept with each, never negative. Of an identity that comes twice, any is kept.
    """

    def __init__(self, joined: bytes, belongs: np.ndarray) -> None:
        halves = np.frombuffer(joined, ">u8").reshape(-1, 2).astype(np.uint64)
        order = np.lexsort((halves[:, 1], halves[:, 0]))
        self._first, self._second = halves[order, 0], halves[order, 1]
        self._belongs = np.ascontiguousarray(belongs[order], np.int32)

    def __len__(self) -> int:
        return len(self._first)

    def find(self, ids: Sequence[bytes]) -> np.ndarray:
        """Return the number that belongs to each identity, (k,) int32; ``ABSENT`` for those not among them."""
        found = np.full(len(ids), ABSENT, np.int32)
        if not len(ids) or not len(self):
            return found
        joined = b"".join(ids)
        if len(joined) != SIZE * len(ids):
            raise ValueError("an identity is 16 bytes")
        asked = np.frombuffer(joined, ">u8").reshape(-1, 2).astype(np.uint64)
        at = np.searchsorted(self._first, asked[:, 0])
        open_rows = np.arange(len(ids))
        while len(open_rows):  # once, but for two identities that share their first half
            inside = at[open_rows] < len(self)
            open_rows = open_rows[inside]
            open_rows = open_rows[self._first[at[open_rows]] == asked[open_rows, 0]]
            hit = self._second[at[open_rows]] == asked[open_rows, 1]
            found[open_rows[hit]] = self._belongs[at[open_rows[hit]]]
            open_rows = open_rows[~hit]
            at[open_rows] += 1
        return found
