"""The comparison can fail: each law of levers, cities, revenue, marks and records, broken in the twin, shows in a run.

Laws of ODD 7.2, 7.13 to 7.23 and 8.2. Cities of these runs are rich, so that they win labels, meet limits and save.
"""

from __future__ import annotations

import sys
from functools import cache

import pytest

from sim.model.flight import FlightModel
from sim.model.levers import LEVERS
from sim.scenario import load_scenario
from sim.world import World
from tests.twin import marks, records
from tests.twin.comparing import differences, state_of_engine, state_of_twin
from tests.twin.lever_rules import fields
from tests.twin.model import PlainModel
from tests.twin.runs import COARSE, SCENARIOS, evidence, start_of, world_named
from tests.twin.short_form import short_form

pytestmark = pytest.mark.long  # one Python suffices

QUARTERS = 12
RICH = {
    "city.budget_eur_per_inhabitant": 12.0,
    "city.believed_gain": 0.3,
    "city.vacancy_limit": 0.1,
    "price.fit_share": 0.2,
    "price.dwelling_turnover": 0.2,
    "lever.label_network.wave_quarters": 3.0,
    "lever.seed_acceleration.recovery_quarters": 4.0,
}
# Thresholds that some districts miss by one alone.
STRICT = {
    "label.airport_minutes": 60.0,
    "label.train_minutes": 240.0,
    "label.vacant_m2": 3000.0,
    "label.office_rent": 430.0,
    "label.structures": 0.22,
}
SHORT = {
    "label_network": {"start": "2013Q4", "places": ("lyon", "lille", "nantes", "toulouse", "bordeaux")},
    "paris_showcase": {"end": "2015Q1", "ramp_quarters": 2},
    "international_brand": {"spend_quarters": 3},
    "seed_acceleration": {"budget_meur": 300.0, "drawdown_quarters": 6},
    "ultra_broadband": {"end": "2014Q4", "ramp_quarters": 2},
    "attractive_taxation": {"founder_exit_start": "2013Q4", "jei_payroll_exemption": 0.9},
    "open_innovation": {"ramp_quarters": 1},
    "zone_exemption": {"strength": 0.7, "places": ("lyon", "lille")},
    "equalisation": {"strength": 0.5},
    "placebo": {"rent_change": 0.01},
}

pytestmark = pytest.mark.long  # one Python suffices: these try the comparison, not the engine


@cache
def given(run):
    """Return what both models of a run are made of."""
    loaded = load_scenario(SCENARIOS / "all_eight_rivals.toml", evidence())
    levers = {
        "eight": loaded.levers,
        "short": tuple(LEVERS[key](**fields) for key, fields in SHORT.items()),
        "strict": (LEVERS["label_network"](call=False),),
        "none": (),
    }[run]
    world = World(0, {**world_named("busy").values, **RICH, **(STRICT if run == "strict" else {})}, {})
    return levers, world, evidence(), start_of("busy"), COARSE, 20130701, run == "eight"


@cache
def engine_of(run):
    """Return the engine at the end of a run, and its states by quarter."""
    engine, states = FlightModel(*given(run)), []
    for _ in range(QUARTERS):
        engine.step()
        states.append(state_of_engine(engine))
    return engine, states


def parts(run):
    """Say whether engine and twin part in a run."""
    engine, states = engine_of(run)
    twin = PlainModel(*given(run))
    for state in states:
        twin.step()
        if differences(state, state_of_twin(twin)):
            return True
    return bool(records.compare_records(twin, engine))


def bend(monkeypatch, name, bent):
    """Replace rule ``module.function`` wherever the twin reads it by ``bent(the rule)``."""
    module, _, function = name.rpartition(".")
    rule = getattr(sys.modules[f"tests.twin.{module}"], function)
    other = bent(rule)
    for path, found in list(sys.modules.items()):
        if path.startswith("tests.twin.") and getattr(found, function, None) is rule:
            monkeypatch.setattr(found, function, other)


def times(factor):
    return lambda rule: lambda *given, **named: rule(*given, **named) * factor


def always(answer):
    return lambda rule: lambda *given, **named: answer


def without(threshold):
    return lambda rule: lambda model, facts: [name for name in rule(model, facts) if name != threshold]


def every_quarter(rule):
    """The label is decided anew every quarter."""

    def bent(model, lever):
        model.lever_memory.pop("label_network", None)
        return rule(model, lever)

    return bent


def forgetting(**state):
    """A lever whose memory is emptied each quarter."""

    def bend_it(rule):
        def bent(model, lever):
            memory = model.lever_memory.get(lever.key)
            for name, value in state.items() if memory else ():
                setattr(memory, name, value(model))
            return rule(model, lever)

        return bent

    return bend_it


