"""The posterior file and its worlds: read, refused, drawn in an order of their own, under what a scenario fixes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim.errors import InputError
from sim.evidence import Evidence
from sim.evidence.posterior import Posterior, load_posterior, model_digest, targets_digest
from sim.experiments.designs.limits import Limits
from sim.experiments.designs.points import posterior_points, prior_points
from sim.experiments.designs.study import Study, design
from sim.experiments.designs.study_file import study_from_json, study_to_json
from sim.experiments.engine import draw
from sim.experiments.manifest import posterior_entry
from sim.scenario import scenario_of
from sim.settings import Settings
from tests.experiments.fake_model import scenario
from tests.made_posterior import DRAWS, PARTS, ROWS, write_posterior_files

SCENARIO = {"name": "plain", "title": "t", "question": "q", "expected": "e"}

POSTERIOR = Posterior(
    ("talent.beta", "talent.nest"), np.column_stack([np.linspace(1, 2, 40), np.linspace(0.4, 0.9, 40)]), {}
)


def write(folder: Path, text: str, note: str = "{}") -> None:
    (folder / "posterior.csv").write_text(text, encoding="utf-8")
    (folder / "posterior.json").write_text(note, encoding="utf-8")


def test_each_draw_comes_once_before_one_comes_again_and_more_worlds_leave_the_first() -> None:
    rows = POSTERIOR.rows(2013, 80)
    assert sorted(rows[:40]) == sorted(rows[40:]) == list(range(40))
    np.testing.assert_array_equal(POSTERIOR.rows(2013, 10), rows[:10])
    assert rows.tolist() != POSTERIOR.rows(2014, 80).tolist()


def test_worlds_have_the_fitted_values_and_what_a_scenario_fixes(evidence: Evidence) -> None:
    points = posterior_points(POSTERIOR, 5, 2013)
    fixed = scenario("fixed", **{"talent.beta": 2.5})
    study = Study((scenario("baseline"), fixed), points, 2013, 1, Settings(), "baseline")
    plain, changed = draw(study.worlds[0], evidence, 2013), draw(study.worlds[1], evidence, 2013)
    row = POSTERIOR.rows(2013, 5)[0]
    assert plain["talent.beta"] == POSTERIOR.values[row, 0]
    assert plain["talent.nest"] == changed["talent.nest"] == POSTERIOR.values[row, 1]
    assert changed["talent.beta"] == 2.5
    assert plain["startup.nest"] == changed["startup.nest"]
    assert study.fixed_in(0) == {}
    assert study.fixed_in(1) == {"talent.beta": 2.5}


def test_a_posterior_is_read_and_doubted_when_anything_changed(evidence: Evidence, tmp_path: Path) -> None:
    digests = {"model": model_digest(), "evidence": evidence.digest, "targets": targets_digest(evidence)}
    write(tmp_path, "talent.beta\n1.5\n2.0\n", json.dumps({"digests": digests}))
    assert load_posterior(evidence, tmp_path).doubts(evidence) == []
    digests["model"] = "another"
    write(tmp_path, "talent.beta\n1.5\n2.0\n", json.dumps({"digests": digests}))
    assert load_posterior(evidence, tmp_path).doubts(evidence) == [
        "The posterior is stale: it was fitted with other sources of the model; 'calibrate' renews it."
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("talent.bata\n1.5\n", "posterior.csv 'talent.bata': no such parameter; did you mean 'talent.beta'?"),
        ("talent.beta\n9.5\n", "posterior.csv 'talent.beta': found 9.5 to 9.5, allowed are 0.8 to 3."),
        ("talent.beta\nnan\n", "posterior.csv 'talent.beta': found nan to nan, allowed are 0.8 to 3."),
        ("talent.beta\nmany\n", "posterior.csv: not a table of numbers that 'calibrate' wrote; it makes it anew."),
        ("talent.beta\n", "posterior.csv: not a table of numbers that 'calibrate' wrote; it makes it anew."),
        ("", "posterior.csv: not a table of numbers that 'calibrate' wrote; it makes it anew."),
        ("talent.beta\n1.0,2.0\n", "posterior.csv: not a table of numbers that 'calibrate' wrote; it makes it anew."),
    ],
)
def test_a_bad_posterior_is_one_sentence(evidence: Evidence, tmp_path: Path, text: str, said: str) -> None:
    write(tmp_path, text)
    with pytest.raises(InputError) as caught:
        load_posterior(evidence, tmp_path)
    assert caught.value.problems == [said]


@pytest.mark.parametrize("digests", [None, ["model"], "model"])
def test_a_note_without_a_table_of_digests_is_one_sentence(evidence: Evidence, tmp_path: Path, digests: object) -> None:
    note = write_posterior_files(evidence, tmp_path) / "posterior.json"
    note.write_text(json.dumps(json.loads(note.read_text()) | {"digests": digests}))
    with pytest.raises(InputError) as caught:
        load_posterior(evidence, tmp_path)
    assert caught.value.problems == [
        "posterior.json 'digests': must be a table of names and digests; 'calibrate' makes it anew."
    ]


def test_a_missing_posterior_says_what_to_do(evidence: Evidence, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is missing; 'calibrate' makes it, '--world prior' does without"):
        load_posterior(evidence, tmp_path)


def test_what_worlds_rest_on_travels_with_them_to_the_manifest(evidence: Evidence, tmp_path: Path) -> None:
    held = load_posterior(evidence, write_posterior_files(evidence, tmp_path, model="another"))
    plain = [scenario_of(dict(SCENARIO), Path("scenarios/plain.toml"), evidence)]
    study = design(plain, Settings(), seed=7, worlds=3, replicates=2, world_kind="posterior", posterior=held)
    again, _, _ = study_from_json(json.loads(json.dumps(study_to_json(study, None, Limits()))), evidence)
    for one in (study, again, again.with_points(again.points.first(2))):
        entry = posterior_entry(one, evidence)
        assert entry is not None
        assert (entry["draws"], entry["parameters"], entry["rows"]) == (DRAWS, len(PARTS), ROWS)
        assert ["other sources of the model" in sentence for sentence in entry["stale"]] == [True]
    assert posterior_entry(replace(study, points=prior_points(3)), evidence) is None
    # Replicates are nested: other luck in the same worlds.
    once = replace(study, replicates=1)
    assert list(study.worlds) == list(once.worlds)
    assert study.n_runs == 2 * once.n_runs
