"""``run_sim.py targets``: what it runs, writes, prints and refuses, with a stand-in for the model."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.analysis.targets import NOT_COMPUTABLE
from sim.cli import main, options, targets
from sim.cli.options import WorldChoice
from sim.cli.targets import Plan, carry_out
from sim.evidence import Evidence
from sim.experiments.targets.engine import RowRecords
from sim.experiments.targets.register import ROWS
from sim.settings import Settings

COMPUTED = tuple(row for row in ROWS if ROWS[row].kind != NOT_COMPUTABLE)
TOY = Settings(talent_scale=1000, startup_scale=50, years=10)


@dataclass(frozen=True)
class RowEngine:
    """Numbers near the targets, with luck of their own; raises in one draw of the worlds drawn."""

    values: tuple[float, ...]
    log: Path
    raises: int = -1

    def code_digest(self) -> str:
        return hashlib.sha256(repr(self.values).encode()).hexdigest()

    def warm_up(self) -> None: ...

    def prepare(self, evidence: Any, world: Any, settings: Any, seed: int, draw: int) -> str:
        return str(world.digest)

    def simulate(
        self, scenario: Any, world: Any, evidence: Any, start: Any, settings: Any, seed: int, draw: int, replicate: int
    ) -> RowRecords:
        if draw == self.raises:
            raise RuntimeError("the firms went missing")
        assert scenario.name == "french_tech_2014"
        with self.log.open("a") as log:
            log.write(f"{world.digest} {replicate}\n")
        luck = np.random.default_rng([seed, draw, replicate])
        noise = 1.0 + 0.1 * luck.normal(size=len(self.values))
        return RowRecords(
            dict(zip(COMPUTED, (np.array(self.values) * noise).tolist(), strict=True)) | {"M01 error": 0.1}
        )

    def outcomes(self, records: RowRecords, places: Any) -> dict[str, float]:
        return records.rows


@pytest.fixture
def engine(evidence: Evidence, tmp_path: Path) -> RowEngine:
    value = evidence.targets.set_index("id")["value"]
    return RowEngine(tuple(float(value[row]) for row in COMPUTED), tmp_path / "log")


def plan(worlds: int = 3, replicates: int = 2) -> Plan:
    return Plan(worlds, WorldChoice.PRIOR, replicates, 7, 1000, TOY)


def test_table_page_and_sentences(
    engine: RowEngine, tmp_path: Path, no_processes: None, capsys: pytest.CaptureFixture[str]
) -> None:
    out, page = tmp_path / "out", tmp_path / "page.md"
    assert carry_out(plan(), out, 1, page, engine) == 0
    printed = capsys.readouterr().out
    table = pd.read_csv(out / "targets.csv")
    assert list(table["row"]) == [row for row in table["row"] if row in ROWS]
    assert len(table) == len(ROWS) == 112
    computed = table[table["class"] != NOT_COMPUTABLE]
    assert (computed["n_worlds"] == 3).all()
    assert computed["mean"].to_numpy() == pytest.approx(computed["target"].to_numpy(), rel=0.4, abs=1e-12)
    assert table.loc[table["class"] == NOT_COMPUTABLE, ["central", "mean", "z"]].isna().all(axis=None)
    assert max(len(line) for line in printed.splitlines() if "Of " not in line and "row" not in line) <= 120
    assert "Of 23 fitted and emergent rows that the model may be fitted to" in printed
    assert "rows kept for checking" in printed
    text = (out / "targets.md").read_text(encoding="utf-8")
    assert page.read_text(encoding="utf-8") == text
    for row in ROWS:
        assert text.count(f"\n| {row} ") == 1
        assert f"- **{row}**, " in text
    assert "3 prior worlds, drawn from the priors and fitted to nothing" in " ".join(text.split())
    assert "--worlds 3 --world prior" in text


def test_the_same_command_goes_on(
    engine: RowEngine, tmp_path: Path, no_processes: None, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    broken = RowEngine(engine.values, engine.log, raises=1)
    assert carry_out(plan(), out, 1, None, broken) == 2
    assert "the same command makes the rest" in capsys.readouterr().err
    assert not (out / "targets.csv").exists()
    done = engine.log.read_text().splitlines()
    assert carry_out(plan(), out, 1, None, engine) == 0
    again = engine.log.read_text().splitlines()
    assert len(again) == 5
    assert again[: len(done)] == done  # nothing was made twice
    first = (out / "targets.csv").read_bytes()
    assert carry_out(plan(), out, 1, None, engine) == 0
    assert (out / "targets.csv").read_bytes() == first
    assert len(engine.log.read_text().splitlines()) == 5


def test_the_central_world_alone(
    engine: RowEngine, tmp_path: Path, no_processes: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert carry_out(plan(worlds=0, replicates=1), tmp_path / "out", 1, None, engine) == 0
    table = pd.read_csv(tmp_path / "out" / "targets.csv").set_index("row")
    assert (table["n_worlds"] == 0).all()
    assert table["luck_error"]["M01"] == pytest.approx(0.1)
    assert np.isfinite(table["z"]["M01"])
    assert "inside the 90%" not in capsys.readouterr().out


def test_the_command_passes_its_options_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr("sim.cli.targets.carry_out", lambda *args: asked.append(args) or 0)
    out = tmp_path / "out"
    words = ["--worlds", "5", "--world", "prior", "--replicates", "3", "--probes", "2000", "--talent-scale", "50"]
    assert main(["targets", *words, "--seed", "9", "--workers", "1", "--out", str(out)]) == 0
    assert main(["targets", "--world", "central", "--out", str(out)]) == 0
    (out / "central").mkdir(parents=True)
    (out / "central" / "ledger.sqlite").touch()  # as an earlier run leaves it
    assert main(["targets", "--out", str(out)]) == 0
    (one, folder, workers, page), (central, *_), _ = asked
    assert one == Plan(5, WorldChoice.PRIOR, 3, 9, 2000, Settings(talent_scale=50, years=10))
    assert (folder, workers, page) == (out, 1, None)
    assert central.worlds == 0


def test_bad_options_are_one_sentence_each(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--worlds", "-1", "--replicates", "0", "--probes", "5", "--talent-scale", "0", "--workers", "0"]
    assert main(["targets", *words, "--page", str(tmp_path / "no" / "page.md"), "--out", str(tmp_path / "out")]) == 2
    output = capsys.readouterr()
    lines = output.err.splitlines()
    assert output.out == ""
    assert [line.split(":")[0] for line in lines] == [
        "--worlds", "--replicates", "--probes", "--talent-scale", "--workers", "--page"
    ]  # fmt: skip
    assert not (tmp_path / "out").exists()


def test_a_folder_of_other_files_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "letter.txt").write_text("mine", encoding="utf-8")
    assert main(["targets", "--out", str(tmp_path)]) == 2
    assert "holds other files than results" in capsys.readouterr().err


def test_worlds_are_those_of_the_other_commands_and_a_missing_posterior_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sim.evidence.posterior.FOLDER", tmp_path)
    assert main(["targets", "--world", "posterior", "--out", str(tmp_path / "out")]) == 2
    assert capsys.readouterr().err == (
        "posterior.json: the posterior is missing; 'calibrate' makes it, '--world prior' does without.\n"
    )
    assert not (tmp_path / "out").exists()
    asked: list[Any] = []
    monkeypatch.setattr("sim.cli.targets.carry_out", lambda *args: asked.append(args[0]) or 0)
    assert main(["targets", "--out", str(tmp_path / "out")]) == 0
    assert asked[0].kind is options.DRAWN


@pytest.mark.torture
def test_the_model_itself_at_toy_size(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--worlds", "1", "--world", "prior", "--replicates", "1", "--probes", "1000", "--talent-scale", "1000"]
    assert main(["targets", *words, "--workers", "1", "--out", str(tmp_path / "out")]) == 0
    table = pd.read_csv(tmp_path / "out" / "targets.csv")
    assert (table["verdict"] == "no number").sum() < 30
    assert "Of " in capsys.readouterr().out


def test_titles_name_every_use(evidence: Evidence) -> None:
    assert set(targets.TITLES) == set(evidence.targets["use"])
