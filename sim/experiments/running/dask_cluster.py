"""Chunks on a Dask cluster: of this machine, of many, or of what SLURM or Kubernetes gives.

The scheduler only passes chunks on; what is finished is what lies in the results folder, which all machines share. So a
worker that is lost, or a scheduler that forgets, costs the chunks in flight and nothing else.
"""

from __future__ import annotations

import logging
import os
import secrets
import signal
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from sim.errors import InputError
from sim.experiments.running.cluster_task import perform, read_sign, sources_of
from sim.experiments.running.executors import ChunkExecutor, ExecutorFailed, WorkerLost
from sim.experiments.running.pool import without_sigint
from sim.experiments.running.scheduler_probe import why_no_scheduler

if TYPE_CHECKING:
    from distributed import Client

LOCAL = "local"
AHEAD = 2  # chunks in flight per worker of the cluster: one at work, one waiting
CONNECT_SECONDS = 30.0
CLOSE_SECONDS = 5.0
CLUSTER_SECONDS = 60.0  # for our own cluster to be closed: on a busy machine it takes many seconds
COUNT_SECONDS = 2.0  # between two questions how many workers the cluster has
MOST_TRIES = 20  # of a task that is lost before it begins
LOST = "The worker of the cluster that made this run was lost: killed, out of memory, or crashed."
HUNG = "{why}\nThe run took longer than its limit and its worker was ended."
GONE = "The Dask scheduler at {address} is gone; what is finished is kept, and the same command goes on from there."
NEVER_BEGUN = "{tries} workers of the cluster died one after the other before they began a task."
NO_MODEL = "The workers of the cluster cannot load the model ({error}); install it there, or start them in its folder."
THREADS = (
    "--cluster: {found} of {workers} workers have more than one thread, and runs cannot share a process; start the"
    " workers with --nthreads 1."
)
# Of a cluster of our own. A worker that dies loses its task at once: the driver knows better what to do with it than a
# scheduler that tries it on the other workers. A worker that starts again is waited for, however long that takes.
SETTINGS = {
    "distributed.scheduler.allowed-failures": 0,
    "distributed.deploy.lost-worker-timeout": "1 hour",
    "distributed.worker.multiprocessing-method": "spawn",
}


def on_cluster(address: str, workers: int) -> Callable[[Path], ChunkExecutor]:
    """Return what makes the executor of a driver.

    Args:
        address: of a Dask scheduler, such as ``tcp://node7:8786``, or ``local`` for one on this machine.
        workers: of a local cluster.

    Raises:
        InputError: if Dask is not installed. What is returned raises it if there is no scheduler at the address, or
            its workers have several threads.
    """
    try:
        from distributed import Client
    except ImportError:
        raise InputError("--cluster: Dask is not installed; install the project with its extra [cluster].") from None

    def make(folder: Path) -> ChunkExecutor:
        # What matters comes back with the tasks; the rest would run through the progress bar.
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
        if address == LOCAL:
            cluster = local_cluster(folder, workers)
            with without_sigint():
                return DaskExecutor(Client(cluster, set_as_default=False), folder, cluster)
        if (why := why_no_scheduler(address, CONNECT_SECONDS)) is not None:
            raise InputError(f"--cluster: no Dask scheduler answers at '{address}' ({why}).")
        try:
            client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError) as error:
            raise InputError(f"--cluster: no Dask scheduler answers at '{address}' ({error}).") from None
        threads = list(client.nthreads().values())
        if max(threads, default=1) > 1:
            _close(client)
            raise InputError(THREADS.format(found=sum(number > 1 for number in threads), workers=len(threads)))
        return DaskExecutor(client, folder)

    return make


def local_cluster(folder: Path, workers: int) -> Any:
    """Return a new Dask cluster of this machine, deaf to Ctrl-C. All that it writes lies in a folder.

    Args:
        folder: an existing one; what is in it goes when the cluster is closed, but the folder itself.
        workers: one process each, with one thread.
    """
    import dask
    from distributed import LocalCluster

    with dask.config.set(SETTINGS | {"temporary-directory": str(folder)}), without_sigint():
        return LocalCluster(
            n_workers=workers, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0", memory_limit=0,
            local_directory=str(folder), silence_logs=logging.CRITICAL,
        )  # fmt: skip


@dataclass(eq=False)
class _Call:
    """A task, its future, and the name of the sign that it leaves while it is at work."""

    work: Callable[[], Any]
    task: Future[Any] = field(default_factory=Future)
    token: str = ""
    tries: int = 0


