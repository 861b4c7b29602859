"""The ledger: an index that heals itself, and never costs a shard."""

from __future__ import annotations

import json
import os
import shutil
import socket
from pathlib import Path
from unittest import mock

import pytest

from sim.evidence import Evidence
from sim.experiments.storage import ledger as ledger_module
from sim.experiments.storage.identity import pair_id
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


def test_what_lies_in_shards_is_finished(folder: Folder) -> None:
    ledger = folder.ledger()
    assert ledger.counts() == (4, 8)
    assert ledger.bytes() == sum(p.stat().st_size for p in folder.results.glob("shards/*/*.parquet"))
    finished = ledger.finished({"series", "persons", "pairs"})
    assert finished.which(folder.ids).all()
    assert folder.ids[0] in finished
    assert bytes(16) not in finished
    pairs = [pair_id(folder.ids[run + 1], folder.ids[run]) for run in range(0, 8, 2)]
    assert ledger.paired().which(pairs).all()
    assert not ledger.paired().which(folder.ids).any()
    where = ledger.where([folder.ids[5], bytes(16)], "flows")
    assert folder.ids[5].hex() in (folder.results / "shards" / where[folder.ids[5]] / "receipt.json").read_text()
    assert list(where) == [folder.ids[5]]
    assert ledger.where(pairs, "pairs").keys() == set(pairs)
    ledger.close()


def test_additions_are_seen_by_tests_made_before_and_after(folder: Folder, evidence: Evidence, tmp_path: Path) -> None:
    other = Folder(tmp_path / "other", folder.study, evidence)
    ledger = other.ledger()
    finished, paired = ledger.finished(folder.study.keep), ledger.paired()
    assert not finished.which(other.ids).any()
    with mock.patch.object(ledger_module, "MOST_RECENT", 3):  # arrays are made anew after the second one
        for size, run in enumerate(RUNS, start=1):
            ledger.add(other.shard([run]))
            assert finished.which(other.ids).sum() == size
    assert paired.which([pair_id(other.ids[1], other.ids[0])]).all()
    ledger.forget(ledger.where([other.ids[3]], "runs")[other.ids[3]])
    assert finished.which(other.ids).tolist() == [run != 3 for run in RUNS]
    ledger.close()


def test_a_run_without_a_grain_is_not_finished_with_it(tmp_path: Path, evidence: Evidence) -> None:
    lean = Folder(tmp_path / "results", study_of(2, keep={"flows"}), evidence)
    full = Folder(tmp_path / "results", study_of(2, keep={"flows", "persons"}), evidence)
    lean.shard([0, 1])
    full.shard([1, 2])
    ledger = full.ledger()
    found = {
        grains: ledger.finished(grains).which(lean.ids).tolist()
        for grains in [(), ("flows",), ("persons",), ("persons", "flows"), ("series",)]
    }
    assert found[()] == found["flows",] == [True, True, True, False]
    assert found["persons",] == found["persons", "flows"] == [False, True, True, False]
    assert found["series",] == [False] * 4
    # Only the sets asked for last are held, and what is asked again is right again.
    assert len(ledger._members) == ledger_module.MOST_KEPT
    assert ledger.finished(()).which(lean.ids).tolist() == found[()]
    ledger.close()


def test_known_shards_are_not_opened_again(folder: Folder) -> None:
    folder.ledger().close()
    with mock.patch.object(ledger_module, "read_receipt", side_effect=AssertionError("opened")):
        ledger = folder.ledger()
        assert ledger.counts().shards == 4
        (folder.results / "shards" / ledger.shards()[0] / "runs.parquet").unlink()
        with pytest.raises(AssertionError, match="opened"):  # the twin: a changed one is
            ledger.catch_up()
    ledger.close()


# ---- shards that come, go and tear -----------------------------------------------------------------------------


