"""Laws of every quarter, beside those of conservation: money adds up, numbers are finite, shares are shares.

Each function takes a model that has just made a step and returns the laws that fail, as sentences; none if all hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

import numpy as np

from sim.model.accounts import CONTRIBUTIONS, INCOME_TAX, talent_revenue
from sim.model.employers import startup_share
from sim.model.flight import FlightModel
from sim.model.startups import ALIVE, SOLD
from sim.model.talents import SKILLS

EURO = 1e-3
GAINS = ("money back", "founder exit tax")  # charges below zero: repaid, or a rate set above that of 2013
ROUNDING = 1e-9
# Conditions that are shares; all others but these two are at least 0.
SHARES = (
    "awareness", "premises_discount", "fibre", "mobile", "profit_rate", "founder_exit_rate",
    "jei_payroll_schedule", "jei_profit_share", "impatriate_exempt_share", "settling", "employer_rate",
    "wage_employer_rate", "tax_wedge",
)  # fmt: skip
# Known: lever.international_brand.investor_weight reaches 2, so very large budgets carry it above 1.
# The share of rounds led from abroad, which it scales, is capped.
BELOW_TWO = ("investor_awareness",)
EITHER_SIGN = ("research_subsidy", "hours_saved")  # a tax on research; equal ways to the airport may be longer ones
STOCKS = ("office_m2_private", "office_m2", "dwellings", "dwellings_used", "talents", "startup_staff")
PRICES = ("wage", "office_rent", "flat_rent")


class Before:
    """What the laws of a quarter must know of the quarter before."""

    def __init__(self, model: FlightModel) -> None:
        firms = model.startups.data
        self.cash, self.raised, self.status = (firms[name].copy() for name in ("cash", "raised", "status"))
        self.stocks = {name: getattr(model.places, name).copy() for name in ("office_m2_private", "dwellings")}
        self.saved = {city.name: city.saved for city in model.cities}
        self.lines = {city.name: len(city.bought) for city in model.cities}
        self.units = model.city_works.units.copy()


def quarter_laws(model: FlightModel, before: Before) -> set[str]:
    """Return the laws of money, numbers and bounds that fail in the quarter just ended."""
    return (
        firm_money(model, before) | city_money(model, before) | owed(model) | stocks_and_prices(model, before)
        | shares(model) | whole(model) | finite(model)
    )  # fmt: skip


# ---- money ---------------------------------------------------------------------------------------------------------


def firm_money(model: FlightModel, before: Before) -> set[str]:
    """A firm's cash is what it had, raised and earned, a loss beyond it written off; what firms raise is invested."""
    firms, found = model.startups.data, set()
    rows, old = model.startups.size, len(before.cash)
    first = int(model.world["startup.first_cash"])
    cash = np.concatenate([before.cash, np.full(rows - old, first, np.int64)])
    raised = firms["raised"] - np.concatenate([before.raised, np.zeros(rows - old, np.int64)])
    acted = np.concatenate([before.status, np.full(rows - old, ALIVE)]) == ALIVE
    if (raised < 0).any() or raised[~acted].any() or raised.sum() != model.events.capital_eur.sum():
        found.add("money raised is not money invested")
    expected = cash + raised
    expected[acted] = np.maximum(expected[acted] + model.cash_flows, 0)
    if len(model.cash_flows) != acted.sum() or not np.array_equal(firms["cash"], expected):
        found.add("cash is not what a firm had, raised and earned")
    public = model.funding.public_invested_meur
    money = model.events.capital_eur * model.settings.startup_scale / 1e6
    if (public < 0.0).any() or (public > money * (1.0 + ROUNDING)).any():
        found.add("public money is more than what was invested")
    return found


def city_money(model: FlightModel, before: Before) -> set[str]:
    """A city spends at most what it has, keeps no more than it may, and what it bought is built and charged."""
    found, spent = set(), dict.fromkeys((True, False), 0.0)
    years = model.world["city.carry_over_years"]
    decided = (model.quarter - 1) % 4 == 2
    for city in model.cities:
        lines = city.bought[before.lines[city.name] :]
        paid, had = sum(line.eur for line in lines), before.saved[city.name] + city.budget
        spent[city.country == "FR"] += paid
        limit = had * (1.0 + ROUNDING) + EURO
        if any(line.units < 1 or line.eur < 0.0 for line in lines) or paid > limit:
            found.add("a city spent more than it had")
        if not 0.0 <= city.saved <= years * city.budget + EURO or (decided and city.saved + paid > limit):
            found.add("a city keeps more than it may")
    if (model.city_works.units < before.units).any():
        found.add("what a city built vanished")
    charged = [line for line in model.recorder._costs if line[0] == model.quarter]
    by_cities = sum(meur for _, lever, _, payer, meur in charged if (lever, payer) == ("cities", "city"))
    if abs(by_cities - spent[True] / 1e6) > ROUNDING * (1.0 + by_cities):
        found.add("what cities bought is not what is charged")
    if any(not np.isfinite(meur) or (meur < 0.0 and item not in GAINS) for *_, item, _, meur in charged):
        found.add("a charge is negative or not finite")
    return found


def owed(model: FlightModel) -> set[str]:
    """Revenue from people and from wages together is all that talents owe; none of it is below zero."""
    lines = [line for line in model.recorder._revenue if line[0] == model.quarter]
    found = set()
    if not all(np.isfinite(line[-1]) for line in lines):
        found.add("a revenue is not finite")
    now = talent_revenue(model)[0].sum(axis=1) * model.settings.talent_scale / 1e6
    for item, all_of_it in zip((INCOME_TAX, CONTRIBUTIONS), now, strict=True):
        told = sum(meur for _, cause, name, _, meur in lines if name == item and cause in ("people", "wages"))
        if abs(told - all_of_it) > ROUNDING * (1.0 + all_of_it) or all_of_it < 0.0:
            found.add("revenue is not what talents owe")
    return found


