"""Founding: real talents found firms, choose where, and bring the firm into the columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import root

from sim.errors import InputError
from sim.model.blocks import map_blocks
from sim.model.choice import nested_choice, nested_probabilities
from sim.model.compile import kernel, solver
from sim.model.geography import Geography
from sim.model.randomness import Purpose, normals, uniforms
from sim.model.startup_rules import NEVER, NO_ROUND
from sim.model.startups import ALIVE
from sim.model.talents import SKILLS, found_rows
from sim.world import World

if TYPE_CHECKING:
    from sim.model.flight import FlightModel

P_QUALITY = np.int64(Purpose.QUALITY)
P_FOUND_PLACE, P_NEST, P_SEES = (np.int64(Purpose[n]) for n in ("FOUND_PLACE", "NEST", "SEES"))
TOLERANCE = 1e-6


@dataclass(frozen=True)
class FoundingConstants:
    """Per founding weight and quarter ``rate`` (P,); place constants (P,); logsum at the start (3, P)."""

    rate: np.ndarray
    place: np.ndarray
    logsum: np.ndarray
    residual: float


def founder_factors(world: World) -> np.ndarray:
    """Return the chance to found by skill class over an engineer's, (S,)."""
    return np.array([1.0 if s == "engineer" else world[f"startup.founding_{s}"] for s in SKILLS])


@solver
def founding_laws(value, cost, awareness, country, nest_size, nest, logsum, law):
    """Write expected logsums (3, P) and choice probabilities (3, P, P) of founders by group and residence."""
    places = value.shape[0]
    v, seen = np.zeros(places), np.zeros(places)
    for group in range(3):
        for residence in range(places):
            for j in range(places):
                v[j] = value[j] - cost[residence, j]
                seen[j] = 2.0 if j == residence else awareness[group, j]
            logsum[group, residence] = nested_probabilities(v, seen, country, nest_size, nest, law[group, residence])


