"""Shards: all at once or nothing, and damaged nowhere without being noticed."""

from __future__ import annotations

import errno
import os
import resource
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import numpy as np
import pyarrow.parquet as pq
import pytest

from sim.evidence import Evidence
from sim.experiments.storage.grains import OF_A_RUN, PAIR, RECORDS
from sim.experiments.storage.shard_reading import Shard, read_grain, read_persons
from sim.experiments.storage.shards import Damaged, RunKeys, ShardWriter
from tests.experiments.storage.made_shards import Folder, contents, flip, pair_table, records, study_of

pytestmark = pytest.mark.long  # one Python suffices


@pytest.fixture
def folder(tmp_path: Path, evidence: Evidence) -> Folder:
    return Folder(tmp_path / "results", study_of(4), evidence)


def left(folder: Folder) -> list[str]:
    shards = folder.results / "shards"
    return sorted(path.name for path in shards.iterdir()) if shards.exists() else []


def everything(folder: Folder, name: str) -> list[object]:
    """All that a shard says, as plain values."""
    shard = Shard(folder.results, name)
    try:
        said: list[object] = [shard.runs(), shard.paired(), shard.facts(), shard.timings()]
        for grain in OF_A_RUN:
            said += [shard.rows(grain, run).to_pydict() for run in shard.runs_with(grain)]
        return said + [shard.pairs(*pair).to_pydict() for pair in shard.paired()]
    finally:
        shard.close()


def test_a_run_is_read_as_it_was_added(folder: Folder) -> None:
    note = folder.shard([3, 0, 7, 1])
    shard = Shard(folder.results, note.name)
    assert shard.runs() == [folder.ids[run] for run in (3, 0, 7, 1)]
    for run in (0, 1, 3, 7):
        made, name = records(run), folder.ids[run]
        for grain in RECORDS:
            table = shard.rows(grain, name)
            assert table.drop_columns("id").to_pydict() == getattr(made, grain).to_dict("list")
            assert set(table["id"].to_pylist()) <= {name.hex()}
        assert shard.rows("runs", name)["draw"].to_pylist() == [folder.runs[run].world]
        persons = read_persons(folder.results, note.name, name)
        assert all(np.array_equal(persons[key], made.persons[key]) for key in made.persons)  # type: ignore[literal-required]
    assert shard.pairs(folder.ids[7], folder.ids[6])["count"].to_pylist() == pair_table(7)["count"].tolist()
    assert [table["id"].to_pylist() for table in shard.rows_of("runs", [folder.ids[0], folder.ids[7]])] == [
        [folder.ids[0].hex(), folder.ids[7].hex()]
    ]
    assert read_grain(folder.results, note.name, "flows", [folder.ids[7], folder.ids[3]]).num_rows == 4
    shard.close()


def test_tables_have_plain_types_and_no_number_that_a_design_gives(folder: Folder) -> None:
    path = folder.results / "shards" / folder.shard([0, 1]).name
    for file in path.glob("*.parquet"):
        schema = pq.read_schema(file)
        assert schema.metadata is None
        assert not {"run", "world"} & set(schema.names)
    schema = pq.read_schema(path / "series.parquet")
    assert [str(kind) for kind in schema.types] == ["string", "int64", "string", "double", "int64"]
    persons = pq.ParquetFile(path / "persons.parquet")
    assert persons.num_row_groups == 2  # one a run
    persons.close()


def test_a_shard_can_hold_pairs_alone(folder: Folder) -> None:
    with ShardWriter(folder.results, ()) as writer:
        writer.add_pairs(folder.ids[1], folder.ids[0], pair_table(1))
        note = writer.commit()
    assert note is not None
    assert note.ids == ()
    assert Shard(folder.results, note.name).pairs(folder.ids[1], folder.ids[0]).num_rows == 1


def test_what_cannot_be_kept_is_refused_and_nothing_of_the_run_stays(folder: Folder) -> None:
    keys, made = RunKeys("baseline", 0, 0, bytes(16)), records(1)
    frames = {grain: getattr(made, grain) for grain in RECORDS}
    for outcomes, changed, problem in (
        ({"a": "many"}, frames, "could not convert"),
        ({"a": 1.0}, frames | {"flows": made.flows.drop(columns=["kind", "count"])}, "flows: .*missing.*: kind, count"),
    ):
        with ShardWriter(folder.results, RECORDS) as writer, pytest.raises(ValueError, match=problem):
            writer.add(bytes(16), keys, outcomes, changed, None, None, {}, {})  # type: ignore[arg-type]
        assert writer.commit() is None
    with ShardWriter(folder.results, ()) as writer:
        writer.add(bytes(16), keys, {"a": 1.0}, {}, None, None, {}, {})
        with pytest.raises(ValueError, match="other outcomes"):
            writer.add(bytes(15) + b"1", keys, {"b": 1.0}, {}, None, None, {}, {})
    assert left(folder) == []


def test_a_writer_that_is_left_leaves_nothing(folder: Folder) -> None:
    with ShardWriter(folder.results, folder.study.keep) as writer:
        folder.add(writer, 0)
        assert left(folder) != []  # persons are on disk already
    assert left(folder) == []


def test_an_equal_shard_that_is_there_wins_and_its_own_sizes_are_noted(folder: Folder) -> None:
    first = folder.shard([0, 1, 2, 3])
    before = contents(folder.results)
    second = folder.shard([3, 1, 2, 0])  # the same runs: other bytes, the same name
    assert second == first
    assert contents(folder.results) == before
    assert len(left(folder)) == 1


