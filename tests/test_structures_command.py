"""``run_sim.py structures``: the study it makes, what it writes and says, and that it goes on where it was stopped."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from sim.cli import main, options
from sim.cli.structures import POLICIES, SHOWN, carry_out, range_table
from sim.evidence import Evidence
from sim.experiments.designs.structures import STRUCTURES
from sim.experiments.designs.study import Study, design
from sim.scenario import find_scenarios, load_scenarios
from sim.settings import Settings
from tests.experiments.fake_model import FakeEngine, FakeRecords, records

TABLES = ("structures.csv", "firsts.csv", "variance.csv", "conclusions.txt")
TWELVE = ["baseline", *(f"r{n}" for n in range(1, 9)), "all_eight", "label_only", "zone_exemption"]


@dataclass(frozen=True)
class Engine(FakeEngine):
    """Gains depend on the structure: without nests, levers lose what they gain elsewhere."""

    def simulate(
        self, scenario: Any, world: Any, evidence: Any, start: str, settings: Any, seed: int, draw: int, replicate: int
    ) -> FakeRecords:
        self._note(f"simulate {scenario.name} {draw} {replicate}")
        if scenario.name == self.raises:
            raise RuntimeError("the talents went missing")
        gain = (7 + draw + replicate) * len(scenario.levers) + 3 * len(scenario.name) * bool(scenario.levers)
        gain = 200 + (-gain if world["talent.nest"] == 1.0 else gain)
        return records(evidence, settings.quarters, np.random.default_rng([seed, draw, replicate]), gain)


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.experiments.running.executors import SerialExecutor

    monkeypatch.setattr("sim.experiments.running.runner.WorkerPool", lambda *_: SerialExecutor())


@pytest.fixture
def common(tmp_path: Path) -> options.Common:
    return options.Common(Settings(1000, 20, 1), 8, 1, 5, 1, tmp_path / "out")


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    (tmp_path / "log").mkdir()
    return Engine(tmp_path / "log")


SOME = ("reference", "plain_logit", "rivals_respond")


@pytest.fixture
def some(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three structures: that all of them have runs of their own is seen elsewhere."""
    monkeypatch.setattr("sim.experiments.designs.structures.STRUCTURES", {name: STRUCTURES[name] for name in SOME})


@pytest.fixture
def quick(some: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """And no figure."""
    monkeypatch.setattr("sim.report.figures.structures.write_figure", lambda *_: [])


def small(evidence: Evidence, worlds: int = 8, replicates: int = 1) -> Study:
    names = ("baseline", "r6_attractive_taxation", "r8_simplification")
    scenarios = load_scenarios([options.SCENARIOS / f"{name}.toml" for name in names], evidence)
    return design(
        scenarios, Settings(1000, 20, 1), seed=5, worlds=worlds, replicates=replicates, world_kind="prior",
        keep=frozenset(),
    )  # fmt: skip


def test_the_study_is_the_one_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[Study, options.Common]] = []
    monkeypatch.setattr("sim.cli.structures.carry_out", lambda study, _, common: seen.append((study, common)) or 0)
    words = ["--world", "prior", "--worlds", "3", "--years", "2", "--out", str(tmp_path / "s")]
    assert main(["structures", *words]) == 0
    assert main(["structures", "--world", "prior", "--out", str(tmp_path / "s")]) == 0
    (study, common), (plain, _) = seen
    short = [one.name.partition("_")[0] if one.name[0] == "r" else one.name for one in study.scenarios]
    assert short == TWELVE
    assert (len(study.worlds), study.replicates, study.keep, common.out) == (3, 2, frozenset(), tmp_path / "s")
    assert (len(plain.worlds), plain.seed, plain.settings) == (12, 2013, Settings())
    files = find_scenarios(options.SCENARIOS)
    assert len([path for path in files if POLICIES.fullmatch(path.stem)]) == len(TWELVE)


