"""Chunks on a Dask cluster: what happens to tasks whose worker, scheduler or machine is not what it should be."""

from __future__ import annotations

import gc
import os
import pickle
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from contextlib import nullcontext, suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import dask
import pytest
from distributed import Client, KilledWorker, LocalCluster

from sim.errors import InputError
from sim.evidence import Evidence
from sim.experiments.designs.study import Study, design
from sim.experiments.running import cluster_task
from sim.experiments.running.chunks import CONTEXT, HANGING, Context
from sim.experiments.running.cluster_task import SIGN, perform, read_sign, sources_of
from sim.experiments.running.dask_cluster import AHEAD, CLUSTER_SECONDS, MOST_TRIES, DaskExecutor, on_cluster
from sim.experiments.running.executors import ExecutorFailed, WorkerLost
from sim.experiments.running.runner import Manner, Outcome, StudyFolder
from sim.experiments.running.worker import run_chunk
from sim.experiments.storage.shard_reading import note_in
from sim.settings import Settings
from tests.experiments.fake_model import FakeEngine, scenario

ROOT = Path(__file__).parents[3]


def study_of(worlds: int, scenarios: int = 2) -> Study:
    named = [scenario("baseline"), *(scenario(f"s{n}") for n in range(1, scenarios))]
    return design(named, Settings(years=1), seed=3, worlds=worlds, replicates=1, world_kind="prior")


@pytest.fixture
def folder(tmp_path: Path, evidence: Evidence) -> Path:
    """Return a driver's folder with its context."""
    for name in ("log", "out", "out/driver"):
        (tmp_path / name).mkdir()
    study, made = study_of(24), tmp_path / "out" / "driver"
    engine = FakeEngine(tmp_path / "log")
    context = Context(
        engine, evidence, study.scenarios, study.settings, study.seed, study.keep, tmp_path / "out", None
    )  # fmt: skip
    (made / CONTEXT).write_bytes(pickle.dumps(context))
    return made


# --- the executor alone, with a scheduler that does as it is told ---------------------------------------------------


