"""Accelerator seats, then funding rounds (ODD 7.5)."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from tests.twin.agents import ALIVE
from tests.twin.arithmetic import exp, trunc
from tests.twin.draws import Purpose, two
from tests.twin.rationing import share_met

SEAT_AGE_QUARTERS = 12
STAGES = ("seed", "a", "b", "c")
MOST_STAGES = 250


def stage_name(stage: int) -> str:
    """ODD 7.5: the round a firm asks for next."""
    return STAGES[min(stage, 3)]


def take_seats(model: Any) -> list[float]:
    """ODD 7.5: young firms claim accelerator seats; return real seats used by place."""
    places, scale, quarter = range(len(model.places)), model.settings.startup_scale, model.quarter
    claimants = [
        firm
        for firm in model.startups
        if firm.status == ALIVE and not firm.accelerated and quarter - firm.founded < SEAT_AGE_QUARTERS
    ]
    claims = [0 for _ in places]
    for firm in claimants:
        claims[firm.hq] += 1
    offered = model.conditions.accelerator_seats
    chance = [share_met(claims[p] * scale, offered[p], model.world["price.rationing"]) for p in places]
    taken = [0 for _ in places]
    for firm in claimants:
        uniform, _ = two(model.key, Purpose.SEAT, firm.uid, quarter, 0)
        if uniform < chance[firm.hq]:
            firm.accelerated = 1
            taken[firm.hq] += 1
    return [float(taken[p] * scale) for p in places]


def asks_for_money(model: Any, firm: Any, seed: int, quarter: int) -> bool:
    """ODD 7.5: whether a firm seeks a round this quarter."""
    world = model.world
    if quarter - firm.last_round < trunc(world["startup.round_quarters"]):
        return False
    base = world["capital.seek"] if firm.stage == 0 else world["capital.seek_again"]
    chance = 1 - exp(-base * exp(world["capital.seek_quality"] * firm.quality))
    return two(seed, Purpose.SEEK, firm.uid, quarter, 0)[0] < chance


def ask_of(model: Any, firm: Any) -> int:
    """ODD 7.5: euro a firm asks for at its stage."""
    return trunc(1e6 * model.world[f"capital.ask.{stage_name(firm.stage)}"])


def acceptance(model: Any, firm: Any, share: float) -> float:
    """ODD 7.5: chance that a claim is met; what investors see of a firm tilts the share of claims met."""
    world = model.world
    seen = firm.quality + world["capital.accelerated_signal"] * firm.accelerated
    return share ** exp(-world["capital.tilt"] * seen)


def foreign_lead_chance(model: Any, firm: Any) -> float:
    """ODD 7.5: chance that a round is led from abroad."""
    world, place = model.world, firm.hq
    attention = 1.0
    if model.geography.is_french[place]:
        attention = model.conditions.investor_awareness[place] / world["capital.investor_awareness"]
    return min(world[f"capital.foreign_lead.{stage_name(firm.stage)}"] * attention, 0.95)


def foreign_lead_place(model: Any, home: int, capital: list[float], uniform: float) -> int:
    """ODD 7.5: the place abroad that leads: the nearer and the richer, the more often."""
    geography = model.geography
    weights = []
    for place, money in enumerate(capital):
        near = (1 + geography.km[home][place] / 50) ** -model.world["capital.lead_distance"]
        weights.append(0.0 if geography.country[place] == geography.country[home] else money * near)
    total = sum(weights)
    cumulated = 0.0
    for place, weight in enumerate(weights):
        cumulated += weight
        if cumulated / total > uniform:
            return place
    return len(weights) - 1


def close_round(
    model: Any, firm: Any, money: int, *, seed: int, quarter: int, foreign_chance: float, capital: list[float]
) -> bool:
    """ODD 7.5: a firm gets ``money``; return whether the round is led from abroad."""
    firm.cash += money
    firm.raised += money
    firm.stage = min(firm.stage + 1, MOST_STAGES)
    firm.last_round = quarter
    firm.lead = firm.hq
    abroad, where = two(seed, Purpose.LEAD, firm.uid, quarter, 0)
    if abroad >= foreign_chance:
        return False
    firm.last_foreign = quarter
    firm.lead = firm.foreign_lead = foreign_lead_place(model, firm.hq, capital, where)
    return True


def fund_startups(model: Any) -> None:
    """ODD 7.5: seats, claims for money, clearing by the size of rounds, and draws."""
    world, quarter, scale = model.world, model.quarter, model.settings.startup_scale
    places = range(len(model.places))
    seats_used = take_seats(model)

    claimants = [f for f in model.startups if f.status == ALIVE and asks_for_money(model, f, model.key, quarter)]
    capital = model.startup_table.capital
    supply = [1e6 * capital[p] for p in places]
    demand = [0 for _ in places]
    for firm in claimants:
        demand[firm.hq] += ask_of(model, firm)
    share = [
        share_met(demand[p] * scale, supply[p], world["price.rationing"]) ** world["capital.share_power"]
        for p in places
    ]
    expected = [0 for _ in places]
    for firm in claimants:
        expected[firm.hq] += trunc(ask_of(model, firm) * acceptance(model, firm, share[firm.hq]))
    size = [min(supply[p] / max(expected[p] * scale, 1), world["capital.round_cap"]) for p in places]

    counts, invested = model.events.counts, [0 for _ in places]
    for firm in claimants:
        place = firm.hq
        if two(model.key, Purpose.SEEK, firm.uid, quarter, 0)[1] >= acceptance(model, firm, share[place]):
            counts["refused_rounds"][place] += 1
            continue
        money = trunc(ask_of(model, firm) * size[place])
        chance = foreign_lead_chance(model, firm)
        led_abroad = close_round(
            model, firm, money, seed=model.key, quarter=quarter, foreign_chance=chance, capital=capital
        )
        counts["rounds"][place] += 1
        counts["rounds_foreign_led"][place] += 1 if led_abroad else 0
        invested[place] += money
    for p in places:
        model.events.capital_eur[p] += invested[p]
    model.funding = SimpleNamespace(
        seats_used=seats_used,
        public_invested_meur=[public_part(model, p, invested[p] * scale, capital[p]) for p in places],
    )


def public_part(model: Any, place: int, invested: float, capital: float) -> float:
    """ODD 7.5: million euro of the real money invested that public capital stands for."""
    public = model.conditions.public_capital[place]
    return invested / 1e6 * public / max(capital, 1e-12) if public > 0 else 0.0
