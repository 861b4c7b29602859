"""How a talent values a place, when one considers moving, and what tastes one keeps for life. Scalar rules."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim.model.arithmetic import exp, ln
from sim.model.choice import nested_choice
from sim.model.compile import rule
from sim.model.events import TALENT_TERMS
from sim.model.randomness import Purpose, normal_row

# Order of the terms: sim.model.events.TALENT_TERMS.
TERMS = len(TALENT_TERMS)

P_TASTE = np.int64(Purpose.TASTE)
P_TASTE_NEST = np.int64(Purpose.TASTE_NEST)
P_PLACE, P_NEST, P_SEES = (np.int64(Purpose[n]) for n in ("PLACE", "NEST", "SEES"))

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
    crossing: Any  # (P, P) residence x place: 1.0 where a border is crossed, else 0.0
    entry: Any  # (P, P) origin x place: visa, paid when a border is crossed
    awareness: Any  # (3, P) by group: resident in France, French abroad, foreigner abroad
    relief: Any  # (S, P) tax points of labour cost spared on arrival from abroad
    class_log_pay: Any  # (S,)
    class_cost: Any  # (S,) factor on moving cost


@rule
def persistent_tastes(table, seed, uid, desk):
    """Write a person's lasting tastes to ``desk.tastes``: normal by country and by place."""
    by_country, out = desk.by_country, desk.tastes
    normal_row(seed, P_TASTE_NEST, uid, 0, by_country)
    normal_row(seed, P_TASTE, uid, 0, out)
    country, by_place, shared = table.country, table.rates.taste_place, table.rates.taste_country
    for j in range(country.shape[0]):
        out[j] = by_place * out[j] + shared * by_country[country[j]]


@rule
def average_wedge(ratio, wedge_100, wedge_167, top_rate):
    """Return the average wedge on labour cost at ``ratio`` times the average wage.

    It is flat to 100%, linear from 100% to 167%, and the excess is taxed at the top rate above.
    """
    # All three are computed and one is taken: without branches the compiler takes several places at once.
    middle = wedge_100 + (wedge_167 - wedge_100) * (ratio - 1.0) / 0.67
    above = (wedge_167 * 1.67 + top_rate * (ratio - 1.67)) / ratio
    return wedge_100 if ratio <= 1.0 else (middle if ratio <= 1.67 else above)


@rule
def log_net_share(ratio, wedge_100, wedge_167, top_rate, relief):
    """Return ln(1 - average wedge + relief) at ``ratio`` times the average wage."""
    return ln(1.0 - average_wedge(ratio, wedge_100, wedge_167, top_rate) + relief)


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
    log_pay = table.class_log_pay[skill] + log_ability
    pay = exp(log_pay)
    factor = moving_factor(table, skill, age)
    relief, crossing = table.relief[skill], table.crossing[residence]
    ratio, low, high, top = table.wage_ratio, table.wedge_100, table.wedge_167, table.top_rate
    # Short loops without branches: the compiler takes several places at once.
    for j in range(crossing.shape[0]):
        value[j] = log_net_share(ratio[j] * pay, low[j], high[j], top[j], relief[j] * crossing[j])
    beta, labour_cost, housing = table.rates.beta, table.log_labour_cost, table.housing
    for j in range(crossing.shape[0]):
        value[j] = beta * (labour_cost[j] + log_pay + value[j] - housing[j])
    constants, affinity = table.constants[origin], table.affinity[origin]
    cost, entry = table.cost[residence], table.entry[origin]
    for j in range(crossing.shape[0]):
        value[j] = value[j] + constants[j] + affinity[j] + (tastes[j] - factor * cost[j]) - entry[j] * crossing[j]
    aware = table.awareness[awareness_group(table, origin, residence)]
    for j in range(crossing.shape[0]):
        seen_from[j] = aware[j]
    seen_from[residence] = 2.0
    seen_from[origin] = 2.0


@rule
def choose_place(table, seed, uid, quarter, origin, residence, skill, log_ability, age, desk):
    """Return the place that a person who considers moving in ``quarter`` chooses.

    ``desk.tastes`` holds the person's tastes (:func:`persistent_tastes`).
    """
    place_values(table, origin, residence, skill, log_ability, age, desk.tastes, desk.value, desk.seen)
    nests = table.country, table.nest_size, table.rates.nest
    purposes = P_PLACE, P_NEST, P_SEES
    there = nested_choice(desk.value, desk.seen, *nests, seed, uid, quarter, *purposes, desk.noise, desk.by_country)
    return there if there >= 0 else np.int64(residence)


@rule
def value_terms(table, origin, residence, skill, log_ability, age, tastes, j, out):
    """Write the terms of the utility of place ``j`` to ``out``, (9,), in the order of ``events.TALENT_TERMS``.

    They add up to what :func:`place_values` gives, but for ln of one's own pay, which is the same everywhere.
    """
    rates = table.rates
    crossing = table.country[j] != table.country[residence]
    relief = table.relief[skill, j] if crossing else 0.0
    ratio = table.wage_ratio[j] * exp(table.class_log_pay[skill] + log_ability)
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
