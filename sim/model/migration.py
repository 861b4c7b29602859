"""Migration: talents follow their employer or consider moving, choose among places they see, and need a dwelling."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.model.blocks import map_blocks
from sim.model.claims import shares_met
from sim.model.employers import EmployerEvents, employer_events
from sim.model.events import Events
from sim.model.moves import settle_rows, wish_rows
from sim.model.talents import renew_rows

if TYPE_CHECKING:
    from sim.model.flight import FlightModel

_WISH = ("slot", "generation", "origin", "skill", "place", "entry", "log_ability", "startup_rank", "firms", "counts")
_SETTLE = ("slot", "generation", "origin", "skill", "place", "entry", "log_ability", "arrived", "counts")


def migrate_talents(model: FlightModel) -> None:
    """Process: every talent decides on the state at the start of the process; then dwellings are rationed."""
    talents, threads = model.talents, model.settings.threads
    wish, trigger = np.zeros(talents.size, np.uint8), np.zeros(talents.size, np.uint8)
    chances = employer_events(model)

    def ask(start: int, stop: int) -> np.ndarray:
        return wishes(model, start, stop, chances, wish, trigger)

    def move(start: int, stop: int) -> Events:
        return settle(model, start, stop, wish, trigger)

    model.dwellings_met = dwellings_met(model, np.sum(map_blocks(ask, talents.size, threads), axis=0))
    for part in map_blocks(move, talents.size, threads):
        note_moves(model.events, part)


def wishes(
    model: FlightModel, start: int, stop: int, chances: EmployerEvents, wish: np.ndarray, trigger: np.ndarray
) -> np.ndarray:
    """Let the talents of rows start..stop wish for a place (see :func:`wish_rows`); return claims by place, (P,)."""
    demand = np.zeros(model.places.count, np.int64)
    displaced = model.world["talent.displaced_consider"]
    tied = min(1.0, model.settings.startup_scale / model.settings.talent_scale)
    keys = (model.talent_table, model.key, model.population_key, model.quarter)
    columns = model.talents.table(_WISH)
    wish_rows(*keys, start, stop, model.desk(), *chances, displaced, tied, *columns, wish, trigger, demand)
    return demand


def settle(model: FlightModel, start: int, stop: int, wish: np.ndarray, trigger: np.ndarray) -> Events:
    """Let the talents of rows start..stop move where they wish if they find a dwelling; return what happened."""
    part = Events(model.places.count)
    settle_rows(
        model.talent_table,
        model.key,
        model.population_key,
        model.quarter,
        start,
        stop,
        model.desk(),
        model.dwellings_met,
        wish,
        trigger,
        *model.talents.table(_SETTLE),
        part.talent_flows,
        part.counts["refused_dwellings"],
        part.talent_triggers,
        part.talent_terms,
    )
    return part


def note_moves(events: Events, part: Events) -> None:
    """Add what happened to some talents to the quarter's events."""
    events.talent_flows += part.talent_flows
    events.counts["refused_dwellings"] += part.counts["refused_dwellings"]
    events.talent_triggers += part.talent_triggers
    events.talent_terms += part.talent_terms


def dwellings_met(model: FlightModel, demand: np.ndarray) -> np.ndarray:
    """Return the share of claims met by place, (P,), for ``demand`` (P,) in agents.

    Claims are gross: a dwelling that someone leaves this quarter, also inside the labour market, is on offer in the
    next. Claims are in dwellings: several persons live in one.
    """
    world = model.world
    wanted = demand * model.settings.talent_scale / world["price.persons_per_dwelling"]
    offered = model.places.dwellings_on_offer(world)
    return shares_met(wanted, offered, world["price.rationing"])


def renew_talents(model: FlightModel) -> None:
    """Process: those who reach the end of their working life are replaced by a new person at home."""
    talents, table = model.talents, model.talent_table
    names = ("slot", "generation", "origin", "place", "entry", "log_ability", "startup_rank", "firms", "arrived")
    columns = talents.table(names)

    def work(start: int, stop: int) -> int:
        return int(
            renew_rows(
                model.population_key,
                model.quarter,
                table.rates.career_quarters,
                model.world["talent.ability_sd"],
                start,
                stop,
                *columns,
            )
        )

    model.events.retired += sum(map_blocks(work, talents.size, model.settings.threads))
