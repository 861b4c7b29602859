"""The start of a world: fitted constants, talents who have lived their lives so far, firms with a past.

Prepared once per world (seconds) and copied by every run of it; a function of evidence, world, scales and the
population seed alone, never of policy or replicate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.evidence import Evidence
from sim.model.blocks import map_blocks
from sim.model.conditions import Conditions, conditions_2013
from sim.model.constants import fit_constants
from sim.model.desk import new_desk
from sim.model.founding import FoundingConstants, fit_founding, founder_factors
from sim.model.geography import Geography, read_geography
from sim.model.lives import live_so_far
from sim.model.movers import fit_moving
from sim.model.past import firms_with_a_past
from sim.model.places import PlaceColumns
from sim.model.population import stocks_by_origin, whole_numbers
from sim.model.startup_tables import StartupTables
from sim.model.tables import TalentTables, class_shares
from sim.model.talent_rules import TalentTable
from sim.model.talents import DRAWN_IN_THE_RUN, NEVER, TALENT_TYPES
from sim.settings import Settings
from sim.world import World

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class Start:
    """What every run of a world begins with."""

    geography: Geography
    conditions: Conditions
    talents: Arrays
    startups: Arrays
    constants: np.ndarray  # (P, P) origin x place, fitted, without home
    founding: FoundingConstants
    moving: np.ndarray  # (P,) movers' constants
    population_seed: int
    facts: dict[str, float]


def startup_perimeter(world: World, evidence: Evidence) -> np.ndarray:
    """Return the factor on French startup counts and births, (P,): Ile-de-France and the rest have their own."""
    factor = np.ones(len(evidence.places))
    for i, record in enumerate(evidence.places):
        if record.country == "FR":
            name = "paris" if record.region == "ile_de_france" else "rest"
            factor[i] = world[f"population.perimeter_{name}"]
    return factor


def prepare_start(evidence: Evidence, world: World, settings: Settings, population_seed: int) -> Start:
    """Fit the constants, let talents live so far, and give firms a past.

    Raises:
        InputError: if the world's population parameters leave no room for a country's natives.
    """
    geography = read_geography(evidence)
    conditions = conditions_2013(evidence, world, geography)
    places = PlaceColumns(evidence, world, geography)
    target = places.talent_stock_2013
    stocks = stocks_by_origin(evidence, world, geography, target)
    country_total = np.bincount(geography.country, weights=target)
    people = stocks.sum(axis=1)[geography.country] * target / country_total[geography.country]
    tables = TalentTables(evidence, world, geography)
    shares = class_shares(world)
    fitted = fit_constants(tables.build(places, conditions), shares, people, stocks, target)
    constants = fitted.place[None, :] + fitted.country[geography.country][:, geography.country]
    talents = _talents(tables.build(places, conditions, constants), world, settings, people, shares, population_seed)

    counted = np.bincount(talents["place"], minlength=places.count) * settings.talent_scale
    facts = {
        "constants_residual": fitted.residual,
        "constants_iterations": float(fitted.iterations),
        "talent_stock_max_log_error": float(np.abs(np.log(np.maximum(counted, 1) / target)).max()),
    }
    founding, moving, startups, startup_facts = _startups(
        evidence, world, settings, geography, conditions, places, talents, population_seed
    )
    return Start(
        geography, conditions, talents, startups, constants, founding, moving, population_seed, facts | startup_facts
    )


def _talents(
    table: TalentTable, world: World, settings: Settings, people: np.ndarray, shares: np.ndarray, seed: int
) -> Arrays:
    number = round(float(people.sum()) / settings.talent_scale)
    by_origin = whole_numbers(people, number)
    by_class = np.array([whole_numbers(shares, int(n)) for n in by_origin])
    origin = np.repeat(np.arange(len(people)), by_origin)
    skill = np.concatenate([np.repeat(np.arange(len(shares)), counts) for counts in by_class])
    arrays: Arrays = {n: np.zeros(number, kind) for n, kind in TALENT_TYPES.items() if n != DRAWN_IN_THE_RUN}
    arrays["slot"][:], arrays["skill"][:] = np.arange(number), skill
    arrays["place"][:], arrays["origin"][:] = origin, origin
    arrays["arrived"][:], arrays["counts"][:] = NEVER, 1
    lived = tuple(arrays[n] for n in ("slot", "origin", "skill", "place", "entry", "log_ability", "arrived"))
    spread = world["talent.ability_sd"]
    key = np.uint64(seed)

    def live(start: int, stop: int) -> None:
        live_so_far(table, key, spread, start, stop, new_desk(len(table.country), len(table.nest_size)), *lived)

    map_blocks(live, number, settings.threads)
    return arrays


def _startups(
    evidence: Evidence,
    world: World,
    settings: Settings,
    geography: Geography,
    conditions: Conditions,
    places: PlaceColumns,
    talents: Arrays,
    seed: int,
) -> tuple[FoundingConstants, np.ndarray, Arrays, dict[str, float]]:
    perimeter = startup_perimeter(world, evidence)
    stock = evidence.column("digital_startups") * perimeter
    births = evidence.column("startup_births_per_year") * evidence.column("births_perimeter_factor") * perimeter / 4.0
    tables = StartupTables(evidence, world, geography)
    tables.remember_start(conditions)
    terms = tables.log_value(places, conditions, stock, 0)
    value = world["startup.beta_found"] * (sum(terms.values()) + tables.start_cost(conditions))
    factors = founder_factors(world)[talents["skill"]]
    young = 4 * (30 - world["talent.entry_age"])
    factors = np.where(-talents["entry"] < young, factors * world["startup.founding_young"], factors)
    weights = np.bincount(talents["place"], weights=factors, minlength=places.count) * settings.talent_scale
    founding = fit_founding(world, geography, value, tables.cost, conditions.awareness, births, weights)
    tables.moving, moving_residual = fit_moving(
        world, geography, tables.move_utility(terms), tables.cost, conditions.awareness, stock
    )
    table = tables.build(places, conditions, terms, np.ones(places.count))
    startups, shortfall = firms_with_a_past(
        world,
        geography,
        tables,
        table,
        conditions,
        talents,
        whole_stock=np.maximum(np.round(stock / settings.startup_scale), 1).astype(np.int64),
        births=births / settings.startup_scale,
        seed=seed,
    )
    facts = {
        "founding_residual": founding.residual,
        "moving_residual": moving_residual,
        "startup_stock_shortfall": shortfall,
    }
    return founding, tables.moving, startups, facts
