"""The start of a world: fitted constants, lives so far, counts. Statistical checks: one false alarm in 10,000."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from sim.model.constants import TOLERANCE, _BAND_AGES, band_values, expected_stocks
from sim.model.founding import founding_choice
from sim.model.migration import migrate_talents, renew_talents
from sim.model.flight import FlightModel, apply_policies
from sim.model.places import PlaceColumns
from sim.model.population import stocks_by_origin, whole_numbers
from sim.model.start import Start, prepare_start, startup_perimeter
from sim.model.tables import TalentTables, class_shares
from sim.model.lives import live_so_far
from sim.settings import Settings
from sim.world import draw_world
from tests.model.conftest import POPULATION_SEED
from tests.model.small_runs import SMALL, Case, changed_world, digest, flight, run

FALSE_ALARM = 1e-4
# No tastes, equal abilities, no pull of others: the Markov chain of one person is known exactly.
CHOICE_ALONE = {
    "talent.taste_country": 0.0,
    "talent.taste_place": 0.0,
    "talent.ability_sd": 0.0,
    "talent.diaspora_drift": 0.0,
    "talent.diaspora_pull": 0.0,
    "talent.startup_jobs_pull": 0.0,
}


def parts(start: Start) -> dict[str, np.ndarray]:
    """Return every array of a start by name."""
    arrays = {f"talents.{k}": v for k, v in start.talents.items()}
    arrays |= {f"startups.{k}": v for k, v in start.startups.items()}
    arrays |= {f"founding.{k}": np.asarray(getattr(start.founding, k)) for k in ("rate", "place", "logsum")}
    arrays |= {f"conditions.{k}": np.asarray(v) for k, v in vars(start.conditions).items()}
    return arrays | {"constants": start.constants}


def analytic(case: Case, weights: np.ndarray | None = None) -> np.ndarray:
    """Return expected stocks by origin and place, (P, P), of agents without tastes; ``weights``: agents by origin."""
    table = frozen_table(case)
    places = len(table.country)
    shares = class_shares(case.world)
    if weights is None:
        weights = np.bincount(case.start.talents["origin"], minlength=places).astype(float)
    values = np.zeros((places, len(shares), _BAND_AGES, places, places))
    seen = np.zeros_like(values)
    ages = np.array([0, 1, table.rates.young_quarters], dtype=np.int64)
    for origin in range(places):
        for skill in range(len(shares)):
            band_values(table, skill, origin, ages, np.zeros(places), values[origin, skill], seen[origin, skill])
    out = np.zeros((places, places))
    zero = np.zeros((places, places))
    expected_stocks(table, zero, np.zeros((1, places)), shares, weights, ages, values, seen, out)
    return out


def frozen_table(case: Case):
    """Return the talents' table of July 2013 with the fitted constants."""
    places = PlaceColumns(case.evidence, case.world, case.start.geography)
    tables = TalentTables(case.evidence, case.world, case.start.geography)
    return tables.build(places, case.start.conditions, case.start.constants)


def stock_p(expected: np.ndarray, found: np.ndarray) -> float:
    """Return the p-value of stocks by origin and place: one multinomial per origin, cells below 8 pooled.

    Agents of one origin differ by skill in known numbers, so counts vary a little less than this allows.
    """
    statistic, freedom = 0.0, 0
    for row, counts in zip(expected, found, strict=True):
        large = row >= 8.0
        cells = np.append(row[large], row[~large].sum())
        seen = np.append(counts[large], counts[~large].sum())
        if cells[-1] < 8.0:
            cells[-2] += cells[-1]
            seen[-2] += seen[-1]
            cells, seen = cells[:-1], seen[:-1]
        statistic += float(np.sum((seen - cells) ** 2 / cells))
        freedom += len(cells) - 1
    with np.errstate(under="ignore"):
        return float(stats.chi2.sf(statistic, freedom))


