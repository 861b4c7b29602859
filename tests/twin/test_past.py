"""Firms with a past, and constants fitted before a run: the engine does what ODD 5.5 – 5.7 says."""

from __future__ import annotations

import pytest

from tests.twin import past, startup_value
from tests.twin.agents import Talent, rows
from tests.twin.comparing import difference, same
from tests.twin.draws import Purpose, two
from tests.twin.fitted import founding_gaps, founding_rates, means_by_country, moving_gaps
from tests.twin.runs import COARSE, TINY, evidence, start_of, world_named
from tests.twin.short_form import short_form

pytestmark = pytest.mark.long  # one Python suffices

WORLDS = ["central", "busy", 1]
SOLVED = 1e-6


def twin_of(name, settings=COARSE):
    """Return the twin's years before the start and its talents, founders of nothing yet."""
    world, start = world_named(name), start_of(name, settings)
    model = past.Past(world, evidence(), settings, start.population_seed, start.founding, start.moving)
    talents = [Talent(model, **row) for row in rows(start.talents)]
    for talent in talents:
        talent.firms = 0
    return model, talents


def firms_that_differ(name, settings=COARSE):
    """Return one sentence for every column of startups, and of founders, in which engine and twin differ."""
    start = start_of(name, settings)
    model, talents = twin_of(name, settings)
    firms = past.firms_with_a_past(model, talents)
    found = difference("talents.firms", start.talents["firms"], [talent.firms for talent in talents])
    for column_name, column in start.startups.items():
        found += difference(f"startups.{column_name}", column, [getattr(firm, column_name) for firm in firms])
    return found


@pytest.mark.parametrize("name", WORLDS)
def test_firms_with_a_past_are_those_of_the_engine(name):
    """5.7, column by column, in the central world, one where much happens and a drawn one."""
    assert firms_that_differ(name) == []


@pytest.mark.parametrize("name", ["central", "busy"])
def test_tiny_worlds_have_the_same_past(name):
    assert firms_that_differ(name, TINY) == []


def test_the_past_has_all_kinds_of_firms():
    """The comparison says something: firms have raised, moved, been followed and lost sites before the start."""
    start = start_of("central")
    firms = start.startups
    assert firms["stage"].max() > 2
    assert (firms["moved"] > -past.PAST_QUARTERS).any()
    assert (firms["away"] > 0).any()
    assert (firms["hq"] != firms["origin"]).any()
    assert (firms["last_foreign"] > -past.PAST_QUARTERS).any()


def unranked(model, firms):
    """Keep the oldest candidates instead of those of lowest rank."""
    kept = []
    for place, wanted in enumerate(past.wanted_firms(model)):
        kept += [firm for firm in firms if firm.status == past.ALIVE and firm.hq == place][:wanted]
    return kept


def powered(model, firm, share):
    """Take the share of rounds for one of a run, to be raised to its power."""
    return ACCEPTANCE(model, firm, share ** model.world["capital.share_power"])


def nobody_follows(*arguments):
    """Let no staff follow."""
    trigger, new, _ = DECISION(*arguments)
    return trigger, new, 0


def restless(model, firm, table, seed, quarter):
    """Let firms move in the quarter they are founded in."""
    younger = firm.founded
    firm.founded = quarter - 1
    decision = DECISION(model, firm, table, seed, quarter)
    firm.founded = younger
    return decision


def any_founder(model, firms, talents):
    """Give firms founders of any origin."""
    for firm in firms:
        here = [talent for talent in talents if talent.place == firm.hq]
        if here:
            draw = two(model.population_key, Purpose.START, firm.uid, 0, 0)[1]
            here[int(draw * len(here))].firms += 1


ACCEPTANCE, DECISION = past.acceptance, past.decision_of
BROKEN = {
    "SPARE": 1.0,
    "MOST_GROWTH": 0.01,
    "thinned": unranked,
    "acceptance": powered,
    "decision_of": nobody_follows,
    "relocate": lambda model, firm, new, quarter: setattr(firm, "hq", new),
    "site_closes": lambda *arguments: False,
    "asks_for_money": lambda *arguments: False,
    "give_founders": any_founder,
}


@pytest.mark.parametrize("law", short_form(sorted(BROKEN), 3))
def test_a_past_told_otherwise_is_noticed(monkeypatch, law):
    """Each law of 5.7, broken in the twin, shows in the comparison."""
    monkeypatch.setattr(past, law, BROKEN[law])
    assert firms_that_differ("central")


def test_firms_that_move_in_their_first_quarter_are_noticed(monkeypatch):
    """Firms consider moving from the quarter after their founding (7.7)."""
    monkeypatch.setattr(past, "decision_of", restless)
    assert firms_that_differ("central")


def logsums_that_differ(name):
    """Return (group, residence) of expected logsums in which engine and twin differ, where such people live."""
    model, _ = twin_of(name)
    engine, twin = start_of(name).founding.logsum.tolist(), model.startup_table.founding_logsum
    return [
        (group, r)
        for group in range(3)
        for r in range(model.geography.size)
        if model.geography.is_french[r] == (group == 0) and not same(engine[group][r], twin[group][r])
    ]


def test_founders_who_do_not_see_where_they_live_are_noticed(monkeypatch):
    """7.4: the residence is seen by all."""
    seen = startup_value.awareness_of
    monkeypatch.setattr(startup_value, "awareness_of", lambda model, group, always: seen(model, group, ()))
    assert logsums_that_differ("central")


@pytest.mark.parametrize("name", WORLDS)
def test_founding_constants_solve_their_equations(name):
    """5.5: rates are births over weights; at the place constants births land where they did in 2013."""
    start = start_of(name)
    model, talents = twin_of(name)
    assert difference("rate", start.founding.rate, founding_rates(model, talents)) == []
    assert max(abs(gap) for gap in founding_gaps(model)) < SOLVED
    assert start.founding.place[0] == 0.0
    assert logsums_that_differ(name) == []


@pytest.mark.parametrize("name", WORLDS)
def test_movers_constants_solve_their_equations(name):
    """5.6: inside a country as many headquarters leave a place as come; constants have mean zero in each country."""
    start = start_of(name)
    model, _ = twin_of(name)
    assert max(abs(gap) for gap in moving_gaps(model)) < SOLVED
    constants = start.moving.tolist()
    assert max(abs(mean) for mean in means_by_country(model, constants)) < 1e-12
    alone = [p for p, c in enumerate(model.geography.country) if model.geography.nest_size[c] == 1]
    assert all(constants[p] == 0.0 for p in alone)


def test_other_constants_do_not_solve_them():
    """A constant moved by a thousandth, or a weight left out, is seen in the residuals."""
    start = start_of("central")
    model, talents = twin_of("central")
    model.startup_table.founding[3] += 0.001
    model.startup_table.moving[3] += 0.001
    assert max(abs(gap) for gap in founding_gaps(model)) > 100 * SOLVED
    assert max(abs(gap) for gap in moving_gaps(model)) > SOLVED
    shifted = [constant + 0.001 for constant in start.moving.tolist()]
    assert max(abs(mean) for mean in means_by_country(model, shifted)) > 1e-12
    for talent in talents:
        talent.skill = 1
    assert difference("rate", start.founding.rate, founding_rates(model, talents))
