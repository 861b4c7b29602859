"""How processes end, are asked to stop, and show that they live: words, signals and signs."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest

from sim.experiments.running import scratch, worker
from sim.experiments.running.pool import DEATHS, KILLED, WorkerPool, _how
from sim.experiments.running.scratch import showing_life
from sim.experiments.running.stopping import Stopping


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
    tmp_path.rmdir()
    clock[0] = 1400.0  # a folder that is gone: the work goes on
    progress(3, 1, "making")
    assert told == [(1, 0, "making"), (1, 0, "making"), (2, 0, "making"), (3, 1, "making")]
