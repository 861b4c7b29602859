"""Moves of talents in two passes: everyone wishes on the state at the start, then dwellings are rationed."""

from __future__ import annotations

import numpy as np

from sim.model.compile import kernel, rule
from sim.model.desk import LOT
from sim.model.events import ARRIVAL, DEPARTURE, TALENT_TRIGGERS, TERM_UNIT
from sim.model.lots import person_uid, talent_draws
from sim.model.randomness import Purpose, uniforms
from sim.model.talent_rules import TERMS, choose_place, consider_hazard, persistent_tastes, value_terms

P_CONSIDER, P_EMPLOYER, P_DWELLING = np.int64(Purpose.CONSIDER), np.int64(Purpose.EMPLOYER), np.int64(Purpose.DWELLING)
SCHOOL, YOUNG, OLDER, JOB_LOST, WITH_EMPLOYER = (
    TALENT_TRIGGERS.index(name) for name in ("school", "young", "older", "job lost", "with employer")
)


@rule
def wish_of(
    table,
    run_seed,
    population_seed,
    quarter,
    share,
    loses_job,
    follows,
    displaced,
    tied,
    draw,
    uid,
    origin,
    skill,
    here,
    entry,
    log_ability,
    startup_rank,
    firms,
    desk,
):
    """Return where one talent wants to live and why: (place, index of ``TALENT_TRIGGERS``); see :func:`wish_rows`.

    ``draw``: first number of ``CONSIDER``.
    """
    rates, country = table.rates, table.country
    age = quarter - entry
    hazard = consider_hazard(rates, age, country[here] != country[origin])
    bound = False
    if firms > 0:
        _, second = uniforms(run_seed, P_CONSIDER, uid, quarter, 0)
        bound = second < tied * firms
    chance = hazard
    if startup_rank < share[here]:
        event, loses = uniforms(run_seed, P_EMPLOYER, uid, quarter, 0)
        if event < follows[here, country.shape[0] - 1] and not bound:
            there = 0
            while event >= follows[here, there]:
                there += 1
            return there, WITH_EMPLOYER
        if loses < loses_job[here]:
            chance = 1.0 - (1.0 - hazard) * (1.0 - displaced)
    if draw >= chance or bound:
        return int(here), SCHOOL
    persistent_tastes(table, population_seed, uid, desk)
    there = choose_place(table, run_seed, uid, quarter, origin, here, skill, log_ability, age, desk)
    # One uniform decided: the ordinary hazard comes first, what the lost job adds lies above it.
    if draw >= hazard:
        return there, JOB_LOST
    return there, SCHOOL if age == 0 else (YOUNG if age < rates.young_quarters else OLDER)


@rule
def consider_limits(rates, share):
    """Return the largest hazards of the young and of the older, and the largest share of startup workers of a place."""
    abroad = max(1.0, rates.hazard_abroad)
    workers = 0.0
    for j in range(share.shape[0]):
        workers = max(workers, share[j])
    return rates.hazard_young * abroad, rates.hazard_older * abroad, workers


@kernel
def flag_rows(limits, quarter, young_quarters, at, size, draws, entry, startup_rank, flags):
    """Flag the talents of a lot whom no limit rules out; who is flagged is looked at exactly, one by one."""
    young, older, workers = limits
    for n in range(size):
        age = quarter - entry[at + n]
        hazard = young if age < young_quarters else older
        flags[n] = (draws[n] < hazard) | (age == 0) | (startup_rank[at + n] < workers)


@kernel
def wish_rows(
    table,
    run_seed,
    population_seed,
    quarter,
    start,
    stop,
    desk,
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
    rates, country, draws, flags = table.rates, table.country, desk.first, desk.flags
    limits = consider_limits(rates, share)
    for at in range(start, stop, LOT):
        size = min(LOT, stop - at)
        talent_draws(run_seed, P_CONSIDER, quarter, uid_slot, generation, at, stop, draws)
        flag_rows(limits, quarter, rates.young_quarters, at, size, draws, entry, startup_rank, flags)
        for n in range(size):
            wish[at + n] = place[at + n]
        for n in range(size):
            if not flags[n]:
                continue
            i = at + n
            here = place[i]
            if startup_rank[i] >= share[here] and draws[n] >= consider_hazard(
                rates, quarter - entry[i], country[here] != country[origin[i]]
            ):
                continue
            there, why = wish_of(
                table,
                run_seed,
                population_seed,
                quarter,
                share,
                loses_job,
                follows,
                displaced,
                tied,
                draws[n],
                person_uid(uid_slot[i], generation[i]),
                origin[i],
                skill[i],
                here,
                entry[i],
                log_ability[i],
                startup_rank[i],
                firms[i],
                desk,
            )
            if there != here:
                wish[i] = there
                trigger[i] = why
                if counts[i] and why != WITH_EMPLOYER:
                    demand[there] += 1


@kernel
def settle_rows(
    table,
    run_seed,
    population_seed,
    quarter,
    start,
    stop,
    desk,
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
    # What decided, here and there: on rows that no longer serve.
    tastes, before, after = desk.tastes, desk.first, desk.second
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
            persistent_tastes(table, population_seed, uid, desk)
            value_terms(table, origin[i], here, skill[i], log_ability[i], age, tastes, here, before)
            value_terms(table, origin[i], here, skill[i], log_ability[i], age, tastes, there, after)
            for n in range(TERMS):
                terms[kind, direction, n] += int(np.rint((after[n] - before[n]) / TERM_UNIT))
