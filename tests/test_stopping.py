"""What is said when a command is stopped or cannot go on, and that one command at a time holds a folder."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import pytest

from sim.cli import stopping
from sim.cli.alone import LOCK, alone
from sim.cli.stopping import NOTHING_BEGUN, Stop, leaving, os_sentence, reason
from sim.errors import DamagedError, InputError

STATE = "Finished runs are kept."


@pytest.mark.parametrize(
    ("raised", "problems"),
    [
        (OSError(28, "No space left on device", "out.csv"),
         [f"out.csv: cannot be read or written (no space left on device). {STATE}"]),
        (OSError("odd"), [f"A file: cannot be read or written (odd). {STATE}"]),
        (SyntaxError("invalid syntax", ("rules.py", 3, 1, "x = = 1")),
         [f"rules.py, line 3: cannot be loaded (invalid syntax). {STATE}"]),
        (ImportError("cannot import name 'x'", path="rules.py"),
         [f"rules.py: cannot be loaded (cannot import name 'x'). {STATE}"]),
        (ImportError("no module"), [f"A module: cannot be loaded (no module). {STATE}"]),
        (InputError(["One.", "Two."]), ["One.", f"Two. {STATE}"]),
        (DamagedError("runs.parquet: cut off."), ["runs.parquet: cut off."]),
    ],
    ids=["disk", "without words", "half a source", "another source", "no source", "input", "damage"],
)  # fmt: skip
def test_what_goes_wrong_is_said_with_what_is_whole(raised: Exception, problems: list[str]) -> None:
    with pytest.raises(InputError) as caught, leaving(STATE):
        raise raised
    assert caught.value.problems == problems


@pytest.mark.parametrize("raised", [KeyboardInterrupt(), Stop("in the middle")])
def test_a_stop_says_what_is_whole(raised: BaseException) -> None:
    with pytest.raises(Stop, match=STATE), leaving(STATE):
        raise raised


def test_a_reader_that_goes_away_is_no_files_fault() -> None:
    with pytest.raises(BrokenPipeError), leaving(STATE):
        raise BrokenPipeError


def test_the_file_named_last_is_the_one_that_could_not_be_made() -> None:
    error = OSError(13, "Permission denied", "part.tmp", None, "table.csv")
    assert os_sentence(error) == "table.csv: cannot be read or written (permission denied)."
    assert reason(OSError()) == "unknown reason"


def test_before_anything_is_whole_a_signal_ends_the_process_at_once(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    ended: list[int] = []
    monkeypatch.setattr(stopping.os, "_exit", ended.append)
    monkeypatch.setattr(stopping, "_guarded", False)
    stopping.listen()
    with pytest.raises(Stop):  # what a process that has ended no longer comes to
        signal.raise_signal(signal.SIGTERM)
    assert ended == [130]
    assert capfd.readouterr().err == f"Stopped. {NOTHING_BEGUN}\n"
    monkeypatch.setattr(stopping, "_guarded", True)
    with pytest.raises(Stop, match=NOTHING_BEGUN):
        signal.raise_signal(signal.SIGINT)
    assert ended == [130]


def test_a_folder_is_held_by_one_command_and_its_parts_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = pytest.raises(InputError, match="another command is writing into this folder")
    with alone(tmp_path), alone(tmp_path, ".1"), held, alone(tmp_path):
        pytest.fail("two commands in one folder")
    with alone(tmp_path):
        assert (tmp_path / LOCK).exists()
    (other := tmp_path / "other").mkdir()
    monkeypatch.setitem(sys.modules, "fcntl", None)  # a system without
    with alone(other), alone(other):
        assert list(other.iterdir()) == []
