"""The line of runs: one after the other, shared, cancelled, and never left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sim.dashboard import waiting_line
from sim.dashboard.waiting_line import WaitingLine

ROOT = Path(__file__).parents[2]


def until(said: Callable[[], object], seconds: float = 120.0) -> bool:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if said():
            return True
        time.sleep(0.02)
    return False


def alive(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def number_in(path: Path) -> int | None:
    """The number in a file, once it is there."""
    text = path.read_text() if path.is_file() else ""
    return int(text) if text.endswith("\n") else None


def sleeper(pid_file: Path) -> list[str]:
    """A command that says its number and sleeps."""
    return ["sh", "-c", f"echo $$ > {pid_file}; sleep 600 & wait"]


@pytest.fixture
def line() -> Iterator[WaitingLine]:
    made = WaitingLine(patience=600.0)  # a slow machine may look at a run late
    yield made
    made.close()


@pytest.mark.long
def test_one_after_the_other_with_a_place_in_line(line, tmp_path):
    for name in "abc":
        (tmp_path / name).mkdir()
    line.ask("a", tmp_path / "a", sleeper(tmp_path / "pid"), "ann")
    assert until(lambda: number_in(tmp_path / "pid"))
    pid = number_in(tmp_path / "pid")
    line.ask("b", tmp_path / "b", ["true"], "bob")
    line.ask("c", tmp_path / "c", ["false"], "bob")
    line.ask("a", tmp_path / "a", ["never", "run"], "bob")
    assert (line.place("a"), line.place("b"), line.place("c")) == (0, 1, 2)
    line.leave("a", "ann")  # bob still waits for it
    assert line.state("a", "bob") == "running"
    line.leave("a", "bob")
    assert until(lambda: line.state("a", "bob") == "cancelled" and not alive(pid))
    assert until(lambda: line.state("b", "bob") == "finished" and line.state("c", "bob") == "failed")
    assert (tmp_path / "b" / "done").is_file()
    assert not (tmp_path / "a" / "done").exists()
    assert not (tmp_path / "c" / "done").exists()
    assert line.ask("b", tmp_path / "b", ["false"], "eve") == "finished"  # known by its mark


def test_a_run_that_nobody_looks_at_is_stopped(tmp_path):
    line = WaitingLine(patience=1.0)
    try:
        line.ask("a", tmp_path, sleeper(tmp_path / "pid"), "ann")  # who closes the page and is not seen again
        assert until(lambda: number_in(tmp_path / "pid"))
        pid = number_in(tmp_path / "pid")
        assert pid is not None
        assert until(lambda: not alive(pid))
    finally:
        line.close()


def test_the_run_of_a_closed_page_is_stopped_soon_and_that_of_an_open_one_is_not(tmp_path):
    opened = {"ann", "bob"}
    line = WaitingLine(slots=2, patience=3600.0, connected=opened.__contains__, absence=1.5)
    try:
        pids = {}
        for who in ("ann", "bob"):
            (tmp_path / who).mkdir()
            line.ask(who, tmp_path / who, sleeper(tmp_path / f"{who}.pid"), who)
            assert until(lambda who=who: number_in(tmp_path / f"{who}.pid"))
            pids[who] = number_in(tmp_path / f"{who}.pid")
        opened.discard("ann")
        opened.discard("bob")
        line.state("bob", "bob")
        opened.add("bob")  # who lost the connection for a moment
        line.state("bob", "bob")
        assert until(lambda: not alive(pids["ann"]), 20.0)
        assert line.state("ann", "") == "cancelled"
        assert line.state("bob", "bob") == "running"
        assert alive(pids["bob"])
    finally:
        line.close()


@pytest.mark.long
def test_what_nobody_waits_for_gives_way_and_is_taken_up_again(line, tmp_path):
    """The prepared command sleeps the first time and ends well the second time."""
    for name in "ab":
        (tmp_path / name).mkdir()
    first = tmp_path / "first"
    words = f"test -e {first} && exit 0; touch {first}; echo $$ > {tmp_path / 'pid'}; sleep 600 & wait; exit 1"
    line.prepare("a", tmp_path / "a", ["sh", "-c", words])
    assert until(lambda: number_in(tmp_path / "pid"))
    ready: list[bool] = []
    line.ask("b", tmp_path / "b", ["true"], "bob", ready=lambda: ready.append(alive(number_in(tmp_path / "pid") or 0)))
    assert line.place("b") == 0  # nobody is told to wait for it
    assert until(lambda: line.state("b", "bob") == "finished" and line.state("a", "") == "finished")
    assert ready == [False]  # it had ended before the other began
    assert (tmp_path / "a" / "done").is_file()
    line.prepare("a", tmp_path / "a", ["false"])  # made already: not made again
    assert line.state("a", "") == "finished"


@pytest.mark.long
def test_a_run_that_is_asked_for_again_while_it_stops_starts_when_it_has_stopped(line, tmp_path):
    trap = f"trap 'sleep 0.5; exit 1' TERM; echo $$ >> {tmp_path / 'pid'}; sleep 600 & wait"
    line.ask("a", tmp_path, ["sh", "-c", trap], "ann")
    assert until(lambda: number_in(tmp_path / "pid"))
    pid = number_in(tmp_path / "pid")
    line.leave("a", "ann")
    assert until(lambda: line.state("a", "ann") == "cancelled")
    (tmp_path / "pid").unlink()
    assert line.ask("a", tmp_path, ["true"], "ann") == "waiting"
    assert alive(pid)
    assert until(lambda: line.state("a", "ann") == "finished" and not alive(pid))


@pytest.fixture
def with_spare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., WaitingLine]]:
    """Begin a line with a spare at hand, and the next at once: each writes its number down, waits for orders, works."""
    monkeypatch.setattr(waiting_line, "SPARE_SECONDS", 0.0)
    begun: list[WaitingLine] = []

    def begin(work: str, slots: int = 1) -> WaitingLine:
        words = f"echo $$ >> {tmp_path / 'at_hand'}; read -r line; {work}"
        begun.append(WaitingLine(slots, patience=600.0, spare=["sh", "-c", words]))
        assert until(lambda: numbers_at_hand(tmp_path))
        return begun[0]

    yield begin
    for made in begun:
        made.close()


def numbers_at_hand(folder: Path) -> list[int]:
    """The numbers of all spares so far."""
    path = folder / "at_hand"
    return [int(pid) for pid in path.read_text().split()] if path.is_file() else []


def test_a_spare_becomes_the_run_and_is_replaced(with_spare, tmp_path):
    told = tmp_path / "told"
    line = with_spare(f"printf '%s\\n' \"$line\" > {told}")
    line.ask("a", tmp_path, ["python", "run_sim.py", "compare", "it's \\ this"], "ann", spare=True)
    assert until(lambda: line.state("a", "ann") == "finished")
    assert json.loads(told.read_text()) == {"log": str(tmp_path / "log.txt"), "words": ["compare", "it's \\ this"]}
    assert until(lambda: len(numbers_at_hand(tmp_path)) == 2)
    told.unlink()
    (tmp_path / "b").mkdir()
    line.ask("b", tmp_path / "b", ["true"], "ann")  # not of the kind that a spare can become
    assert until(lambda: line.state("b", "ann") == "finished")
    assert not told.exists()
    line.close()
    assert not any(alive(pid) for pid in numbers_at_hand(tmp_path))


def test_no_spare_is_made_while_somebodys_run_is_at_work(with_spare, tmp_path, monkeypatch):
    """Not to hold the memory of two."""
    line = with_spare(f"while [ ! -e {tmp_path / 'go_on'} ]; do sleep 0.05; done", slots=2)
    begun: list[list[str]] = []
    begin = subprocess.Popen

    def noted(words: list[str], **given: object) -> subprocess.Popen[bytes]:
        begun.append(words)
        return begin(words, **given)

    monkeypatch.setattr(subprocess, "Popen", noted)
    line.ask("a", tmp_path, ["python", "run_sim.py", "compare"], "ann", spare=True)
    assert until(lambda: line.state("a", "ann") == "running")
    (tmp_path / "b").mkdir()
    line.ask(
        "b", tmp_path / "b", ["true"], "bob"
    )  # beside it: when it has ended, the line has looked round more than once
    assert until(lambda: line.state("b", "bob") == "finished")
    assert line.state("a", "ann") == "running"
    assert [words[-1] for words in begun] == ["true"]
    (tmp_path / "go_on").touch()
    assert until(lambda: line.state("a", "ann") == "finished" and len(numbers_at_hand(tmp_path)) == 2)


def test_a_spare_that_dies_costs_no_run(tmp_path, monkeypatch):
    monkeypatch.setattr(waiting_line, "SPARE_SECONDS", 600.0)
    line = WaitingLine(patience=600.0, spare=["false"])
    try:
        line.ask("a", tmp_path, ["sh", "-c", f"touch {tmp_path / 'made'}"], "ann", spare=True)
        assert until(lambda: line.state("a", "ann") in ("finished", "failed"))
        line.ask("a", tmp_path, ["sh", "-c", f"touch {tmp_path / 'made'}"], "ann", spare=True)
        assert until(lambda: line.state("a", "ann") == "finished")
        assert (tmp_path / "made").exists()
    finally:
        line.close()


def test_a_run_that_cannot_be_made_ready_stops_nobody_else(line, tmp_path):
    def broken() -> None:
        raise ValueError("no such thing")

    line.ask("a", tmp_path, ["true"], "ann", ready=broken)
    assert until(lambda: line.state("a", "ann") == "failed")
    assert (tmp_path / "log.txt").read_text() == "no such thing\n"
    line.ask("b", tmp_path, ["true"], "ann")
    assert until(lambda: line.state("b", "ann") == "finished")


def test_a_server_that_is_killed_leaves_no_process(tmp_path):
    """Neither a run nor the spare."""
    ours = [tmp_path / "run", tmp_path / "spare"]
    code = (
        "import sys, time; from pathlib import Path; from sim.dashboard.waiting_line import WaitingLine\n"
        f"line = WaitingLine(spare={sleeper(ours[1])!r})\n"
        f"while not Path({str(ours[1])!r}).exists(): time.sleep(0.05)\n"  # none is made beside a run
        f"line.ask('a', Path({str(tmp_path)!r}), {sleeper(ours[0])!r}, 'ann'); time.sleep(600)"
    )
    server = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)
    try:
        assert until(lambda: all(number_in(path) for path in ours))
    finally:
        os.kill(server.pid, signal.SIGKILL)
        server.wait()
    pids = [number_in(path) for path in ours]
    assert until(lambda: not any(alive(pid) for pid in pids if pid is not None))
