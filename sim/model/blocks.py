"""A fixed grid of row blocks: threads share the work, the grid alone decides the result.

Partial sums are integers or are added in block order, so any number of threads gives the same bytes.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

BLOCK_ROWS = 65_536  # about; each block costs some 50 microseconds of Python, whatever its length
MOST_BLOCKS = 16
Result = TypeVar("Result")


def block_bounds(rows: int) -> list[tuple[int, int]]:
    """Return (start, stop) of each block: a function of the row count alone."""
    blocks = min(-(-rows // BLOCK_ROWS), MOST_BLOCKS)
    if blocks > 1:
        blocks += blocks % 2  # even, so that two threads end together
    size = max(-(-rows // max(blocks, 1)), 1)
    return [(first, min(first + size, rows)) for first in range(0, rows, size)]


# Threads wait for the next loop: a step has a handful of loops of a millisecond, about what starting a thread takes.
_POOLS: dict[int, ThreadPoolExecutor] = {}
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_POOLS.clear)  # a forked process has none of its parent's threads


def _pool(threads: int) -> ThreadPoolExecutor:
    if threads not in _POOLS:
        _POOLS[threads] = ThreadPoolExecutor(threads)
    return _POOLS[threads]


def map_blocks(work: Callable[[int, int], Result], rows: int, threads: int) -> list[Result]:
    """Apply ``work(start, stop)`` to each block and return the results in block order."""
    bounds = block_bounds(rows)
    if threads <= 1 or len(bounds) <= 1:
        return [work(start, stop) for start, stop in bounds]
    return list(_pool(threads).map(lambda b: work(*b), bounds))
