"""``run --profile`` shows where the time goes, and changes nothing else."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from sim.cli import main, options
from sim.cli.process_times import process_times, show_times, times_table
from sim.cli.study import carry_out
from sim.evidence import Evidence
from sim.experiments.designs.study import design
from sim.settings import Settings
from tests.experiments.fake_model import FakeEngine, FakeRecords, scenario

ROOT = Path(__file__).parents[1]
SECONDS = {"apply_policies": 0.1, "found_startups": 0.5, "migrate_talents": 1.4}
TABLES = ("runs", "series", "flows", "costs", "reasons", "revenue", "pairs", "worlds")


@dataclass(frozen=True)
class TimedEngine(FakeEngine):
    """Tells the seconds of three processes, so many times as long."""

    slow: float = 1.0

    def simulate(self, *words: Any, **more: Any) -> FakeRecords:
        records = super().simulate(*words, **more)
        return replace(records, timings={name: self.slow * seconds for name, seconds in SECONDS.items()})


def carried_out(folder: Path, evidence: Evidence, slow: float, **words: Any) -> Path:
    """Run two scenarios in two worlds with an engine so many times as slow; return the results folder."""
    (folder / "log").mkdir(parents=True)
    common = options.common(10, 1, 1, 2, 1, 7, 1, 1, folder / "out")
    study = design(
        [scenario("baseline"), scenario("same")], Settings(years=1), seed=7, worlds=2, replicates=1,
        world_kind="prior", reference="same",
    )  # fmt: skip
    assert carry_out(study, evidence, common, engine=TimedEngine(folder / "log", slow=slow), **words) == 0
    return common.out


def test_processes_stand_in_order_with_seconds_per_run_and_share() -> None:
    lines = process_times({"prepare_start": 9.0} | {name: 4 * seconds for name, seconds in SECONDS.items()}, 4)
    assert [name for name, _, _ in lines] == list(SECONDS)
    assert [seconds for _, seconds, _ in lines] == pytest.approx(list(SECONDS.values()))
    assert [share for _, _, share in lines] == pytest.approx([0.05, 0.25, 0.7])
    assert process_times({}, 0) == []
    assert process_times({"record": 0.0}, 1) == [("record", 0.0, 0.0)]


def test_the_table_is_printed_after_the_headlines(
    tmp_path: Path, evidence: Evidence, capsys: pytest.CaptureFixture[str]
) -> None:
    out = carried_out(tmp_path / "a", evidence, 1.0, show=show_times)
    shown = capsys.readouterr().out
    assert shown.index("manifest.json") < shown.index("Time by process, mean over 4 runs")
    rows = [line.split() for line in shown[shown.index("Time by process") :].splitlines() if line.strip()]
    assert ["found_startups", "0.500", "25.0%"] in rows
    assert ["all", "2.000", "100.0%"] in rows
    assert any(row[:4] == ["prepare_start,", "once", "a", "world"] for row in rows)
    receipts = [json.loads(path.read_text("utf-8"))["timings"] for path in out.glob("shards/*/receipt.json")]
    total = {name: sum(timings[name] for timings in receipts) for name in SECONDS}
    assert total == pytest.approx({name: 4 * seconds for name, seconds in SECONDS.items()})
    console = Console(record=True, width=100, file=None, quiet=True)
    console.print(times_table(out))


def test_seconds_and_the_option_change_no_byte_of_the_tables(tmp_path: Path, evidence: Evidence) -> None:
    quick = carried_out(tmp_path / "a", evidence, 1.0)
    slow = carried_out(tmp_path / "b", evidence, 3.0, show=show_times)
    for name in (*(f"{table}.parquet" for table in TABLES), "comparison.csv"):
        assert (quick / name).read_bytes() == (slow / name).read_bytes(), name
    timings = [json.loads((out / "manifest.json").read_text("utf-8"))["timings"] for out in (quick, slow)]
    assert timings[1]["found_startups"] == pytest.approx(3.0 * timings[0]["found_startups"])


@pytest.mark.parametrize("asked", [False, True])
def test_the_command_asks_for_the_table_only_with_the_option(
    asked: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[dict[str, Any]] = []
    monkeypatch.setattr("sim.cli.study.carry_out", lambda study, evidence, common, **words: seen.append(words) or 0)
    baseline = str(ROOT / "scenarios" / "baseline.toml")
    assert main(["run", baseline, "--out", str(tmp_path / "o"), *(["--profile"] if asked else [])]) == 0
    assert seen == [{"show": show_times} if asked else {}]
