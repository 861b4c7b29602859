"""Talents follow employers or choose a place; dwellings are rationed (ODD 7.8)."""

from __future__ import annotations

from types import SimpleNamespace

from tests.twin.arithmetic import zeros
from tests.twin.draws import Purpose, two
from tests.twin.events import FOREIGN, FRENCH, TALENT_TERMS, TERM_UNIT, direction_of, move_talent
from tests.twin.prices import dwellings_on_offer
from tests.twin.rationing import share_met
from tests.twin.talent_choice import choose_place, hazard, value_terms, young_quarters


def migrate_talents(model):
    """Let every talent wish, then meet or refuse claims of dwellings (ODD 7.8)."""
    employers = events_at_employers(model)
    wishes = [(talent, wish(model, talent, employers)) for talent in model.talents]
    wishes = [(talent, found) for talent, found in wishes if found is not None]
    share = dwelling_shares(model, wishes)
    for talent, (place, trigger) in wishes:
        if trigger != "with employer":
            if two(model.key, Purpose.DWELLING, talent.uid, model.quarter, 0)[0] >= share[place]:
                note_refusal(model, talent, place)
                continue
            note_reasons(model, talent, place)
        move_talent(model, talent, place, trigger)


def events_at_employers(model):
    """Return by residence: share of talents in startups, chance to lose the job, cumulated chances to follow."""
    count, market = model.geography.size, model.geography.market
    found = SimpleNamespace(share=[], loses=[], follows=[])
    for p in range(count):
        members = [place for place in model.places if place.market == market[p]]
        staff = sum(place.startup_staff for place in members)
        talents = sum(place.talents for place in members)
        found.share.append(min(staff / max(talents, 1.0), 1.0))
        staff = max(staff, 1.0)
        found.loses.append(min(sum(model.jobs_lost[place.index] for place in members) / staff, 1.0))
        row = []
        for d in range(count):
            following = sum(model.following[place.index][d] for place in members)
            row.append(0.0 if market[d] == market[p] else following / staff)
        whole = max(sum(row), 1.0)
        cumulated, so_far = [], 0.0
        for chance in row:
            so_far += chance / whole
            cumulated.append(so_far)
        found.follows.append(cumulated)
    return found


def wish(model, talent, employers):
    """Return (place, trigger) a talent wishes, or nothing (ODD 7.8, first pass)."""
    world, q, r = model.world, model.quarter, talent.place
    age = q - talent.entry
    h = hazard(model, talent, age, r)
    considers, ties = two(model.key, Purpose.CONSIDER, talent.uid, q, 0)
    bound = is_bound(model, talent, ties)
    chance = h
    if talent.startup_rank < employers.share[r]:
        moves, loses = two(model.key, Purpose.EMPLOYER, talent.uid, q, 0)
        follows = employers.follows[r]
        if moves < follows[-1] and not bound:
            return next(d for d in range(len(follows)) if moves < follows[d]), "with employer"
        if loses < employers.loses[r]:
            chance = 1.0 - (1.0 - h) * (1.0 - world["talent.displaced_consider"])
    if considers >= chance or bound:
        return None
    place = choose_place(model, talent, age, model.key, q)
    if place == r:
        return None
    if considers >= h:
        return place, "job lost"
    if age == 0:
        return place, "school"
    return place, "young" if age < young_quarters(world) else "older"


def is_bound(model, talent, uniform):
    """Say whether a talent is bound to a firm of its own this quarter."""
    chance = min(1.0, model.settings.startup_scale / model.settings.talent_scale)
    return talent.firms > 0 and uniform < chance * talent.firms


def dwelling_shares(model, wishes):
    """Return the share of claims for dwellings that is met, by place (ODD 7.8, second pass)."""
    world = model.world
    claims = zeros(model.geography.size)
    for talent, (place, trigger) in wishes:
        if trigger != "with employer" and talent.counts:
            claims[place] += 1
    per_agent = model.settings.talent_scale / world["price.persons_per_dwelling"]
    return [
        share_met(claim * per_agent, supply, world["price.rationing"])
        for claim, supply in zip(claims, dwellings_on_offer(model), strict=True)
    ]


def note_refusal(model, talent, place):
    """Count a claim of a dwelling that is refused."""
    if talent.counts:
        model.events.counts["refused_dwellings"][place] += 1


def note_reasons(model, talent, new):
    """Sum the terms of a chosen move across the border of France (ODD 7.8, reasons)."""
    old = talent.place
    direction = direction_of(model, old, new)
    if direction is None or not talent.counts:
        return
    kind = FRENCH if model.geography.is_french[talent.origin] else FOREIGN
    age = model.quarter - talent.entry
    there, here = value_terms(model, talent, age, old, (new, old))
    for n, term in enumerate(TALENT_TERMS):
        model.events.talent_terms[kind][direction][n] += round((there[term] - here[term]) / TERM_UNIT)
