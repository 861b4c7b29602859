"""What happened in a quarter (ODD 8.2): counts by place, flows by pair, reasons of moves across the border."""

from __future__ import annotations

from types import SimpleNamespace

from tests.twin.arithmetic import matrix, zeros

COUNTS = (
    "births",
    "births_french",
    "closures",
    "closures_french",
    "exits",
    "rounds",
    "rounds_foreign_led",
    "refused_rounds",
    "first_customers",
    "site_closures",
    "refused_premises",
    "refused_hires",
    "refused_dwellings",
)
TALENT_TRIGGERS = ("school", "young", "older", "job lost", "with employer", "with own firm")
TALENT_TERMS = (
    "wage",
    "taxes",
    "housing",
    "place and country",
    "home",
    "people and jobs",
    "taste",
    "moving cost",
    "visa",
)
STARTUP_TRIGGERS = ("background", "funded", "foreign lead", "outgrown premises")
STARTUP_TERMS = (
    "exit tax",
    "profit tax",
    "labour cost",
    "research subsidy",
    "premises",
    "ecosystem",
    "capital",
    "broadband",
    "travel",
    "place and country",
    "taste",
    "lead investor",
    "moving cost",
)
FRENCH, FOREIGN = 0, 1
DEPARTURE, ARRIVAL = 0, 1
TERM_UNIT = 1e-6


def new_events(places):
    """Return the events of a quarter in which nothing has happened yet, for a number of places."""
    return SimpleNamespace(
        counts={name: zeros(places) for name in COUNTS},
        talent_flows=[matrix(places, places) for _ in range(2)],
        startup_flows=[matrix(places, places) for _ in range(2)],
        talent_triggers=[matrix(2, len(TALENT_TRIGGERS)) for _ in range(2)],
        talent_terms=[matrix(2, len(TALENT_TERMS)) for _ in range(2)],
        startup_triggers=[matrix(2, len(STARTUP_TRIGGERS)) for _ in range(2)],
        startup_terms=[matrix(2, len(STARTUP_TERMS)) for _ in range(2)],
        capital_eur=zeros(places),  # raised by agents
        retired=0,
    )


def direction_of(model, old, new):
    """Return DEPARTURE or ARRIVAL for a move across the border of France, else None."""
    french = model.geography.is_french
    if french[old] and not french[new]:
        return DEPARTURE
    if french[new] and not french[old]:
        return ARRIVAL
    return None


def note_talent_move(model, talent, new, trigger):
    """Count the move of a talent with ``counts`` = 1 as a flow, and its trigger if it crosses the border (7.4, 7.8)."""
    if not talent.counts:
        return
    kind = FRENCH if model.geography.is_french[talent.origin] else FOREIGN
    model.events.talent_flows[kind][talent.place][new] += 1
    direction = direction_of(model, talent.place, new)
    if direction is not None:
        model.events.talent_triggers[kind][direction][TALENT_TRIGGERS.index(trigger)] += 1


def move_talent(model, talent, new, trigger):
    """Let a talent live elsewhere: flow, trigger, place, and ``arrived`` on entry into France (7.4, 7.8)."""
    note_talent_move(model, talent, new, trigger)
    french = model.geography.is_french
    if french[new] and not french[talent.place]:
        talent.arrived = model.quarter
    talent.place = new
