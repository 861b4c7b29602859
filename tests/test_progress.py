"""How far a study is: a bar on a terminal, elsewhere a line now and then, and the time left once there is a pace."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from sim.cli.progress import RunProgress, clock
from sim.experiments.running.progress_file import Throughput
from sim.experiments.running.runner import Outcome


def test_progress_without_a_terminal_is_a_plain_line_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("sim.cli.progress.time.monotonic", lambda: now[0])
    written = io.StringIO()
    with RunProgress(100, Console(file=written, width=200)) as progress:
        for ended in range(1, 61):
            now[0] = ended / 2
            progress(Outcome(100, ended - ended // 50, quarantined=ended // 50), "simulating")
    assert written.getvalue().splitlines() == [
        "simulating: 20 of 100 runs, 0:10 gone, 1.9 a second, about 0:42 left",
        "simulating: 40 of 100 runs, 0:20 gone, 1.9 a second, about 0:31 left",
        "simulating: 60 of 100 runs, 0:30 gone, 2 a second, about 0:20 left, 1 failed",
    ]


def test_on_a_terminal_a_bar_tells_how_far_it_is() -> None:
    written = io.StringIO()
    with RunProgress(4, Console(file=written, force_terminal=True, width=120)) as told:
        told(Outcome(planned=4, finished=2, quarantined=1), "simulating")
    text = written.getvalue()
    assert "simulating" in text
    assert "3/4" in text
    assert "1 failed" in text


def test_time_left_is_unknown_until_there_is_a_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("sim.experiments.running.progress_file.time.monotonic", lambda: now[0])
    throughput = Throughput()
    now[0] = 5.0
    assert throughput(7, 100) == (0.0, None)  # seven were there before
    now[0] = 60.0
    assert throughput(9, 131) == (pytest.approx(2 / 60), pytest.approx(3660.0))


@pytest.mark.parametrize(("seconds", "said"), [(7.4, "0:07"), (187, "3:07"), (3720.0, "1:02:00"), (3765, "1:02:45")])
def test_time_is_told_as_on_a_clock(seconds: float, said: str) -> None:
    assert clock(seconds) == said