def test_shards_of_others_are_taken_in_and_gone_ones_forgotten(folder: Folder, tmp_path: Path) -> None:
    ledger = folder.ledger()
    taken = folder.results / "shards" / ledger.shards()[1]
    shutil.move(taken, tmp_path / "aside")
    ledger.catch_up()
    assert ledger.counts() == (3, 6)
    shutil.move(tmp_path / "aside", taken)
    ledger.catch_up()
    assert ledger.finished(folder.study.keep).which(folder.ids).all()
    ledger.close()


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("what", ["receipt gone", "receipt cut", "table cut", "table gone", "receipt altered", "empty"])
def test_a_torn_shard_goes_and_its_runs_are_not_finished(folder: Folder, known: bool, what: str) -> None:
    ledger = folder.ledger()
    name = ledger.where([folder.ids[2]], "runs")[folder.ids[2]]
    path = folder.results / "shards" / name
    if not known:
        ledger.close()
        (folder.results / "ledger.sqlite").unlink()
    if what == "receipt gone":
        (path / "receipt.json").unlink()
    elif what == "receipt cut":
        os.truncate(path / "receipt.json", 30)
    elif what == "receipt altered":
        flip(path / "receipt.json", 100)
    elif what == "table cut":
        os.truncate(path / "flows.parquet", 30)
    elif what == "table gone":
        (path / "runs.parquet").unlink()
    else:
        shutil.rmtree(path)
        path.mkdir()
    if known and what.startswith("receipt") and what != "receipt gone":
        # The index knows it already; who reads the receipt finds out.
        ledger.close()
        (folder.results / "ledger.sqlite").unlink()
    assert folder.finished() == [0, 1, 4, 5, 6, 7]
    assert not path.exists()
    if known:
        ledger.close()


def test_what_is_not_ours_is_left_alone(folder: Folder) -> None:
    place = folder.results / "shards"
    (place / "notes.txt").write_text("mine")
    (place / "thesis").mkdir()
    (place / f"{'A' * 32}").mkdir()
    later = place / ("0" * 32)
    later.mkdir()
    (later / "receipt.json").write_text(json.dumps({"format": 2, "runs": []}))
    before = shards(folder)
    assert folder.finished() == RUNS
    assert shards(folder) == before
    assert (place / ("A" * 32)).exists()


def test_leftovers_of_a_dead_process_go_and_those_of_others_stay(folder: Folder) -> None:
    place, host = folder.results / "shards", socket.gethostname()
    gone, stays = place / f".{host}.{2**22 + 1}.0123abcd.tmp", place / ".elsewhere.7.0123abcd.tmp"
    half = folder.results / f".runs.parquet@{host}.{2**22 + 1}.0123abcd.tmp"
    for path in (gone, stays):
        path.mkdir()
    half.touch()
    assert folder.finished() == RUNS
    assert [path.exists() for path in (gone, half, stays)] == [False, False, True]


def test_an_error_of_the_system_costs_no_shard(folder: Folder) -> None:
    ledger = folder.ledger()
    before = shards(folder)
    trouble = PermissionError(13, "Permission denied")
    with mock.patch("os.stat", side_effect=trouble), pytest.raises(PermissionError):
        ledger.catch_up()
    ledger.close()
    (folder.results / "ledger.sqlite").unlink()
    with (
        mock.patch("sim.experiments.storage.shard_reading.read_text", side_effect=trouble),
        pytest.raises(PermissionError),
    ):
        folder.ledger()
    assert shards(folder) == before
    assert folder.finished() == RUNS


def test_an_entry_that_is_wrong_costs_no_shard(folder: Folder) -> None:
    ledger = folder.ledger()
    before = shards(folder)
    name = ledger.shards()[0]
    ledger._files[name] = ledger._files[name] | {"runs.parquet": 7}
    ledger.catch_up()
    assert ledger.counts() == (4, 8)
    ledger.close()
    assert shards(folder) == before


def test_a_shard_that_cannot_be_removed_is_an_error(folder: Folder) -> None:
    ledger = folder.ledger()
    name = ledger.shards()[0]
    refused = mock.patch("os.rename", side_effect=PermissionError(13, "Permission denied"))
    with refused, pytest.raises(PermissionError):
        ledger.forget(name)
    assert name in ledger.shards()  # nothing was forgotten that is still there
    ledger.forget(name)
    assert ledger.counts().shards == 3
    ledger.close()
