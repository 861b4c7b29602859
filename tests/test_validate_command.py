"""``run_sim.py validate``: what it runs, writes, prints and refuses, with stand-ins for the model."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.analysis.targets import NOT_COMPUTABLE
from sim.analysis.validation.relocation import ABROAD, BASE, MOVES, TAX, TO_US, US, column
from sim.cli import main
from sim.cli.validate import Plan, carry_out
from sim.evidence import Evidence
from sim.experiments.targets.engine import RowRecords
from sim.experiments.targets.register import ROWS
from sim.settings import Settings

COMPUTED = tuple(row for row in ROWS if ROWS[row].kind != NOT_COMPUTABLE)
TOY = Settings(talent_scale=1000, startup_scale=50, years=10)
FILES = ("validation.csv", "tally.csv", "no_skill.csv", "emergence.csv", "relocation.csv", "validation.md",
         "figures/validation_rows.png", "figures/validation_relocation.svg")  # fmt: skip


@dataclass(frozen=True)
class StandIn:
    """Numbers near ``values`` with luck of their own; worlds of the posterior are nearer. Raises in one draw."""

    values: tuple[tuple[str, float], ...]
    log: Path
    raises: int = -1

    def code_digest(self) -> str:
        return hashlib.sha256(repr(self.values).encode()).hexdigest()

    def warm_up(self) -> None: ...

    def prepare(self, evidence: Any, world: Any, settings: Any, seed: int, draw: int) -> None: ...

    def simulate(
        self, scenario: Any, world: Any, evidence: Any, start: Any, settings: Any, seed: int, draw: int, replicate: int
    ) -> RowRecords:
        if draw == self.raises:
            raise RuntimeError("the firms went missing")
        assert scenario.name == "french_tech_2014"
        with self.log.open("a") as log:
            log.write(f"{draw}\n")
        fitted = world["talent.beta"] == 1.25
        luck = np.random.default_rng([seed, draw]).normal(size=len(self.values))
        return RowRecords(
            {name: value * (1.0 if fitted else 4.0) * (1.0 + 0.05 * noise)
             for (name, value), noise in zip(self.values, luck.tolist(), strict=True)}
        )  # fmt: skip

    def outcomes(self, records: RowRecords, places: Any) -> dict[str, float]:
        return records.rows


@pytest.fixture
def engines(evidence: Evidence, tmp_path: Path) -> tuple[StandIn, StandIn]:
    value = evidence.targets.set_index("id")["value"]
    rows = tuple((row, float(value[row])) for row in COMPUTED)
    counts = {BASE: 100.0, US: 60.0, ABROAD: 50.0, TAX: 98.0}
    moves = tuple((column(what, name), number) for what in (MOVES, TO_US) for name, number in counts.items())
    return StandIn(rows, tmp_path / "rows"), StandIn(moves, tmp_path / "moves")


@pytest.fixture
def posterior(tmp_path: Path) -> Path:
    folder = tmp_path / "fit"
    folder.mkdir()
    (folder / "posterior.csv").write_text("talent.beta\n" + "1.25\n" * 12, encoding="utf-8")
    (folder / "posterior.json").write_text(json.dumps({"digests": {}}), encoding="utf-8")
    return folder


def plan(posterior: Path) -> Plan:
    return Plan(9, 4, 8, 7, 1000, TOY, posterior)


def test_tables_page_and_sentences_and_the_same_command_again(
    engines: tuple[StandIn, StandIn], posterior: Path, tmp_path: Path, no_processes: None,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    out, page = tmp_path / "out", tmp_path / "docs" / "page.md"
    page.parent.mkdir()
    rows, moves = engines
    broken = StandIn(rows.values, rows.log, raises=2)
    assert carry_out(plan(posterior), out, 1, page, broken, moves) == 2
    assert "the same command makes the rest" in capsys.readouterr().err
    assert not (out / "validation.csv").exists()
    assert carry_out(plan(posterior), out, 1, page, rows, moves) == 0
    assert len(rows.log.read_text().split()) == 9 + 4  # nothing was made twice
    assert len(moves.log.read_text().split()) == 8
    output = capsys.readouterr()
    assert "Caution: The posterior is stale" in output.err
    printed = " ".join(output.out.split())
    assert "(than the last two on the rows they speak of), is reached." in printed
    assert "The model agrees with the evidence." in printed
    table = pd.read_csv(out / "validation.csv")
    counted = table[table["counted"]]
    assert (counted["posterior_inside"].astype(str) == "True").all()
    assert len(counted) == 43
    tally = pd.read_csv(out / "tally.csv").set_index("forecast")
    assert tally["inside"]["posterior"] == 43
    assert tally["inside"]["prior"] < 25
    text = (out / "validation.md").read_text(encoding="utf-8")
    assert page.read_text(encoding="utf-8") == text
    assert (page.parent / "figures" / "validation_rows.png").is_file()
    for row in counted["row"]:
        assert f"\n| {row} |" in text
    assert "**This is a weak" in text.replace("\n", " ")
    assert "{{" not in text
    assert "nan" not in text.replace("finance", "")
    first = {name: (out / name).read_bytes() for name in FILES}
    assert carry_out(plan(posterior), out, 1, None, rows, moves) == 0
    assert {name: (out / name).read_bytes() for name in FILES} == first
    assert len(rows.log.read_text().split()) == 13


def test_the_command_passes_its_options_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr("sim.cli.validate.carry_out", lambda *args: asked.append(args) or 0)
    out = tmp_path / "out"
    words = ["--worlds", "5", "--prior-worlds", "6", "--driver-worlds", "7", "--probes", "2000", "--talent-scale", "50"]
    assert main(["validate", *words, "--seed", "9", "--workers", "1", "--posterior", "fit", "--out", str(out)]) == 0
    ((one, folder, workers, page),) = asked
    assert one == Plan(5, 6, 7, 9, 2000, Settings(talent_scale=50, years=10), Path("fit"))
    assert (folder, workers, page) == (out, 1, None)
    assert " ".join(words) in one.command.replace("--seed 9 ", "")
    assert Plan(posterior=Path("a fit")).command.endswith(" --posterior 'a fit'")


def test_bad_options_are_one_sentence_each(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--worlds", "1", "--prior-worlds", "0", "--driver-worlds", "0", "--probes", "5", "--workers", "0"]
    assert main(["validate", *words, "--page", str(tmp_path / "no" / "page.md"), "--out", str(tmp_path / "out")]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(":")[0] for line in lines] == [
        "--worlds", "--prior-worlds", "--driver-worlds", "--probes", "--workers", "--page"
    ]  # fmt: skip
    assert main(["validate", "--page", str(tmp_path), "--out", str(tmp_path / "out")]) == 2  # a folder, no file
    assert "allowed is a file in a folder that exists" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_without_a_posterior_there_is_nothing_to_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["validate", "--posterior", str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert said == (
        f"--posterior: '{tmp_path}' holds no posterior.json and no posterior.csv; name a results folder of calibrate.\n"
    )
    monkeypatch.setattr("sim.evidence.posterior.FOLDER", tmp_path)
    assert main(["validate", "--out", str(tmp_path / "out")]) == 2
    assert capsys.readouterr().err == "There is no posterior to check; 'calibrate --adopt' makes it.\n"
    assert not (tmp_path / "out").exists()
