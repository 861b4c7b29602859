"""What a study is foretold to take, by hand, and one sentence for each thing that does not fit."""

from __future__ import annotations

import resource
import shutil
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from sim.experiments.running import pilot, worker
from sim.experiments.running.pilot import Forecast, free_memory, misfits
from sim.experiments.running.worker import peak_bytes

FOUND = Forecast(1000, 10, 2.0, 5.0, worker_bytes=400_000_000, bytes_per_run=3_000_000.0)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A machine with as much disk and memory as a test says."""
    held = SimpleNamespace(disk=10**12, memory=10**11)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=held.disk))
    monkeypatch.setattr(pilot, "free_memory", lambda: held.memory)
    return held


def test_a_forecast_scales_the_pilot_up() -> None:
    assert FOUND.seconds(1) == 2050.0
    assert FOUND.seconds(4) == 512.5
    assert FOUND.disk_bytes == 6e9  # shards and tables
    assert FOUND.memory_bytes(3) == 200e6 + 60.0 * 1000 + 3 * 400e6


def test_what_fits_is_no_problem(machine: SimpleNamespace, tmp_path: Path) -> None:
    assert misfits(FOUND, 2, tmp_path / "not" / "there", 6_000_000_000, 2.0) == []
    machine.memory = None  # a system that does not say
    assert misfits(FOUND, 2, tmp_path, None, None) == []


def test_each_thing_that_does_not_fit_is_one_sentence(machine: SimpleNamespace, tmp_path: Path) -> None:
    machine.disk, machine.memory = 99_000_000, 1_100_000_000
    assert misfits(FOUND, 3, tmp_path, 5_000_000_000, 1.5) == [
        f"{tmp_path}: 6 GB of disk are needed, 99 MB are free.",
        "limits.disk: 6 GB are needed, allowed are 5 GB.",
        "--workers: 3 need 1.4 GB of memory, 1.1 GB are free; 2 would fit.",
        "limits.seconds_per_run: a run takes 2.0 seconds, allowed are 1.5.",
    ]
    machine.memory = 100_000_000
    assert misfits(FOUND, 1, tmp_path, None, None)[-1].endswith("0.1 GB are free; 0 would fit.")


def test_memory_is_what_the_system_says_or_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = tmp_path / "meminfo"
    monkeypatch.setattr(pilot, "Path", lambda path: said)
    assert free_memory() is None  # no such file
    said.write_text("MemTotal: 9 kB\nMemAvailable:   1234 kB\n")
    assert free_memory() == 1234 * 1024
    said.write_text("MemTotal: 9 kB\n")
    assert free_memory() is None


def test_memory_that_was_held_is_asked_of_the_system_in_two_ways(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = tmp_path / "status"
    monkeypatch.setattr(worker, "Path", lambda path: said)
    monkeypatch.setattr(resource, "getrusage", lambda who: SimpleNamespace(ru_maxrss=77))
    said.write_text("VmPeak:  9 kB\nVmHWM:   1234 kB\n")
    assert peak_bytes() == 1234 * 1024
    said.unlink()
    for platform, unit in (("linux", 1024), ("darwin", 1)):
        monkeypatch.setattr(sys, "platform", platform)
        assert peak_bytes() == 77 * unit
    monkeypatch.setitem(sys.modules, "resource", None)
    assert peak_bytes() == 0
