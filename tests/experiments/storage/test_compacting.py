"""Joined shards: fewer files, the same tables to the byte."""

from __future__ import annotations

import errno
from pathlib import Path
from unittest import mock

import pytest

from sim.evidence import Evidence
from sim.experiments.storage.compacting import compact
from sim.experiments.storage.ledger import Ledger
from sim.experiments.storage.shard_reading import read_persons
from sim.experiments.storage.shards import Damaged, RunKeys, ShardWriter
from tests.experiments.storage.made_shards import Folder, contents, flip, records, study_of

pytestmark = pytest.mark.long  # one Python suffices


@pytest.fixture
def folder(tmp_path: Path, evidence: Evidence) -> Folder:
    found = Folder(tmp_path / "results", study_of(4), evidence)
    found.shards([[0, 1], [2], [3, 4], [4, 5], [7, 6], [1, 2, 3]])
    return found


@pytest.mark.parametrize(("most", "shards"), [(100, 1), (5, 3), (3, 6), (1, 6)])
def test_the_tables_are_the_same_bytes(folder: Folder, most: int, shards: int) -> None:
    before = folder.tables()
    ledger = folder.ledger()
    compact(folder.results, ledger, most)
    assert ledger.counts().shards == shards
    assert ledger.counts().runs <= 12
    assert ledger.finished(folder.study.keep).which(folder.ids).all()
    assert {path.name for path in (folder.results / "shards").iterdir()} == set(ledger.shards())
    assert folder.tables(ledger) == before
    for run, name in ledger.where(folder.ids, "persons").items():
        made = records(folder.ids.index(run)).persons
        assert (read_persons(folder.results, name, run)["uid"] == made["uid"]).all()
    ledger.close()


def test_joining_twice_changes_nothing_more(folder: Folder) -> None:
    ledger = folder.ledger()
    compact(folder.results, ledger)
    once = contents(folder.results / "shards")
    compact(folder.results, ledger)
    assert contents(folder.results / "shards") == once
    ledger.close()


def test_what_is_in_two_shards_is_kept_once_with_all_that_either_keeps_apart(
    evidence: Evidence, tmp_path: Path
) -> None:
    lean = Folder(tmp_path / "results", study_of(2, keep={"flows"}), evidence)
    lean.shards([[0, 1], [2, 3]])
    full = Folder(tmp_path / "results", study_of(2), evidence)
    full.shards([[1, 2], [0, 3]])
    before = full.tables()
    ledger = full.ledger()
    compact(full.results, ledger)
    assert full.tables(ledger) == before
    ledger.close()


def test_a_shard_that_lacks_a_grain_is_no_reason_to_lose_it(folder: Folder, evidence: Evidence) -> None:
    # The first shard has run 0 without its persons: the one that has them must stay in force.
    other = Folder(folder.results, study_of(4, keep={"flows", "pairs"}), evidence)
    ledger = folder.ledger()
    ledger.forget(*ledger.shards())
    other.every(2)
    folder.every(4)
    before = folder.tables(ledger := folder.ledger())
    compact(folder.results, ledger)
    assert ledger.finished(folder.study.keep).which(folder.ids).all()
    assert folder.tables(ledger) == before
    ledger.close()


def test_shards_of_another_model_are_joined_apart(folder: Folder) -> None:
    before = folder.tables()
    for number in range(2):
        with ShardWriter(folder.results, ()) as writer:
            keys = RunKeys("baseline", number, 0, bytes(16))
            writer.add(bytes([number] * 16), keys, {"another": 1.0}, {}, None, None, {}, {})
            writer.commit()
    ledger = folder.ledger()
    compact(folder.results, ledger)
    assert ledger.counts() == (2, 10)
    assert folder.tables(ledger) == before
    ledger.close()


def test_a_crash_between_the_new_shard_and_the_end_of_the_old_ones_costs_nothing(folder: Folder) -> None:
    before = folder.tables()
    ledger = folder.ledger()
    with mock.patch.object(Ledger, "forget", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        compact(folder.results, ledger)
    ledger.close()
    assert len(list((folder.results / "shards").iterdir())) == 7
    assert folder.tables() == before
    ledger = folder.ledger()
    compact(folder.results, ledger)
    assert ledger.counts() == (1, 8)
    ledger.catch_up()
    assert ledger.counts() == (1, 8)
    assert folder.tables(ledger) == before
    ledger.close()


def test_a_full_disk_costs_nothing(folder: Folder) -> None:
    ledger = folder.ledger()
    before = contents(folder.results / "shards")
    with mock.patch("os.fsync", side_effect=OSError(errno.ENOSPC, "full")), pytest.raises(OSError, match="full"):
        compact(folder.results, ledger)
    assert contents(folder.results / "shards") == before
    assert ledger.counts().shards == 6
    ledger.close()


def test_a_damaged_shard_is_named_and_nothing_is_lost(folder: Folder) -> None:
    ledger = folder.ledger()
    name = ledger.where(folder.ids, "runs")[folder.ids[7]]
    flip(folder.results / "shards" / name / "flows.parquet", 50)
    before = contents(folder.results / "shards")
    with pytest.raises(Damaged) as damaged:
        compact(folder.results, ledger)
    assert damaged.value.shard == name
    assert contents(folder.results / "shards") == before
    ledger.close()
