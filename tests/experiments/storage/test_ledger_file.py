"""The ledger's own file and the receipts it is made from: cut, overwritten, foreign, locked."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from pathlib import Path
from unittest import mock

import pytest

from sim.evidence import Evidence
from sim.experiments.storage import ledger_file
from sim.experiments.storage.ledger import Ledger
from sim.experiments.storage.receipts import receipt_in, receipt_text
from tests.experiments.storage.made_shards import Folder, contents, flip, study_of

RUNS = [*range(8)]


@pytest.fixture
def folder(tmp_path: Path, evidence: Evidence) -> Folder:
    """Four shards of two runs each; the baseline's runs are even."""
    found = Folder(tmp_path / "results", study_of(4), evidence)
    found.every(2)
    return found


def shards(folder: Folder) -> dict[str, str]:
    return contents(folder.results / "shards")


def healed(folder: Folder, before: dict[str, str]) -> bool:
    """Whether everything is known again and no shard was lost."""
    return folder.finished() == RUNS and shards(folder) == before


def test_a_cut_ledger_heals(folder: Folder) -> None:
    folder.ledger().close()
    path = folder.results / "ledger.sqlite"
    whole, before = path.read_bytes(), shards(folder)
    for size in (0, 1, 50, 100, 4096, 5000, len(whole) - 4096, len(whole) - 1):
        path.write_bytes(whole[:size])
        assert healed(folder, before), size


def test_a_ledger_with_garbage_anywhere_heals(folder: Folder) -> None:
    folder.ledger().close()
    path = folder.results / "ledger.sqlite"
    whole, before = path.read_bytes(), shards(folder)
    for at in range(0, len(whole), len(whole) // 23):
        path.write_bytes(whole[:at] + bytes((at + n * 37) % 256 for n in range(40)) + whole[at + 40 :])
        assert healed(folder, before), at
    # One changed byte in what a row says: SQLite itself does not mind.
    for word in (folder.ids[3], b"runs.parquet"):
        path.write_bytes(whole)
        flip(path, whole.index(word) + 2)
        assert healed(folder, before)


def test_a_changed_row_is_what_the_digests_are_for(folder: Folder) -> None:
    folder.ledger().close()
    path = folder.results / "ledger.sqlite"
    flip(path, path.read_bytes().index(folder.ids[3]) + 2)
    with mock.patch("sim.experiments.storage.ledger_file._digest", side_effect=lambda row: mock.ANY):
        assert folder.finished() == [run for run in RUNS if run != 3]


@pytest.mark.parametrize("foreign", ["version", "table", "columns", "text", "words", "folder of it all"])
def test_a_foreign_ledger_is_made_anew(folder: Folder, foreign: str) -> None:
    folder.ledger().close()
    path, before = folder.results / "ledger.sqlite", shards(folder)
    if foreign == "text":
        path.write_text("this is no database\n" * 400)
    elif foreign == "words":
        base = sqlite3.connect(path)
        with base:
            base.execute("UPDATE shards SET files = 5, ids = 'text'")
        base.close()
    else:
        path.unlink()
        base = sqlite3.connect(path)
        with base:
            if foreign != "folder of it all":
                base.execute("CREATE TABLE shards (number INTEGER)" if foreign == "columns" else "CREATE TABLE t (x)")
            base.execute(f"PRAGMA user_version = {99 if foreign == 'version' else 1}")
        base.close()
    assert healed(folder, before)


def test_a_transaction_of_a_dead_process_is_rolled_back(folder: Folder) -> None:
    folder.ledger().close()
    before = shards(folder)
    script = (
        "import os, signal, sqlite3, sys\n"
        "base = sqlite3.connect(sys.argv[1])\n"
        "base.execute('PRAGMA cache_size = 1')\n"
        "base.execute('DELETE FROM shards')\n"
        "base.execute('CREATE TABLE filling (x)')\n"
        "base.executemany('INSERT INTO filling VALUES (?)', [(bytes(3000),)] * 50)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    path = folder.results / "ledger.sqlite"
    done = subprocess.run([sys.executable, "-c", script, str(path)], check=False)
    assert done.returncode == -9
    journal = folder.results / "ledger.sqlite-journal"
    assert journal.stat().st_size > 0
    assert healed(folder, before)
    journal.write_bytes(b"garbage" * 300)
    assert healed(folder, before)


def test_a_ledger_that_cannot_be_written_is_an_error_and_known_again_afterwards(folder: Folder) -> None:
    ledger = folder.ledger()
    ledger.forget(ledger.where([folder.ids[0]], "runs")[folder.ids[0]])
    new, before = folder.shard([0, 1]), shards(folder)
    other = sqlite3.connect(folder.results / "ledger.sqlite")
    other.execute("BEGIN EXCLUSIVE")
    ledger._base.execute("PRAGMA busy_timeout = 1")
    for act in (lambda: ledger.add(new), ledger.catch_up, lambda: ledger.forget(*ledger.shards())):
        with pytest.raises(OSError, match=r"ledger\.sqlite: database is locked"):
            act()
    other.rollback()
    other.close()
    assert shards(folder) == before
    assert len(ledger.shards()) == 3
    ledger.catch_up()
    assert ledger.finished(folder.study.keep).which(folder.ids).all()
    ledger.close()


def test_a_ledger_in_a_missing_folder_is_an_error_as_it_is(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="unable to open"):
        Ledger.open(tmp_path / "missing")
    (tmp_path / "shards").write_text("a file")
    ledger = Ledger.open(tmp_path)
    with pytest.raises(NotADirectoryError):
        ledger.catch_up()
    ledger.close()


def test_a_receipt_is_json_and_tells_every_changed_byte() -> None:
    text = receipt_text({"ids": ["ab"], "word": "é"})
    assert json.loads(text)["ids"] == ["ab"]
    assert receipt_in(text) == json.loads(text)
    for at in range(len(text)):
        changed = receipt_in(text[:at] + chr(ord(text[at]) ^ 1) + text[at + 1 :])
        assert changed is None or changed["format"] != 1, at  # of another format: left alone
    assert receipt_in("[1]") is None
    assert receipt_in(json.dumps({"ids": []})) is None


def test_a_ledger_that_is_wrong_as_often_as_it_is_made_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(path: Path) -> None:
        raise ValueError(path)

    monkeypatch.setattr(ledger_file, "_connected", wrong)
    with pytest.raises(OSError, match="cannot be made"):
        ledger_file.opened(tmp_path / "ledger.sqlite")
