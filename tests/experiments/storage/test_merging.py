"""The tables of a results folder: the same bytes however chunks lay, and memory that does not grow."""

from __future__ import annotations

import shutil
import tempfile
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from sim.analysis.outcomes import OUTCOMES
from sim.evidence import Evidence
from sim.experiments.storage import merging, open_shards, shards
from sim.experiments.storage.grains import COLUMN_UNITS, RECORDS
from sim.experiments.storage.shards import Damaged
from tests.experiments.storage.made_shards import NAMES, Folder, flip, records, study_of

pytestmark = pytest.mark.long  # one Python suffices

N_RUNS = 8


@pytest.fixture(scope="module")
def plain(evidence: Evidence) -> dict[str, bytes]:
    """The tables of the study, from one shard."""
    with tempfile.TemporaryDirectory() as place, mock.patch("os.fsync"):
        folder = Folder(Path(place), study_of(4), evidence)
        folder.shard(range(N_RUNS))
        return folder.tables()


def read(content: bytes) -> pa.Table:
    return pq.read_table(pa.BufferReader(content))


def test_every_table_holds_every_run_in_order(plain: dict[str, bytes]) -> None:
    assert plain.keys() == {
        "places.csv", "scenarios.json", "worlds.parquet", "runs.parquet", "pairs.parquet",
        *(f"{grain}.parquet" for grain in RECORDS),
    }  # fmt: skip
    runs = read(plain["runs.parquet"]).to_pydict()
    assert runs["run"] == list(range(N_RUNS))
    assert runs["scenario"] == ["baseline", "s1"] * 4
    assert runs["world"] == [0, 0, 1, 1, 2, 2, 3, 3]
    assert runs[NAMES[1]] == [run + 1 / 7 for run in range(N_RUNS)]
    flows = read(plain["flows.parquet"]).to_pydict()
    assert flows["run"] == [run for run in range(N_RUNS) for _ in range(2)]
    assert flows["count"] == [count for run in range(N_RUNS) for count in records(run).flows["count"]]
    pairs = read(plain["pairs.parquet"])
    assert pairs.column_names[:3] == ["world", "replicate", "scenario"]
    assert pairs["world"].to_pylist() == [0, 2, 2, 3]  # runs 1, 3, 5, 7 have 1, 0, 2, 1 rows
    assert len(set(read(plain["worlds.parquet"])["world"].to_pylist())) == 4


@st.composite
def layouts(draw: st.DrawFn) -> list[list[int]]:
    """Chunks of runs in any order; some runs are in several."""
    order = draw(st.permutations(range(N_RUNS)))
    cuts = sorted(draw(st.sets(st.integers(1, N_RUNS - 1), max_size=5)))
    chunks = [list(order[a:b]) for a, b in zip([0, *cuts], [*cuts, N_RUNS], strict=True)]
    again = draw(st.lists(st.sets(st.integers(0, N_RUNS - 1), min_size=1), max_size=3))
    return draw(st.permutations([*chunks, *map(sorted, again)]))


def same_bytes(
    evidence: Evidence, plain: dict[str, bytes], chunks: list[list[int]], rows: int, order: Callable[..., object] = list
) -> bool:
    """Whether shards of these chunks, in row groups of so many rows, give the same tables."""
    with tempfile.TemporaryDirectory() as place:
        folder = Folder(Path(place), study_of(4), evidence)
        with mock.patch.multiple(shards, GATHER_ROWS=rows, RUN_ROWS=rows), mock.patch("os.fsync"):
            folder.shards(chunks)
        blocks = merging.Merge._blocks
        with mock.patch.object(merging.Merge, "_blocks", lambda merge: order(blocks(merge))):
            return folder.tables() == plain


@hypothesis_settings(max_examples=8)
@given(layouts(), st.integers(1, 9))
@pytest.mark.long
def test_tables_are_the_same_bytes_for_any_layout(
    evidence: Evidence, plain: dict[str, bytes], chunks: list[list[int]], rows: int
) -> None:
    assert same_bytes(evidence, plain, chunks, rows)


def test_tables_in_the_order_of_something_else_would_be_found_out(evidence: Evidence, plain: dict[str, bytes]) -> None:
    def turned(blocks: Iterator[list[object]]) -> list[list[object]]:
        return [block[::-1] for block in blocks]

    assert not same_bytes(evidence, plain, [[*range(N_RUNS)]], 5, turned)


@pytest.mark.parametrize("missing", [0, 3])
def test_runs_that_are_not_finished_are_in_no_table(
    evidence: Evidence, tmp_path: Path, plain: dict[str, bytes], missing: int
) -> None:
    folder = Folder(tmp_path / "results", study_of(4), evidence)
    folder.shard([run for run in range(N_RUNS) if run != missing])
    tables = folder.tables()
    for name, column in (("runs", "run"), ("flows", "run")):
        whole = read(plain[f"{name}.parquet"])
        left = whole.filter(pa.compute.not_equal(whole[column], missing))
        assert read(tables[f"{name}.parquet"]).equals(left)


