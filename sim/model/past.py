"""Firms with a past: cohorts of fifteen years live at frozen inputs, then are thinned to the counts of 2013."""

from __future__ import annotations

import numpy as np

from sim.model.closing import close_or_sell, close_sites
from sim.model.compile import kernel
from sim.model.conditions import Conditions
from sim.model.founding import new_firms
from sim.model.geography import Geography
from sim.model.headquarters import consider, follow, move_headquarters
from sim.model.hiring import GrowthClaims, hire
from sim.model.operating import operate
from sim.model.randomness import Purpose, initial_startup_uid, normals, uniforms
from sim.model.rounds import ask_for_money, clear_rounds
from sim.model.startup_rules import StartupTable, death_hazard, frailty_of
from sim.model.startup_tables import StartupTables
from sim.model.startups import ALIVE, STARTUP_TYPES
from sim.world import World

PAST_QUARTERS = 60
SPARE = 1.35  # cohorts are drawn larger than needed, then thinned to the exact counts
P_START, P_QUALITY = np.int64(Purpose.START), np.int64(Purpose.QUALITY)


@kernel
def survival(rates, quarters, out):
    """Write the share of an average cohort alive at each age, (quarters + 1,)."""
    out[0] = 1.0
    for age in range(quarters):
        out[age + 1] = out[age] * (1.0 - death_hazard(rates, frailty_of(rates, age, 0.0), age, False, False))


@kernel
def thinning_draws(seed, uid, out):
    """Draw each candidate's rank for thinning, and its founder."""
    for n in range(uid.shape[0]):
        out[n, 0], out[n, 1] = uniforms(seed, P_START, uid[n], 0, 0)


@kernel
def draw_quality(seed, uid, out):
    """Draw the quality of firms whose founder is not yet known."""
    for n in range(uid.shape[0]):
        out[n], _ = normals(seed, P_QUALITY, uid[n], 0, 0)


def cohort_sizes(stock: np.ndarray, births: np.ndarray, alive: np.ndarray) -> np.ndarray:
    """Return firms founded by place in each past quarter, (P, quarters), such that survivors make ``stock``.

    The growth of past births, between -2% and +8% a quarter, is solved by bisection so that births of 2013 and
    survival explain the stock; what it cannot explain is left to the scale of the cohorts.
    """
    ages = np.arange(1, len(alive))
    sizes = np.zeros((len(stock), len(ages)))
    for place in range(len(stock)):
        low, high = -0.02, 0.08
        for _ in range(40):
            middle = 0.5 * (low + high)
            left = births[place] * float(np.sum(np.exp(-middle * ages) * alive[1:]))
            low, high = (middle, high) if left > stock[place] else (low, middle)
        profile = np.exp(-low * ages)
        scale = stock[place] / float(np.sum(profile * alive[1:]))
        sizes[place] = SPARE * scale * profile
    return sizes


def firms_with_a_past(
    world: World,
    geography: Geography,
    tables: StartupTables,
    table: StartupTable,
    conditions: Conditions,
    talents: dict[str, np.ndarray],
    whole_stock: np.ndarray,
    births: np.ndarray,
    seed: int,
) -> tuple[dict[str, np.ndarray], float]:
    """Return the columns of all firms alive at the start, and the share of the counts that could not be reached.

    ``whole_stock`` (P,): agents by headquarters; ``births`` (P,): agents founded a quarter.
    """
    places, key = len(whole_stock), np.uint64(seed)
    alive = np.empty(PAST_QUARTERS + 1)
    survival(table.rates, PAST_QUARTERS, alive)
    sizes = np.ceil(cohort_sizes(whole_stock.astype(float), births, alive)).astype(np.int64)
    home = np.repeat(np.repeat(np.arange(places), PAST_QUARTERS), sizes.ravel())
    founded = np.repeat(np.tile(-np.arange(1, PAST_QUARTERS + 1), places), sizes.ravel())
    uid = np.arange(len(home), dtype=np.uint64) + np.uint64(initial_startup_uid(0))
    quality = np.empty(len(home))
    draw_quality(key, uid, quality)
    french = geography.is_french[home]
    data = new_firms(world, key, uid, np.full(len(uid), -1), np.zeros(len(uid)), french, home, quality, founded)
    data = {name: np.ascontiguousarray(data[name], dtype=kind) for name, kind in STARTUP_TYPES.items()}
    _live(world, geography, tables, table, conditions, data, key)

    ranks = np.empty((len(uid), 2))
    thinning_draws(key, uid, ranks)
    keep, missing = [], 0
    for place in range(places):
        rows = np.flatnonzero((data["status"] == ALIVE) & (data["hq"] == place))
        rows = np.sort(rows[np.argsort(ranks[rows, 0], kind="stable")][: whole_stock[place]])
        missing += int(whole_stock[place]) - len(rows)
        keep.append(rows)
    kept = np.concatenate(keep)
    data = {name: column[kept] for name, column in data.items()}
    _find_founders(geography, talents, data, ranks[kept, 1])
    return data, missing / float(whole_stock.sum())


def _live(
    world: World,
    geography: Geography,
    tables: StartupTables,
    table: StartupTable,
    conditions: Conditions,
    data: dict[str, np.ndarray],
    key: np.uint64,
) -> None:
    """Run the firms' quarters before the start at frozen inputs.

    The rules are those of a run, but a fixed share of claims for money is met, and nobody is refused workers or
    premises: rationing would need the stocks of those years.
    """
    places = len(geography.ids)
    met = np.full(places, world["capital.past_share"])
    terms = (met, np.ones(places), tables.foreign_share(conditions), tables.lead_cumulative(0, conditions))
    for quarter in range(-PAST_QUARTERS, 0):
        live = np.flatnonzero((data["status"] == ALIVE) & (data["founded"] <= quarter))
        asks, _ = ask_for_money(table, key, quarter, live, data)
        clear_rounds(table, key, quarter, live, data, asks, terms)
        done = operate(table, key, quarter, live, data)
        hire(key, quarter, live, data, done.wishes, GrowthClaims.empty(places))
        moves = consider(table, key, key, quarter, live, data)
        follow(table, key, quarter, live, data)
        move_headquarters(geography, data, moves, quarter)
        close_or_sell(table, key, quarter, live, data, done.flows)
        close_sites(table, key, quarter, live[data["status"][live] == ALIVE], data)


def _find_founders(
    geography: Geography, talents: dict[str, np.ndarray], data: dict[str, np.ndarray], draws: np.ndarray
) -> None:
    """Tie each firm to a talent at its headquarters, French for firms founded in France, where there is one."""
    french_talent = geography.is_french[talents["origin"]]
    french_firm = geography.is_french[data["origin"]]
    for place in range(len(geography.ids)):
        here = talents["place"] == place
        for french in (False, True):
            firms = np.flatnonzero((data["hq"] == place) & (french_firm == french))
            slots = np.flatnonzero(here & (french_talent == french))
            if len(firms) == 0 or len(slots) == 0:
                continue
            chosen = slots[np.minimum((draws[firms] * len(slots)).astype(np.int64), len(slots) - 1)]
            data["founder_slot"][firms] = talents["slot"][chosen]
            data["founder_generation"][firms] = talents["generation"][chosen]
            np.add.at(talents["firms"], chosen, 1)
