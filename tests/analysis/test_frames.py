"""The results API: tidy frames with keys, words and units, and one sentence for whatever is not there or damaged."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import sim
from sim.analysis.frames import KEYS, OF_A_RUN, PARQUET
from sim.analysis.outcomes import OUTCOMES
from sim.errors import InputError
from sim.experiments.storage.shards import RunKeys, ShardWriter

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "results" / "reference"
RUNS = ((0, "baseline", 0), (1, "all_eight", 0), (2, "baseline", 1), (3, "all_eight", 1))
UNITS = {"startups": "startups", "quarter": "quarters since 2013 Q3"}


def noted(table: pa.Table, notes: dict[str, dict[str, str]]) -> pa.Table:
    """A table whose fields say what is known about them."""
    fields = [field.with_metadata(notes[field.name]) if field.name in notes else field for field in table.schema]
    return table.cast(pa.schema(fields))


def write_folder(folder: Path) -> Path:
    """A small whole folder as a run writes it: four runs, two places, units in the fields."""
    folder.mkdir()
    places = [
        ("lyon", "Lyon", "lyon", "FR", "district", 45.7, 4.8),
        ("london", "London", "london", "GB", "hub", 51.5, 0),
    ]
    columns = ["place", "short_name", "city", "country", "kind", "latitude", "longitude"]
    pd.DataFrame(places, columns=columns).to_csv(folder / "places.csv", index=False)
    scenarios = [{"name": name, "order": n, "levers": {}} for n, name in enumerate(("baseline", "all_eight"))]
    (folder / "scenarios.json").write_text(json.dumps(scenarios))
    (folder / "manifest.json").write_text(json.dumps({"reference": "baseline", "kept": [*OF_A_RUN, "pairs"]}))
    outcome = OUTCOMES["startups_in_france"]
    runs = pa.table(
        {"run": [r for r, _, _ in RUNS], "scenario": [s for _, s, _ in RUNS], "world": [w for _, _, w in RUNS],
         "replicate": [0] * 4, outcome.name: [10.0, 12.0, 20.0, 25.0]}
    )  # fmt: skip
    known = {"unit": outcome.unit, "label": outcome.label, "better": outcome.better}
    pq.write_table(noted(runs, {outcome.name: known}), folder / "runs.parquet")
    series = pa.table(
        {"run": [0, 0, 1, 1, 2, 2, 3, 3], "quarter": [0] * 8, "place": ["london", "lyon"] * 4, "startups": range(8)}
    )
    table = noted(series, {name: {"unit": unit} for name, unit in UNITS.items()})
    pq.write_table(table, folder / "series.parquet")
    columns_of = {
        "flows": {"run": [3], "quarter": [1], "origin": ["lyon"], "destination": ["london"], "kind": ["x"],
                  "count": [2]},
        "costs": {"run": [1], "quarter": [1], "lever": ["label"], "item": ["a"], "payer": ["state"], "meur": [1.5]},
        "revenue": {"run": [2], "quarter": [1], "cause": ["firms"], "item": ["a"], "receiver": ["b"], "meur": [9.0]},
        "reasons": {"run": [0], "year": [0], "kind": ["x"], "direction": ["departure"], "part": ["term"], "name": ["y"],
                    "count": [1], "total": [0.5]},
        "pairs": {"world": [1, 0], "replicate": [0, 0], "scenario": ["all_eight"] * 2, "kind": ["talent"] * 2,
                  "class": ["kept", "lost"], "place": ["lyon", "outside_france"], "group": ["star", "seed"],
                  "count": [3, 4], "received": [1, 0]},
        "worlds": {"world": [0, 1], "parameter": ["talent.beta"] * 2, "value": [1.0, 2.0]},
    }  # fmt: skip
    for grain, data in columns_of.items():
        pq.write_table(pa.table(data), folder / f"{grain}.parquet", store_schema=False)
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_folder(tmp_path / "main")


# --- a real folder -----------------------------------------------------------------------------------------


def test_the_reference_results_are_tidy_frames() -> None:
    results = sim.read(str(REFERENCE))
    runs = results.runs
    assert list(runs.columns[:4]) == ["run", *KEYS]
    assert len(runs) == 360
    assert set(runs.columns[4:]) <= set(OUTCOMES)
    assert next(iter(results.scenarios["scenario"])) == "baseline"
    assert list(runs["scenario"].cat.categories) == list(results.scenarios["scenario"])
    assert list(results.pairs.columns[:3]) == list(KEYS)
    assert results.manifest["runs_finished"] == 360
    assert set(results.worlds["world"]) == set(runs["world"])
    assert results.runs is runs  # read once


def test_the_reference_comparison_is_what_its_runs_say() -> None:
    results = sim.read(REFERENCE)
    levels = results.runs.pivot(index="world", columns="scenario", values="startup_departures")
    differences = levels.sub(levels["baseline"], axis=0).mean()
    told = results.comparison[results.comparison["outcome"] == "startup_departures"].set_index("scenario")["difference"]
    assert len(told) == 14
    for name, difference in told.items():
        assert difference == pytest.approx(differences[name], rel=1e-12, abs=1e-12)


# --- keys, words, units ------------------------------------------------------------------------------------


def test_every_grain_of_runs_carries_their_keys(folder: Path) -> None:
    results = sim.read(folder)
    for grain in OF_A_RUN:
        frame = getattr(results, grain)
        assert list(frame.columns[:4]) == ["run", *KEYS], grain
        for row in frame.itertuples():
            assert (row.run, str(row.scenario), row.world) in RUNS, grain
    totals = results.series.groupby(["scenario", "world"])["startups"].sum()
    assert totals.to_dict() == {("baseline", 0): 1, ("all_eight", 0): 5, ("baseline", 1): 9, ("all_eight", 1): 13}


def test_rows_of_runs_in_any_order_meet_their_own_keys(folder: Path) -> None:
    for grain in ("runs", "series"):
        table = pq.read_table(folder / f"{grain}.parquet")
        luck = np.random.default_rng(3).permutation(len(table))
        pq.write_table(table.take(pa.array(luck)), folder / f"{grain}.parquet")
    for row in sim.read(folder).series.itertuples():
        assert (row.run, str(row.scenario), row.world) in RUNS
        assert row.startups // 2 == row.run


def test_words_are_categoricals_that_agree_between_frames(folder: Path) -> None:
    results = sim.read(folder)
    for grain in (*PARQUET, "scenarios"):
        frame = getattr(results, grain)
        if "scenario" in frame:
            assert list(frame["scenario"].cat.categories) == ["baseline", "all_eight"], grain
    assert list(results.series["place"].cat.categories) == ["lyon", "london"]
    assert list(results.places["place"].cat.categories) == ["lyon", "london"]
    assert list(results.pairs["place"].cat.categories) == ["lyon", "london", "outside_france"]
    assert results.flows["destination"].astype(str).tolist() == ["london"]
    for grain, column in (("costs", "payer"), ("revenue", "cause"), ("reasons", "part"), ("worlds", "parameter")):
        assert isinstance(getattr(results, grain)[column].dtype, pd.CategoricalDtype), (grain, column)


def test_units_and_labels_come_from_the_fields(folder: Path) -> None:
    results = sim.read(folder)
    outcome = OUTCOMES["startups_in_france"]
    assert results.runs.attrs["units"] == {outcome.name: outcome.unit}
    assert results.runs.attrs["labels"] == {outcome.name: outcome.label}
    assert results.runs.attrs["better"] == {outcome.name: outcome.better}
    assert results.series.attrs["units"] == UNITS
    assert results.series.attrs["labels"] == {}
    assert results.flows.attrs["units"] == {}
    assert sim.read(REFERENCE).runs.attrs["units"] == {name: one.unit for name, one in OUTCOMES.items()}


def test_describe_names_the_columns_that_the_frames_have(folder: Path) -> None:
    results = sim.read(folder)
    described = results.describe()
    assert list(described.columns) == ["grain", "column", "unit", "label"]
    for grain, rows in described.groupby("grain", sort=False):
        assert list(rows["column"]) == list(getattr(results, str(grain)).columns), grain
    told = described.set_index(["grain", "column"])
    assert told.loc[("series", "startups"), "unit"] == "startups"
    assert told.loc[("runs", "startups_in_france"), "label"] == OUTCOMES["startups_in_france"].label
    assert set(described["grain"]) == {*PARQUET, "places", "scenarios"}


def test_the_report_reads_the_same_numbers(folder: Path) -> None:
    from sim.report.results import Results

    mine, other = sim.read(REFERENCE), Results(REFERENCE)
    for name in ("runs", "pairs", "comparison", "places"):
        one, two = getattr(mine, name), getattr(other, name)
        two = two[list(one.columns)]
        pd.testing.assert_frame_equal(one.astype(two.dtypes.to_dict()), two, check_exact=True)


# --- what is not there, or damaged -------------------------------------------------------------------------


def sentence(act: Callable[[], object]) -> str:
    with pytest.raises(InputError) as caught:
        act()
    (text,) = caught.value.problems
    assert "\n" not in text
    assert text.endswith((".", "?"))
    return text


def test_no_folder_is_one_sentence(folder: Path, tmp_path: Path) -> None:
    assert "no such folder; did you mean 'main'?" in sentence(lambda: sim.read(tmp_path / "mian"))
    (tmp_path / "empty").mkdir()
    assert "not a folder of results; it has none of manifest.json" in sentence(lambda: sim.read(tmp_path / "empty"))
    assert "a file, not a folder" in sentence(lambda: sim.read(folder / "runs.parquet"))
    assert "no such folder" in sentence(lambda: sim.read(tmp_path / "no" / "where" / "at" / "all"))


def test_a_table_that_is_not_there_is_one_sentence(folder: Path) -> None:
    (folder / "series.parquet").unlink()
    assert sentence(lambda: sim.read(folder).series).endswith(
        "series.parquet: not there; the study did not keep it, or it was removed since."
    )
    (folder / "manifest.json").write_text(json.dumps({"kept": ["flows", "pairs"]}))
    assert "the study kept flows, pairs of its runs" in sentence(lambda: sim.read(folder).series)
    assert "comparison.csv: not there" in sentence(lambda: sim.read(folder).comparison)
    with pytest.raises(AttributeError):
        sim.read(folder).seires  # noqa: B018


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def strangers(path: Path) -> None:
    pq.write_table(pq.read_table(path).set_column(0, "run", pa.array([99] * 8)), path)


def endless(path: Path) -> None:
    table = pq.read_table(path)
    at = table.column_names.index("startups")
    pq.write_table(table.set_column(at, "startups", pa.array([float("inf")] * len(table))), path)


def elsewhere(path: Path) -> None:
    table = pq.read_table(path)
    at = table.column_names.index("place")
    pq.write_table(table.set_column(at, "place", pa.array(["nowhere"] * len(table))), path)


def doubled(path: Path) -> None:
    table = pq.read_table(path)
    pq.write_table(pa.concat_tables([table, table]), path)


@pytest.mark.parametrize(
    ("file", "damage", "reason"),
    [
        ("runs.parquet", cut, "not a Parquet table"),
        ("runs.parquet", doubled, "two rows for one run"),
        (
            "runs.parquet",
            lambda p: shutil.copy(p.parent / "series.parquet", p),
            "no columns scenario, world, replicate",
        ),
        ("series.parquet", cut, "not a Parquet table"),
        ("series.parquet", strangers, "rows of run 99, which runs.parquet does not have"),
        ("series.parquet", lambda p: shutil.copy(p.parent / "worlds.parquet", p), "no column run"),
        ("pairs.parquet", lambda p: shutil.copy(p.parent / "worlds.parquet", p), "no columns scenario, kind, class"),
        ("worlds.parquet", lambda p: p.write_bytes(b""), "not a Parquet table"),
        ("places.csv", lambda p: p.write_text("a,b\n1,2\n"), "no columns place"),
        ("scenarios.json", lambda p: p.write_text("[{"), "not JSON"),
        ("scenarios.json", lambda p: p.write_text("[]"), "no scenario in the list"),
        ("series.parquet", endless, "column startups holds an infinite number"),
        ("series.parquet", elsewhere, "rows of place 'nowhere', which places.csv does not have"),
        ("manifest.json", lambda p: p.write_text("[]"), "a list where"),
    ],
)
def test_damage_is_one_sentence(folder: Path, file: str, damage: Callable[[Path], object], reason: str) -> None:
    damage(folder / file)
    text = sentence(lambda: getattr(sim.read(folder), file.partition(".")[0]))
    assert text.startswith(str(folder / file))
    assert reason in text
    assert text.endswith("the same run command writes it anew.")


def test_a_link_to_a_name_that_is_too_long_is_a_table_that_is_not_there(folder: Path) -> None:
    (folder / "series.parquet").unlink()
    (folder / "series.parquet").symlink_to("n" * 300)
    assert "series" not in set(sim.read(folder).describe()["grain"])
    assert "series.parquet: not there" in sentence(lambda: sim.read(folder).series)


# --- unfinished --------------------------------------------------------------------------------------------


def series_of(number: int) -> pd.DataFrame:
    return pd.DataFrame({"quarter": [0, 1], "place": ["lyon", "london"], "startups": [number, number + 1]})


def add_shard(results: Path, runs: list[int], grains: tuple[str, ...] = ("series",), salt: bytes = b"", **more: float):
    """A shard of runs 0, 1, ...: even ones of the baseline, odd ones paired with the one before; two a world."""
    name = lambda number: (bytes([number + 1]) + salt).ljust(16, b".")  # noqa: E731
    with ShardWriter(results, grains) as writer:
        for number in runs:
            keys = RunKeys(("baseline", "all_eight")[number % 2], number // 2, 0, bytes([number // 2]) * 16)
            counts = pd.DataFrame(
                {
                    "kind": ["talent"],
                    "class": ["kept"],
                    "place": ["lyon"],
                    "group": ["star"],
                    "count": [1],
                    "received": [0],
                }
            )
            pairs = (name(number - 1), counts) if number % 2 else None
            outcomes = {"startups_in_france": float(number), **more}
            writer.add(name(number), keys, outcomes, {"series": series_of(number)}, None, pairs, {}, {})
        return writer.commit()


@pytest.fixture
def unfinished(tmp_path: Path) -> Path:
    """Two shards, of which one run is in both; nothing else but what interrupted writers leave."""
    results = tmp_path / "sweep"
    results.mkdir()
    add_shard(results, [0, 1])
    add_shard(results, [1, 2, 3])
    half = results / "shards" / ".host.12.0123abcd.tmp"
    half.mkdir()
    (half / "runs.parquet").write_bytes(b"PAR1")
    return results


def test_what_is_finished_can_be_read(unfinished: Path) -> None:
    results = sim.read(unfinished)
    runs = results.partial("runs")
    assert list(runs.columns) == ["id", "scenario", "draw", "replicate", "world_id", "startups_in_france"]
    assert sorted(runs["startups_in_france"]) == [0.0, 1.0, 2.0, 3.0]  # the run that is in both is counted once
    assert set(runs["scenario"]) == {"baseline", "all_eight"}
    assert isinstance(runs["scenario"].dtype, pd.CategoricalDtype)
    series = results.partial("series")
    assert list(series.columns) == ["id", "scenario", "draw", "replicate", "world_id", "quarter", "place", "startups"]
    assert len(series) == 8
    first = series[series["quarter"] == 0].set_index("startups")
    for number in range(4):
        assert first.loc[number, "scenario"] == ("baseline", "all_eight")[number % 2]
        assert first.loc[number, "draw"] == number // 2
    pairs = results.partial("pairs")
    assert sorted(pairs["draw"]) == [0, 1]
    assert set(pairs["scenario"]) == {"all_eight"}
    assert len(pairs["reference"].unique()) == 2
    add_shard(unfinished, [4])
    assert len(results.partial("runs")) == 5  # read anew


def test_a_table_not_written_yet_says_what_to_do(unfinished: Path) -> None:
    results = sim.read(unfinished)
    assert sentence(lambda: results.runs).endswith(
        "runs.parquet: not written yet; the same run command makes what is missing and writes it,"
        " and .partial('runs') reads the 2 shards so far."
    )
    assert "partial" not in sentence(lambda: results.manifest)
    assert len(results.describe()) == 0
    assert "no tables yet" in repr(results)


def test_what_cannot_be_read_of_shards_is_one_sentence(unfinished: Path, folder: Path) -> None:
    results = sim.read(unfinished)
    assert "found 'serie'; did you mean 'series'?" in sentence(lambda: results.partial("serie"))
    assert "allowed are runs, series" in sentence(lambda: results.partial("zzz"))
    assert "no shard holds this grain, so nothing of 'flows'" in sentence(lambda: results.partial("flows"))
    assert "no shard is there" in sentence(lambda: sim.read(folder).partial("runs"))
    damaged = min((unfinished / "shards").glob("[0-9a-f]*")) / "series.parquet"
    damaged.write_bytes(damaged.read_bytes()[:-20])
    assert sentence(lambda: results.partial("series")).startswith(f"{damaged}: not a Parquet table")


def test_a_changed_bit_in_a_shard_is_found(unfinished: Path) -> None:
    path = min((unfinished / "shards").glob("[0-9a-f]*")) / "runs.parquet"
    whole = path.read_bytes()
    column = pq.ParquetFile(path).metadata.row_group(0).column(5)
    at = (column.dictionary_page_offset or column.data_page_offset) + column.total_compressed_size - 1
    path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
    assert sentence(lambda: sim.read(unfinished).partial("runs")).startswith(f"{path}: not a Parquet table")


def test_shards_of_two_models_are_refused(unfinished: Path) -> None:
    add_shard(unfinished, [0], salt=b"other model")
    assert "1 runs are there under a second identity" in sentence(lambda: sim.read(unfinished).partial("runs"))


def test_shards_with_other_outcomes_are_refused(unfinished: Path) -> None:
    add_shard(unfinished, [7], salt=b"newer", founder_flight=1.0)
    assert "their 'runs' have other columns" in sentence(lambda: sim.read(unfinished).partial("runs"))


def test_shards_joined_while_they_are_read_are_read_again(unfinished: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sim.analysis.unfinished as module

    listed, calls = module.shards_in, []

    def then_joined(results: Path) -> list[Path]:
        found = listed(results)
        calls.append(len(found))
        if len(calls) == 1:
            add_shard(results, [0, 1, 2, 3])
            for path in found:
                shutil.rmtree(path)
        return found

    monkeypatch.setattr(module, "shards_in", then_joined)
    assert len(sim.read(unfinished).partial("runs")) == 4
    assert calls == [2, 1]


# --- other ways in -----------------------------------------------------------------------------------------


def test_pandas_reads_the_tables_directly(folder: Path) -> None:
    runs = pd.read_parquet(folder / "runs.parquet")
    pd.testing.assert_series_equal(runs["startups_in_france"], sim.read(folder).runs["startups_in_france"])


def test_duckdb_reads_tables_and_shards(folder: Path, unfinished: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    with duckdb.connect() as db:
        tables = f"'{folder}/series.parquet' join '{folder}/runs.parquet' using (run)"
        rows = db.execute(f"select scenario, world, sum(startups) from {tables} group by all order by all").fetchall()
        assert rows == [("all_eight", 0, 5), ("all_eight", 1, 13), ("baseline", 0, 1), ("baseline", 1, 9)]
        shards = f"'{unfinished}/shards/[0-9a-f]*/runs.parquet'"
        assert db.execute(f"select count(distinct id) from {shards}").fetchall() == [(4,)]


PROGRAM = """
import sys
for name in ("mesa", "numba", "sim.model", "sim.experiments"):
    sys.modules[name] = None  # any import of it now fails
