"""A fixed grid of row blocks: threads share the work, the grid alone decides the result.

Partial sums are integers or are added in block order, so any number of threads gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

BLOCK_ROWS = 32_768
Result = TypeVar("Result")


def block_bounds(rows: int) -> list[tuple[int, int]]:
    """Return (start, stop) of each block: a function of the row count alone."""
    return [(first, min(first + BLOCK_ROWS, rows)) for first in range(0, rows, BLOCK_ROWS)]


def map_blocks(work: Callable[[int, int], Result], rows: int, threads: int) -> list[Result]:
    """Apply ``work(start, stop)`` to each block and return the results in block order."""
    bounds = block_bounds(rows)
    if threads <= 1 or len(bounds) <= 1:
        return [work(start, stop) for start, stop in bounds]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(lambda b: work(*b), bounds))
