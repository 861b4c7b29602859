"""The judges judged: each oracle, and each part of the law, says no to something that is wrong."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.evidence import Evidence
from sim.evidence.posterior import Posterior
from tests.fuzzing import oracles, oracles_of_results, server
from tests.fuzzing.campaign import CONTROL, Record, Result
from tests.fuzzing.law import Seen, violations
from tests.fuzzing.observing import observe
from tests.fuzzing.readers import Untouched, _spoil

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


def leaves_a_file() -> int:
    tempfile.mkstemp()
    return 2


def writes_by_itself() -> int:
    os.write(2, b"library: look here\n")
    return 0


def takes_much() -> int:
    return len(b"x" * (60 * 2**20)) * 0


@pytest.mark.parametrize(("call", "said"), [
    (leaves_a_file, "left behind"), (writes_by_itself, "past the program"), (takes_much, "memory"),
])  # fmt: skip
def test_what_nobody_would_see_is_seen(call: Any, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.fuzzing.law.MEGABYTES", 50)
    assert any(found.startswith(said) for found in violations(observe(call, tmp_path)))
    assert violations(observe(lambda: 0, tmp_path)) == []  # and a large case does not hide the next one


def test_a_program_that_ends_its_process_as_if_it_were_done_is_told_once() -> None:
    def make(number: int) -> tuple[str, Seen]:
        if number == 0:
            os._exit(0)
        return "fine", Seen(0)

    assert [(number, violations(seen) == []) for number, _, seen in server.served(make, [0, 1])] == [
        (0, False), (1, True),
    ]  # fmt: skip


def test_who_computes_is_not_taken_for_one_who_waits() -> None:
    used = iter([0.0, 0.2, 5.0, 5.7, 12.0, 18.0, 26.0])
    watch = server.Watch(lambda: next(used))
    assert watch.is_over()  # 0.2 s in all the patience: it waits
    watch.begin()
    assert [watch.is_over() for _ in range(4)] == [False, False, False, True]  # at last it is too slow, busy or not


def test_a_warning_about_the_line_of_an_extension_is_its_authors(tmp_path: Path) -> None:
    import warnings

    def warn(file: Path) -> None:
        warnings.warn_explicit("look here", DeprecationWarning, str(file), 1)

    assert violations(observe(lambda: warn(tmp_path / "own.py"), tmp_path)) == []
    assert violations(observe(lambda: warn(Path("library.py")), tmp_path)) == ["warning: DeprecationWarning: look here"]


def test_a_campaign_goes_on_behind_half_a_line_and_makes_anew_what_was_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.fuzzing.campaign.version", lambda: "new")
    record = Record(tmp_path / "seed_1.jsonl")
    bad = Result("link", 1, "?", None, ("traceback: x",), (), 0.1, 1.0, "old")
    for one in (replace(bad, number=0, code=2, broken=()), bad, replace(bad, number=2, version="new")):
        record.add(one)
    with record.path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(vars(bad))[:40])
    again = Record(record.path)
    assert [one.number for one in again.results] == [0, 1, 2]
    assert again.missing("link", 4) == [1, 3]
    again.add(replace(bad, code=2, broken=(), version="new"))
    assert "1 refused, 0 accepted" not in Record(record.path).told()
    assert "2 refused, 0 accepted, 1 against the law, 1 that were and are no more" in Record(record.path).told()


def test_damage_always_harms_and_the_control_never(tmp_path: Path) -> None:
    from random import Random

    path, other, text = tmp_path / "a.toml", tmp_path / "b.toml", b'name = "a"\n'
    other.write_bytes(b"b = 1\n")
    for seed in range(25):
        path.write_bytes(text)
        _spoil(path, other, Random(seed), special=0.0)
        assert not path.is_file() or path.read_bytes() != text
    path.write_bytes(text)
    assert _spoil(path, other, Untouched("control")) == "as it is"
    assert path.read_bytes() == text
    assert CONTROL not in range(10**6)


def test_a_run_is_told_by_all_that_goes_into_it(evidence: Evidence, monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.experiments.designs.points import prior_points
    from sim.experiments.designs.study import Study
    from sim.settings import Settings
    from tests.experiments.fake_model import scenario
    from tests.fuzzing import model_runs

    made: list[int] = []
    monkeypatch.setattr(model_runs, "HELD", {})
    make = model_runs.once(lambda folder, experiment, engine: (made.append(experiment.run), {"x": 1.0}))
    study = Study(
        (scenario("baseline"), scenario("other")), prior_points(2), 7, 1, Settings(**model_runs.SMALL), "baseline"
    )

    def asked(study: Study, run: int = 0) -> None:
        make(SimpleNamespace(study=study, evidence=evidence), study.experiment(run), None)

    for one in (study, study, replace(study, seed=8), replace(study, settings=Settings(talent_scale=5))):
        asked(one)
    assert made == [0, 0]  # once, then for another seed; a large one is left out
    asked(study, 3)
    assert made == [0, 0, 3]