def test_an_equal_shard_that_is_torn_is_replaced(folder: Folder) -> None:
    first = folder.shard([0, 1])
    before = contents(folder.results)
    os.truncate(folder.results / "shards" / first.name / "flows.parquet", 20)
    assert folder.shard([0, 1]) == first
    after = contents(folder.results)
    assert {path for path in before if before[path] != after[path]} <= {f"shards/{first.name}/receipt.json"}
    assert len(left(folder)) == 1


# ---- the disk --------------------------------------------------------------------------------------------------


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Let the system refuse to write more than so many bytes into any file, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("size", [0, 3, 300, 1000, 2200])
def test_a_full_disk_is_an_error_and_leaves_nothing(folder: Folder, size: int) -> None:
    kept = folder.shard([4, 5]).name
    with largest_file(size), pytest.raises(OSError, match=r"File too large|errno 27"):
        folder.shard([0, 1])
    assert left(folder) == [kept]
    assert folder.shard([0, 1]).name in left(folder)  # there is room again


def test_every_file_is_safe_before_the_folder_has_its_name(folder: Folder) -> None:
    (folder.results / "shards").mkdir()
    done: list[str] = []

    def sync(handle: int) -> None:
        done.append(Path(os.readlink(f"/proc/self/fd/{handle}")).name)

    rename = os.rename
    with mock.patch("os.fsync", sync), mock.patch("os.rename", lambda a, b: (done.append("rename"), rename(a, b))):
        note = folder.shard([0, 1])
    at = done.index("rename")
    assert sorted(done[: at - 1]) == sorted([*note.files, "receipt.json"])
    assert done[at - 1].endswith(".tmp")
    assert done[at + 1 :] == ["shards"]


@pytest.mark.parametrize("call", ["fsync", "rename"])
def test_a_commit_that_fails_late_leaves_nothing_without_a_context_manager(folder: Folder, call: str) -> None:
    writer = ShardWriter(folder.results, folder.study.keep)
    folder.add(writer, 0)
    with mock.patch(f"os.{call}", side_effect=OSError(errno.ENOSPC, "full")), pytest.raises(OSError, match="full"):
        writer.commit()
    assert left(folder) == []


def test_a_folder_that_cannot_be_written_is_an_error_as_it_is(evidence: Evidence) -> None:
    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o755)
        folder = Folder(Path(name) / "results", study_of(2), evidence)
        (folder.results / "shards").mkdir()
        os.chmod(folder.results / "shards", 0o555)
        root = os.geteuid() == 0  # who may write anywhere
        if root:
            os.seteuid(65534)
        try:
            with pytest.raises(PermissionError):
                folder.shard([0])
        finally:
            if root:
                os.seteuid(0)
            os.chmod(folder.results / "shards", 0o755)


# ---- damage ----------------------------------------------------------------------------------------------------


def unnoticed(folder: Folder, name: str, step: int) -> Iterator[str]:
    """Change every ``step``-th byte of every file of a shard in turn; yield where the shard then says other things."""
    said = everything(folder, name)
    for path in sorted((folder.results / "shards" / name).iterdir()):
        before = path.read_bytes()
        for at in range(0, len(before), step):
            flip(path, at, 1 << at % 8)
            try:
                if everything(folder, name) != said:
                    yield f"{path.name} {at}"
            except Damaged:
                continue
            except (ValueError, KeyError):  # noticed, but as a fault of the program
                yield f"{path.name} {at}"
            finally:
                path.write_bytes(before)


def test_no_changed_byte_goes_unnoticed(folder: Folder) -> None:
    assert list(unnoticed(folder, folder.shard([3, 1]).name, 97)) == []


def test_without_checksums_of_our_own_a_changed_byte_would_go_unnoticed(folder: Folder) -> None:
    name = folder.shard([3, 1]).name
    with mock.patch("sim.experiments.storage.shard_reading.is_intact", return_value=True):
        assert next(unnoticed(folder, name, 17), None) is not None


def test_cut_and_missing_files_are_damaged(folder: Folder) -> None:
    name = folder.shard([3, 1]).name
    for path in sorted((folder.results / "shards" / name).iterdir()):
        before = path.read_bytes()
        for size in (0, 1, len(before) // 2, len(before) - 1, None):
            path.unlink() if size is None else path.write_bytes(before[:size])
            with pytest.raises(Damaged, match=f"shards/{name}"):
                everything(folder, name)
        path.write_bytes(before)
    assert everything(folder, name)


def test_a_shard_that_the_system_does_not_let_us_read_is_not_called_damaged(folder: Folder) -> None:
    # Called damaged, it would be removed.
    name = folder.shard([3, 1]).name
    refused = mock.patch("pathlib.Path.open", side_effect=OSError(errno.EMFILE, "Too many open files"))
    with refused, pytest.raises(OSError, match="Too many"):
        everything(folder, name)


def test_a_run_or_pair_that_is_not_there_is_damage(folder: Folder) -> None:
    shard = Shard(folder.results, folder.shard([3, 1]).name)
    with pytest.raises(Damaged, match="run that the ledger knows"):
        shard.rows("runs", folder.ids[0])
    with pytest.raises(Damaged, match="pair that the ledger knows"):
        shard.pairs(folder.ids[0], folder.ids[2])
    assert PAIR not in OF_A_RUN