def no_reserve(rule):
    """The last quarter with money is like any other."""
    return lambda model, lever, later=0: rule(model, lever)


def even_split(rule):
    """Labelled places get no more than others."""

    def bent(model, lever):
        labelled, model.conditions.labelled = model.conditions.labelled, [False] * model.geography.size
        found = rule(model, lever)
        model.conditions.labelled = labelled
        return found

    return bent


def zeros_by_place(model):
    return [0.0] * model.geography.size


def levels_of_nothing(model):
    return {name: zeros_by_place(model) for name in ("fibre", "mobile")}


def first_item_left_out(rule):
    return lambda *given: rule(*given)[1:]


def of_now(rule):
    """Firms are marked where they are after the quarter."""

    def bent(model, before):
        return rule(model, marks.states_of_firms(model))

    return bent


def young_of_now(rule):
    """Orders are shared among the young firms of the new count."""

    def bent(model, before):
        before.young = marks.states_of_firms(model).young
        return rule(model, before)

    return bent


def shorter_stay(rule):
    return lambda model, years: rule(model, years / 20)


def without_limit(rule):
    return lambda day, item, p: None


def unaware_of_today(rule):
    """Thresholds are read without what was bought today."""

    def bent(day, p, more):
        bought, day.bought = day.bought, {item: [0] * day.model.geography.size for item in day.bought}
        found = rule(day, p, more)
        day.bought = bought
        return found

    return bent


def never_saving(rule):
    return lambda day, city, money, most: (rule(day, city, money, most)[0], False)


def from_everywhere(rule):
    """Talents from the same country count as arrivals."""

    def bent(model, p):
        country, model.geography.country = model.geography.country, list(range(model.geography.size))
        found = rule(model, p)
        model.geography.country = country
        return found

    return bent


def last_quarter_alone(rule):
    def bent(model, p):
        year, model.past_year = model.past_year, model.past_year[-1:]
        found = rule(model, p)
        model.past_year = year
        return found

    return bent


def quarter_as_written(rule):
    return lambda text: rule(text) + 1


