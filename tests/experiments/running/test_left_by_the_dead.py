"""What processes that were killed leave on the machine is removed by the next driver; what lives is left alone."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sim.experiments.running import semaphores, worker
from sim.experiments.running.last_words import let_go
from sim.experiments.running.semaphores import name_semaphores, sweep_semaphores
from sim.experiments.starts import VARIABLE

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="looks at processes and shared memory as Linux has them"
)


def dead() -> int:
    """The number of a process that is gone."""
    process = subprocess.Popen(["true"])
    process.wait()
    return process.pid


def test_semaphores_of_dead_drivers_are_removed_and_others_stay(tmp_path: Path) -> None:
    numbers, gone = semaphores._numbers(), dead()
    ours = f"sem.talent-flight-{numbers}-{gone}-abc"
    others = [
        f"sem.talent-flight-{numbers}-{os.getpid()}-abc",  # at work
        f"sem.talent-flight-1{numbers}-{gone}-abc",  # of a container, whose processes are numbered apart
        f"sem.mp-{gone}", "sem.talent-flight-x-1-abc", f"talent-flight-{numbers}-{gone}-abc",
    ]  # fmt: skip
    for name in (ours, *others):
        (tmp_path / name).touch()
    sweep_semaphores(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(others)
    sweep_semaphores(tmp_path / "nowhere")


def test_semaphores_bear_the_number_of_their_driver() -> None:
    before = multiprocessing.current_process()._config["semprefix"]  # type: ignore[attr-defined]
    try:
        name_semaphores()
        made = multiprocessing.get_context("spawn").Lock()
        assert made._semlock.name.startswith(f"/talent-flight-{semaphores._numbers()}-{os.getpid()}-")
    finally:
        multiprocessing.current_process()._config["semprefix"] = before  # type: ignore[attr-defined]


def test_a_process_that_serves_many_drivers_holds_no_file_of_them(tmp_path: Path) -> None:
    folders = [tmp_path / f"driver-{n}" for n in range(20)]
    before = len(os.listdir("/proc/self/fd"))
    for folder in folders:
        folder.mkdir()
        worker._hanging(folder)
        let_go(folder)
    assert len(os.listdir("/proc/self/fd")) == before
    let_go(tmp_path / "gone")
    # The twin lets go of none: the cache forgets them, and they stay open.
    held = [worker._hanging(folder) for folder in folders]
    assert len(os.listdir("/proc/self/fd")) == before + 20
    for handle in held:
        os.close(handle)
    worker._hanging.cache_clear()


def test_unfinished_starts_of_dead_workers_are_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.experiments.storage.atomic import unfinished_path
    from tests.experiments.test_runner import run_small

    monkeypatch.setenv(VARIABLE, str(tmp_path / "starts"))
    (tmp_path / "starts").mkdir()
    left = unfinished_path(tmp_path / "starts", f"{'a' * 32}.npz")
    alive = left.with_name(left.name)
    of_the_dead = left.with_name(left.name.replace(f".{os.getpid()}.", f".{dead()}."))
    for path in (alive, of_the_dead):
        path.touch()
    run_small(tmp_path / "out")
    assert [path for path in (tmp_path / "starts").iterdir() if path.name.endswith(".tmp")] == [alive]
