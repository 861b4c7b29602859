"""Moves of talents in two passes: everyone wishes on the state at the start, then dwellings are rationed."""

from __future__ import annotations

import numpy as np

from sim.model.choice import nested_choice
from sim.model.compile import kernel
from sim.model.events import ARRIVAL, DEPARTURE, TALENT_TRIGGERS, TERM_UNIT
from sim.model.randomness import Purpose, uniforms
from sim.model.talent_rules import TERMS, consider_hazard, persistent_tastes, place_values, value_terms
from sim.model.talents import person_uid

P_CONSIDER, P_PLACE, P_NEST, P_SEES = (int(Purpose[n]) for n in ("CONSIDER", "PLACE", "NEST", "SEES"))
P_EMPLOYER, P_DWELLING = int(Purpose.EMPLOYER), int(Purpose.DWELLING)
SCHOOL, YOUNG, OLDER, JOB_LOST, WITH_EMPLOYER = (
    TALENT_TRIGGERS.index(name) for name in ("school", "young", "older", "job lost", "with employer")
)


@kernel
def wish_rows(
    table,
    run_seed,
    population_seed,
    quarter,
    start,
    stop,
    share,
    loses_job,
    follows,
    displaced,
    tied,
    uid_slot,
    generation,
    origin,
    skill,
    place,
    entry,
    log_ability,
    startup_rank,
    firms,
    counts,
    wish,
    trigger,
    demand,
):
    """Write to ``wish`` (rows,) where the talents of rows start..stop want to live, and to ``trigger`` (rows,) why.

    ``share``, ``loses_job`` and ``follows`` as in ``EmployerEvents``. ``displaced``: chance that a lost job makes one
    consider moving. ``tied``: real firms per real talent agent, the chance that a founder's row is bound to the firm's
    headquarters and not drawn here. ``trigger``: index of ``TALENT_TRIGGERS``, read where ``wish`` is another place.
    ``demand`` (P,): dwellings claimed, agents, added to; followers claim none.
    """
    rates, country, nest_size = table.rates, table.country, table.nest_size
    places = country.shape[0]
    tastes, value, seen = np.zeros(places), np.zeros(places), np.zeros(places)
    for i in range(start, stop):
        here = place[i]
        wish[i] = here
        age = quarter - entry[i]
        abroad = country[here] != country[origin[i]]
        hazard = consider_hazard(rates, age, abroad)
        uid = person_uid(uid_slot[i], generation[i])
        draw, second = uniforms(run_seed, P_CONSIDER, uid, quarter, 0)
        bound = firms[i] > 0 and second < tied * firms[i]
        chance = hazard
        if startup_rank[i] < share[here]:
            event, loses = uniforms(run_seed, P_EMPLOYER, uid, quarter, 0)
            if event < follows[here, places - 1] and not bound:
                there = 0
                while event >= follows[here, there]:
                    there += 1
                wish[i] = there
                trigger[i] = WITH_EMPLOYER
                continue
            if loses < loses_job[here]:
                chance = 1.0 - (1.0 - hazard) * (1.0 - displaced)
        if draw >= chance or bound:
            continue
        persistent_tastes(table, population_seed, uid, tastes)
        place_values(table, origin[i], here, skill[i], log_ability[i], age, tastes, value, seen)
        there = nested_choice(
            value, seen, country, nest_size, rates.nest, run_seed, uid, quarter, P_PLACE, P_NEST, P_SEES
        )
        if there != here:
            wish[i] = there
            # One uniform decided: the ordinary hazard comes first, what the lost job adds lies above it.
            if draw >= hazard:
                trigger[i] = JOB_LOST
            else:
                trigger[i] = SCHOOL if age == 0 else (YOUNG if age < rates.young_quarters else OLDER)
            if counts[i]:
                demand[there] += 1


@kernel
def settle_rows(
    table,
    run_seed,
    population_seed,
    quarter,
    start,
    stop,
    share_met,
    wish,
    trigger,
    uid_slot,
    generation,
    origin,
    skill,
    place,
    entry,
    log_ability,
    arrived,
    counts,
    flows,
    refused,
    triggers,
    terms,
):
    """Let the talents of rows start..stop move where they wish if they get a dwelling; the others stay.

    ``share_met`` (P,): share of claims met. Adds to ``flows`` (2, P, P), ``refused`` (P,) by the place wanted and, for
    moves across the border of France, ``triggers`` (2, 2, triggers) and ``terms`` (2, 2, terms), as in ``Events``.
    """
    rates, country = table.rates, table.country
    tastes = np.zeros(country.shape[0])
    before, after = np.zeros(TERMS), np.zeros(TERMS)
    for i in range(start, stop):
        here, there = place[i], wish[i]
        if there == here:
            continue
        uid = person_uid(uid_slot[i], generation[i])
        chose = trigger[i] != WITH_EMPLOYER
        if chose:
            draw, _ = uniforms(run_seed, P_DWELLING, uid, quarter, 0)
            if draw >= share_met[there]:
                if counts[i]:
                    refused[there] += 1
                continue
        place[i] = there
        was, now = country[here] == rates.france, country[there] == rates.france
        if now and not was:
            arrived[i] = quarter
        if not counts[i]:
            continue
        kind = 0 if country[origin[i]] == rates.france else 1
        flows[kind, here, there] += 1
        if was == now:
            continue
        direction = ARRIVAL if now else DEPARTURE
        triggers[kind, direction, trigger[i]] += 1
        if chose:
            age = quarter - entry[i]
            persistent_tastes(table, population_seed, uid, tastes)
            value_terms(table, origin[i], here, skill[i], log_ability[i], age, tastes, here, before)
            value_terms(table, origin[i], here, skill[i], log_ability[i], age, tastes, there, after)
            for n in range(TERMS):
                terms[kind, direction, n] += int(np.rint((after[n] - before[n]) / TERM_UNIT))
