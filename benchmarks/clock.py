"""Timing side by side: A B A B in one process, so that what disturbs the machine disturbs both."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable


def seconds(work: Callable[[], object]) -> float:
    """Return the seconds that ``work`` takes, with the garbage of before collected first."""
    gc.collect()
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def alternate(a: Callable[[], object], b: Callable[[], object], pairs: int) -> tuple[list[float], list[float]]:
    """Return the seconds of ``a`` and of ``b``, ``pairs`` each, taken in turns; one untimed turn comes first."""
    a(), b()
    first, second = [], []
    for _ in range(pairs):
        first.append(seconds(a))
        second.append(seconds(b))
    return first, second


def ratios(above: list[float], below: list[float], factor: float = 1.0) -> tuple[float, ...]:
    """Return the ratio of each pair, times ``factor``."""
    return tuple(factor * a / b for a, b in zip(above, below, strict=True))
