"""A whole calibration on rows that are known functions of the parameters: found, resumed, written, drawn."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.evidence import Evidence
from sim.evidence.posterior import load_posterior
from sim.experiments.calibrating import campaign as stages
from sim.experiments.calibrating.campaign import Campaign, Plan
from sim.experiments.calibrating.tables import write_posterior, write_tables
from sim.experiments.running.runner import Manner
from sim.experiments.targets.aims import rows_to_meet
from sim.experiments.targets.engine import RowRecords
from sim.report.calibration_figures import draw_calibration
from sim.report.calibration_page import calibration_page
from sim.settings import Settings
from tests.experiments.fake_model import scenario

pytestmark = pytest.mark.long  # emulators are tested by themselves on every Python

ROWS = {"B45": "startup.death_base", "B17": "talent.cost_star", "M06": "talent.beta"}


@dataclass(frozen=True)
class KnownRows:
    """Each row is where its parameter lies in its prior, on the scale of the target, and a little luck."""

    evidence: Evidence

    def code_digest(self) -> str:
        return "known"

    def warm_up(self) -> None:
        pass

    def prepare(self, evidence: Any, world: Any, settings: Any, seed: int, draw: int) -> None:
        return None

    def simulate(self, scenario: Any, world: Any, evidence: Any, start: Any, settings: Any, seed: int, draw: int,
                 replicate: int) -> RowRecords:  # fmt: skip
        luck = np.random.default_rng([seed, draw])
        found = {}
        for target in rows_to_meet(evidence).to_dict("records"):
            spread = np.hypot(target["tolerance"], target["discrepancy"])
            name = ROWS.get(target["row"])
            share = 0.5
            if name is not None:
                parameter = evidence.parameters[name]
                share = (world[name] - parameter.low) / (parameter.high - parameter.low)
            found[target["row"]] = target["target"] + spread * (8.0 * (share - 0.3) + 0.1 * luck.standard_normal())
        return RowRecords(found)

    def outcomes(self, records: RowRecords, places: pd.DataFrame) -> dict[str, float]:
        return records.rows


class NoMoreRuns(KnownRows):
    def simulate(self, *words: Any) -> RowRecords:
        raise AssertionError("a finished run was made again")


@contextmanager
def quiet(stage: str, runs: int):
    yield lambda outcome, doing: None


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory, evidence: Evidence):
    out = tmp_path_factory.mktemp("calibration")
    patch = pytest.MonkeyPatch()
    patch.setattr(stages, "rows_to_meet", lambda evidence: rows_to_meet(evidence).query("row in @ROWS.keys()"))
    patch.setattr(stages, "TRUTHS", 30)
    chosen = [p for p in stages.fitted_parameters(evidence) if p.name in ROWS.values() or p.name.startswith("price.r")]
    patch.setattr(stages, "fitted_parameters", lambda evidence: chosen)
    plan = Plan((70, 50), 512, 16, 2013, 1000, Settings(talent_scale=1000, years=1))
    said: list[str] = []
    words = (out, plan, evidence, scenario("real"), Manner(1), quiet, said.append, KnownRows(evidence))
    yield out, plan, Campaign(*words).run(), said, words
    patch.undo()


def test_known_parameters_are_found_and_the_others_are_not(done) -> None:
    out, _, fit, said, _ = done
    tables = write_tables(fit, out)
    known = tables["identification"].set_index("parameter")
    for row, name in ROWS.items():
        assert known.loc[name, "verdict"] == "identified", row
        assert known.loc[name, "median"] == pytest.approx(0.3, abs=0.25)
    assert set(known.loc[~known.index.isin(ROWS.values()), "verdict"]) <= {"not identified", "no row reads it"}
    assert tables["rows"]["verdict"].tolist() == ["met"] * 3
    assert (tables["emulators"]["q2"] > 0.9).all()
    assert fit.draws.settled
    assert len(said) == 5


def test_the_same_command_goes_on_and_gives_the_same_posterior(done) -> None:
    _, _, fit, _, words = done

    again = Campaign(*words[:-1], NoMoreRuns(words[2])).run()
    np.testing.assert_array_equal(again.draws.points, fit.draws.points)
    np.testing.assert_array_equal(again.check.cube, fit.check.cube)


def test_page_figures_and_posterior_are_written(done, evidence: Evidence, tmp_path: Path) -> None:
    _, plan, fit, _, _ = done
    tables = write_tables(fit, tmp_path)
    write_posterior(fit, plan, evidence, tmp_path)
    posterior = load_posterior(evidence, tmp_path)
    assert len(posterior) == 512
    assert posterior.doubts(evidence) == []
    written = draw_calibration(tables, fit.ranks.of, len(fit.check.rows), 512, tmp_path / "figures")
    assert all((tmp_path / name).stat().st_size > 100 for name in written)
    note = json.loads((tmp_path / "posterior.json").read_text(encoding="utf-8"))
    page = calibration_page(tables, note, "command", "figures")
    assert "**3 of 3 fitted and emergent rows lie within" in page
    assert "nan" not in page.replace("finance", "")
