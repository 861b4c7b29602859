"""Folders beside the results: used only if the same model made them from the same evidence."""

import json
from pathlib import Path

import pandas as pd
import pytest

from sim.report.beside import folder_beside, table_of, validation_beside
from sim.report.catalogue import Words
from sim.report.results import Results
from sim.report.sections import parameters, sensitivity, structures, validation
from tests.report.synthetic import PLACES

CODE, EVIDENCE = "c" * 64, "e" * 64
WORDS = Words("fr")


@pytest.fixture
def results(tmp_path: Path) -> Results:
    folder = tmp_path / "main"
    folder.mkdir()
    PLACES.to_csv(folder / "places.csv", index=False)
    (folder / "manifest.json").write_text(json.dumps({"digests": {"code": CODE, "evidence": EVIDENCE}}))
    return Results(folder)


def beside(results: Results, name: str, code: str = CODE, manifest: str = "manifest.json") -> Path:
    folder = results.folder.parent / name
    (folder / manifest).parent.mkdir(parents=True, exist_ok=True)
    (folder / manifest).write_text(json.dumps({"digests": {"code": code, "evidence": EVIDENCE}}))
    return folder


def test_another_model_or_no_digest_is_none(results: Results) -> None:
    assert folder_beside(results, "sensitivity") is None
    folder = beside(results, "sensitivity")
    assert folder_beside(results, "sensitivity") == folder
    beside(results, "sensitivity", code="d" * 64)
    assert folder_beside(results, "sensitivity") is None
    (folder / "manifest.json").write_text("{}")
    assert folder_beside(results, "sensitivity") is None
    (folder / "manifest.json").write_text("{half")
    assert folder_beside(results, "sensitivity") is None


def test_sensitivity_names_the_strongest_parameters(results: Results) -> None:
    folder = beside(results, "sensitivity")
    rows = [
        ("baseline", "startup_jobs", "Startup jobs", f"talent.p{n}", "assumed", n / 10, 0.0, n / 8, 0.9)
        for n in range(5)
    ]
    columns = ["scenario", "outcome", "label", "parameter", "status", "total", "total_low", "total_high", "q2"]
    assert sensitivity.build(results, WORDS) is None
    pd.DataFrame(rows, columns=columns).to_csv(folder / "sobol.csv", index=False)
    content = sensitivity.build(results, WORDS)
    assert content is not None
    assert [row[2].text for row in content["table"].rows] == ["talent.p4", "talent.p3", "talent.p2"]
    (folder / "sobol.csv").write_text("nothing\n1\n")
    assert sensitivity.build(results, WORDS) is None


def test_validation_is_of_the_same_sources(results: Results) -> None:
    folder = results.folder.parent / "validation"
    folder.mkdir()
    line = f"Version 0.1.0; sources {CODE[:12]}, model aaaaaaaaaaaa, evidence {EVIDENCE[:12]}, posterior\n"
    (folder / "validation.md").write_text(line)
    assert validation_beside(results) == folder
    assert validation.build(results, WORDS) is None
    tally = {"forecast": "posterior", "name": "posterior", "rows": 43, "told": 43, "inside": 30, "share": 0.7,
             "width": 5.2, "score": 19.2, "median_score": 5.3}  # fmt: skip
    pd.DataFrame([tally]).to_csv(folder / "tally.csv", index=False)
    content = validation.build(results, WORDS)
    assert content is not None
    assert [entry.text for entry in content["tables"][0].rows[0]][1:4] == ["43", "30", "70"]
    (folder / "validation.md").write_text(line.replace("c", "d"))
    assert validation_beside(results) is None


def test_structures_say_what_is_lost(results: Results) -> None:
    folder = beside(results, "structures", manifest="reference/manifest.json")
    keys = ["structure", "scenario", "outcome", "label", "sign", "effect", "low", "high", "change_low", "change_high"]
    jobs, nan = ("startup_jobs", "Startup jobs"), float("nan")
    rows = [
        ("reference", "all_eight", *jobs, "same", 9.0, 5.0, 12.0, nan, nan),
        ("passive_cities", "all_eight", *jobs, "opposite within noise", -1.0, -5.0, 3.0, -15.0, -4.0),
        ("plain_logit", "all_eight", *jobs, "same", 8.0, 4.0, 12.0, -2.0, 1.0),
    ]
    pd.DataFrame(rows, columns=keys).to_csv(folder / "structures.csv", index=False)
    content = structures.build(results, Words("en"))
    assert content is not None
    assert len(content["said"]) == 1
    assert "passive cities" in content["said"][0]
    assert [[entry.text for entry in row[1:]] for row in content["table"].rows] == [
        ["1", "1", "0", "1", "1"], ["1", "1", "0", "0", "0"],
    ]  # fmt: skip
    assert table_of(folder, "structures.csv", ("no_such_column",), ()) is None


def test_parameters_of_other_evidence_are_left_out(results: Results) -> None:
    assert parameters.build(results, WORDS) is None
