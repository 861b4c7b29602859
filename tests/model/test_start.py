"""The start of a world: fitted constants, lives so far, counts. Statistical checks: one false alarm in 10,000."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

from sim.model.constants import TOLERANCE
from sim.model.flight import apply_policies
from sim.model.founding import founding_choice
from sim.model.places import PlaceColumns
from sim.model.population import stocks_by_origin, whole_numbers
from sim.model.start import Start, prepare_start, startup_perimeter
from sim.world import draw_world
from tests.model.conftest import POPULATION_SEED
from tests.model.frozen_choice import analytic
from tests.model.small_runs import SMALL, Case, digest, flight, run

FALSE_ALARM = 1e-4


def parts(start: Start) -> dict[str, np.ndarray]:
    """Return every array of a start by name."""
    arrays = {f"talents.{k}": v for k, v in start.talents.items()}
    arrays |= {f"startups.{k}": v for k, v in start.startups.items()}
    arrays |= {f"founding.{k}": np.asarray(getattr(start.founding, k)) for k in ("rate", "place", "logsum")}
    arrays |= {f"conditions.{k}": np.asarray(v) for k, v in vars(start.conditions).items()}
    return arrays | {"constants": start.constants}


def test_fitted_constants_reproduce_the_targets(case: Case, choice_alone: Case) -> None:
    assert case.start.facts["constants_residual"] < TOLERANCE
    # The same, counted here: without tastes the expected stocks are the evidence's, by place and by country.
    evidence, world, geography = case.evidence, choice_alone.world, case.start.geography
    target = PlaceColumns(evidence, world, geography).talent_stock_2013
    people = stocks_by_origin(evidence, world, geography, target)
    total = np.bincount(geography.country, weights=target)
    weights = people.sum(axis=1)[geography.country] * target / total[geography.country]
    stocks = analytic(choice_alone, weights)
    of = np.eye(len(total))[geography.country]
    assert np.abs(np.log(stocks.sum(axis=0) / target)).max() < TOLERANCE
    assert np.abs(np.log(of.T @ stocks @ of / people)).max() < TOLERANCE


def test_twin_constants_of_another_world_miss_the_targets(case: Case, choice_alone: Case) -> None:
    swapped = Case(choice_alone.world, case.evidence, case.start, choice_alone.settings)
    wrong, right = analytic(swapped).sum(axis=0), analytic(choice_alone).sum(axis=0)
    assert np.abs(np.log(wrong / wrong.sum() / (right / right.sum()))).max() > 10 * TOLERANCE


def test_founding_constants_reproduce_births(case: Case) -> None:
    start, evidence, world = case.start, case.evidence, case.world
    with flight(case) as model:
        apply_policies(model)
        terms = model.startup_tables.log_value(
            PlaceColumns(evidence, world, start.geography),
            start.conditions,
            evidence.column("digital_startups") * startup_perimeter(world, evidence),
            0,
        )
        value = world["startup.beta_found"] * (sum(terms.values()) + model.startup_tables.start_cost(start.conditions))
        _, law = founding_choice(
            world, start.geography, value + start.founding.place, model.startup_tables.cost,
            start.conditions.awareness,
        )  # fmt: skip
    factor = evidence.column("births_perimeter_factor") * startup_perimeter(world, evidence)
    births = evidence.column("startup_births_per_year") * factor / 4.0
    group = np.where(start.geography.is_french, 0, 2)
    fitted = births @ law[group, np.arange(len(births))]
    assert np.abs(np.log(fitted / births)).max() < 1e-3
    assert start.facts["founding_residual"] < 1e-3


def startup_counts(case: Case) -> tuple[np.ndarray, np.ndarray]:
    """Return firms by headquarters in the start and in evidence x perimeter, agents."""
    stock = case.evidence.column("digital_startups") * startup_perimeter(case.world, case.evidence)
    wanted = np.maximum(np.round(stock / case.settings.startup_scale), 1).astype(int)
    return np.bincount(case.start.startups["hq"], minlength=len(stock)), wanted


def test_startups_by_place_are_the_evidence_times_the_perimeter(case: Case, choice_alone: Case) -> None:
    for one in (case, choice_alone):
        found, wanted = startup_counts(one)
        np.testing.assert_array_equal(found, wanted)
        assert one.start.facts["startup_stock_shortfall"] == 0.0


def test_twin_another_perimeter_gives_other_counts(case: Case) -> None:
    other = case.with_world(population__perimeter_paris=2.0 * case.world["population.perimeter_paris"])
    found, wanted = startup_counts(other)
    assert (found != wanted).any()


def test_whole_numbers_split_exactly() -> None:
    shares = np.array([0.5, 0.3, 0.2, 1e-9])
    assert whole_numbers(shares, 7).tolist() == [4, 2, 1, 0]
    assert whole_numbers(shares, 0).sum() == 0


def test_a_start_is_a_pure_function_of_its_inputs_and_no_run_changes_it(case: Case) -> None:
    assert list(inspect.signature(prepare_start).parameters) == ["evidence", "world", "settings", "population_seed"]
    before = digest(parts(case.start))
    run(case.with_settings(years=1))
    assert digest(parts(case.start)) == before
    again = prepare_start(case.evidence, case.world, SMALL, POPULATION_SEED)
    assert digest(parts(again)) == before


@pytest.mark.long
def test_twins_another_seed_or_world_gives_another_start(case: Case) -> None:
    before = parts(case.start)
    seed = parts(prepare_start(case.evidence, case.world, SMALL, POPULATION_SEED + 1))
    world = draw_world(case.evidence, 1, 3)
    drawn = parts(prepare_start(case.evidence, world, SMALL, POPULATION_SEED))
    for name in ("talents.place", "talents.log_ability", "startups.quality"):
        assert digest({name: seed[name]}) != digest({name: before[name]})
        assert digest({name: drawn[name]}) != digest({name: before[name]})
    # The seed moves people, not what was fitted to the evidence.
    assert digest({"constants": seed["constants"]}) == digest({"constants": before["constants"]})
    assert digest({"constants": drawn["constants"]}) != digest({"constants": before["constants"]})


def test_mean_ability_is_one(case: Case) -> None:
    """Two-sided at 4.4 standard errors, false alarm 1e-5; without its mean correction it would be 1.03."""
    ability = np.exp(case.start.talents["log_ability"])
    error = ability.std() / np.sqrt(len(ability))
    assert abs(ability.mean() - 1.0) < 4.4 * error < 0.015
