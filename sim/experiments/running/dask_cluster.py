"""Chunks on a Dask cluster: of this machine, of many, or of what SLURM or Kubernetes gives.

The scheduler only passes chunks on; what is finished is what lies in the results folder, which all machines share. So a
worker that is lost, or a scheduler that forgets, costs the chunks in flight and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import InputError
from sim.experiments.running.executors import ChunkExecutor, WorkerLost

if TYPE_CHECKING:
    from distributed import Client

LOCAL = "local"
AHEAD = 2  # chunks in flight per thread of the cluster: one at work, one waiting
CONNECT_SECONDS = 30.0
LOST = "The worker of the cluster that made this run was lost: killed, out of memory, or crashed."


def on_cluster(address: str, workers: int) -> Callable[[Path], ChunkExecutor]:
    """Return what makes the executor of a driver.

    Args:
        address: of a Dask scheduler, such as ``tcp://node7:8786``, or ``local`` for one on this machine.
        workers: of a local cluster.

    Raises:
        InputError: if Dask is not installed, or there is no scheduler at the address.
    """
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        raise InputError("--cluster: Dask is not installed; install the project with its extra [cluster].") from None

    def make(folder: Path) -> ChunkExecutor:
        if address == LOCAL:
            cluster = LocalCluster(
                n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None, memory_limit=0
            )
            return DaskExecutor(Client(cluster), cluster)
        try:
            return DaskExecutor(Client(address, timeout=CONNECT_SECONDS))
        except (OSError, ValueError) as error:
            raise InputError(f"--cluster: no Dask scheduler answers at '{address}' ({error}).") from None

    return make


class DaskExecutor(ChunkExecutor):
    """Tasks on a cluster behind ``submit``. Workers should have one thread each (``--nthreads 1``).

    Args:
        client: connected to the scheduler.
        cluster: to be closed with the executor, if it is ours.
    """

    def __init__(self, client: Client, cluster: Any = None) -> None:
        self._client, self._cluster = client, cluster
        self._executor = client.get_executor(pure=False, retries=0)

    def slots(self) -> int:
        """A bounded window, however large the sweep is: two tasks a thread that the cluster has just now."""
        workers = self._client.scheduler_info(n_workers=-1)["workers"].values()
        return max(AHEAD * sum(int(worker["nthreads"]) for worker in workers), 1)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Give a task to the cluster."""
        task: Future[Any] = Future()
        task.set_running_or_notify_cancel()
        inner = self._executor.submit(fn, *args, **kwargs)
        inner.add_done_callback(lambda done: _passed_on(done, task))
        return task

    def end(self) -> None:
        """Forget the tasks, and close what is ours. Workers of a foreign cluster end the run in hand."""
        self._executor.shutdown(wait=False)
        self._client.close(timeout=5)
        if self._cluster is not None:
            self._cluster.close(timeout=5)


def _passed_on(done: Future[Any], task: Future[Any]) -> None:
    """Pass on what came of a task: a worker that Dask gave up on is a worker lost."""
    from distributed import KilledWorker

    try:
        task.set_result(done.result())
    except (KilledWorker, CancelledError) as error:
        task.set_exception(WorkerLost(None, f"{LOST} ({type(error).__name__})"))
    except Exception as error:
        task.set_exception(error)