def test_a_table_without_a_run_is_not_there(evidence: Evidence, tmp_path: Path) -> None:
    folder = Folder(tmp_path / "results", study_of(2), evidence)
    folder.shard(range(4))
    assert folder.tables().keys() >= {"series.parquet", "pairs.parquet"}
    shutil.rmtree(folder.results / "shards")
    assert folder.tables().keys() == {"places.csv", "scenarios.json", "worlds.parquet"}
    lean = Folder(tmp_path / "results", study_of(2, keep={"flows"}), evidence)
    lean.shard(range(4))
    assert lean.tables().keys() == {
        "places.csv", "scenarios.json", "worlds.parquet", "runs.parquet", "flows.parquet",
    }  # fmt: skip


def test_fields_say_their_units(plain: dict[str, bytes]) -> None:
    schema = read(plain["runs.parquet"]).schema
    outcome = OUTCOMES[NAMES[0]]
    notes = {key.decode(): value.decode() for key, value in schema.field(NAMES[0]).metadata.items()}
    assert notes["unit"] == outcome.unit
    assert notes["label"] == outcome.label
    assert notes["better"] == outcome.better
    wage = read(plain["series.parquet"]).schema.field("wage").metadata
    assert wage[b"unit"].decode() == COLUMN_UNITS["series"]["wage"]


def test_every_column_of_a_series_has_a_unit() -> None:
    from tests.experiments.fake_model import EVENTS, PRICES, STOCKS

    assert {*STOCKS, *EVENTS, *PRICES, "labelled", "quarter"} <= COLUMN_UNITS["series"].keys()


def test_a_damaged_shard_is_named_and_no_table_is_half(evidence: Evidence, tmp_path: Path) -> None:
    folder = Folder(tmp_path / "results", study_of(4), evidence)
    names = folder.every(2)
    before = folder.tables()
    flip(folder.results / "shards" / names[2] / "series.parquet", 60)
    with pytest.raises(Damaged) as damaged:
        folder.tables()
    assert damaged.value.shard == names[2]
    assert {path.name: path.read_bytes() for path in folder.results.glob("*.parquet")} == {
        name: content for name, content in before.items() if name.endswith(".parquet")
    }
    assert list(folder.results.glob(".*.tmp")) == []
    ledger = folder.ledger()
    ledger.forget(names[2])
    ledger.close()
    folder.shard([4, 5])
    assert folder.tables() == before


# ---- memory ----------------------------------------------------------------------------------------------------


def peak_of(folder: Folder, merge: Callable[[merging.Merge], object]) -> float:
    """Peak bytes that Python and Arrow take for reading every run's flows."""
    ledger = folder.ledger()
    held = merging.Merge(folder.results, folder.study, ledger, folder.identities)
    ledger.where(folder.ids[:1], "flows")  # the index itself grows with the runs
    before, most = pa.total_allocated_bytes(), 0.0
    tracemalloc.start()
    for _ in merge(held):  # type: ignore[attr-defined]
        most = max(most, pa.total_allocated_bytes() - before)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    ledger.close()
    return peak + most


def streamed(merge: merging.Merge) -> Iterator[int]:
    """Merge the flows in small blocks; say when that is done."""
    merging._table(merge.results / "flows.parquet", merging._records(merge, "flows"))
    yield 0


def gathered(merge: merging.Merge) -> Iterator[int]:
    """The broken twin: all tables first."""
    tables = list(merging._records(merge, "flows"))
    yield len(tables)


@pytest.mark.long
def test_memory_of_merging_is_flat(evidence: Evidence, tmp_path: Path) -> None:
    small = mock.patch.multiple(merging, RUN_BLOCK=20, ROW_GROUP=40, PACK=10)
    with small, mock.patch.multiple(open_shards, OPEN_SHARDS=2, LEAST_OPEN=1):
        folders = []
        for worlds in (70, 280):  # identities of 64 worlds are held
            folders.append(Folder(tmp_path / str(worlds), study_of(worlds, keep={"flows"}), evidence))
            folders[-1].every(20)
        peak_of(folders[0], streamed)  # caches and imports
        one, four = (peak_of(folder, streamed) for folder in folders)
        assert four < 1.5 * one
        one, four = (peak_of(folder, gathered) for folder in folders)
        assert four > 2 * one


def test_open_shards_are_few(evidence: Evidence, tmp_path: Path) -> None:
    folder = Folder(tmp_path / "results", study_of(8, keep=()), evidence)
    names = folder.every(4)
    shards_held = open_shards.OpenShards(folder.results)
    with mock.patch.multiple(open_shards, OPEN_SHARDS=4, OPEN_RUNS=8, LEAST_OPEN=1):
        for name in names * 2:
            assert shards_held[name].name == name
            assert len(shards_held._held) <= 2
    assert shards_held._runs == 8
    shards_held.close()
