"""The judges judged: each oracle says no to something that is wrong."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.evidence import Evidence
from sim.evidence.posterior import Posterior
from sim.model.levers import LEVERS
from tests.experiments.fake_model import scenario
from tests.fuzzing import oracles, oracles_of_results

PAGE = '<html><td class="num">{}</td>{}</html>'


@pytest.mark.parametrize(
    ("names", "values", "said"),
    [
        (("talent.beta",), [[1.5], [np.nan]], "not finite"),
        (("talent.beta", "talent.beta"), [[1.5, 1.5]], "columns"),
        ((), np.empty((3, 0)), "columns"),
        (("talent.beta",), [[99.0]], "talent.beta out of range"),
    ],
)
def test_a_wrong_posterior_is_seen(names: tuple[str, ...], values: Any, said: str, evidence: Evidence) -> None:
    assert said in oracles.of_posterior(Posterior(names, np.array(values, float), {}), evidence)
    assert oracles.of_posterior(Posterior(("talent.beta",), np.array([[1.5]]), {}), evidence) == []


def test_wrong_evidence_is_seen(evidence: Evidence) -> None:
    assert oracles.of_evidence(evidence) == []
    targets = evidence.targets.copy()
    targets.loc[0, "low"] = targets.loc[0, "high"] + 1.0
    assert oracles.of_evidence(replace(evidence, _targets=targets)) == ["targets: low above high, or an id twice"]
    beta = replace(evidence.parameters["talent.beta"], low=9.0, high=8.0)
    assert any("draws" in text for text in oracles.of_evidence(replace(evidence, parameters={"talent.beta": beta})))


def test_a_wrong_study_and_none_are_seen() -> None:
    points = SimpleNamespace(names=("talent.beta",), values=np.array([[99.0]]))
    study = SimpleNamespace(
        scenarios=[], points=points, n_runs=0, replicates=0, seed=-1, settings=SimpleNamespace(years=3)
    )
    oracles.STUDIES[:] = [study]
    assert oracles.of_study() == ["point of talent.beta: 99.0 to 99.0", "0 runs", "seed -1, replicates 0"]
    assert oracles.of_study() == ["no study"]
    twice = SimpleNamespace(
        **vars(study)
        | {
            "points": SimpleNamespace(names=(), values=np.empty((1, 0))),
            "n_runs": 4,
            "replicates": 1,
            "seed": 0,
            "scenarios": [scenario("x"), scenario("x")],
        }
    )
    assert oracles.of_one_study(twice) == ["4 runs"]
    twice.scenarios.pop()
    assert oracles.of_one_study(twice) == []


def test_an_extension_with_an_odd_name_is_seen(monkeypatch: pytest.MonkeyPatch, evidence: Evidence) -> None:
    monkeypatch.setattr("sim.extensions.active.activate", lambda path: None)
    assert oracles.of_extension(Path("mine.py")) == []
    monkeypatch.setitem(LEVERS, "My lever", LEVERS["label_network"])
    assert oracles.of_extension(Path("mine.py")) == ["lever 'My lever'"]


def test_runs_that_are_others_than_those_that_were_made_are_seen(
    evidence: Evidence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = SimpleNamespace(scenarios=[], points=SimpleNamespace(names=(), values=np.empty((0, 0))), n_runs=0, seed=0,
                            replicates=1, settings=SimpleNamespace(years=3))  # fmt: skip
    note = SimpleNamespace(study=empty, code="code")
    ledger = SimpleNamespace(close=lambda: None)
    monkeypatch.setattr("sim.experiments.running.study_note.read_note", lambda *_: note)
    monkeypatch.setattr("sim.experiments.running.runner.StudyFolder", lambda *_: SimpleNamespace(ledger=ledger))
    monkeypatch.setattr(oracles_of_results, "made_runs", lambda study: {b"a": {"series": 1, "flows": 2}})
    stage: Any = SimpleNamespace(evidence=evidence, study=tmp_path)
    for found, said in (
        ({b"a": {"series": 1, "flows": 2}}, []),
        ({b"a": {"series": 1, "flows": 3}}, ["flows of a run are others"]),
        ({b"b": {"series": 1}}, ["a finished run that nobody made"]),
    ):
        monkeypatch.setattr(oracles_of_results, "_tables", lambda held, found=found: found)
        assert oracles_of_results.of_finished(tmp_path, stage) == said


def test_wrong_packages_are_seen(tmp_path: Path) -> None:
    table = pd.DataFrame({"value": [1.0, 2.0]})
    for name in ("shapley", "interactions", "frontier", "budgets"):
        table.to_csv(tmp_path / f"{name}.csv", index=False)
    table.to_parquet(tmp_path / "packages.parquet")
    assert oracles_of_results.of_packages(tmp_path) == []
    (table / 0.0).to_csv(tmp_path / "frontier.csv", index=False)
    (-table / 0.0).to_parquet(tmp_path / "packages.parquet")
    assert oracles_of_results.of_packages(tmp_path) == ["frontier: an infinite number", "packages: an infinite number"]


def test_a_board_that_its_own_link_loses_is_seen(evidence: Evidence, monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.dashboard.link import board_of

    board = board_of({"a": "r1,strength=0.5", "lang": "fr"})
    assert oracles.of_board(board, evidence) == []
    monkeypatch.setattr("sim.dashboard.link.link_of", lambda board: {"a": "r1"})
    assert oracles.of_board(board, evidence) == ["another board from its own link"]


def test_an_answer_that_is_no_number_is_seen() -> None:
    estimator = SimpleNamespace(
        years=5, of=lambda *_: SimpleNamespace(effects={"jobs": SimpleNamespace(difference=np.nan)})
    )
    assert oracles.of_estimator([estimator]) == ["jobs is nan"] * 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (PAGE.format("12", ""), []),
        (PAGE.format("nan", ""), ["'nan' in the page"]),
        (PAGE.format("12", "<script>alert(1)</script>"), ["'<script>alert(1)' in the page"]),
        (PAGE.format("12", "")[:-3], ["cut"]),
    ],
)
def test_a_wrong_page_is_seen(text: str, said: list[str], tmp_path: Path) -> None:
    assert oracles_of_results.of_page(tmp_path) == ["no page"]
    (tmp_path / "report.html").write_text(text, encoding="utf-8")
    assert oracles_of_results.of_page(tmp_path) == said


@pytest.mark.parametrize(("difference", "said"), [
    (1.0, []), (3.0, ["a difference outside its interval"]), (-np.inf, ["comparison: an infinite number"]),
])  # fmt: skip
def test_a_wrong_comparison_is_seen(difference: float, said: list[str], tmp_path: Path) -> None:
    table = pd.DataFrame({"difference": [difference], "low": [0.0], "high": [2.0], "pairing_gain": [np.inf]})
    table.to_csv(tmp_path / "comparison.csv", index=False)
    assert oracles_of_results.of_comparison(tmp_path)[: len(said) or None] == said


def test_wrong_counts_are_seen(tmp_path: Path) -> None:
    rows = [
        ("a", "talent", "france", name, mean) for name, mean in (("gained", 5.0), ("lost_in_all", 2.0), ("net", 3.0))
    ]
    table = pd.DataFrame(rows, columns=["scenario", "kind", "by", "measure", "mean"])
    table.to_csv(tmp_path / "counterfactual.csv", index=False)
    assert oracles_of_results.of_counterfactual(tmp_path) == []
    table.assign(mean=[-1.0, 2.0, 3.0]).to_csv(tmp_path / "counterfactual.csv", index=False)
    assert oracles_of_results.of_counterfactual(tmp_path) == [
        "fewer than no persons", "a net that is not gains less losses",
    ]  # fmt: skip


def test_wrong_frames_are_seen() -> None:
    runs = pd.DataFrame({"run": [0, 1], "scenario": ["a", "b"], "world": [0, 0], "replicate": [0, 0]})
    series = pd.DataFrame({"scenario": ["a", "b"], "place": ["lyon", "lyon"], "talents": [1.0, 2.0]})
    held: dict[str, Any] = dict.fromkeys(("series", "flows", "costs", "revenue"), series)
    good = SimpleNamespace(runs=runs, places=pd.DataFrame({"place": ["lyon"]}), **held)
    assert oracles_of_results.of_frames(good) == []
    good.runs, good.flows = runs.assign(run=[0, 0]), series.assign(place=["lyon", "nowhere"])
    good.costs = series.assign(talents=[1.0, np.inf])
    assert oracles_of_results.of_frames(good) == [
        "a run twice", "flows: a place that is not in places.csv", "costs: an infinite number",
    ]  # fmt: skip
    held["revenue"] = series.assign(scenario=["a", "c"])
    other = SimpleNamespace(runs=runs.assign(world=[0, -1]), places=good.places, **held)
    assert oracles_of_results.of_frames(other) == ["a negative number of a run", "revenue: a scenario without runs"]
