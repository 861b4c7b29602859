"""How a talent values a place, when one considers moving, and what tastes one keeps for life. Scalar rules."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from sim.model.compile import rule
from sim.model.events import TALENT_TERMS
from sim.model.randomness import Purpose, normals

# Order of the terms: sim.model.events.TALENT_TERMS.
TERMS = len(TALENT_TERMS)

P_TASTE = int(Purpose.TASTE)
P_TASTE_NEST = int(Purpose.TASTE_NEST)

RESIDENT, DIASPORA, FOREIGN = 0, 1, 2


class TalentRates(NamedTuple):
    """Numbers the rules read; kept apart from arrays, because loops pass them on for every talent."""

    beta: float
    nest: float
    taste_country: float
    taste_place: float
    school_cost: float
    older_cost: float
    hazard_young: float
    hazard_older: float
    hazard_abroad: float
    france: int
    young_quarters: int
    career_quarters: int
    home: float


class TalentTable(NamedTuple):
    """All that the rules read in one quarter; P = places, C = countries, S = skill classes."""

    rates: TalentRates
    country: Any  # int64 (P,)
    nest_size: Any  # int64 (C,)
    log_labour_cost: Any  # (P,) ln of wage * (1 + employer rate), euro a year, for an engineer of ability 1
    wage_ratio: Any  # (P,) wage over the country's average wage
    wedge_100: Any  # (P,) tax wedge at 100% of the average wage
    wedge_167: Any  # (P,)
    top_rate: Any  # (P,) marginal wedge on labour cost above 167%
    housing: Any  # (P,) housing share * ln flat rent
    constants: Any  # (P, P) origin x place: place, origin country x country, home
    affinity: Any  # (P, P) origin x place: fellow nationals and startup jobs, relative to the start
    cost: Any  # (P, P) residence x place: border, distance
    entry: Any  # (P, P) origin x place: visa, paid when a border is crossed
    awareness: Any  # (3, P) by group: resident in France, French abroad, foreigner abroad
    relief: Any  # (S, P) tax points of labour cost spared on arrival from abroad
    class_log_pay: Any  # (S,)
    class_cost: Any  # (S,) factor on moving cost


@rule
def persistent_tastes(table, seed, uid, out):
    """Write a person's lasting tastes for places to ``out``, shape (places,): normal by country and by place."""
    places = table.country.shape[0]
    countries = table.nest_size.shape[0]
    by_country = np.zeros(countries + 1)
    for block in range((countries + 1) // 2):
        first, second = normals(seed, P_TASTE_NEST, uid, 0, block)
        by_country[2 * block] = first
        by_country[2 * block + 1] = second
    for block in range((places + 1) // 2):
        first, second = normals(seed, P_TASTE, uid, 0, block)
        j = 2 * block
        out[j] = table.rates.taste_place * first + table.rates.taste_country * by_country[table.country[j]]
        if j + 1 < places:
            out[j + 1] = table.rates.taste_place * second + table.rates.taste_country * by_country[table.country[j + 1]]


@rule
def average_wedge(ratio, wedge_100, wedge_167, top_rate):
    """Return the average wedge on labour cost at ``ratio`` times the average wage.

    It is flat to 100%, linear from 100% to 167%, and the excess is taxed at the top rate above.
    """
    if ratio <= 1.0:
        return wedge_100
    if ratio <= 1.67:
        return wedge_100 + (wedge_167 - wedge_100) * (ratio - 1.0) / 0.67
    return (wedge_167 * 1.67 + top_rate * (ratio - 1.67)) / ratio


@rule
def log_net_share(ratio, wedge_100, wedge_167, top_rate, relief):
    """Return ln(1 - average wedge + relief) at ``ratio`` times the average wage."""
    return math.log(1.0 - average_wedge(ratio, wedge_100, wedge_167, top_rate) + relief)


@rule
def consider_hazard(rates, age, abroad):
    """Return the chance of considering a move this quarter; ``age`` in quarters since leaving school."""
    if age == 0:
        return 1.0
    hazard = rates.hazard_young if age < rates.young_quarters else rates.hazard_older
    return hazard * rates.hazard_abroad if abroad else hazard


@rule
def awareness_group(table, origin, residence):
    """Return which awareness row applies: resident in France, French abroad, foreigner abroad."""
    if table.country[residence] == table.rates.france:
        return RESIDENT
    if table.country[origin] == table.rates.france:
        return DIASPORA
    return FOREIGN


@rule
def moving_factor(table, skill, age):
    """Return the factor on the cost of moving, by skill class and age."""
    factor = table.class_cost[skill]
    if age == 0:
        factor *= table.rates.school_cost
    elif age >= table.rates.young_quarters:
        factor *= table.rates.older_cost
    return factor


@rule
def place_values(table, origin, residence, skill, log_ability, age, tastes, value, seen_from):
    """Write systematic utility and awareness of each place for one person to ``value`` and ``seen_from``."""
    places = table.country.shape[0]
    log_pay = table.class_log_pay[skill] + log_ability
    pay = math.exp(log_pay)
    factor = moving_factor(table, skill, age)
    group = awareness_group(table, origin, residence)
    home_country = table.country[residence]
    for j in range(places):
        crossing = table.country[j] != home_country
        relief = table.relief[skill, j] if crossing else 0.0
        log_net = (
            table.log_labour_cost[j]
            + log_pay
            + log_net_share(
                table.wage_ratio[j] * pay, table.wedge_100[j], table.wedge_167[j], table.top_rate[j], relief
            )
        )
        v = table.rates.beta * (log_net - table.housing[j]) + table.constants[origin, j] + table.affinity[origin, j]
        v += tastes[j] - factor * table.cost[residence, j]
        if crossing:
            v -= table.entry[origin, j]
        value[j] = v
        seen_from[j] = 2.0 if j in (residence, origin) else table.awareness[group, j]


@rule
def value_terms(table, origin, residence, skill, log_ability, age, tastes, j, out):
    """Write the terms of the utility of place ``j`` to ``out``, (9,), in the order of ``events.TALENT_TERMS``.

    They add up to what :func:`place_values` gives, but for ln of one's own pay, which is the same everywhere.
    """
    rates = table.rates
    crossing = table.country[j] != table.country[residence]
    relief = table.relief[skill, j] if crossing else 0.0
    ratio = table.wage_ratio[j] * math.exp(table.class_log_pay[skill] + log_ability)
    net = log_net_share(ratio, table.wedge_100[j], table.wedge_167[j], table.top_rate[j], relief)
    home = rates.home if j == origin else 0.0
    out[0] = rates.beta * table.log_labour_cost[j]
    out[1] = rates.beta * net
    out[2] = -rates.beta * table.housing[j]
    out[3] = table.constants[origin, j] - home
    out[4] = home
    out[5] = table.affinity[origin, j]
    out[6] = tastes[j]
    out[7] = -moving_factor(table, skill, age) * table.cost[residence, j]
    out[8] = -table.entry[origin, j] if crossing else 0.0
