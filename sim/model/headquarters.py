"""Headquarters: which firms move it, where to and what decided; staff that follow across a border."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.model.choice import nested_choice
from sim.model.compile import kernel
from sim.model.desk import LOT, new_desk, padded
from sim.model.geography import Geography
from sim.model.lots import firm_draws
from sim.model.randomness import Purpose, uniforms
from sim.model.rationing import whole_claims_met
from sim.model.startup_rules import FOLLOW_QUARTERS, StartupTable, move_trigger, startup_tastes
from sim.model.startups import pick

P_MOVE, P_MOVE_PLACE, P_STAFF = np.int64(Purpose.MOVE), np.int64(Purpose.MOVE_PLACE), np.int64(Purpose.STAFF_FOLLOWS)
P_NEST, P_SEES = np.int64(Purpose.NEST), np.int64(Purpose.SEES)
COLUMNS = "uid founded origin french_founder hq stage last_foreign foreign_lead outgrown"


@dataclass(frozen=True)
class Moves:
    """Headquarters that move this quarter, (M,): rows, places they leave and choose, what made them consider it."""

    rows: np.ndarray
    origins: np.ndarray
    targets: np.ndarray
    triggers: np.ndarray  # index into events.STARTUP_TRIGGERS


@kernel
def consider_rows(
    table,
    seed,
    population_seed,
    quarter,
    live,
    desk,
    uid,
    founded,
    origin,
    french_founder,
    hq,
    stage,
    last_foreign,
    foreign_lead,
    outgrown,
    movers,
    targets,
    triggers,
):
    """Write (row, new place, trigger) of firms that move their headquarters; return how many."""
    rates, country, nest_size = table.rates, table.country, table.nest_size
    move_value, move_cost, awareness = table.move_value, table.move_cost, table.awareness
    places = country.shape[0]
    tastes, value, seen = desk.tastes, desk.value, desk.seen
    scratch = (desk.noise, desk.by_country)
    moved, at = 0, -LOT
    for n in range(live.shape[0]):
        i = live[n]
        if i < at or i >= at + LOT:
            at = i
            firm_draws(seed, P_MOVE, quarter, uid, at, desk.first, desk.second)
        if founded[i] >= quarter:
            continue
        since = quarter - last_foreign[i]
        trigger = move_trigger(rates, stage[i] > 0, since, outgrown[i] > 0, desk.first[i - at])
        if trigger < 0:
            continue
        here = hq[i]
        startup_tastes(rates.taste, population_seed, uid[i], tastes)
        group = 0 if country[here] == rates.france else (1 if french_founder[i] else 2)
        for j in range(places):
            v = move_value[j] + tastes[j] - move_cost[here, j]
            if since <= rates.foreign_quarters and country[j] == country[foreign_lead[i]]:
                v += rates.pull_lead
            value[j] = v
            seen[j] = 2.0 if (j == here or j == origin[i]) else awareness[group, j]
        there = nested_choice(
            value,
            seen,
            country,
            nest_size,
            rates.nest,
            seed,
            uid[i],
            quarter,
            P_MOVE_PLACE,
            P_NEST,
            P_SEES,
            *scratch,
        )
        if there != here and there >= 0:
            movers[moved] = i
            targets[moved] = there
            triggers[moved] = trigger
            moved += 1
    return moved


def consider(
    table: StartupTable,
    key: np.uint64,
    population_key: np.uint64,
    quarter: int,
    live: np.ndarray,
    data: dict[str, np.ndarray],
) -> Moves:
    """Return the headquarters that move, none moved yet."""
    rows, targets, triggers = (np.empty(len(live), np.int64) for _ in range(3))
    desk = new_desk(len(table.country), len(table.nest_size))
    columns = pick(data, COLUMNS)
    number = consider_rows(table, key, population_key, quarter, live, desk, *columns, rows, targets, triggers)
    rows = rows[:number]
    return Moves(rows, data["hq"][rows].astype(np.int64), targets[:number], triggers[:number])


@kernel
def explain_rows(table, population_seed, quarter, rows, origins, targets, uid, last_foreign, foreign_lead, tastes, out):
    """Write, per move, the difference of each term of utility between new and old headquarters, (M, 13)."""
    rates, country, terms, cost = table.rates, table.country, table.move_terms, table.move_cost
    parts = terms.shape[0]
    for n in range(rows.shape[0]):
        i, here, there = rows[n], origins[n], targets[n]
        for term in range(parts):
            out[n, term] = terms[term, there] - terms[term, here]
        startup_tastes(rates.taste, population_seed, uid[i], tastes)
        out[n, parts] = tastes[there] - tastes[here]
        out[n, parts + 1] = 0.0
        if quarter - last_foreign[i] <= rates.foreign_quarters:
            lead = country[foreign_lead[i]]
            if country[there] == lead:
                out[n, parts + 1] += rates.pull_lead
            if country[here] == lead:
                out[n, parts + 1] -= rates.pull_lead
        out[n, parts + 2] = -cost[here, there]


def explain(
    table: StartupTable, population_key: np.uint64, quarter: int, moves: Moves, data: dict[str, np.ndarray]
) -> np.ndarray:
    """Return what decided, (M, 13) in the order of events.STARTUP_TERMS: utility there less utility here, by term."""
    out = np.empty((len(moves.rows), len(table.move_terms) + 3))
    columns = pick(data, "uid last_foreign foreign_lead")
    tastes = np.empty(padded(len(table.country)))
    explain_rows(table, population_key, quarter, moves.rows, moves.origins, moves.targets, *columns, tastes, out)
    return out


@kernel
def follow_rows(follow, seed, quarter, country, live, uid, hq, ops, headcount, away, moved, out):
    """Let staff left at operations follow the headquarters; add persons by workplace and headquarters, (P, P)."""
    for n in range(live.shape[0]):
        i = live[n]
        since = quarter - moved[i]
        if country[hq[i]] == country[ops[i]] or since < 1 or since > FOLLOW_QUARTERS:
            continue
        first, _ = uniforms(seed, P_STAFF, uid[i], quarter, 0)
        followers = whole_claims_met(headcount[i] - away[i], follow, first)
        away[i] += followers
        out[ops[i], hq[i]] += followers


def follow(
    table: StartupTable, key: np.uint64, quarter: int, live: np.ndarray, data: dict[str, np.ndarray]
) -> np.ndarray:
    """Let staff follow headquarters that crossed a border up to two years ago; return persons, (P, P), agents."""
    places = len(table.country)
    out = np.zeros((places, places), np.int64)
    columns = pick(data, "uid hq ops headcount away moved")
    follow_rows(table.rates.follow, key, quarter, table.country, live, *columns, out)
    return out


def move_headquarters(geography: Geography, data: dict[str, np.ndarray], moves: Moves, quarter: int) -> np.ndarray:
    """Move headquarters; return the staff that move with one across a border, (P, P) old by new place, agents.

    Operations follow inside their country, and staff of the headquarters abroad rejoin them; they stay behind when a
    border is crossed. Staff who work at a headquarters go where it goes.
    """
    rows, targets, country = moves.rows, moves.targets, geography.country
    border = country[moves.origins] != country[targets]
    inside = country[data["ops"][rows]] == country[targets]
    carried = np.zeros((len(country), len(country)), np.int64)
    np.add.at(carried, (moves.origins[border], targets[border]), data["away"][rows[border]])
    data["hq"][rows] = targets
    data["ops"][rows[inside]] = targets[inside]
    data["away"][rows[inside]] = 0
    data["moved"][rows[border]] = quarter
    data["outgrown"][rows] = 0
    return carried
