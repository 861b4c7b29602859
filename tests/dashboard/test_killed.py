"""A server that is killed, and a page that is closed, in the middle of a real run: nothing stays, nothing breaks."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sim.dashboard.ask import RESULTS, ROOT, Ask, is_done, ready_command
from sim.dashboard.board import Board, Choice, Policy
from sim.dashboard.live import landed, landed_runs
from sim.dashboard.waiting_line import WaitingLine
from tests.dashboard.test_waiting_line import until

BOARD = Board((Policy((Choice("r4"),)),), years=1, worlds=8, scale=200)
SERVER = """
import sys, time
from pathlib import Path
from sim.dashboard.waiting_line import WaitingLine
from sim.dashboard.ask import ready_command
line = WaitingLine(spare=ready_command(1))
time.sleep(1.0)  # the spare is on its way
line.ask("a", Path(sys.argv[1]), sys.argv[2:], "ann", spare=True)
time.sleep(600)
"""


def at_work(folder: Path) -> bool:
    """Whether any process names a folder in its command, or writes into it."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes()
            if str(folder).encode() in words or (folder in held_by(path.parent)):
                return True
        except OSError:
            continue
    return False


def held_by(process: Path) -> set[Path]:
    """Folders of the files that a process has open: one that was a spare does not name its run."""
    return {Path(os.readlink(one)).parent for one in (process / "fd").iterdir()}


@pytest.mark.torture
@pytest.mark.timeout(900)
def test_a_killed_server_and_a_closed_page_leave_no_process_and_no_broken_result(tmp_path):
    ask = Ask(BOARD, "model")
    folder = ask.prepare(tmp_path / "cache")
    command = ask.command(folder, 1)
    server = subprocess.Popen([sys.executable, "-c", SERVER, str(folder), *command], cwd=ROOT)
    assert until(lambda: landed(folder) >= 1, 600.0)
    os.kill(server.pid, signal.SIGKILL)
    server.wait()
    assert until(lambda: not at_work(folder), 60.0)
    assert not is_done(folder)
    names = tuple(ask.contents)
    before = landed(folder)
    line = WaitingLine(patience=3600.0, spare=ready_command(1))
    try:
        line.ask("a", folder, command, "ann", spare=True)
        assert until(lambda: landed(folder) > before, 600.0)
        line.leave("a", "ann")  # the page is closed
        assert until(lambda: line.state("a", "") == "cancelled" and not at_work(folder), 60.0)
        assert not is_done(folder)
        found = landed_runs(folder, names, BOARD.worlds)
        assert found is not None
        assert len(found) % len(names) == 0
        line.ask("a", folder, command, "ann", spare=True)
        whole = ask.prepare(tmp_path / "other")
        line.ask("b", whole, ask.command(whole, 1), "ann")
        assert until(lambda: line.state("a", "ann") == "finished" and line.state("b", "ann") == "finished", 600.0)
    finally:
        line.close()
    one, other = (path / RESULTS / "comparison.csv" for path in (folder, whole))
    assert one.read_bytes() == other.read_bytes()
