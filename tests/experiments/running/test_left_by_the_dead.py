"""What processes that were killed leave on the machine is removed by the next driver; what lives is left alone."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sim.evidence import Evidence
from sim.experiments.running import semaphores, worker
from sim.experiments.running.last_words import let_go
from sim.experiments.running.semaphores import name_semaphores, sweep_semaphores
from sim.experiments.starts import VARIABLE
from sim.experiments.storage.leftovers import unfinished_path
from tests.experiments.fake_model import FakeEngine
from tests.experiments.test_runner import carry_out, small

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


def test_unfinished_starts_of_dead_workers_are_removed(
    evidence: Evidence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    starts, log = tmp_path / "starts", tmp_path / "log"
    monkeypatch.setenv(VARIABLE, str(starts))
    for folder in (starts, log):
        folder.mkdir()
    alive = unfinished_path(starts, f"{'a' * 32}.npz")
    of_the_dead = alive.with_name(alive.name.replace(f".{os.getpid()}.", f".{dead()}."))
    for path in (alive, of_the_dead, starts / f"{'b' * 32}.npz", starts / "mine.tmp"):
        path.touch()
    carry_out(small(worlds=1), evidence, tmp_path / "out", FakeEngine(log))
    assert sorted(starts.iterdir()) == sorted([alive, starts / f"{'b' * 32}.npz", starts / "mine.tmp"])
