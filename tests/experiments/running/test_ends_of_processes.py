"""How processes end, stop and show life, in words, signals and signs, also where a system says nothing."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

import pytest

from sim.experiments.running import scratch, semaphores, worker
from sim.experiments.running.pool import DEATHS, KILLED, WorkerPool, _how
from sim.experiments.running.scratch import showing_life
from sim.experiments.running.side_by_side import _leave_control_c, side_by_side
from sim.experiments.running.stopping import Stopping
from sim.experiments.running.worker import peak_bytes


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (None, KILLED),
        (3, "it ended itself with code 3"),
        (-9, DEATHS["SIGKILL"]),
        (-11, "crashed or ended by SIGSEGV"),
        (-200, "ended by signal 200"),
    ],
)
def test_an_exit_code_is_told_in_words(code: int | None, words: str) -> None:
    assert _how(code) == words


def test_a_pool_without_a_free_worker_takes_no_task(tmp_path: Path) -> None:
    pool = WorkerPool(0, tmp_path)
    assert pool.slots() == 0
    with pytest.raises(RuntimeError, match="every worker has a task"):
        pool.submit(abs, 1)


def test_alone_inputs_are_worked_on_in_this_process() -> None:
    seen: list[int] = []
    with side_by_side(lambda number: seen.append(os.getpid()) or number + 1, [1, 2, 3], 1) as made:
        assert list(made) == [2, 3, 4]
    assert set(seen) == {os.getpid()}
    with side_by_side(str, [7], 4) as made:  # one input needs no others
        assert list(made) == ["7"]


def test_a_process_beside_others_leaves_control_c_to_who_leads() -> None:
    _leave_control_c()
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_a_second_wish_to_stop_is_for_at_once(tmp_path: Path) -> None:
    stopping = Stopping(tmp_path)
    with stopping.listening():
        assert (stopping.wanted, stopping.at_once) == (False, False)
        signal.raise_signal(signal.SIGTERM)
        assert (stopping.wanted, stopping.at_once) == (True, False)
        signal.raise_signal(signal.SIGINT)
    assert stopping.at_once
    assert [path.name for path in tmp_path.iterdir()] == [worker.STOP]


def test_beside_the_main_thread_signals_stay_as_they_are(tmp_path: Path) -> None:
    before, meanwhile = signal.getsignal(signal.SIGTERM), []

    def work() -> None:
        with Stopping(tmp_path).listening():
            meanwhile.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert meanwhile == [before]


def test_a_driver_shows_now_and_then_that_it_lives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, told = [0.0], []
    monkeypatch.setattr(scratch.time, "monotonic", lambda: clock[0])
    progress = showing_life(lambda *given: told.append(given), tmp_path)
    os.utime(tmp_path, (1000.0, 1000.0))
    for clock[0], lives in ((599.0, False), (601.0, True)):
        progress(1, 0, "making")
        assert (tmp_path.stat().st_mtime > 1000.0) == lives
    os.utime(tmp_path, (1000.0, 1000.0))
    clock[0] = 700.0  # soon after the last sign
    progress(2, 0, "making")
    assert tmp_path.stat().st_mtime == 1000.0
    (tmp_path).rmdir()
    clock[0] = 1400.0  # a folder that is gone: the work goes on
    progress(3, 1, "making")
    assert told == [(1, 0, "making"), (1, 0, "making"), (2, 0, "making"), (3, 1, "making")]


def test_memory_is_asked_of_the_system_in_two_ways(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = tmp_path / "status"
    monkeypatch.setattr(worker, "Path", lambda path: said)
    said.write_text("VmPeak:  9 kB\nVmHWM:   1234 kB\n")
    assert peak_bytes() == 1234 * 1024
    said.unlink()
    import resource

    assert peak_bytes() == resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    monkeypatch.setitem(sys.modules, "resource", None)
    assert peak_bytes() == 0


def test_where_nobody_says_who_numbers_processes_no_semaphore_is_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sem.talent-flight-1-1-abc").touch()

    def nothing(path: str) -> str:
        raise OSError(path)

    monkeypatch.setattr(semaphores.os, "readlink", nothing)
    assert semaphores._numbers() is None
    semaphores.name_semaphores()
    semaphores.sweep_semaphores(tmp_path)
    monkeypatch.setattr(semaphores.sys, "platform", "darwin")
    assert semaphores._numbers() is None
    assert len(list(tmp_path.iterdir())) == 1
