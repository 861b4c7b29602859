"""Commands in posterior worlds: each takes them, and says once that the posterior is stale."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.cli import main
from sim.evidence import Evidence
from sim.experiments.designs.study import Study
from sim.experiments.manifest import posterior_entry
from tests.made_posterior import DRAWS, PARTS, ROWS, write_posterior_files

SCENARIOS = Path(__file__).parents[1] / "scenarios"
BASELINE, LABEL = str(SCENARIOS / "baseline.toml"), str(SCENARIOS / "label_only.toml")
SWEEP = """name = "mine"
title = "t"
question = "q"
[policies]
scenarios = ["baseline", "all_eight"]
[worlds]
design = "posterior"
size = 3
"""
COMMANDS = {
    "main job": [],
    "run": ["run", BASELINE],
    "compare": ["compare", BASELINE, LABEL],
    "drivers": ["drivers"],
    "structures": ["structures"],
    "targets": ["targets"],
    "sweep": ["sweep", "mine.toml"],
    "sweep, asked": ["sweep", "mine.toml", "--world", "posterior"],
}


@pytest.mark.parametrize("model", [None, "another"])
@pytest.mark.parametrize("name", COMMANDS)
def test_posterior_worlds_and_one_caution_if_they_are_stale(
    name: str, model: str | None, evidence: Evidence, adopted_posterior: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    seen: list[Study] = []

    def keep(study: Study, *_: object, **__: object) -> int:
        seen.append(study)
        return 0

    monkeypatch.setattr("sim.cli.study.carry_out", keep)
    monkeypatch.setattr("sim.cli.structures.carry_out", keep)
    monkeypatch.setattr("sim.cli.making.finished_runs", lambda folder, study, *_: (keep(study) or 1, None))
    write_posterior_files(evidence, adopted_posterior, model)
    (tmp_path / "mine.toml").write_text(SWEEP, encoding="utf-8")
    words = [str(tmp_path / word) if word == "mine.toml" else word for word in COMMANDS[name]]
    drawn = [] if name.startswith("sweep") else ["--world", "posterior", "--worlds", "3"]
    assert main([*words, *drawn, "--out", str(tmp_path / "out")]) in (0, 1)
    error = capsys.readouterr().err
    assert error.count("Caution: The posterior is stale") == (model is not None)
    study = seen[-1]
    if name != "targets":  # which makes its central world first, and was stopped there
        assert (study.world_kind, len(study.points)) == ("posterior", 3)
        entry = posterior_entry(study, evidence)
        assert entry is not None
        assert (entry["draws"], entry["parameters"], entry["rows"]) == (DRAWS, len(PARTS), ROWS)
        assert len(entry["stale"]) == (model is not None)
