"""A results folder from somebody else does not lead the program to files outside of it, nor have it wait for ever."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.cli.alone import LOCK, alone
from sim.errors import InputError
from sim.report.catalogue import Words
from sim.report.clearing import clear_way
from sim.report.page import write_report
from sim.report.tables import write_tables
from tests.test_report_command import results

TEXT = "of somebody"


@pytest.fixture
def other(tmp_path: Path) -> Path:
    (path := tmp_path / "other.csv").write_text(TEXT, encoding="utf-8")
    return path


def pipe(path: Path, other: Path) -> None:
    os.mkfifo(path)


def link(path: Path, other: Path) -> None:
    path.symlink_to(other)


PLACED = pytest.mark.parametrize("place", [pipe, link])


@PLACED
def test_a_lock_is_neither_waited_for_nor_followed(
    place: Callable[[Path, Path], None], tmp_path: Path, other: Path
) -> None:
    pytest.importorskip("fcntl")
    place(tmp_path / LOCK, other)
    with pytest.raises(OSError, match=r"\.lock"), alone(tmp_path):
        pass
    (tmp_path / LOCK).unlink()
    with alone(tmp_path):
        pass
    assert other.read_text(encoding="utf-8") == TEXT


@PLACED
def test_the_place_of_a_file_is_cleared(place: Callable[[Path, Path], None], tmp_path: Path, other: Path) -> None:
    (path := tmp_path / "tables" / "tables.xlsx").parent.mkdir()
    place(path, other)
    write_tables((), path.parent, Words())
    assert path.is_file()
    assert not path.is_symlink()
    assert other.read_text(encoding="utf-8") == TEXT
    clear_way(path)
    clear_way(path.with_name("nothing"))
    assert path.is_file()


@pytest.mark.parametrize("name", ["tables", "figures"])
def test_a_linked_folder_is_refused_before_anything_in_it_is_removed(name: str, tmp_path: Path, other: Path) -> None:
    folder = results(tmp_path / "results")
    (folder / name).symlink_to(other.parent)
    with pytest.raises(InputError) as caught:
        write_report(folder)
    assert caught.value.problems == [f"{folder / name}: a link where the folder of {name} belongs; move it away."]
    assert other.read_text(encoding="utf-8") == TEXT