BENT = [
    ("7.13 intensity", "eight", "lever_rules.fields.intensity", times(0.999)),
    ("7.13 dates", "eight", "lever_rules.fields.quarter_of", quarter_as_written),
    ("7.13 a share of the way", "eight", "lever_rules.fields.towards", times(1 + 1e-6)),
    ("7.13 districts", "eight", "lever_rules.fields.districts_or_places", lambda rule: fields.france_or_places),
    *[
        (f"7.13 {name}", "strict", "lever_rules.label_rule.thresholds_missed", without(name))
        for name in ("airport", "train", "vacant space", "rent", "structures")
    ],
    ("7.13 waves", "short", "lever_rules.label_network.holders", every_quarter),
    ("7.13 rents", "eight", "lever_rules.label_network.discount", times(1.01)),
    ("7.13 costs", "eight", "lever_rules.label_network.charges", first_item_left_out),
    ("7.14 what is built stays", "short", "lever_rules.paris_showcase.apply", forgetting(built=lambda model: 0.0)),
    ("7.14 sites", "eight", "lever_rules.paris_showcase.size_m2", times(1.01)),
    ("7.15 spending", "eight", "lever_rules.international_brand.spending", times(1.01)),
    ("7.15 carry-over", "short", "lever_rules.international_brand.apply", forgetting(stock=lambda model: 0.0)),
    ("7.16 split", "eight", "lever_rules.seed_acceleration.split_of", even_split),
    ("7.16 capital left", "eight", "lever_rules.seed_acceleration.apply", forgetting(capital_left=zeros_by_place)),
    ("7.16 seats left", "eight", "lever_rules.seed_acceleration.apply", forgetting(seats_left=zeros_by_place)),
    ("7.16 last quarter", "short", "lever_rules.seed_acceleration.money_of", no_reserve),
    ("7.16 money back", "short", "lever_rules.seed_acceleration.charges", lambda rule: lambda *g: rule(*g)[:2]),
    ("7.17 levels stay", "short", "lever_rules.ultra_broadband.apply", forgetting(level=levels_of_nothing)),
    ("7.17 premises", "eight", "lever_rules.ultra_broadband.premises", lambda rule: lambda m: [1.0] * 26),
    (
        "7.18 switches",
        "short",
        "lever_rules.attractive_taxation.switch",
        lambda rule: lambda m, v, n: fields.intensity(m, v),
    ),
    ("7.18 payroll relief", "eight", "lever_rules.forgone.jei_payroll_relief", times(1.01)),
    ("7.18 profit relief", "eight", "lever_rules.forgone.jei_profit_relief", times(1.01)),
    ("7.18 founders", "eight", "lever_rules.forgone.founder_exit_tax", times(1.01)),
    ("7.18 contributions", "short", "lever_rules.forgone.contributions_due", times(1.01)),
    ("7.18 profit tax", "short", "lever_rules.forgone.profit_tax", times(1.01)),
    ("7.18 impatriates", "eight", "lever_rules.forgone.impatriates", shorter_stay),
    ("7.19 orders", "eight", "lever_rules.open_innovation.orders", lambda rule: lambda m, v: [1.0] * 26),
    ("7.20 visas", "eight", "lever_rules.simplification.needs_visa", always(True)),
    ("7.21 zone", "short", "lever_rules.zone_exemption.apply", always(None)),
    ("7.21 talents' mean", "short", "lever_rules.equalisation.talents_mean", times(1.001)),
    ("7.21 startups' mean", "short", "lever_rules.equalisation.startups_mean", times(1.001)),
    ("7.21 perimeter", "short", "lever_rules.equalisation.perimeter", always(1.0)),
    ("7.21 airport", "short", "lever_rules.equalisation.equal_connectivity", always(None)),
    ("7.21 rents", "short", "lever_rules.equalisation.equal_real_estate", always(None)),
    ("7.21 placebo", "short", "lever_rules.placebo.apply", always(None)),
    ("7.2 open call", "eight", "lever_rules.label_network.is_open_call", always(False)),
    ("7.2 city's share", "none", "city_menu.price_of", lambda rule: lambda menu, item, p: menu.total[item][p]),
    ("7.2 limits", "none", "city_menu.units_left", without_limit),
    ("7.2 within reach", "eight", "city_label.within_reach", always([])),
    ("7.2 bought today", "eight", "city_label.missed_with", unaware_of_today),
    ("7.2 saving", "eight", "city_label.buy_for_label", never_saving),
    ("7.2 gain", "none", "city_gains.gain", lambda rule: lambda day, item, p: 1.0),
    ("7.2 last year", "none", "city_gains.last_year", last_quarter_alone),
    ("7.2 other countries", "none", "city_gains.last_year", from_everywhere),
    ("7.2 hours saved", "none", "city_gains.hours_saved", times(1.01)),
    ("7.2 rivals", "eight", "cities.rivals_budget", times(1.01)),
    ("7.2 works", "none", "cities.apply_works", always(None)),
    ("7.2 charges", "none", "cities.pay", always(None)),
    ("7.22 taxes on pay", "none", "revenue.taxes_of", lambda rule: lambda m, p, pay, x: rule(m, p, pay, x)[::-1]),
    ("7.22 wages", "none", "revenue.taxes_on_pay", lambda rule: lambda model, wage: rule(model, "wage_2013")),
    ("7.22 profit tax", "none", "revenue.profit_tax", times(1.01)),
    ("7.22 founders' gains", "none", "revenue.founder_exit_tax", times(1.01)),
    ("7.22 relief", "none", "revenue.jei_payroll_relief", times(1.01)),
    ("7.23 as they were", "eight", "marks.acting_firms", of_now),
    ("7.23 order chance", "eight", "marks.acting_firms", young_of_now),
    ("7.23 bits", "eight", "levers.bit_of", always(1)),
    ("7.23 wider relief", "eight", "lever_rules.attractive_taxation.has_wider_relief", always(False)),
    ("7.23 sold", "eight", "lever_rules.attractive_taxation.sold_now", always([])),
    *[
        (f"7.23 {key}", "short", f"lever_rules.{key}.reach", always([]))
        for key in ("label_network", "seed_acceleration", "ultra_broadband", "open_innovation", "zone_exemption")
    ],
    ("7.23 simplification", "eight", "lever_rules.simplification.reach", always([])),
    ("8.2 scales", "none", "records.scale_of", always(1)),
    ("8.2 reasons", "none", "records.sides", lambda rule: lambda agents: rule(agents)[::-1]),
    ("8.3 persons", "none", "records.persons", lambda rule: lambda model: rule(model)[::-1]),
]


@pytest.mark.parametrize("run", short_form(["eight", "strict", "short", "none"], 2))
def test_unbroken_runs_are_the_same(run):
    assert not parts(run)


@pytest.mark.parametrize(
    ("run", "rule", "bent"), short_form([case[1:] for case in BENT], 3), ids=[case[0] for case in BENT]
)
def test_a_broken_law_is_noticed(monkeypatch, run, rule, bent):
    bend(monkeypatch, rule, bent)
    assert parts(run)
