"""A process that makes run after run holds on to nothing; a process that does is found out."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from tests.experiments.holdings import Holdings, holdings, orphans, shared_now
from tests.experiments.long_haul import Lap, Size, growth, haul, problems
from tests.security.watching import watched

QUICK = Size(laps=4, runs=25, worlds=1, seeds=1, scenarios=("all_eight",), startup_scale=100)
BYTES_PER_RUN = 3000.0
"""In a hundred runs single objects of caches still show, some dozen kilobytes in all."""
LEAK = 10_000


@pytest.mark.torture  # tests/model/test_mesa_memory.py is the short form: forty runs
def test_a_hundred_runs_leave_nothing_and_a_leak_of_ten_kilobytes_a_run_is_seen(tmp_path: Path) -> None:
    kept: list[bytes] = []
    shared = shared_now()
    with watched() as watch:
        laps = list(haul(QUICK, tmp_path, lambda run: kept.append(bytes(LEAK))))
    assert laps[-1].runs == 100
    assert watch.calls == []  # nor is anybody called
    assert orphans(shared, os.getpid()) == []
    # The twin holds on to ten kilobytes a run, and that is all that is held on to.
    (leaking,) = problems(laps, BYTES_PER_RUN)
    assert leaking.startswith("heap memory grows by")
    without = [Lap(lap.runs, lap.held._replace(heap=lap.held.heap - LEAK * lap.runs)) for lap in laps]
    assert problems(without, BYTES_PER_RUN) == []


def laps_of(sizes: list[int]) -> list[Lap]:
    return [Lap(100 * n, Holdings(size, size, 8, 4, 0, 0, 0)) for n, size in enumerate(sizes, start=1)]


def test_growth_is_told_from_wavering() -> None:
    wavering = [400_000_000 + (n % 7) * 2_000_000 for n in range(100)]
    assert problems(laps_of(wavering)) == []
    leaking = [size + n * 100 * 10_000 for n, size in enumerate(wavering)]
    assert [told.split()[:4] for told in problems(laps_of(leaking))] == [
        [what, "memory", "grows", "by"] for what in ("heap", "resident")
    ]
    assert growth(laps_of(leaking)) == pytest.approx(10_000, rel=0.1)
    assert growth(laps_of([900_000_000] * 20 + wavering[20:])) < 1000  # of the warm-up


def test_what_is_held_beyond_the_warm_up_is_named(tmp_path: Path) -> None:
    before = holdings(tmp_path)
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    (tmp_path / "left").touch()
    handle = os.open(tmp_path / "left", os.O_RDONLY)
    try:
        now = holdings(tmp_path)
    finally:
        os.close(handle)
        stop.set()
        thread.join()
    assert now.more_than(before) == ["1 files more", "1 threads more", "1 temporary more"]
    assert holdings(tmp_path)._replace(temporary=0).more_than(before) == []