def founding_choice(
    world: World, geography: Geography, value: np.ndarray, cost: np.ndarray, awareness: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return (logsum (3, P), probabilities (3, P, P)); ``value``: utility of founding, constants included."""
    places = len(value)
    logsum, law = np.zeros((3, places)), np.zeros((3, places, places))
    founding_laws(value, cost, awareness, geography.country, geography.nest_size, world["startup.nest"], logsum, law)
    return logsum, law


def fit_founding(
    world: World,
    geography: Geography,
    value: np.ndarray,
    cost: np.ndarray,
    awareness: np.ndarray,
    births: np.ndarray,
    weights: np.ndarray,
) -> FoundingConstants:
    """Solve place constants so that expected births by place are ``births`` (firms a quarter, (P,)).

    ``value``: utility of founding without constants; ``weights`` (P,): founding weight of the talents living there.
    Foreigners abroad stand for all founders abroad in the fit: French people there see France more, but are few.

    Raises:
        InputError: if no constants reproduce the births.
    """
    rate = births / np.maximum(weights, 1e-9)
    group = np.where(geography.is_french, 0, 2)
    rows = np.arange(len(births))

    def constants(free: np.ndarray) -> np.ndarray:
        # The level of all constants is free; the first one is zero.
        return np.concatenate([[0.0], free])

    def gaps(free: np.ndarray) -> np.ndarray:
        _, law = founding_choice(world, geography, value + constants(free), cost, awareness)
        return np.asarray(np.log(births @ law[group, rows] / births))

    # Births by place are the gradient of a convex function of the constants, so the solution is unique (Berry 1994).
    # Powell's hybrid method finds it in some 70 evaluations; Levenberg and Marquardt's where it does not.
    for method in ("hybr", "lm"):
        solved = root(lambda free: gaps(free)[1:], np.zeros(len(births) - 1), method=method)
        residual = float(np.abs(gaps(solved.x)).max())
        if residual < TOLERANCE:
            break
    else:
        raise InputError(
            [f"This world's founding constants cannot be solved: births by place miss by {residual:.2g} in logarithms."]
        )
    place = constants(solved.x)
    logsum, _ = founding_choice(world, geography, value + place, cost, awareness)
    return FoundingConstants(rate, place, logsum, residual)


@kernel
def place_new_firms(
    run_seed,
    quarter,
    desk,
    uid,
    residence,
    group,
    ability,
    correlation,
    value,
    cost,
    awareness,
    country,
    nest_size,
    nest,
    hq,
    quality,
):
    """Draw place and quality of each new firm."""
    v, seen, scratch = desk.value, desk.seen, (desk.noise, desk.by_country)
    for n in range(uid.shape[0]):
        for j in range(country.shape[0]):
            v[j] = value[j] - cost[residence[n], j]
            seen[j] = 2.0 if j == residence[n] else awareness[group[n], j]
        key = run_seed, uid[n], quarter, P_FOUND_PLACE, P_NEST, P_SEES
        chosen = nested_choice(v, seen, country, nest_size, nest, *key, *scratch)
        hq[n] = chosen if chosen >= 0 else residence[n]
        own, _ = normals(run_seed, P_QUALITY, uid[n], 0, 0)
        quality[n] = correlation * ability[n] + (1.0 - correlation**2) ** 0.5 * own


@kernel
def draw_traits(seed, uid, jei_share, extra_share, jei, extra):
    """Draw once for life which firms have JEI status, and which start with one person more."""
    for n in range(uid.shape[0]):
        first, second = uniforms(seed, P_QUALITY, uid[n], 0, 1)
        jei[n] = 1 if first < jei_share else 0
        extra[n] = 1 if second < extra_share else 0


def found_startups(model: FlightModel) -> None:
    """Process: talents found firms at a rate that rises with the value of founding; each firm chooses its place."""
    world, geography, talents = model.world, model.geography, model.talents
    fitted = model.start.founding
    terms = model.startup_tables.log_value(model.places, model.conditions, model.startup_counts.real, model.quarter)
    value = sum(terms.values()) + model.startup_tables.start_cost(model.conditions)
    value = world["startup.beta_found"] * value + fitted.place
    cost = model.startup_tables.cost
    awareness = model.conditions.awareness
    logsum, _ = founding_choice(world, geography, value, cost, awareness)
    scale = model.settings.talent_scale / model.settings.startup_scale
    rate = scale * fitted.rate * np.exp(world["startup.entry_elasticity"] * (logsum - fitted.logsum))
    columns = talents.table(("slot", "generation", "origin", "skill", "place", "entry", "counts"))
    young = int(4 * (30 - world["talent.entry_age"]))

    def work(start: int, stop: int) -> tuple[np.ndarray, np.ndarray]:
        number = np.zeros(stop - start, np.uint8)
        found_rows(
            model.key,
            model.quarter,
            start,
            stop,
            model.desk().first,
            rate,
            founder_factors(world),
            world["startup.founding_young"],
            young,
            *columns,
            geography.france,
            geography.country,
            number,
        )
        founders = np.flatnonzero(number)
        return founders + start, number[founders]

    parts = map_blocks(work, talents.size, model.settings.threads)
    founders, number = (np.concatenate(found) for found in zip(*parts, strict=True))
    rows = np.repeat(founders, number)
    ks = np.arange(len(rows)) - np.repeat(np.cumsum(number, dtype=np.int64) - number, number)
    data = talents.data
    generation, slot = data["generation"][rows].astype(np.uint64), data["slot"][rows].astype(np.uint64)
    kind = np.uint64(1) << np.uint64(62)
    uid = (
        kind
        | (ks.astype(np.uint64) << np.uint64(56))
        | (np.uint64(model.quarter + 2048) << np.uint64(42))
        | (generation << np.uint64(32))
        | slot
    )
    residence = data["place"][rows].astype(np.int64)
    french = geography.is_french[data["origin"][rows]]
    group = np.where(geography.is_french[residence], 0, np.where(french, 1, 2))
    hq, quality = np.empty(len(rows), np.int64), np.empty(len(rows))
    spread = world["talent.ability_sd"]
    ability = (data["log_ability"][rows] + 0.5 * spread**2) / spread  # standard normal
    place_new_firms(
        model.key,
        model.quarter,
        model.desk(),
        uid,
        residence,
        group,
        ability,
        world["startup.quality_ability"],
        value,
        cost,
        awareness,
        geography.country,
        geography.nest_size,
        world["startup.nest"],
        hq,
        quality,
    )
    model.startups.append(
        new_firms(
            world,
            model.key,
            uid,
            data["slot"][rows],
            data["generation"][rows],
            french,
            hq,
            quality,
            model.quarter,
        )
    )
    np.add.at(data["firms"], rows, 1)
    # The founder lives where the firm is.
    model.move_founders(rows, hq, uid)
    model.events.counts["births"] += np.bincount(hq, minlength=model.places.count)
    model.events.counts["births_french"] += np.bincount(hq[french], minlength=model.places.count)


def new_firms(
    world: World,
    seed: np.uint64,
    uid: np.ndarray,
    slot: np.ndarray,
    generation: np.ndarray,
    french: np.ndarray,
    hq: np.ndarray,
    quality: np.ndarray,
    founded: int | np.ndarray,
) -> dict[str, np.ndarray]:
    """Return the columns of newly founded firms; headquarters, operations and origin are the same place."""
    number = len(uid)
    jei, extra = np.empty(number, np.uint8), np.empty(number, np.uint8)
    heads = world["startup.first_headcount"]
    draw_traits(seed, uid, world["law.jei_take_up"], heads % 1.0, jei, extra)
    zeros = np.zeros(number)
    return {
        "uid": uid,
        "founder_slot": slot,
        "founder_generation": generation,
        "french_founder": french,
        "origin": hq,
        "hq": hq,
        "ops": hq,
        "founded": np.broadcast_to(founded, number),
        "quality": quality,
        "jei": jei,
        "headcount": int(heads) + extra.astype(np.int64),
        "away": zeros,
        "moved": np.full(number, NEVER),
        "outgrown": zeros,
        "customer": np.full(number, NEVER),
        "stage": zeros,
        "accelerated": zeros,
        "cash": np.full(number, int(world["startup.first_cash"])),
        "raised": zeros,
        "last_round": np.full(number, NO_ROUND),
        "last_foreign": np.full(number, NO_ROUND),
        "lead": hq,
        "foreign_lead": hq,
        "status": np.full(number, ALIVE),
        "received": zeros,
    }
