"""Structures: what each changes and nothing else, what tells their runs apart, and that the reference is the model."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sim.cli import options
from sim.errors import DamagedError, InputError
from sim.evidence import Evidence
from sim.experiments.designs.limits import Limits
from sim.experiments.designs.structures import REFERENCE, STRUCTURES, Structure, structure_named, under
from sim.experiments.designs.study import Study, design
from sim.experiments.designs.study_file import study_from_json, study_to_json
from sim.experiments.engine import ModelEngine, draw, place_table
from sim.experiments.storage.identity import Identities
from sim.scenario import load_scenarios
from sim.settings import Settings
from sim.world import draw_world
from tests.experiments.fake_model import scenario

SMALL = Settings(talent_scale=1000, startup_scale=20, years=2)
NAMES = ("baseline", "r1_label_network", "all_eight")
OTHERS = [name for name in STRUCTURES if name != REFERENCE.name]


@pytest.fixture(scope="module")
def study(evidence: Evidence) -> Study:
    files = [options.SCENARIOS / f"{name}.toml" for name in NAMES]
    scenarios = load_scenarios(files, evidence)
    return design(scenarios, SMALL, seed=7, worlds=2, replicates=2, world_kind="prior", keep=frozenset())


@pytest.fixture(scope="module")
def studies(study: Study, evidence: Evidence) -> dict[str, Study]:
    return {name: under(study, structure, evidence) for name, structure in STRUCTURES.items()}


def test_a_structure_changes_what_it_names_and_nothing_else(studies: dict[str, Study], evidence: Evidence) -> None:
    for name, own in studies.items():
        structure = STRUCTURES[name]
        for at, plan in enumerate(own.worlds):
            world, reference = draw(plan, evidence, own.seed), draw_world(evidence, own.seed, at)
            changed = {key for key in world.values if world[key] != reference[key]}
            assert changed == {*structure.fixed, *structure.factors}
            assert (world.index, plan.number, plan.draw) == (reference.index, at, at)
            assert all(world[key] == value for key, value in structure.fixed.items())
            assert all(world[key] == factor * reference[key] for key, factor in structure.factors.items())
            assert (world.digest == reference.digest) == (not structure.key)
        flags = {one.rivals_respond for one in own.scenarios}
        assert flags == {structure.rivals_respond}
        assert [one.name for one in own.scenarios] == list(NAMES)
        assert [one.levers for one in own.scenarios] == [one.levers for one in studies["reference"].scenarios]


def test_values_lie_outside_the_priors_so_no_scenario_could_set_them(evidence: Evidence) -> None:
    fixed = {key: value for one in STRUCTURES.values() for key, value in one.fixed.items()}
    assert len(fixed) == 6
    for key, value in fixed.items():
        assert not evidence.parameters[key].low <= value <= evidence.parameters[key].high
    assert all(one.reason and len(one.reason.splitlines()) == 1 for one in STRUCTURES.values())


def test_a_structure_wins_over_what_a_scenario_fixes(evidence: Evidence) -> None:
    fixed = scenario("fixed", **{"talent.nest": 0.5, "talent.beta": 1.5})
    own = design([fixed], SMALL, seed=7, worlds=1, replicates=1, world_kind="prior", keep=frozenset())
    own = replace(own, structure=STRUCTURES["plain_logit"])
    world = draw(own.worlds[0], evidence, 7)
    assert (world["talent.nest"], world["talent.beta"]) == (1.0, 1.5)


def test_no_run_of_one_structure_is_taken_for_that_of_another(studies: dict[str, Study], evidence: Evidence) -> None:
    ids = {name: Identities(own, evidence.digest, "code") for name, own in studies.items()}
    runs = {name: [run for world in range(2) for run in held.of_world(world)] for name, held in ids.items()}
    assert len({run for held in runs.values() for run in held}) == len(STRUCTURES) * 2 * 3 * 2
    worlds = {name: held.world_key(0) for name, held in ids.items()}
    assert worlds.pop("rivals_respond") == worlds["reference"]  # the same world: its policies differ
    assert len(set(worlds.values())) == len(worlds)


def test_twin_another_value_under_the_same_name_is_another_identity(study: Study, evidence: Evidence) -> None:
    one, other = (
        Identities(replace(study, structure=Structure("mine", "because", {"talent.nest": nest})), evidence.digest, "c")
        for nest in (0.98, 0.99)
    )
    assert one.world_key(0) != other.world_key(0)


def test_the_reference_has_the_identities_of_a_study_without_structure(study: Study, evidence: Evidence) -> None:
    named = under(study, REFERENCE, evidence)
    assert named == study
    one, other = (Identities(own, evidence.digest, "code").of_world(1) for own in (study, named))
    assert one == other


def test_a_study_is_the_same_when_it_is_read_again(studies: dict[str, Study], evidence: Evidence) -> None:
    for own in studies.values():
        content = json.loads(json.dumps(study_to_json(own, None, Limits())))
        again, _, _ = study_from_json(content, evidence)
        assert again.structure is own.structure
        assert list(again.worlds) == list(own.worlds)
        assert [one.digest for one in again.scenarios] == [one.digest for one in own.scenarios]
    del content["structure"]  # as written before there were any
    assert study_from_json(content, evidence)[0].structure is REFERENCE
    with pytest.raises(DamagedError, match="no_such"):
        study_from_json(content | {"structure": "no_such"}, evidence)


def test_bad_names_are_one_sentence(study: Study, evidence: Evidence) -> None:
    assert structure_named("plain_logit") is STRUCTURES["plain_logit"]
    with pytest.raises(InputError, match="plain_logit"):
        structure_named("plain_logits")
    with pytest.raises(KeyError, match=r"talent\.nest"):
        Structure("mine", "because", {"talent.nests": 1.0}).of(draw_world(evidence, 7, 0))
    bare = replace(study, scenarios=(replace(scenario("bare"), content={}),))
    with pytest.raises(ValueError, match="bare"):
        under(bare, STRUCTURES["rivals_respond"], evidence)


Made = dict[str, tuple[dict[str, float], dict[str, float]]]


def made(study: Study, evidence: Evidence, start: Any = None) -> tuple[Made, Any]:
    """Outcomes, and what cities paid (million euro), of baseline and all eight in the first world; and its start."""
    engine, found = ModelEngine(), {}
    world = draw(study.worlds[0], evidence, study.seed)
    start = start or engine.prepare(evidence, world, study.settings, study.seed, 0)
    for one in (study.scenarios[0], study.scenarios[2]):
        records = engine.simulate(one, world, evidence, start, study.settings, study.seed, 0, 0)
        paid = {name: rows["meur"].sum() for name, rows in records.costs.groupby("lever", observed=True)}
        found[one.name] = engine.outcomes(records, place_table(evidence)), paid
    return found, start


def cities_pay(found: Made, lever: str) -> list[bool]:
    return [paid.get(lever, 0.0) > 0.0 for _, paid in found.values()]


@pytest.fixture(scope="module")
def reference(studies: dict[str, Study], evidence: Evidence) -> tuple[Made, Any]:
    return made(studies["reference"], evidence)


@pytest.mark.long
def test_cities_build_nothing_where_they_are_passive_and_rivals_build_where_they_respond(
    studies: dict[str, Study], evidence: Evidence, reference: tuple[Made, Any]
) -> None:
    """Their starts are those of the reference: cities have done nothing before."""
    found, start = reference
    assert cities_pay(found, "cities") == [True, True]
    assert cities_pay(found, "rival_cities") == [False, False]
    passive, _ = made(studies["passive_cities"], evidence, start)
    assert cities_pay(passive, "cities") == [False, False]
    assert passive["baseline"][0] != found["baseline"][0]
    rivals, _ = made(studies["rivals_respond"], evidence, start)
    assert cities_pay(rivals, "rival_cities") == [False, True]
    assert rivals["all_eight"][0] != found["all_eight"][0]
    assert rivals["baseline"][0] == found["baseline"][0]  # nothing to answer


@pytest.mark.torture
@pytest.mark.parametrize("name", OTHERS)
def test_the_model_runs_under_every_structure_and_each_moves_it(
    name: str, studies: dict[str, Study], evidence: Evidence, reference: tuple[Made, Any]
) -> None:
    found, start = made(studies[name], evidence)
    assert start.facts["constants_residual"] < 2e-3
    for scenario_name, (outcomes, _) in found.items():
        assert np.isfinite([outcomes["startups_in_france"], outcomes["startup_departures"]]).all()
        same = outcomes == reference[0][scenario_name][0]
        assert same == (name == "rivals_respond" and scenario_name == "baseline")
    ratio = found["baseline"][0]["startups_in_france"] / reference[0]["baseline"][0]["startups_in_france"]
    low, high = {"perimeter_half": (0.4, 0.6), "perimeter_double": (1.7, 2.3)}.get(name, (0.8, 1.2))
    assert low < ratio < high


@pytest.mark.long
def test_the_reference_is_the_model_to_the_last_bit(
    study: Study, evidence: Evidence, reference: tuple[Made, Any]
) -> None:
    """Against the model called by hand, as it was before there were structures."""
    from sim.analysis import outcomes_of
    from sim.model.flight import simulate
    from sim.model.randomness import population_seed, run_seed
    from sim.model.start import prepare_start

    world = draw_world(evidence, study.seed, 0)
    start = prepare_start(evidence, world, SMALL, population_seed(study.seed, 0))
    run = simulate(study.scenarios[2], world, evidence, start, SMALL, run_seed(study.seed, 0, 0))
    by_hand = outcomes_of(run.series, run.flows, run.costs, run.revenue, place_table(evidence))
    ours = reference[0]["all_eight"][0]
    assert {name: value.hex() for name, value in ours.items()} == {name: v.hex() for name, v in by_hand.items()}


def test_nothing_lasts_without_taste_and_no_draw_is_shared_without_nests(evidence: Evidence) -> None:
    from sim.model.choice import nested_probabilities
    from sim.model.conditions import conditions_2013
    from sim.model.constants import taste_types
    from sim.model.geography import read_geography
    from sim.model.places import PlaceColumns
    from sim.model.tables import TalentTables

    reference, geography = draw_world(evidence, 7, 0), read_geography(evidence)
    table = {}
    for name in ("reference", "no_lasting_taste", "plain_logit"):
        world = STRUCTURES[name].of(reference)
        places, conditions = PlaceColumns(evidence, world, geography), conditions_2013(evidence, world, geography)
        table[name] = TalentTables(evidence, world, geography).build(places, conditions)
    assert not taste_types(table["no_lasting_taste"]).any()
    assert taste_types(table["reference"]).any()
    value, seen = np.linspace(-1.0, 1.0, len(geography.country)), np.ones(len(geography.country))
    share = {name: np.zeros(len(value)) for name in table}
    for name, own in table.items():
        nested_probabilities(value, seen, geography.country, geography.nest_size, own.rates.nest, share[name])
    plain = np.exp(value) / np.exp(value).sum()
    assert np.allclose(share["plain_logit"], plain, rtol=1e-12)
    assert not np.allclose(share["reference"], plain, rtol=1e-3)