def budgets(model: FlightModel) -> set[str]:
    """Return which levers with a budget overspent it by the end of a run."""
    found = set()
    for lever in model.levers:
        budget = getattr(lever, "budget_meur", None)
        if budget is not None:
            spent = sum(m for _, key, item, _, m in model.recorder._costs if key == lever.key and item != "money back")
            if spent > budget * lever.strength + 1e-6:
                found.add(f"{lever.key} spent more than its budget")
    return found


# ---- numbers and bounds --------------------------------------------------------------------------------------------


def stocks_and_prices(model: FlightModel, before: Before) -> set[str]:
    """Stocks are not negative and what is built lasts; prices are above zero."""
    places, found = model.places, set()
    if any((getattr(places, name) < 0.0).any() for name in STOCKS):
        found.add("a stock of places is negative")
    if any((getattr(places, name) < old * (1.0 - ROUNDING)).any() for name, old in before.stocks.items()):
        found.add("a durable stock shrank")
    if any((getattr(places, name) <= 0.0).any() for name in PRICES):
        found.add("a price is not above zero")
    world = model.world
    on_offer = (places.vacant_m2(world), places.vacant_fit_m2(world), places.dwellings_on_offer(world))
    if any((values < 0.0).any() for values in on_offer):
        found.add("less than nothing is on offer")
    return found


def shares(model: FlightModel) -> set[str]:
    """Shares and chances lie in [0, 1], quantities of the quarter are not negative."""
    law, claims, funding = model.conditions, model.growth_claims, model.funding
    found = set()
    for item in fields(law):
        values = np.asarray(getattr(law, item.name), dtype=float)
        if item.name in SHARES and not ((values >= 0.0) & (values <= 1.0)).all():
            found.add(f"{item.name} is no share")
        if item.name in BELOW_TWO and not (values <= 2.0).all():
            found.add(f"{item.name} is above two")
        if item.name not in EITHER_SIGN and (values < 0.0).any():
            found.add(f"{item.name} is negative")
    if (law.research_subsidy >= 1.0).any():
        found.add("research costs nothing")
    terms = funding.terms or ()
    chances: dict[str, Any] = {
        "dwellings met": model.dwellings_met, "workers met": claims.workers_met, "premises met": claims.premises_met,
        "seats met": funding.seat_chance, "share in startups": startup_share(model),
        "orders met": model.startup_table.order_chance, "claims for money met": terms[0] if terms else 0.0,
        "led from abroad": terms[2] if terms else 0.0,
        "leads by place": np.minimum(terms[3], 1.0 + ROUNDING) - ROUNDING if terms else 0.0,
    }  # fmt: skip
    for name, chance in chances.items():
        values = np.asarray(chance)
        if not ((values >= -ROUNDING) & (values <= 1.0)).all():
            found.add(f"{name}: no share")
    if any((values < 0).any() for values in model.events.counts.values()):
        found.add("something happened less than never")
    if (claims.hired < 0).any() or (claims.hired + claims.refused_workers > claims.workers).any():
        found.add("more were hired than were wanted")
    return found


def whole(model: FlightModel) -> set[str]:
    """Every index names a row, every state is one of those there are, a part is no larger than the whole."""
    talents, firms, places = model.talents.data, model.startups.data, model.places.count
    found = set()
    for columns, names in ((talents, ("place", "origin")), (firms, ("hq", "ops", "origin", "lead", "foreign_lead"))):
        found |= {f"{name} is no place" for name in names if (columns[name] >= places).any()}
    if (talents["skill"] >= len(SKILLS)).any() or (talents["startup_rank"] > 1.0).any():
        found.add("a skill or rank that there is not")
    status = firms["status"]
    if ((status < ALIVE) | (status > SOLD)).any() or (firms["founder_slot"] >= model.talents.size).any():
        found.add("a state or founder that there is not")
    if ((firms["away"] < 0) | (firms["away"] > firms["headcount"])).any():
        found.add("more staff away than there is")
    if (firms["away"][firms["hq"] == firms["ops"]] != 0).any():
        found.add("staff away from nowhere")
    late = ("founded", "moved", "customer", "last_round", "last_foreign")
    if any((firms[name] >= model.quarter).any() for name in late) or (talents["arrived"] >= model.quarter).any():
        found.add("something happened in a quarter to come")
    return found


def finite(model: FlightModel) -> set[str]:
    """Every number of columns, tables, conditions and places is finite, but for trains that do not run."""
    return {f"{name} is not finite" for name, values in _numbers(model) if not np.isfinite(values).all()}


def _numbers(model: FlightModel) -> Iterator[tuple[str, np.ndarray]]:
    named: dict[str, Mapping[str, Any]] = {
        "talent": model.talents.data, "startup": model.startups.data, "place": vars(model.places),
        "condition": vars(model.conditions), "talent table": model.talent_table._asdict(),
        "talent rates": model.talent_table.rates._asdict(), "startup table": model.startup_table._asdict(),
        "startup rates": model.startup_table.rates._asdict(), "funding": vars(model.funding),
        "model": {name: getattr(model, name) for name in ("jobs_lost", "following", "dwellings_met", "constants")},
    }  # fmt: skip
    for kind, values in named.items():
        for name, value in values.items():
            if name == "train_minutes":
                continue
            for part in value if name == "terms" and value is not None else (value,):
                array = np.asarray(part) if isinstance(part, np.ndarray | float) else np.zeros(0)
                if array.dtype.kind == "f":
                    yield f"{kind} {name}", array
