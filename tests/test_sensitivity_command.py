"""``run_sim.py sensitivity`` with a stand-in for the model: its design, what it writes, going on, what it refuses."""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.analysis.sensitivity.outputs import outputs_of
from sim.analysis.sensitivity.tables import TABLES
from sim.cli import main, options
from sim.cli.sensitivity import sensitivity_study
from sim.evidence import Evidence
from sim.experiments.designs.space_filling import BLOCK, space_filling, uncertain_parameters
from sim.settings import Settings
from tests.experiments.fake_model import FakeEngine, FakeRecords

STRONG, WEAK = "startup.cost_border", "talent.cost_border"
EIGHT = [f"r{n}" for n in range(1, 9)]


class Responsive(FakeEngine):
    """A stand-in whose startups follow two parameters, and whose effects follow one; all else is luck."""

    def simulate(
        self, scenario: Any, world: Any, evidence: Any, start: str, settings: Any, seed: int, draw: int, replicate: int
    ) -> FakeRecords:
        kept = super().simulate(scenario, world, evidence, start, settings, seed, draw, replicate)
        strong, weak = (_share(evidence.parameters[name], world[name]) for name in (STRONG, WEAK))
        gain = 0.0 if scenario.name == "baseline" else 50.0 * weak
        return replace(kept, facts={"startups": 1000.0 + 400.0 * strong + 100.0 * weak + gain})

    def outcomes(self, records: FakeRecords, places: pd.DataFrame) -> dict[str, float]:
        return super().outcomes(records, places) | {"startups_in_france": records.facts["startups"]}


def _share(parameter: Any, value: float) -> float:
    low, high = parameter.low, parameter.high
    if parameter.prior == "loguniform":
        return float(np.log(value / low) / np.log(high / low))
    return float((value - low) / (high - low))


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_processes: None) -> Responsive:
    """One recommendation and two outcomes, to be quick."""
    (tmp_path / "log").mkdir()
    engine = Responsive(tmp_path / "log")
    monkeypatch.setattr("sim.extensions.engine.ModelEngine", lambda: engine)
    monkeypatch.setattr(
        "sim.cli.sensitivity.sensitivity_study",
        lambda *given: replace(study := sensitivity_study(*given), scenarios=study.scenarios[:2]),
    )
    outcomes = ("startups_in_france", "startup_jobs")
    monkeypatch.setattr("sim.analysis.sensitivity.outputs.outputs_of", partial(outputs_of, outcomes=outcomes))
    return engine


def test_the_design_spreads_every_uncertain_parameter_and_extends(evidence: Evidence) -> None:
    parameters = uncertain_parameters(evidence)
    assert len(parameters) > 180
    assert any(parameter.name.startswith("lever.") for parameter in parameters)
    small, large = space_filling(evidence, BLOCK, 7), space_filling(evidence, 2 * BLOCK + 5, 7)
    assert (len(small), len(large)) == (BLOCK, 2 * BLOCK + 5)
    np.testing.assert_array_equal(small.values, large.values[:BLOCK])
    assert large.draws.tolist() == list(range(2 * BLOCK + 5))  # luck of its own each
    assert not np.array_equal(space_filling(evidence, BLOCK, 8).values, small.values)
    for column, parameter in enumerate(parameters):
        shares = np.array([_share(parameter, value) for value in small.values[:, column]])
        assert np.bincount((shares * BLOCK).astype(int).clip(0, BLOCK - 1), minlength=BLOCK).max() <= 2


def test_baseline_and_eight_recommendations_in_the_same_worlds(tmp_path: Path, evidence: Evidence) -> None:
    study = sensitivity_study(evidence, options.Common(Settings(100, 1, 10), 60, 1, 2013, 1, tmp_path))
    assert [scenario.name.split("_")[0] for scenario in study.scenarios] == ["baseline", *EIGHT]
    assert (study.n_runs, study.reference, study.keep) == (540, "baseline", frozenset())
    assert not study.fixed_in(0)


def test_it_writes_tables_and_figures_goes_on_and_leaves_out_what_is_not_explained(
    tmp_path: Path, engine: Responsive, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    asked = ["sensitivity", "--worlds", "60", "--years", "1", "--workers", "1", "--out", str(out)]
    assert main(asked) == 0
    shown = capsys.readouterr()
    made = {name: pd.read_csv(out / f"{name}.csv") for name in TABLES}
    emulators = made["emulators"].set_index(["scenario", "outcome"])
    assert len(emulators) == 4
    assert (emulators["n"] == 60).all()
    level, effect = ("baseline", "startups_in_france"), ("r1_label_network", "startups_in_france")
    assert (emulators.loc[level, "what"], emulators.loc[effect, "what"]) == ("level", "effect")
    assert emulators.loc[level, "q2"] > 0.7
    assert emulators.loc[effect, "q2"] > 0.7
    indices = made["sobol"][made["sobol"]["parameter"].notna()].groupby(["scenario", "outcome"]).first()
    assert indices.loc[level, "parameter"] == STRONG
    assert indices.loc[effect, "parameter"] == WEAK
    assert indices.loc[level, "total"] == pytest.approx(16 / 17, abs=0.1)
    for name in ("morris", "sobol", "tornado"):
        told = made[name].set_index(["scenario", "outcome"])["reading"]
        luck = told["baseline", "startup_jobs"]
        assert luck.startswith("emulator explains only ")
    for figure in ("tornado", "sobol"):
        assert all((out / "figures" / f"{figure}.{kind}").stat().st_size > 100 for kind in ("pdf", "svg", "png", "csv"))
    assert f"baseline, Startups in France, level: {STRONG}" in shown.out
    assert "explain too little" in shown.out
    assert (out / "runs.parquet").is_file()
    assert not (out / "report.html").exists()

    calls, before = len(engine.calls("simulate")), (out / "runs.parquet").read_bytes()
    (out / "sobol.csv").unlink()
    once_more = partial(outputs_of, outcomes=("startups_in_france",))
    monkeypatch.setattr("sim.analysis.sensitivity.outputs.outputs_of", once_more)
    monkeypatch.setattr("sim.report.sensitivity_figures.draw_sensitivity", lambda *_: [])  # quicker
    assert main(asked) == 0  # no run is made again, and the tables are the same to the last digit
    assert len(engine.calls("simulate")) == calls == 120
    assert (out / "runs.parquet").read_bytes() == before
    again = pd.read_csv(out / "sobol.csv")
    first = made["sobol"][made["sobol"]["outcome"] == "startups_in_france"].reset_index(drop=True)
    pd.testing.assert_frame_equal(again, first, check_exact=True, check_dtype=False)
    assert "120 runs finished earlier" in capsys.readouterr().err


def test_without_the_extra_it_says_so_and_runs_nothing(
    tmp_path: Path, engine: Responsive, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "sklearn", None)
    assert main(["sensitivity", "--worlds", "60", "--out", str(tmp_path / "out")]) == 2
    told = capsys.readouterr().err
    assert told.startswith("scikit-learn is not installed; this adds what is needed: ")
    assert "pip install -e '.[calibrate]'" in told
    assert not (tmp_path / "out").exists()


def test_too_few_worlds_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sensitivity", "--worlds", "20", "--out", str(tmp_path / "out")]) == 2
    assert "60" in capsys.readouterr().err
