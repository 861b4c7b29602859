"""Statuses of parameters, what a posterior makes of them, and docs/evidence.md, which is what its command writes."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pandas as pd
import pytest

from sim.analysis.parameter_status import COLUMNS, parameter_table, status_counts, summary
from sim.cli import main
from sim.cli.describe import evidence_text
from sim.evidence import Evidence
from sim.evidence.posterior import load_posterior
from tests.made_posterior import write_posterior_files

PAGE = Path(__file__).parents[1] / "docs" / "evidence.md"
COMMAND = "run_sim.py describe evidence --page docs/evidence.md"


def names_in(text: str) -> list[str]:
    """Return the names in the first cells of the tables of parameters."""
    return [name for name in re.findall(r"^\| `([A-Za-z_0-9.]+)` \|", text, re.M) if "." in name]


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of evidence without a posterior, whether or not one is adopted."""
    monkeypatch.setattr("sim.evidence.posterior.FOLDER", tmp_path)
    return tmp_path


def test_the_page_is_what_its_command_writes(evidence: Evidence) -> None:
    """With the posterior that is adopted, or without one; after a change, ``COMMAND`` writes it anew."""
    text = PAGE.read_text(encoding="utf-8")
    assert COMMAND in text
    assert text == evidence_text(), f"docs/evidence.md is old: {COMMAND}"
    assert sorted(names_in(text)) == sorted(evidence.parameters)


def test_nothing_is_typed_calibrated_and_without_a_posterior_nothing_is(evidence: Evidence, nowhere: Path) -> None:
    table = parameter_table(evidence, None)
    assert list(table.columns) == list(COLUMNS)
    assert set(table["status"]) == {"law", "measured", "assumed"}
    assert (table["verdict"] == "").all()
    assert "No posterior is adopted" in evidence_text()
    counts = status_counts(table)
    assert counts.loc["all", "all"] == len(evidence.parameters) == counts.loc[counts.index[:-1], "all"].sum()


def test_a_posterior_calibrates_what_it_identifies_and_nothing_else(evidence: Evidence, nowhere: Path) -> None:
    held = load_posterior(evidence, write_posterior_files(evidence, nowhere))
    table = parameter_table(evidence, held).set_index("parameter")
    plain = parameter_table(evidence, None).set_index("parameter")
    told = table.loc[["talent.beta", "startup.nest", "talent.cost_border", "talent.home"]]
    assert told["status"].tolist() == ["calibrated", "assumed (weakly informed)", "assumed", "assumed"]
    assert told["verdict"].tolist() == ["identified", "weakly identified", "prior unchanged", "not fitted"]
    assert told["variance_left"].tolist()[:3] == pytest.approx([0.04, 0.64, 1.0], rel=0.01)
    beta = evidence.parameters["talent.beta"]
    assert table.loc["talent.beta", "posterior_median"] == pytest.approx(beta.quantile(0.5), rel=1e-3)
    assert table.loc["talent.beta", "posterior_q95"] == pytest.approx(beta.quantile(0.59), rel=1e-3)
    changed = table["status"] != plain["status"]
    assert set(table.index[changed]) == {"talent.beta", "startup.nest"}
    sentences = " ".join(summary(table.reset_index(), held))
    assumed = int((plain["status"] == "assumed").sum())
    assert f"{assumed - 1} of {len(table)} parameters are assumed (1 of them weakly informed" in sentences
    assert "The posterior holds 3 parameters, fitted to 2 target rows: 1 are identified." in sentences
    text = evidence_text()
    assert "512 joint draws of 3 parameters, fitted to 2 target rows: B01, B17." in " ".join(text.split())
    assert set(names_in(text)) == set(evidence.parameters)
    assert text != PAGE.read_text(encoding="utf-8")  # the broken twin: another posterior is another page


@pytest.mark.parametrize("posterior", [False, True])
def test_describe_counts_the_assumed(
    posterior: bool, evidence: Evidence, nowhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if posterior:
        write_posterior_files(evidence, nowhere)
    assert main(["describe", "parameters", "talent."]) == 0
    printed = capsys.readouterr().out
    assumed = sum(p.status == "assumed" for p in evidence.parameters.values()) - posterior
    assert re.search(rf"^{assumed} of {len(evidence.parameters)} parameters are assumed", printed, re.M)
    assert ("posterior_median" in printed) == posterior
    assert not re.search(r"\bnan\b", printed)
    assert main(["describe", "parameters", "--csv"]) == 0
    table = pd.read_csv(io.StringIO(capsys.readouterr().out))
    assert list(table.columns) == list(COLUMNS)
    assert ("calibrated" in set(table["status"])) == posterior
    assert main(["describe", "evidence"]) == 0
    assert "calibrated" in capsys.readouterr().out  # "none is calibrated" without one


def test_the_page_is_refused_elsewhere_in_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words, said in (
        (["parameters", "--page", "x.md"], "--page: goes with 'describe evidence', 'levers' or 'outcomes' alone."),
        (["evidence", "--page", str(tmp_path / "none" / "x.md")], "allowed is a file in a folder that exists."),
        (["evidence", "talent"], "describe evidence: found 'talent', it takes no name;"),
    ):
        assert main(["describe", *words]) == 2
        assert said in capsys.readouterr().err