class Told:
    """In the place of a Dask client: its tasks end as the test says."""

    def __init__(self, workers: int = 2) -> None:
        self.status, self.workers = "running", workers
        self.scheduler = SimpleNamespace(address="tcp://here:1", ncores=None)
        self.given: list[tuple[tuple[Any, ...], Future[Any]]] = []

    def get_executor(self, **options: Any) -> Told:
        return self

    def sync(self, *args: Any, **options: Any) -> dict[str, int]:
        return {f"worker {n}": 1 for n in range(self.workers)}

    def submit(self, *task: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.given.append((task, future))
        return future

    def fail(self, error: BaseException) -> None:
        self.given[-1][1].set_exception(error)

    def begin(self, run: int, process: int = 1) -> None:
        """Leave the sign that a worker would leave that died over a run."""
        (_, folder, token, *_), _ = self.given[-1]
        (folder / SIGN.format(token=token)).write_bytes(cluster_task._SIGN.pack(1, run, process))


def killed() -> KilledWorker:
    return KilledWorker("task", None, 0)


def lost_while_waiting(folder: Path) -> Future[Any]:
    """Lose a task that has not begun, and let the executor look after it."""
    client = Told()
    executor = DaskExecutor(client, folder)
    task = executor.submit(run_chunk)
    client.fail(killed())
    executor.watch()
    return task


def test_a_task_that_waited_behind_another_on_a_dead_worker_is_given_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not lost_while_waiting(folder).done()
    # Without the signs, it would be taken for the one that killed the worker.
    monkeypatch.setattr("sim.experiments.running.dask_cluster.read_sign", lambda *_: cluster_task.Begun(None, ""))
    assert isinstance(lost_while_waiting(folder).exception(timeout=1), WorkerLost)


def test_a_task_that_had_begun_names_the_run_in_hand_and_where_it_hung(folder: Path) -> None:
    client = Told()
    executor = DaskExecutor(client, folder)
    for run, process in ((7, 41), (8, 42)):
        task = executor.submit(run_chunk)
        (folder / HANGING.format(pid=42)).write_text("File model.py, line 3\n")
        client.begin(run, process)
        client.fail(killed())
        executor.watch()
        lost = task.exception(timeout=1)
        assert isinstance(lost, WorkerLost)
        assert lost.run == run
        assert ("line 3" in lost.why) == (process == 42)


def test_tasks_of_a_scheduler_that_is_gone_wait_for_it_and_blame_no_worker(folder: Path) -> None:
    client = Told()
    executor = DaskExecutor(client, folder)
    task = executor.submit(run_chunk)
    client.begin(7)
    client.status = "connecting"
    client.fail(CancelledError())
    executor.watch()
    assert (task.done(), len(client.given)) == (False, 1)
    client.status = "running"
    executor.watch()
    assert (task.done(), len(client.given)) == (False, 2)
    client.given[-1][1].set_result("made")
    assert task.result(timeout=1) == "made"


def test_a_scheduler_that_stays_away_ends_the_work_with_one_sentence(folder: Path) -> None:
    client = Told()
    executor = DaskExecutor(client, folder)
    task = executor.submit(run_chunk)
    client.fail(CancelledError())
    client.status = "closed"
    executor.watch()
    for gone in (task, executor.submit(run_chunk)):
        error = gone.exception(timeout=1)
        assert isinstance(error, ExecutorFailed)
        assert str(error).count(".") == 1
        assert "tcp://here:1" in str(error)


def test_workers_that_die_before_they_begin_anything_end_the_work(folder: Path) -> None:
    client = Told()
    executor = DaskExecutor(client, folder)
    task = executor.submit(run_chunk)
    for _ in range(MOST_TRIES):
        assert not task.done()
        client.fail(killed())
        executor.watch()
    assert isinstance(task.exception(timeout=1), ExecutorFailed)
    assert len(client.given) == MOST_TRIES


def test_workers_without_the_model_end_the_work_with_one_sentence(folder: Path) -> None:
    client = Told()
    task = DaskExecutor(client, folder).submit(run_chunk)
    client.fail(ModuleNotFoundError("No module named 'sim'"))
    with pytest.raises(ExecutorFailed, match="No module named 'sim'"):
        task.result(timeout=1)


def test_the_window_follows_the_cluster(folder: Path) -> None:
    assert [DaskExecutor(Told(workers), folder).slots() for workers in (0, 1, 50)] == [1, AHEAD, 50 * AHEAD]


# --- what a worker does ---------------------------------------------------------------------------------------------


def test_a_worker_with_other_sources_or_packages_refuses(folder: Path) -> None:
    sources = sources_of(folder)
    assert perform(folder, "a", sources, lambda: 5) == 5
    other = tuple((name, "0.1" if name == "numpy" else value) for name, value in sources)
    with pytest.raises(ExecutorFailed, match=r"has numpy .*, this machine has numpy 0\.1;"):
        perform(folder, "a", other, lambda: 5)
    assert perform(folder, "a", sources, lambda: 5) == 5


def test_a_worker_that_does_not_see_the_results_folder_refuses(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ExecutorFailed, match="does not see"):
        perform(tmp_path / "nowhere" / "driver", "a", sources_of(folder), lambda: 5)


def together(folder: Path) -> int:
    """Give a worker of two threads two tasks; return how many were at work at once."""
    inside: list[int] = []
    most: list[int] = []

    def work() -> None:
        inside.append(1)
        most.append(len(inside))
        time.sleep(0.05)
        inside.pop()

    threads = [
        threading.Thread(target=perform, args=(folder, str(n), sources_of(folder), work)) for n in range(2)
    ]  # fmt: skip
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return max(most)


def test_a_process_makes_one_chunk_at_a_time_whatever_its_threads(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert together(folder) == 1
    monkeypatch.setattr(cluster_task, "_one_at_a_time", nullcontext())
    assert together(folder) == 2


def test_a_task_leaves_its_sign_while_it_is_at_work_only(folder: Path) -> None:
    found = []

    def work() -> None:
        from sim.experiments.running import worker

        worker._beat(3, 11)
        found.append(read_sign(folder, "a"))

    perform(folder, "a", sources_of(folder), work)
    assert found == [cluster_task.Begun(11, "")]
    assert read_sign(folder, "a") is None


def test_what_a_worker_says_of_a_chunk_is_small_whatever_the_chunk(
    folder: Path, tmp_path: Path, evidence: Evidence
) -> None:
    study = study_of(24)
    results = StudyFolder(tmp_path / "out", study, evidence, "1")
    chunk = results.pending().take(48)
    assert chunk is not None
    assert chunk.n_runs == 48
    receipt = run_chunk(folder, chunk)
    assert len(pickle.dumps(receipt)) < 1500
    assert receipt.shard is not None
    # With the list of what is in the shard it would not be.
    assert len(pickle.dumps(note_in(tmp_path / "out", receipt.shard))) > 1500


# --- a cluster of this machine --------------------------------------------------------------------------------------


def descendants() -> set[str]:
    """Return the processes that this one has started, and theirs; lines uncut, whatever the terminal's width."""
    listed = subprocess.run(["ps", "-eww", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True)
    rows = [line.split(None, 2) for line in listed.stdout.splitlines()]
    found, names = {str(os.getpid())}, set()
    for _ in range(5):
        for pid, parent, *args in rows:
            if parent in found and pid not in found and "ps -eww" not in "".join(args):
                found.add(pid)
                names.add(f"{pid} {' '.join(args)}")
    return {name for name in names if "resource_tra" not in name}


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that fills with the numbers of tasks in flight."""
    flying: list[int] = []
    plain: Callable[..., Future[Any]] = DaskExecutor.submit
    open_tasks: list[Future[Any]] = []

    def submit(self: DaskExecutor, *task: Any) -> Future[Any]:
        future = plain(self, *task)
        open_tasks.append(future)
        flying.append(sum(not one.done() for one in open_tasks))
        return future

    monkeypatch.setattr(DaskExecutor, "submit", submit)
    return flying


def test_a_run_that_kills_its_worker_is_left_alone_and_all_else_is_made_and_nothing_stays_behind(
    evidence: Evidence, tmp_path: Path, counted: list[int], capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    for name in ("log", "out", "temporary"):
        (tmp_path / name).mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    before = descendants()
    folder = StudyFolder(tmp_path / "out", study_of(6), evidence, "1")
    engine = FakeEngine(tmp_path / "log", dies=2)
    outcome: Outcome = folder.run(
        engine, Manner(2, executor=on_cluster("local", 2), chunk_seconds=1e-6), lambda outcome, doing: None
    )
    assert outcome.trouble is None
    assert [(failed.world, failed.scenario) for failed, _ in outcome.failures] == [(2, 1)]
    assert outcome.finished == 11
    assert max(counted) <= 2 * AHEAD
    assert capfd.readouterr() == ("", "")
    assert descendants() == before
    assert list((tmp_path / "temporary").iterdir()) == []
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["ledger.sqlite", "quarantine", "shards"]


def test_a_cluster_that_is_slow_to_close_costs_no_study(folder: Path) -> None:
    """All runs are on disk by then."""
    asked: list[float] = []

    def close(timeout: float) -> None:
        asked.append(timeout)
        raise TimeoutError(f"timed out after {timeout} s.")

    client: Any = SimpleNamespace(
        scheduler=SimpleNamespace(address="tcp://nowhere:1"), status="running", close=lambda timeout: None,
        get_executor=lambda **_: SimpleNamespace(shutdown=lambda wait: None),
    )  # fmt: skip
    DaskExecutor(client, folder, SimpleNamespace(workers={}, close=close)).end()
    assert asked == [CLUSTER_SECONDS]
    assert client.status == "closed"


def test_workers_with_several_threads_are_refused(tmp_path: Path) -> None:
    with (
        dask.config.set({"temporary-directory": str(tmp_path)}),
        LocalCluster(
            n_workers=1, threads_per_worker=2, processes=False, protocol="tcp://", dashboard_address="127.0.0.1:0"
        ) as cluster,
        pytest.raises(InputError, match="1 of 1 workers have more than one thread"),
    ):
        on_cluster(cluster.scheduler_address, 1)(tmp_path)


@pytest.fixture
def listener() -> Iterator[Callable[[bytes], str]]:
    """Return a function that has somebody listen who says so much and no more; it returns the address."""
    doors: list[socket.socket] = []

    def listening(words: bytes) -> str:
        door = socket.create_server(("127.0.0.1", 0))
        doors.append(door)

        def greet() -> None:
            with suppress(OSError):
                while True:
                    doors.append(door.accept()[0])
                    doors[-1].sendall(words)

        threading.Thread(target=greet, daemon=True).start()
        return f"tcp://127.0.0.1:{door.getsockname()[1]}"

    yield listening
    for door in reversed(doors):
        door.close()


def clients_alive() -> int:
    gc.collect()
    return sum(isinstance(one, Client) and one.status != "closed" for one in gc.get_objects())


def test_an_address_without_a_scheduler_is_one_sentence_and_leaves_no_client(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, listener: Callable[[bytes], str]
) -> None:
    monkeypatch.setattr("sim.experiments.running.dask_cluster.CONNECT_SECONDS", 0.3)
    before = clients_alive()
    dumb, other = listener(b""), listener(b"SSH-2.0-OpenSSH_9.2")
    for address, why in (
        ("tcp://127.0.0.1:9", "refused"), ("nonsense://x", "begin with tcp:// or tls://"), ("tcp://x", "x"),
        (dumb, "not as a Dask scheduler"), (other, "not as a Dask scheduler"), ("tcp://127.0.0.1:none", "none"),
    ):  # fmt: skip
        with pytest.raises(InputError, match=rf"no Dask scheduler answers at '{re.escape(address)}' \(.*{why}"):
            on_cluster(address, 1)(tmp_path)
    # A client left half open closes itself when it is collected, and can wait for itself for ever.
    assert clients_alive() == before


def test_a_client_that_cannot_be_closed_does_not_try_again_when_it_is_collected(folder: Path) -> None:
    class Stuck(Told):
        def close(self, timeout: float) -> None:
            raise TimeoutError

    client = Stuck()
    DaskExecutor(client, folder).end()
    assert client.status == "closed"


def test_all_else_works_without_dask() -> None:
    code = (
        "import sys\n"
        "sys.modules.update(dict.fromkeys(['dask', 'distributed']))\n"  # as if they were not installed
        "import sim.cli.app, sim.cli.sweeping, sim.experiments.running.runner\n"
        "from sim.experiments.running.dask_cluster import on_cluster\n"
        "from sim.errors import InputError\n"
        "try:\n    on_cluster('local', 2)\nexcept InputError as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout == "--cluster: Dask is not installed; install the project with its extra [cluster].\n"
    assert done.stderr == ""
