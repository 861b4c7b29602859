"""One agent's quarter: the same compiled rules as the loops over columns, for a single row.

Markets clear for all at once, so a single agent meets what they last cleared at: the shares of claims for money,
seats, workers, premises and dwellings, and the tables of the quarter. Founding is left to the process: it makes rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.model.closing import close_or_sell, close_sites
from sim.model.employers import employer_events
from sim.model.funding import SEAT_AGE_QUARTERS
from sim.model.headquarters import consider, follow, move_headquarters
from sim.model.hiring import GrowthClaims, hire
from sim.model.migration import note_moves, settle, wishes
from sim.model.operating import operate
from sim.model.rounds import ask_for_money, clear_rounds, take_seats
from sim.model.startups import ALIVE, pick

if TYPE_CHECKING:
    from sim.model.flight import FlightModel


def _require_tables(model: FlightModel) -> None:
    if not hasattr(model, "talent_table"):
        raise RuntimeError(
            "An agent steps by the tables of a quarter, and none were built yet: call model.step() first."
        )


def step_talent(model: FlightModel, row: int) -> None:
    """Let one talent follow its employer or consider moving, and move if it finds a dwelling; flows are counted.

    Raises:
        RuntimeError: before the first quarter's tables are built.
    """
    _require_tables(model)
    wish, trigger = (np.zeros(model.talents.size, np.uint8) for _ in range(2))
    wishes(model, row, row + 1, employer_events(model), wish, trigger)
    note_moves(model.events, settle(model, row, row + 1, wish, trigger))


def step_startup(model: FlightModel, row: int) -> None:
    """Let one living firm seek money, operate, hire, consider moving, and close or be sold.

    Its columns change; the sums by place that a process keeps (money, taxes, flows) are not touched.

    Raises:
        RuntimeError: before the first quarter's tables are built.
    """
    _require_tables(model)
    data, table, key, quarter = model.startups.data, model.startup_table, model.key, model.quarter
    live = np.array([row], np.int64)
    if data["status"][row] != ALIVE:
        return
    places, funding, cleared = model.places.count, model.funding, model.growth_claims
    columns = pick(data, "uid founded hq accelerated")
    take_seats(key, quarter, live, *columns, SEAT_AGE_QUARTERS, funding.seat_chance, np.zeros(places, np.int64))
    if funding.terms is not None:
        asks, _ = ask_for_money(table, key, quarter, live, data)
        clear_rounds(table, key, quarter, live, data, asks, funding.terms)
    done = operate(table, key, quarter, live, data)
    claims = GrowthClaims.empty(places)
    claims.workers_met, claims.premises_met = cleared.workers_met, cleared.premises_met
    hire(key, quarter, live, data, done.wishes, claims)
    moves = consider(table, key, model.population_key, quarter, live, data)
    follow(table, key, quarter, live, data)
    move_headquarters(model.geography, data, moves, quarter)
    close_or_sell(table, key, quarter, live, data, done.flows)
    close_sites(table, key, quarter, live[data["status"][live] == ALIVE], data)