def test_tables_figure_and_sentences(
    evidence: Evidence, common: options.Common, engine: Engine, some: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert carry_out(small(evidence), evidence, common, engine=engine) == 0
    out, said = common.out, capsys.readouterr().out
    assert "plain_logit: r6_attractive_taxation changes the sign of its effect on startups in France" in said
    assert "rivals_respond: r6" not in said
    table = pd.read_csv(out / "structures.csv")
    assert tuple(dict.fromkeys(table["structure"])) == SOME
    assert set(table["scenario"]) == {"r6_attractive_taxation", "r8_simplification"}
    ours = table[(table["outcome"] == "startups_in_france") & (table["scenario"] == "r6_attractive_taxation")]
    signs = ours.set_index("structure")["same_sign"]
    assert not signs["plain_logit"]
    assert signs.drop("plain_logit").all()
    split = pd.read_csv(out / "variance.csv")
    assert set(split["scenario"]) == set(table["scenario"])
    assert split["reading"].str.startswith(("one replicate", "no effect")).all()
    assert all((out / "figures" / f"structures.{kind}").stat().st_size > 0 for kind in ("pdf", "svg", "png", "csv"))
    note = json.loads((out / "structures.json").read_text())
    assert tuple(one["name"] for one in note["structures"]) == SOME
    for name in SOME:
        assert {path.name for path in (out / name).glob("*.parquet")} == {"runs.parquet", "worlds.parquet"}
        assert json.loads((out / name / "manifest.json").read_text())["settings"]["structure"] == name
        worlds = pd.read_parquet(out / name / "worlds.parquet").set_index(["world", "parameter"])["value"]
        assert all((worlds.xs(key, level="parameter") == value).all() for key, value in STRUCTURES[name].fixed.items())


def test_it_goes_on_where_it_was_and_tables_keep_their_bytes(
    evidence: Evidence, common: options.Common, engine: Engine, quick: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert carry_out(small(evidence, worlds=2), evidence, common, engine=engine) == 0
    made = len(engine.calls("simulate"))
    assert made == 3 * 2 * 3
    assert carry_out(small(evidence, worlds=3), evidence, common, engine=engine) == 0
    assert len(engine.calls("simulate")) == 3 * made // 2
    before = {name: (common.out / name).read_bytes() for name in TABLES}
    assert carry_out(small(evidence, worlds=3), evidence, common, engine=engine) == 0
    assert len(engine.calls("simulate")) == 3 * made // 2
    assert before == {name: (common.out / name).read_bytes() for name in TABLES}
    capsys.readouterr()
    assert main(["status", str(common.out / "plain_logit")]) == 0


def test_a_run_that_fails_is_said_and_the_rest_is_compared(
    evidence: Evidence, common: options.Common, engine: Engine, quick: None, capsys: pytest.CaptureFixture[str]
) -> None:
    failing = replace(engine, raises="r8_simplification")
    assert carry_out(small(evidence, worlds=2), evidence, common, engine=failing) == 2
    assert "6 runs failed" in " ".join(capsys.readouterr().err.split())
    assert set(pd.read_csv(common.out / "structures.csv")["scenario"]) == {"r6_attractive_taxation"}


def test_a_folder_of_something_else_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    assert main(["structures", "--world", "prior", "--out", str(tmp_path)]) == 2
    assert "holds other files than results" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_the_table_fits_eighty_columns() -> None:
    rows, parts = [], []
    for scenario in ("r1_label_network", "r6_attractive_taxation", "all_eight", "zone_exemption"):
        for nth, structure in enumerate(STRUCTURES):
            effect = 12345.6 * (nth - 2)
            keys = {"structure": structure, "scenario": scenario, "outcome": SHOWN[0], "label": "Startups in France"}
            rows.append({**keys, "unit": "startups", "effect": effect, "low": effect - 9e3, "high": effect + 9e3})
        parts.append({"scenario": scenario, "outcome": SHOWN[0], "luck": float("nan"), "parameters": 1.0,
                      "structure": 0.0, "both": 0.123})  # fmt: skip
    stream = io.StringIO()
    console = Console(file=stream, width=80)
    console.print(range_table(pd.DataFrame(rows), pd.DataFrame(parts), SHOWN[0], console))
    said = stream.getvalue()
    assert max(map(len, said.splitlines())) <= 80
    assert "…" not in said
    assert said.count("– / 100 / 0 / 12") == 4
    assert said.count("+49 382") == said.count("double") == 4
    assert "no taste" not in said
    assert any(line.split()[:2] == ["scenario", "[95%]"] for line in said.splitlines())  # a table, not blocks
