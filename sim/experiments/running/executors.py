"""What the driver asks of an executor, and the one that needs no other process."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any


class WorkerLost(Exception):
    """The worker died over its task: killed, out of memory, hung beyond the limit, or crashed.

    ``run``: number of the run in hand, None if that is not known. ``why``: one sentence, or where it hung.
    """

    def __init__(self, run: int | None, why: str) -> None:
        super().__init__(why)
        self.run, self.why = run, why


class ExecutorFailed(Exception):
    """The executor cannot go on: its workers are not fit or out of reach. The text says why, in a sentence."""


class ChunkExecutor(Executor, ABC):
    """An executor of ``concurrent.futures`` that takes a bounded number of tasks and says when a worker is lost.

    A task's future raises :class:`WorkerLost` if its worker died; the executor goes on with a new one. It raises
    :class:`ExecutorFailed` if nothing can be made there any more.
    """

    @abstractmethod
    def slots(self) -> int:
        """Return how many tasks it can take at once, those in flight included."""

    def watch(self) -> int:
        """Look after the workers, often; return how many runs of the chunks in flight are through."""
        return 0

    def end(self) -> None:
        """End all workers at once, whatever they do."""


class SerialExecutor(ChunkExecutor):
    """Makes every task at once, in this process."""

    def slots(self) -> int:
        """One task at a time."""
        return 1

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Call and return a future that is done."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


def in_this_process(folder: Path) -> SerialExecutor:
    """Return the executor of a driver whose runs are made where it is: the model is loaded once for all its studies."""
    return SerialExecutor()