class DaskExecutor(ChunkExecutor):
    """Tasks on a cluster behind ``submit``.

    Args:
        client: connected to the scheduler.
        folder: the driver's own, where tasks leave signs of how far they are.
        cluster: to be closed with the executor, if it is ours.
    """

    def __init__(self, client: Client, folder: Path, cluster: Any = None) -> None:
        self._client, self._folder, self._cluster = client, folder, cluster
        scheduler: Any = client.scheduler
        self._scheduler, self._address = scheduler, scheduler.address
        self._executor = client.get_executor(pure=False, retries=0)
        self._sources = sources_of(folder)
        self._lost: SimpleQueue[tuple[_Call, BaseException]] = SimpleQueue()
        self._homeless: list[_Call] = []
        self._workers, self._counted = 0, -COUNT_SECONDS

    def slots(self) -> int:
        """A bounded window, however large the sweep is: two tasks a worker that the cluster has just now."""
        if time.monotonic() - self._counted > COUNT_SECONDS and self._client.status == "running":
            with suppress(OSError, TimeoutError):
                counts = self._client.sync(self._scheduler.ncores, callback_timeout=CLOSE_SECONDS)
                self._workers = len(counts)
                self._counted = time.monotonic()
        return max(AHEAD * self._workers, 1)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Give a task to the cluster."""
        call = _Call(partial(fn, *args, **kwargs))
        call.task.set_running_or_notify_cancel()
        self._give(call)
        return call.task

    def watch(self) -> int:
        """Decide on tasks that were lost: not begun, they are given again; begun, their worker is lost."""
        with suppress(Empty):
            while True:
                self._decide(*self._lost.get_nowait())
        if self._homeless and self._client.status != "connecting":
            calls, self._homeless = self._homeless, []
            for call in calls:
                self._give(call)
        return 0

    def end(self) -> None:
        """Forget the tasks, and close what is ours. Workers of a foreign cluster end the run in hand."""
        if self._cluster is not None:
            self._end_workers()
        with suppress(Exception):  # the connection may be lost: nothing is owed to the other side
            self._executor.shutdown(wait=False)
        _close(self._client)
        if self._cluster is not None:
            with suppress(TimeoutError):  # its workers have ended, the rest ends with this process
                self._cluster.close(timeout=CLUSTER_SECONDS)

    def _give(self, call: _Call) -> None:
        """Hand a task to the scheduler; it fails if there is none any more."""
        call.token, call.tries = secrets.token_hex(8), call.tries + 1
        try:
            if self._client.status == "closed":
                raise OSError("closed")
            inner = self._executor.submit(perform, self._folder, call.token, self._sources, call.work)
        except Exception:
            call.task.set_exception(ExecutorFailed(GONE.format(address=self._address)))
            return
        inner.add_done_callback(partial(self._ended, call))

    def _ended(self, call: _Call, done: Future[Any]) -> None:
        """Pass on what came of a task; called in a thread of Dask."""
        from distributed import KilledWorker

        try:
            call.task.set_result(done.result())
        except (KilledWorker, CancelledError) as error:
            self._lost.put((call, error))
        except ModuleNotFoundError as error:
            call.task.set_exception(ExecutorFailed(NO_MODEL.format(error=error)))
        except Exception as error:
            call.task.set_exception(error)

    def _decide(self, call: _Call, error: BaseException) -> None:
        if isinstance(error, CancelledError):  # by a scheduler that is gone; no worker is to blame
            self._homeless.append(call)
            return
        begun = read_sign(self._folder, call.token)
        if begun is not None:
            hung = begun.why.startswith("Timeout")
            why = HUNG.format(why=begun.why) if hung else f"{begun.why}\n{LOST}".strip()
            call.task.set_exception(WorkerLost(begun.run, why))
        elif call.tries < MOST_TRIES:  # it only waited behind the one that its worker died over
            self._give(call)
        else:
            call.task.set_exception(ExecutorFailed(NEVER_BEGUN.format(tries=call.tries)))

    def _end_workers(self) -> None:
        """End the processes of our own cluster at once, whatever they do."""
        for nanny in list(self._cluster.workers.values()):
            nanny.auto_restart = False
            with suppress(OSError, AttributeError):
                os.kill(nanny.pid, getattr(signal, "SIGKILL", signal.SIGTERM))


def _close(client: Client) -> None:
    """Close a client for good, whether or not the other side is there."""
    with suppress(Exception):
        client.close(timeout=CLOSE_SECONDS)
    # One that could not be closed would try again when it is collected, maybe while Dask holds a lock that this needs.
    client.status = "closed"
