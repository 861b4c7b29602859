"""The commands of sweeps, with a stand-in for the model: plan, run, go on, look, verify, compact, repeat."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import sim
from sim.cli import main
from sim.cli.sweeping import parts
from sim.errors import InputError
from tests.experiments.fake_model import FakeEngine

SWEEP = """
name = "mine"
title = "A small sweep"
question = "?"
[policies]
scenarios = ["baseline", "r4_seed_acceleration", "r8_simplification"]
[worlds]
design = "prior"
size = 4
[runs]
years = 1
[keep]
flows = true
"""
UNTIL = """
name = "mine"
title = "An adaptive sweep"
question = "?"
[policies]
scenarios = ["baseline", "r8_simplification"]
[worlds]
design = "prior"
[runs]
years = 1
[until]
outcome = "startups_in_france"
scenario = "r8_simplification"
half_width = {half_width}
first = 16
most = 36
"""


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_processes: None) -> FakeEngine:
    (tmp_path / "log").mkdir()
    engine = FakeEngine(tmp_path / "log")
    monkeypatch.setattr("sim.extensions.engine.ModelEngine", lambda: engine)
    return engine


@pytest.fixture
def sweep(tmp_path: Path) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(SWEEP, encoding="utf-8")
    return path


def test_a_sweep_runs_is_looked_at_verified_compacted_and_goes_on(
    sweep: Path, tmp_path: Path, engine: FakeEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    asked = ["sweep", str(sweep), "--out", str(out), "--workers", "1"]
    assert main(asked) == 0
    assert {path.name for path in out.iterdir()} == {
        ".lock", "comparison.csv", "flows.parquet", "ledger.sqlite", "manifest.json", "pairs.parquet", "places.csv",
        "progress.json", "runs.parquet", "scenarios.json", "shards", "study.json", "worlds.parquet", "worth",
    }  # fmt: skip
    before = {path.name: path.read_bytes() for path in out.glob("*.parquet")}
    progress = json.loads((out / "progress.json").read_text())
    assert (progress["state"], progress["finished"], progress["planned"]) == ("finished", 12, 12)
    capsys.readouterr()
    assert main(["status", str(out)]) == 0
    assert "12 finished, 0 missing, 0 in quarantine" in capsys.readouterr().out
    assert main(["verify", str(out), "--runs", "5"]) == 0
    assert capsys.readouterr().out == "5 of 5 runs made again are the same to the byte.\n"
    assert main(["compact", str(out)]) == 0
    assert len(list((out / "shards").iterdir())) == 1
    made = len(engine.calls("simulate"))
    sweep.write_text(SWEEP.replace("size = 4", "size = 6"), encoding="utf-8")
    assert main(asked) == 0
    assert len(engine.calls("simulate")) == made + 6
    assert "12 runs finished earlier" in capsys.readouterr().err
    sweep.write_text(SWEEP, encoding="utf-8")
    assert main(asked) == 0
    assert {path.name: path.read_bytes() for path in out.glob("*.parquet")} == before
    runs = sim.read(out).runs
    assert len(runs) == 12
    assert runs.attrs["units"]["startups_in_france"] == "startups"


def test_options_take_other_worlds_than_the_file(sweep: Path, tmp_path: Path, engine: FakeEngine) -> None:
    asked = ["sweep", str(sweep), "--out", str(tmp_path / "out"), "--workers", "1"]
    assert main([*asked, "--worlds", "2"]) == 0
    assert len(engine.calls("simulate")) == 2 * 3
    assert main([*asked, "--world", "central"]) == 0
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert (manifest["n_worlds"], manifest["settings"]["world_kind"]) == (1, "central")


def test_a_run_that_comes_out_otherwise_is_named(
    sweep: Path, tmp_path: Path, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main(["sweep", str(sweep), "--out", str(out), "--workers", "1"]) == 0

    class Unsteady(FakeEngine):
        def outcomes(self, records: object, places: pd.DataFrame) -> dict[str, float]:
            found = super().outcomes(records, places)
            return found | {"startups_in_france": found["startups_in_france"] + 2.0**-40}

    monkeypatch.setattr("sim.extensions.engine.ModelEngine", lambda: Unsteady(engine.log))
    capsys.readouterr()
    assert main(["verify", str(out), "--runs", "2"]) == 2
    lines = capsys.readouterr().out.splitlines()
    assert all(line.endswith("other bytes in runs") for line in lines[:2])
    assert lines[2] == "0 of 2 runs made again are the same to the byte."


def test_a_run_in_quarantine_is_left_alone_repeated_alone_and_tried_on_request(
    sweep: Path, tmp_path: Path, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    asked = ["sweep", str(sweep), "--out", str(out), "--workers", "1"]
    broken = replace(engine, raises="r8_simplification")
    monkeypatch.setattr("sim.extensions.engine.ModelEngine", lambda: broken)
    assert main(asked) == 2
    assert "4 runs of 12 failed" in capsys.readouterr().err
    made = len(engine.calls("simulate"))
    assert main(asked) == 2
    assert len(engine.calls("simulate")) == made
    text = next((out / "quarantine").iterdir()).read_text()
    assert "RuntimeError: the talents went missing" in text
    command = next(line for line in text.splitlines() if line.startswith("repeat it alone: python run_sim.py "))
    capsys.readouterr()
    assert main(command.split()[5:]) == 2
    assert "RuntimeError: the talents went missing" in capsys.readouterr().err
    monkeypatch.setattr("sim.extensions.engine.ModelEngine", lambda: engine)
    assert main([*asked, "--retry"]) == 0
    assert not (out / "quarantine").exists()


def test_parts_fill_one_folder(sweep: Path, tmp_path: Path, engine: FakeEngine) -> None:
    whole, shared = tmp_path / "whole", tmp_path / "shared"
    assert main(["sweep", str(sweep), "--out", str(whole), "--workers", "1"]) == 0
    for part in ("2/3", "1/3", "3/3"):
        assert main(["sweep", str(sweep), "--out", str(shared), "--workers", "1", "--shard", part]) == 0
    assert not (shared / "runs.parquet").exists()
    made = len(engine.calls("simulate"))
    assert main(["sweep", str(sweep), "--out", str(shared), "--workers", "1"]) == 0
    assert len(engine.calls("simulate")) == made
    for path in whole.glob("*.parquet"):
        assert (shared / path.name).read_bytes() == path.read_bytes()


@pytest.mark.parametrize(("half_width", "worlds", "said"), [(1e6, 16, "narrow enough"), (1e-9, 36, "the most worlds")])
def test_worlds_are_added_until_the_interval_is_narrow_enough(
    half_width: float, worlds: int, said: str, tmp_path: Path, engine: FakeEngine, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    noisy = _Noisy(engine.log)
    monkeypatch.setattr("sim.extensions.engine.ModelEngine", lambda: noisy)
    file, out = tmp_path / "mine.toml", tmp_path / "out"
    file.write_text(UNTIL.format(half_width=half_width), encoding="utf-8")
    assert main(["sweep", str(file), "--out", str(out), "--workers", "1"]) == 0
    assert said in capsys.readouterr().err
    assert pd.read_parquet(out / "runs.parquet")["world"].nunique() == worlds
    # The same looks lead to the same end, and nothing is made again.
    made = len(engine.calls("simulate"))
    assert main(["sweep", str(file), "--out", str(out), "--workers", "1"]) == 0
    assert len(engine.calls("simulate")) == made


class _Noisy(FakeEngine):
    """The effect of a lever differs from world to world."""

    def outcomes(self, records: object, places: pd.DataFrame) -> dict[str, float]:
        found = super().outcomes(records, places)
        return found | {"startups_in_france": found["startups_in_france"] ** 1.01}


def test_a_plan_runs_nothing_and_refuses_what_does_not_fit(
    sweep: Path, tmp_path: Path, engine: FakeEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    asked = ["sweep", str(sweep), "--out", str(out), "--workers", "1", "--plan"]
    assert main(asked) == 0
    shown = capsys.readouterr().out
    assert "It fits." in shown
    assert not out.exists()
    sweep.write_text(SWEEP + '[limits]\ndisk = "1 kB"\n', encoding="utf-8")
    assert main(asked) == 2
    assert "limits.disk: " in capsys.readouterr().err
    sweep.write_text(SWEEP + '[limits]\ndisk = "1 kB"\n', encoding="utf-8")
    assert main(asked[:-1]) == 2  # and without a plan, it ends when the limit is reached
    assert "more than limits.disk allows" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["0/3", "4/3", "1", "a/b", "1/0", "-1/2", "1/2/3"])
def test_a_part_that_is_none_is_one_sentence(text: str) -> None:
    with pytest.raises(InputError, match=r"--shard: found '.*', allowed is I/N"):
        parts(text)


@pytest.mark.parametrize("command", [["status"], ["verify"], ["compact"], ["rerun"]])
def test_a_folder_without_a_study_is_one_sentence(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = ["0"] if command == ["rerun"] else []
    assert main([*command, str(tmp_path), *more]) == 2
    assert "no study.json found" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
