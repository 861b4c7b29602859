"""A study written down as plain values is the same study when it is made again."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import DamagedError, InputError
from sim.evidence import load_evidence
from sim.experiments.designs.limits import Limits
from sim.experiments.designs.points import Points, prior_points
from sim.experiments.designs.stopping_rule import StoppingRule
from sim.experiments.designs.study import GRAINS, Study
from sim.experiments.designs.study_file import study_from_json, study_to_json
from sim.experiments.designs.sweep_file import load_sweep
from sim.settings import Settings

pytestmark = pytest.mark.long  # one Python suffices

EVIDENCE = load_evidence()
FOLDER = Path(__file__).parents[3] / "scenarios" / "sweeps"
SWEEP = load_sweep(FOLDER / "zone_doses.toml", EVIDENCE)
NAMES = ("talent.beta", "startup.move_hazard", "price.wage_tightness")
RANGES = [EVIDENCE.parameters[name] for name in NAMES]


@st.composite
def points(draw):
    number = draw(st.integers(0, 6))
    cells = [[draw(st.floats(p.low, p.high)) for p in RANGES] for _ in range(number)]
    draws = draw(
        st.one_of(
            st.just([0] * number),
            st.just([*range(number)]),
            st.lists(st.integers(0, 2**40), min_size=number, max_size=number),
        )
    )
    values = np.array(cells, np.float64).reshape(number, len(NAMES))
    return Points(draw(st.sampled_from(["central", "prior"])), NAMES, values, np.array(draws, np.int64))


studies = st.builds(
    Study,
    st.lists(st.sampled_from(SWEEP.study.scenarios), min_size=1, max_size=4, unique_by=lambda one: one.name).map(tuple),
    points(),
    st.integers(0, 2**63 - 1),
    st.integers(1, 1000),
    st.builds(Settings, st.integers(1, 1000), st.integers(1, 100), st.integers(1, 100)),
    st.none(),
    st.frozensets(st.sampled_from(GRAINS)),
)
rules = st.none() | st.builds(StoppingRule, st.just("startup_flight_rate"), st.just("all_eight"), st.floats(0.01, 9.0))
limits = st.builds(Limits, st.none() | st.floats(0.1, 1e6), st.none() | st.integers(1, 10**15))


def through_json(study, rule, limits):
    return study_from_json(json.loads(json.dumps(study_to_json(study, rule, limits))), EVIDENCE)


def alike(one: Study, other: Study) -> bool:
    return (
        one.scenarios == replace_paths(other).scenarios
        and [scenario.digest for scenario in one.scenarios] == [scenario.digest for scenario in other.scenarios]
        and (one.points.kind, one.points.names) == (other.points.kind, other.points.names)
        and one.points.values.tobytes() == other.points.values.tobytes()
        and one.points.draws.tolist() == other.points.draws.tolist()
        and (one.seed, one.replicates, one.settings) == (other.seed, other.replicates, other.settings)
        and (one.reference, one.keep) == (other.reference, other.keep)
    )


def replace_paths(study: Study) -> Study:
    """Paths are kept as text; nothing else of a scenario is."""
    return replace(study, scenarios=tuple(replace(one, path=Path(one.path.as_posix())) for one in study.scenarios))


@settings(max_examples=40)
@given(study=studies, rule=rules, limits=limits, first=st.booleans())
def test_the_round_trip_changes_nothing(study, rule, limits, first):
    if first:
        study = replace(study, reference=study.scenarios[0].name)
    again, rule_again, limits_again = through_json(study, rule, limits)
    assert alike(study, again)
    assert (rule_again, limits_again) == (rule, limits)


def test_twin_a_changed_study_is_not_alike():
    study = SWEEP.study
    assert alike(study, study)
    assert not alike(study, replace(study, points=prior_points(1)))
    assert not alike(study, replace(study, seed=study.seed + 1))
    assert not alike(study, replace(study, scenarios=study.scenarios[::-1]))


@pytest.mark.usefixtures("adopted_posterior")
@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_every_shipped_sweep_makes_the_round_trip(path):
    sweep = load_sweep(path, EVIDENCE)
    again, rule, limits = through_json(sweep.study, sweep.rule, sweep.limits)
    assert alike(sweep.study, again)
    assert (rule, limits) == (sweep.rule, sweep.limits)
    assert again.n_runs == sweep.study.n_runs
    # What is written down is the same text whichever of the two it is made from.
    assert json.dumps(study_to_json(again, rule, limits)) == json.dumps(
        study_to_json(sweep.study, sweep.rule, sweep.limits)
    )


def test_threads_are_no_part_of_a_study():
    threaded = replace(SWEEP.study, settings=replace(SWEEP.study.settings, threads=2))
    assert study_to_json(threaded, None, Limits()) == study_to_json(SWEEP.study, None, Limits())


def test_a_design_over_many_worlds_takes_few_words():
    study = replace(SWEEP.study, points=prior_points(100_000))
    assert len(json.dumps(study_to_json(study, None, Limits())["points"])) < 200


def test_a_scenario_without_content_is_refused():
    bare = tuple(replace(scenario, content={}) for scenario in SWEEP.study.scenarios[:1])
    with pytest.raises(ValueError, match="without their content cannot be written down: baseline"):
        study_to_json(replace(SWEEP.study, scenarios=bare), None, Limits())


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda stored: stored.update(format=99), "not a study that this version wrote"),
        (lambda stored: stored.pop("seed"), "damaged (no entry 'seed')"),
        (lambda stored: stored["points"].update(values="%"), "damaged (an entry is not what was written: "),
        (lambda stored: stored["points"].update(number=9), "damaged (an entry is not what was written: "),
        (lambda stored: stored["points"].update(names=["talent.bta"] * 3), "'talent.bta': no such parameter; did you"),
        (lambda stored: stored["points"].update(names=[NAMES[1], NAMES[0], NAMES[2]]), "found 1 to 2, allowed are 0."),
        (lambda stored: stored["scenarios"][0]["content"].update(title="x"), "'baseline' is not what its digest says"),
        (lambda stored: stored["points"].update(kind="odd"), "damaged (an entry is not what was written: odd)"),
        (lambda stored: stored["points"].update(fit=[3]), "damaged (an entry is not what was written: [3])"),
        (lambda stored: stored.update(keep=["pears"]), "damaged (an entry is not what was written: "),
        (lambda stored: stored.update(reference="nobody"), "damaged (an entry is not what was written: nobody)"),
        (lambda stored: stored["limits"].update(minutes=3), "damaged (an entry is not what was written: "),
        (lambda stored: stored["points"].update(number=10**9), "the number of points is 1000000000)"),
        (lambda stored: stored["points"].update(number=3.0), "the number of points is 3.0)"),
        (lambda stored: stored["points"].update(draws="/" * 31 + "w=="), "damaged (an entry is not what was written: "),
        (lambda stored: stored.update(seed=None), "damaged (an entry is not what was written: seed is None)"),
        (lambda stored: stored.update(replicates=2**62), "replicates is 4611686018427387904)"),
        (lambda stored: stored["settings"].update(years=0.5), "study.json: settings: years: found 0.5, allowed are"),
    ],
)
def test_an_altered_file_is_found(change, sentence):
    cells = np.array([[1.0, 0.02, 0.03], [2.0, 0.02, 0.03]])
    study = replace(SWEEP.study, points=Points("central", NAMES, cells, np.zeros(2, np.int64)))
    stored = json.loads(json.dumps(study_to_json(study, None, Limits())))
    change(stored)
    with pytest.raises(DamagedError) as caught:
        study_from_json(stored, EVIDENCE, "here/study.json")
    assert caught.value.problems[0].startswith("here/study.json: ")
    assert sentence in caught.value.problems[0]


def test_a_copy_that_is_no_scenario_is_told_as_the_copy_that_it_is():
    stored = json.loads(json.dumps(study_to_json(SWEEP.study, None, Limits())))
    stored["scenarios"][0]["content"]["titel"] = "x"
    with pytest.raises(InputError) as caught:
        study_from_json(stored, EVIDENCE, "here/study.json")
    (problem,) = caught.value.problems
    assert problem.startswith("here/study.json: its copy of ")
    assert "titel" in problem
