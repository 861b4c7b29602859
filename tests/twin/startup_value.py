"""What a place is worth to a startup, what money is on offer, and what moving costs (ODD 7.5, 7.6, 7.7)."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from tests.twin.arithmetic import exp, ln
from tests.twin.choice import nested_probabilities

FRENCH_RESIDENT, FRENCH_ABROAD, FOREIGN_ABROAD = 0, 1, 2


def capital_on_offer(model: Any, quarter: int) -> list[float]:
    """ODD 7.5: million euro a quarter on offer by place."""
    conditions, geography = model.conditions, model.geography
    invested = money_of_2013(model)
    offer = []
    for place, money in enumerate(invested):
        growth = model.world[f"capital.growth.{geography.countries[geography.country[place]]}"]
        private = money * growth ** (quarter / 4) / 4 * conditions.capital_factor[place]
        offer.append(private + conditions.public_capital[place])
    return offer


def money_of_2013(model: Any) -> list[float]:
    """ODD 7.5: million euro received in 2013 by place; Ile-de-France and the rest of France share as the world says."""
    money = model.evidence.column("vc_investment").tolist()
    records, share = model.evidence.places, model.world["capital.paris_share"]
    paris = [p for p, record in enumerate(records) if record.region == "ile_de_france"]
    others = [p for p, record in enumerate(records) if record.country == "FR" and p not in paris]
    total = sum(money[p] for p in (*paris, *others))
    for members, part in ((paris, share), (others, 1 - share)):
        there = sum(money[p] for p in members)
        for p in members:
            money[p] *= part * total / there
    return money


def productivity(model: Any, conditions: Any) -> list[float]:
    """ODD 7.6: what fibre and 4G add to revenue, in logarithms, by place."""
    fibre, mobile = model.world["startup.fibre"], model.world["startup.mobile"]
    return [fibre * f + mobile * m for f, m in zip(conditions.fibre, conditions.mobile, strict=True)]


def jei_points(model: Any, place: int) -> float:
    """ODD 7.6: points of employers' contributions a young innovative firm is spared."""
    return min(model.world["law.jei_points"], model.conditions.employer_rate[place])


def moving_cost(model: Any, kind: str) -> list[list[float]]:
    """ODD 7.7: cost of moving from a place (row) to a place (column) for a ``startup`` or a ``talent``.

    What is spared of a talent's settling (7.7, last words) is left to the talents' own rules.
    """
    world, geography = model.world, model.geography
    places = range(geography.size)
    costs = [[0.0 for _ in places] for _ in places]
    for a in places:
        for b in places:
            if a == b:
                continue
            if geography.market[a] == geography.market[b]:
                step = world[f"{kind}.cost_paris"]
            elif geography.country[a] == geography.country[b]:
                step = world[f"{kind}.cost_district"]
            else:
                step = world[f"{kind}.cost_border"]
            costs[a][b] = step + world[f"{kind}.cost_distance"] * ln(1 + geography.km[a][b] / 100)
    return costs


def ecosystem(model: Any) -> list[float]:
    """ODD 7.7: firms nearby, partners of the label network, ties of labelled places to Paris."""
    world, geography, conditions = model.world, model.geography, model.conditions
    firms = model.startup_counts.real
    labelled = [1.0 if holds else 0.0 for holds in conditions.labelled]
    places = range(geography.size)
    paris = geography.market[geography.paris]
    firms_of_paris = sum(firms[p] for p in places if geography.market[p] == paris)
    total = []
    for p in places:
        meeting = 0.0
        for other in places:
            if other != p and labelled[other]:
                closeness = exp(-geography.hours[p][other] / world["lever.label_network.meeting_hours"])
                meeting += closeness * firms[other]
        partners = conditions.network_strength * labelled[p] * meeting
        ties = 0.0 if geography.market[p] == paris else conditions.hub_ties * labelled[p] * firms_of_paris
        total.append(firms[p] + partners + ties)
    return total