import sim
assert "pandas" not in sys.modules and "pyarrow" not in sys.modules
{act}
"""


@pytest.mark.parametrize(
    ("act", "works"),
    [
        (f"assert len(sim.read({str(REFERENCE)!r}).runs) == 360", True),
        ("import sim.analysis.unfinished", True),
        ("sim.raed", False),
        ("import sim.experiments.storage.shards", False),
    ],
)
def test_reading_needs_no_model_and_importing_sim_needs_nothing(act: str, works: bool) -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM.format(act=act)], capture_output=True, text=True, cwd=ROOT)
    assert (done.returncode == 0) == works, done.stderr


def test_an_unknown_name_of_the_package_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'sim' has no attribute 'raed'"):
        sim.raed  # noqa: B018


def test_a_row_of_a_run_that_no_shard_holds_is_damage(unfinished: Path) -> None:
    path = min((unfinished / "shards").glob("[0-9a-f]*")) / "series.parquet"
    table = pq.read_table(path)
    stranger = pa.array(["f" * 32] * len(table), table.schema.field("id").type)
    pq.write_table(table.set_column(table.schema.get_field_index("id"), table.schema.field("id"), stranger), path)
    assert "rows of a run that no shard holds the outcomes of" in sentence(
        lambda: sim.read(unfinished).partial("series")
    )