@pytest.fixture(scope="module")
def choice_alone(prepare: Callable[..., Case]) -> Case:
    own = changed_world(prepare().world, CHOICE_ALONE)
    return prepare(Settings(talent_scale=50, startup_scale=100, years=1), own)


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
        value = world["startup.beta_found"] * (
            sum(terms.values()) + model.startup_tables.start_cost(start.conditions)
        )
        _, law = founding_choice(
            world, start.geography, value + start.founding.place, model.startup_tables.cost,
            start.conditions.awareness,
        )  # fmt: skip
    factor = evidence.column("births_perimeter_factor") * startup_perimeter(world, evidence)
    births = evidence.column("startup_births_per_year") * factor / 4.0
    group = np.where(start.geography.is_french, 0, 2)
    fitted = births @ law[group, np.arange(len(births))]
    assert np.abs(np.log(fitted / births)).max() < 5e-3
    assert start.facts["founding_residual"] < 5e-3


def brute_force_chain(case: Case, origin: int, skill: int, tastes: np.ndarray) -> np.ndarray:
    """Return the share of a career spent in each place by one type of person, (P,): plain NumPy, nothing shared."""
    table, rates = frozen_table(case), frozen_table(case).rates
    country, places = table.country, len(table.country)
    pay = math.exp(table.class_log_pay[skill])

    def wedge(j: int) -> float:
        ratio = table.wage_ratio[j] * pay
        low, high = table.wedge_100[j], table.wedge_167[j]
        if ratio <= 1.67:
            return float(np.interp(ratio, [1.0, 1.67], [low, high]))
        return float((1.67 * high + (ratio - 1.67) * table.top_rate[j]) / ratio)

    def law(residence: int, cost_factor: float) -> np.ndarray:
        value, seen = np.empty(places), np.empty(places)
        france = case.start.geography.is_french
        group = 0 if france[residence] else (1 if france[origin] else 2)
        for j in range(places):
            crossing = country[j] != country[residence]
            kept = 1.0 - wedge(j) + (table.relief[skill, j] if crossing else 0.0)
            net = table.log_labour_cost[j] + math.log(pay * kept) - table.housing[j]
            value[j] = rates.beta * net + table.constants[origin, j] + tastes[j]
            value[j] -= cost_factor * table.class_cost[skill] * table.cost[residence, j]
            value[j] -= table.entry[origin, j] * crossing
            seen[j] = 2.0 if j in (residence, origin) else table.awareness[group, j]
        total = np.zeros(places)
        edges = np.unique(np.append(np.clip(seen, 0.0, 1.0), [0.0, 1.0]))
        for low, high in zip(edges[:-1], edges[1:], strict=True):
            shown = seen > (low + high) / 2.0
            inclusive = np.zeros(len(table.nest_size))
            inside = np.zeros(places)
            for c in np.unique(country[shown]):
                scale = rates.nest if table.nest_size[c] > 1 else 1.0
                members = shown & (country == c)
                weight = np.where(members, np.exp((value - value.max()) / scale), 0.0)
                inclusive[c] = weight.sum() ** scale
                inside += weight / weight.sum()
            total += (high - low) * inside * (inclusive / inclusive.sum())[country]
        return total

    home = country == country[origin]
    chains = []
    for factor, hazard in ((rates.school_cost, 1.0), (1.0, rates.hazard_young), (rates.older_cost, rates.hazard_older)):
        hazards = np.where(home | (hazard == 1.0), hazard, hazard * rates.hazard_abroad)
        moves = np.array([law(residence, factor) for residence in range(places)])
        chains.append(hazards[:, None] * moves + np.diag(1.0 - hazards))
    here, spent = np.eye(places)[origin], np.zeros(places)
    for age in range(rates.career_quarters):
        spent += here / rates.career_quarters
        here = here @ chains[0 if age == 0 else 1 if age < rates.young_quarters else 2]
    return spent