def startup_value_terms(model: Any) -> dict[str, list[float]]:
    """ODD 7.7: the nine named terms of the value of a place, each by place, in the order of their sum."""
    world, geography, conditions = model.world, model.geography, model.conditions
    places = range(geography.size)
    to_paris = geography.paris
    capital = capital_on_offer(model, model.quarter)
    environment = ecosystem(model)
    broadband = productivity(model, conditions)
    schedule = sum(conditions.jei_payroll_schedule) / 8
    take_up = world["law.jei_take_up"]

    terms: dict[str, list[float]] = {}
    terms["exit tax"] = [world["startup.share_exit"] * ln(1 - conditions.founder_exit_rate[p]) for p in places]

    terms["profit tax"] = []
    for p in places:
        spared = take_up * conditions.jei_profit_share if geography.is_french[p] else 0.0
        terms["profit tax"].append(world["startup.share_profit"] * ln(1 - conditions.profit_rate[p] * (1 - spared)))

    terms["labour cost"] = []
    for p in places:
        relief = take_up * jei_points(model, p) * world["law.jei_research_staff"] * schedule
        factor = 1 + conditions.employer_rate[p] - (relief if geography.is_french[p] else 0.0)
        cost = model.places[p].wage * max(factor, 0.5)
        terms["labour cost"].append(-world["startup.share_labour"] * ln(cost))

    terms["research subsidy"] = [
        -world["startup.share_research"] * ln(1 - conditions.research_subsidy[p]) for p in places
    ]
    terms["premises"] = [
        -world["startup.share_premises"] * ln(model.places[p].office_rent * (1 - conditions.premises_discount[p]))
        for p in places
    ]
    terms["ecosystem"] = [world["startup.agglomeration"] * ln(environment[p] + 50) for p in places]

    terms["capital"] = []
    for p in places:
        within_reach = 0.0
        for other in places:
            reach = (1 + geography.km[p][other] / 50) ** -world["capital.reach_distance"]
            within_reach += reach * (4 * capital[other])
        terms["capital"].append(world["startup.capital_reach"] * ln(within_reach))

    terms["broadband"] = broadband

    terms["travel"] = []
    for p in places:
        hours = geography.hours[p][to_paris] + model.places[p].airport_minutes / 60 - conditions.hours_saved[p]
        terms["travel"].append(-world["startup.travel"] * max(hours, 0.0))
    return terms


def start_cost(model: Any) -> list[float]:
    """ODD 7.4: what the days it takes to start a business cost a founder, by place."""
    weight = model.world["startup.start_cost"]
    return [-weight * ln(days + 10) for days in model.conditions.start_cost_days]


def founders_utility(model: Any, terms: dict[str, list[float]], constants: list[float]) -> list[float]:
    """ODD 7.4: ``v + F`` by place, before the cost of moving."""
    beta, cost = model.world["startup.beta_found"], start_cost(model)
    utility = []
    for p, constant in enumerate(constants):
        total = 0.0
        for term in terms.values():
            total += term[p]
        utility.append(beta * (total + cost[p]) + constant)
    return utility


def movers_place(model: Any, constants: list[float]) -> list[float]:
    """ODD 7.7: place constants of movers with the pull of the United States."""
    pull = model.world["startup.pull_us"]
    return [pull * (1.0 if american else 0.0) + c for american, c in zip(model.geography.is_us, constants, strict=True)]


def movers_utility(model: Any, terms: dict[str, list[float]], place: list[float]) -> list[float]:
    """ODD 7.7: value of a place for a mover, before taste, cost of moving and the pull of a lead investor."""
    utility = []
    for p, constant in enumerate(place):
        total = 0.0
        for term in terms.values():
            total += term[p]
        utility.append(model.world["startup.beta_move"] * total + constant)
    return utility


def awareness_of(model: Any, group: int, always: tuple[int, ...]) -> list[float]:
    """ODD 4, 7.4, 7.7: share of a group that sees each place; the places in ``always`` are seen by all (2)."""
    seen = list(model.conditions.awareness[group])
    for place in always:
        seen[place] = 2.0
    return seen


def founding_logsums(model: Any, utility: list[float], cost: list[list[float]]) -> list[list[float]]:
    """ODD 7.4: expected logsum by group and residence; 0 where no one of the group can live."""
    places = range(len(utility))
    table = [[0.0 for _ in places] for _ in range(3)]
    for r in places:
        groups = (FRENCH_RESIDENT,) if model.geography.is_french[r] else (FRENCH_ABROAD, FOREIGN_ABROAD)
        for group in groups:
            values = [utility[j] - cost[r][j] for j in places]
            seen = awareness_of(model, group, (r,))
            table[group][r] = nested_probabilities(values, seen, model.world["startup.nest"], model.geography)[1]
    return table


def startup_tables(model: Any) -> SimpleNamespace:
    """ODD 7.3: what founders, movers and investors read this quarter, made once from the last count."""
    terms = startup_value_terms(model)
    cost = moving_cost(model, "startup")
    founding = founders_utility(model, terms, model.start.founding.place.tolist())
    moving_place = movers_place(model, model.start.moving.tolist())
    return SimpleNamespace(
        terms=terms,
        capital=capital_on_offer(model, model.quarter),
        cost=cost,
        founding=founding,
        founding_logsum=founding_logsums(model, founding, cost),
        moving_place=moving_place,
        moving=movers_utility(model, terms, moving_place),
    )
