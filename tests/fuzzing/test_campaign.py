"""A campaign goes on where it was stopped, makes each case once, and tries nothing that harms nothing."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest

from sim.evidence import Evidence
from sim.experiments.designs.points import central_point
from sim.experiments.designs.structures import Structure
from sim.experiments.designs.study import Study
from sim.model.levers import LEVERS
from sim.settings import Settings
from tests.experiments.fake_model import scenario
from tests.fuzzing import model_runs, server
from tests.fuzzing.campaign import CONTROL, Record, Result
from tests.fuzzing.law import Seen, violations
from tests.fuzzing.readers import Untouched, _spoil


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


@pytest.fixture
def small() -> Study:
    """Of two policies, in the central world, with two draws of luck."""
    policies = (scenario("baseline"), scenario("labels", [LEVERS["label_network"](start="2013Q3")]))
    return Study(policies, central_point(), 7, 2, Settings(**model_runs.SMALL), "baseline")


def test_a_run_is_told_by_all_that_goes_into_it(evidence: Evidence, small: Study) -> None:
    def key(study: Study, run: int = 0, evidence: Evidence = evidence) -> tuple[Any, ...]:
        return model_runs.key_of(SimpleNamespace(study=study, evidence=evidence), study.experiment(run))

    rivals = (replace(small.scenarios[0], rivals_respond=True), small.scenarios[1])
    drawn = replace(small.points, draws=small.points.draws + 1)
    others = [
        small.with_points(drawn), replace(small, seed=8), replace(small, settings=replace(small.settings, years=2)),
        replace(small, scenarios=rivals), replace(small, structure=Structure("other", "?")),
    ]  # fmt: skip
    keys = [key(small, run) for run in range(small.n_runs)] + [key(other) for other in others]
    keys.append(key(small, evidence=replace(evidence, digest="another")))
    assert len(set(keys)) == len(keys) == 10
    assert key(small) == keys[0]


def test_a_run_is_made_once_and_a_large_one_is_left_out(
    evidence: Evidence, small: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []
    monkeypatch.setattr(model_runs, "HELD", {})
    make = model_runs.once(lambda folder, experiment, engine: (made.append(experiment.run), {"x": 1.0}))

    def asked(study: Study, run: int = 0) -> None:
        make(SimpleNamespace(study=study, evidence=evidence), study.experiment(run), None)

    for one in (small, small, replace(small, seed=8), replace(small, settings=Settings(talent_scale=5))):
        asked(one)
    assert made == [0, 0]
    asked(small, 3)
    assert made == [0, 0, 3]
