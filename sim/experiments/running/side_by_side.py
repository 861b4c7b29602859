"""A function applied to many inputs in processes of its own: the same results whatever their number."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import TypeVar

Given = TypeVar("Given")
Made = TypeVar("Made")


@contextmanager
def side_by_side(function: Callable[[Given], Made], inputs: Sequence[Given], workers: int) -> Iterator[Iterator[Made]]:
    """Yield what the function makes of each input, in their order, as it comes.

    Linear algebra runs on one thread in each process: sums in another order would be other results in the last bits.

    Args:
        function: of a module, so that it can travel.
        inputs: to apply it to.
        workers: processes; with one, this one.
    """
    alone = partial(_on_one_thread, function)
    if workers == 1 or len(inputs) < 2:
        yield map(alone, inputs)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(workers, len(inputs)), context, initializer=_leave_control_c) as pool:
        yield pool.map(alone, inputs)


def _on_one_thread(function: Callable[[Given], Made], given: Given) -> Made:
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        return function(given)


def _leave_control_c() -> None:
    """Leave Ctrl-C to the process that leads."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
