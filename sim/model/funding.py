"""Funding: rounds cleared against capital on offer by place, lead investors at home and abroad, accelerator seats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.model.claims import shares_met
from sim.model.rounds import ask_for_money, clear_rounds, expected_money, take_seats
from sim.model.startups import pick

if TYPE_CHECKING:
    from sim.model.flight import FlightModel

SEAT_AGE_QUARTERS = 12  # accelerators take firms of less than three years


@dataclass
class FundingState:
    """What this quarter's clearing did, by place."""

    public_invested_meur: np.ndarray  # (P,)
    seats_used: np.ndarray  # (P,)
    seat_chance: np.ndarray  # (P,) that a claim for a seat is met
    terms: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray] | None = (
        None  # of rounds: share met, size, foreign share, leads, as in rounds.close_rounds
    )

    @classmethod
    def empty(cls, places: int) -> FundingState:
        """Return the state before any clearing."""
        return cls(np.zeros(places), np.zeros(places), np.zeros(places))


def fund_startups(model: FlightModel) -> None:
    """Process: firms ask, capital answers.

    Each claim's own keyed draw is compared with a smooth acceptance from demand and supply, tilted by the quality
    seen; no queue, so no firm's luck depends on another's. Public money enters the supply and pays its share of what
    is invested, which scatters around what is on offer; the lever carries the difference over.
    """
    settings, places = model.settings, model.places.count
    tables, table = model.startup_tables, model.startup_table
    live = model.live_rows()
    data, key, quarter = model.startups.data, model.key, model.quarter
    _fill_seats(model, live)

    asks, demand = ask_for_money(table, key, quarter, live, data)
    supply = 1e6 * tables.capital(quarter, model.conditions)
    met = shares_met(demand * float(settings.startup_scale), supply, model.world["price.rationing"])
    share = met ** model.world["capital.share_power"]
    # Rounds are resized so that expected money is what is on offer, whoever asks.
    expected = np.zeros(places, np.int64)
    expected_money(table, live, asks, data["quality"], data["accelerated"], data["hq"], share, expected)
    size = np.minimum(
        supply / np.maximum(expected * float(settings.startup_scale), 1.0), model.world["capital.round_cap"]
    )
    terms = (share, size, tables.foreign_share(model.conditions), tables.lead_cumulative(quarter, model.conditions))
    model.funding.terms = terms
    rounds = clear_rounds(table, key, quarter, live, data, asks, terms)
    invested = rounds.money * settings.startup_scale / 1e6
    public = model.conditions.public_capital
    part = np.where(public > 0.0, public / np.maximum(supply / 1e6, 1e-12), 0.0)
    model.funding.public_invested_meur = invested * part
    events = model.events
    events.capital_eur += rounds.money
    events.counts["rounds"] += rounds.closed
    events.counts["rounds_foreign_led"] += rounds.foreign_led
    events.counts["refused_rounds"] += rounds.refused


def _fill_seats(model: FlightModel, live: np.ndarray) -> None:
    """Give out accelerator seats with schooling: they shift the quality that investors see."""
    data, scale = model.startups.data, model.settings.startup_scale
    eligible = (data["accelerated"][live] == 0) & (model.quarter - data["founded"][live] < SEAT_AGE_QUARTERS)
    claims = np.bincount(data["hq"][live][eligible], minlength=model.places.count) * scale
    # The number of seats taken is random; the lever carries the difference into its next offer.
    chance = shares_met(claims, model.conditions.accelerator_seats, model.world["price.rationing"])
    model.funding.seat_chance = chance
    used = np.zeros(model.places.count, np.int64)
    columns = pick(data, "uid founded hq accelerated")
    take_seats(model.key, model.quarter, live, *columns, SEAT_AGE_QUARTERS, chance, used)
    model.funding.seats_used = used * float(scale)
