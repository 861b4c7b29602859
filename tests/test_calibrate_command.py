"""``run_sim.py calibrate``: what it asks for, says and refuses, with a stand-in for the fit itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.cli import calibrate, main
from sim.evidence import Evidence
from sim.experiments.calibrating import campaign
from sim.experiments.running.runner import Outcome


def fit(r_hat: float = 1.01, settled: bool = True) -> SimpleNamespace:
    """Two rows with their prior and posterior worlds; the second is missed."""
    targets = pd.DataFrame(
        [{"row": row, "pattern": "p", "class": "fitted", "unit": "share", "target": 0.2, "low": 0.1, "high": 0.3,
          "tolerance": 0.05, "discrepancy": 0.0} for row in ("B17", "B14")]
    )  # fmt: skip
    prior, posterior = (
        SimpleNamespace(rows=pd.DataFrame({"B17": np.array(of) / 10, "B14": np.array(of[::-1]) / 5}))
        for of in ([8.0, 9.0, 7.0], [2.0, 2.2, 1.8])
    )
    draws = SimpleNamespace(settled=settled, r_hat=np.array([1.0, r_hat]), points=np.empty((64, 2)))
    ranks = SimpleNamespace(of=63)
    return SimpleNamespace(targets=targets, waves=(prior,), check=posterior, draws=draws, ranks=ranks)


@pytest.fixture
def project(evidence: Evidence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What stands for the project's own evidence and docs; tables, figures and pages are stand-ins, too."""
    for name in ("evidence", "docs"):
        (tmp_path / "project" / name).mkdir(parents=True)

    def posterior(fit: Any, plan: Any, evidence: Any, folder: Path) -> None:
        (folder / "posterior.json").write_text("{}", encoding="utf-8")

    def drawn(tables: Any, of: int, worlds: int, draws: int, folder: Path) -> list[str]:
        folder.mkdir()
        (folder / "chains.png").write_bytes(b"png")
        return ["figures/chains.png"]

    monkeypatch.setattr("sim.evidence.load_evidence", lambda: evidence)
    monkeypatch.setattr("sim.evidence.loader.FOLDER", tmp_path / "project" / "evidence")
    monkeypatch.setattr(calibrate, "DOCS", tmp_path / "project" / "docs")
    monkeypatch.setattr("sim.experiments.calibrating.tables.write_tables", lambda fit, out: {})
    monkeypatch.setattr("sim.experiments.calibrating.tables.write_posterior", posterior)
    monkeypatch.setattr("sim.report.calibration_figures.draw_calibration", drawn)
    monkeypatch.setattr("sim.report.calibration_page.calibration_page", lambda tables, note, command, at: command)
    monkeypatch.setattr("sim.cli.describe.evidence_text", lambda: "evidence")
    return tmp_path / "project"


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def fitted(monkeypatch: pytest.MonkeyPatch, project: Path) -> Callable[[Any], list[Any]]:
    """Let the fit be this, or raise this; return what the command asks of it."""
    asked: list[Any] = []

    def of(answer: Any) -> list[Any]:
        class Stand:
            def __init__(self, out: Path, plan: Any, *given: Any) -> None:
                asked.append((out, plan, given[2]))
                self.tell, self.say = given[3:]

            def run(self) -> Any:
                with self.tell("wave 1", 2) as told:
                    told(Outcome(planned=2, finished=1), "simulating")
                self.say("Wave 1: 2 worlds.")
                if isinstance(answer, Exception):
                    raise answer
                return answer

        monkeypatch.setattr(campaign, "Campaign", Stand)
        return asked

    return of


def test_the_command_passes_its_options_on_and_tells_each_row(
    fitted: Callable[[Any], list[Any]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = fitted(fit())
    words = ["--points", "100", "--waves", "3", "--checked", "8", "--draws", "64", "--long", "--seed", "5"]
    assert main(["calibrate", *words, "--workers", "1", "--out", str(tmp_path / "out")]) == 0
    ((out, plan, manner),) = asked
    assert (out, manner.workers, manner.retry) == (tmp_path / "out", 1, True)
    assert (plan.points, plan.checked, plan.draws, plan.seed) == ((300, 225, 225), 24, 64, 5)
    told = capsys.readouterr()
    assert "Wave 1: 2 worlds." in told.err
    assert "1 of 2 rows within two standard deviations of their target." in " ".join(told.out.split())
    assert str(tmp_path / "out" / "calibration.md") in told.out


@pytest.mark.parametrize(
    ("why", "code"), [("Stopped.", 130), ("No space left on device.", 2)], ids=["by hand", "by the disk"]
)
def test_a_fit_that_is_stopped_says_how_to_go_on(
    fitted: Callable[[Any], list[Any]], tmp_path: Path, capsys: pytest.CaptureFixture[str], why: str, code: int
) -> None:
    fitted(campaign.Stopped(why))
    assert main(["calibrate", "--workers", "1", "--out", str(tmp_path / "out")]) == code
    told = " ".join(capsys.readouterr().err.split())
    assert f"{why} Finished runs are kept in {tmp_path / 'out'}; the same command goes on." in told


@pytest.mark.parametrize("adopt", [[], ["--adopt"]])
def test_a_fit_is_adopted_where_that_is_asked_for(
    fitted: Callable[[Any], list[Any]], tmp_path: Path, project: Path, adopt: list[str]
) -> None:
    fitted(fit())
    assert main(["calibrate", *adopt, "--seed", "5", "--workers", "1", "--out", str(tmp_path / "out")]) == 0
    own = {"posterior.json", "calibration.md", "figures/chains.png"}
    assert files(tmp_path / "out") >= own
    there = {"evidence/posterior.json", "docs/calibration.md", "docs/evidence.md", "docs/figures/chains.png"}
    assert files(project) == (there if adopt else set())
    said = (tmp_path / "out" / "calibration.md").read_text(encoding="utf-8")
    assert "--seed 5" in said  # the command that makes it anew


@pytest.mark.parametrize(("adopt", "end"), [([], "not to be used."), (["--adopt"], "not to be used, and not adopted.")])
def test_chains_that_do_not_agree_are_never_adopted(
    fitted: Callable[[Any], list[Any]], tmp_path: Path, project: Path, capsys: pytest.CaptureFixture[str],
    adopt: list[str], end: str,
) -> None:  # fmt: skip
    fitted(fit(1.3, settled=False))
    assert main(["calibrate", *adopt, "--workers", "1", "--out", str(tmp_path / "out")]) == 2
    told = " ".join(capsys.readouterr().err.split())
    assert told.endswith(f"The chains of the posterior do not agree (R-hat 1.30): {end}")
    assert files(project) == set()


def test_a_folder_of_other_files_and_no_workers_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "thesis.txt").touch()
    assert main(["calibrate", "--workers", "0", "--out", str(tmp_path)]) == 2
    told = capsys.readouterr().err
    assert "--workers: found 0" in told
    assert str(tmp_path) in told
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
