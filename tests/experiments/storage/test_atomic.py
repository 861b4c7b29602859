"""Files that appear whole or not at all, and what interrupted writers leave."""

from __future__ import annotations

import os
import socket
import time
from pathlib import Path
from typing import IO

import pytest

from sim.experiments.storage import leftovers
from sim.experiments.storage.atomic import write_atomically, write_text
from sim.experiments.storage.leftovers import alive, discard, sweep_out, unfinished_path

DEAD = 2**22 + 1  # above the largest number a process can have


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_write_that_fails_leaves_the_file_as_it_was_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    write_text(path, "é\n")

    def fails(file: IO[bytes]) -> None:
        file.write(b"half")
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        write_atomically(path, fails)
    assert path.read_bytes() == "é\n".encode()
    assert names(tmp_path) == ["table.csv"]


def test_two_writers_of_one_file_do_not_meet(tmp_path: Path) -> None:
    # Two containers that share a folder can have the same process number; names differ all the same.
    paths = {unfinished_path(tmp_path, "runs.parquet") for _ in range(100)}
    assert len(paths) == 100


def test_leftovers_go_with_their_process_or_after_a_day_and_nothing_else_goes(tmp_path: Path) -> None:
    here = socket.gethostname()
    gone = [f".{here}.{DEAD}.0123abcd.tmp", f".runs.parquet@{here}.{DEAD}.0123abcd.tmp", ".far.away.7.0123abcd.tmp"]
    stay = [
        f".{here}.{os.getpid()}.0123abcd.tmp", f".runs.parquet@{here}.{os.getpid()}.0123abcd.tmp",
        ".elsewhere.7.0123abcd.tmp", ".notes.tmp", "thesis.tmp", f"{here}.{DEAD}.0123abcd.tmp",
    ]  # fmt: skip
    for name in (*gone, *stay):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").touch()
    (tmp_path / f".runs.parquet@{here}.{DEAD}.89abcdef.tmp").touch()  # a file
    day = time.time() - 24 * 3600 - 60
    for name in (gone[2], stay[0]):  # a live process of this machine may take its time
        os.utime(tmp_path / name, (day, day))
    sweep_out(tmp_path)
    assert names(tmp_path) == sorted(stay)
    sweep_out(tmp_path / "missing")


def test_a_process_is_alive_or_not() -> None:
    assert alive(os.getpid())
    assert alive(1)
    assert not alive(DEAD)
    assert not alive(10**30)


def test_a_folder_is_discarded_at_once_and_a_missing_one_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    discard(tmp_path / "a")
    discard(tmp_path / "a")
    assert names(tmp_path) == []


def test_a_process_of_another_user_lives_and_so_does_one_of_which_nothing_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refused(process: int, number: int) -> None:
        raise PermissionError(process)

    monkeypatch.setattr(leftovers.os, "kill", refused)
    assert alive(DEAD)
    monkeypatch.undo()
    monkeypatch.setattr(leftovers, "Path", lambda path: Path("/nowhere"))
    assert alive(os.getpid())