@pytest.mark.parametrize(("place", "skill"), [("lyon", 1), ("berlin", 3), ("rest_of_world", 2)])
def test_expected_stocks_equal_a_brute_force_chain(case: Case, place: str, skill: int) -> None:
    table = frozen_table(case)
    places, classes = len(table.country), len(class_shares(case.world))
    origin = case.start.geography.ids.index(place)
    tastes = np.random.default_rng(3).normal(scale=0.6, size=places)
    values = np.zeros((places, classes, _BAND_AGES, places, places))
    seen = np.zeros_like(values)
    ages = np.array([0, 1, table.rates.young_quarters], dtype=np.int64)
    band_values(table, skill, origin, ages, np.zeros(places), values[origin, skill], seen[origin, skill])
    out = np.zeros((places, places))
    weight, persons = np.eye(classes)[skill], np.eye(places)[origin]
    # The table holds the constants already, so the chain gets none beside them.
    expected_stocks(table, np.zeros((places, places)), tastes[None, :], weight, persons, ages, values, seen, out)
    np.testing.assert_allclose(out[origin], brute_force_chain(case, origin, skill, tastes), rtol=1e-9, atol=1e-15)


def lived(case: Case, table) -> np.ndarray:
    """Return stocks by origin and place after lives so far under a table, agents without tastes."""
    arrays = {name: column.copy() for name, column in case.start.talents.items()}
    number, places = len(arrays["slot"]), len(table.country)
    columns = (arrays[n] for n in ("slot", "origin", "skill", "place", "entry", "log_ability", "arrived"))
    live_so_far(table, np.uint64(9), 0.0, 0, number, *columns)
    found = np.zeros((places, places))
    np.add.at(found, (arrays["origin"], arrays["place"]), 1.0)
    return found


def test_lives_so_far_have_the_analytic_shares(choice_alone: Case) -> None:
    table = frozen_table(choice_alone)
    assert stock_p(analytic(choice_alone), lived(choice_alone, table)) >= FALSE_ALARM / 2


def test_twins_wrong_lives_are_reported(choice_alone: Case) -> None:
    table = frozen_table(choice_alone)
    for change in ({"hazard_young": 2.0 * table.rates.hazard_young}, {"nest": 0.9 * table.rates.nest}):
        wrong = table._replace(rates=table.rates._replace(**change))
        assert stock_p(analytic(choice_alone), lived(choice_alone, wrong)) < FALSE_ALARM / 2, change


def careers(case: Case, migrate: Callable[[FlightModel], None]) -> np.ndarray:
    """Return stocks by origin and place when all have been replaced once: choice alone, prices frozen."""

    class ChoiceAlone(FlightModel):
        processes = (apply_policies, migrate, renew_talents)

    with flight(case, kind=ChoiceAlone) as model:
        model.build_tables()
        model.talents.data["firms"][:] = 0
        # Fibre rises on its own; it is no part of a talent's utility.
        for _ in range(int(4 * case.world["talent.career_years"]) + 4):
            for process in model.processes:
                process(model)
            model.quarter += 1
        places = model.places.count
        found = np.zeros((places, places))
        np.add.at(found, (model.talents.data["origin"], model.talents.data["place"]), 1.0)
    return found


def test_long_run_shares_equal_the_analytic_solution(choice_alone: Case) -> None:
    assert stock_p(analytic(choice_alone), careers(choice_alone, migrate_talents)) >= FALSE_ALARM / 2


def test_twin_a_migration_that_forgets_a_tenth_of_the_costs_is_reported(choice_alone: Case) -> None:
    def careless(model: FlightModel) -> None:
        kept = model.talent_table
        model.talent_table = kept._replace(cost=0.9 * kept.cost)
        migrate_talents(model)
        model.talent_table = kept

    assert stock_p(analytic(choice_alone), careers(choice_alone, careless)) < FALSE_ALARM / 2


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
