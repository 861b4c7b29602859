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


NAMED = """
import multiprocessing, os
from sim.experiments.running.semaphores import name_semaphores
name_semaphores()
print(os.getpid(), multiprocessing.get_context("spawn").Lock()._semlock.name)
"""


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


def test_where_nobody_says_who_numbers_processes_no_semaphore_is_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = [tmp_path / f"sem.talent-flight-{numbers}-{dead()}-abc" for numbers in (semaphores._numbers(), 1, None)]
    for path in left:
        path.touch()
    before = dict(multiprocessing.current_process()._config)

    def nothing(path: str) -> str:
        raise OSError(path)

    with monkeypatch.context() as changed:
        for answer in (nothing, lambda path: "no number"):
            changed.setattr(semaphores.os, "readlink", answer)
            sweep_semaphores(tmp_path)
            name_semaphores()
    monkeypatch.setattr(semaphores.sys, "platform", "darwin")
    sweep_semaphores(tmp_path)
    name_semaphores()
    assert sorted(tmp_path.iterdir()) == sorted(left)
    assert dict(multiprocessing.current_process()._config) == before
    monkeypatch.undo()
    sweep_semaphores(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted(left[1:])  # where somebody says, the first would have gone


def test_semaphores_bear_the_number_of_their_driver() -> None:
    # In a process of its own: in one that has loaded joblib, locks bear the names that joblib gives them.
    made = subprocess.run([sys.executable, "-c", NAMED], capture_output=True, text=True, check=True).stdout.split()
    assert made[1].startswith(f"/talent-flight-{semaphores._numbers()}-{made[0]}-")


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
