"""The comparison catches a wrong rule: rules of the twin are bent one by one, and engine and twin part."""

from __future__ import annotations

import sys

import pytest

from tests.twin import agents, model
from tests.twin.runs import first_differences
from tests.twin.short_form import short_form

pytestmark = pytest.mark.long  # one Python suffices

QUARTERS = 12


def bend(monkeypatch, name, bent):
    """Replace rule ``module.function`` wherever the twin reads it by ``bent(the rule)``."""
    module, function = name.split(".")
    rule = getattr(sys.modules[f"tests.twin.{module}"], function)
    other = bent(rule)
    for path, found in list(sys.modules.items()):
        if path.startswith("tests.twin.") and getattr(found, function, None) is rule:
            monkeypatch.setattr(found, function, other)
    processes = tuple(other if process is rule else process for process in model.PROCESSES)
    monkeypatch.setattr(model, "PROCESSES", processes)


def times(factor):
    return lambda rule: lambda *given, **named: rule(*given, **named) * factor


def plus(number):
    return lambda rule: lambda *given, **named: rule(*given, **named) + number


def all_times(factor):
    return lambda rule: lambda *given, **named: [value * factor for value in rule(*given, **named)]


def always(answer):
    return lambda rule: lambda *given, **named: answer


def swapped(rule):
    return lambda *given, **named: rule(*given, **named)[::-1]


def not_at_all(rule):
    return lambda *given, **named: None


def first_of_all_groups(rule):
    """Awareness of residents for everybody."""
    return lambda model, place, french: 0


def at_operations(rule):
    """Staff who follow are counted where they left."""

    def bent(model, coming):
        rule(model, coming)
        for firm in model.startups:
            if firm.status == agents.ALIVE:
                model.startup_counts.staff[firm.hq] -= firm.away
                model.startup_counts.staff[firm.ops] += firm.away

    return bent


def left_in_place(rule):
    """A move across a border takes operations along."""

    def bent(model, firm, new, quarter):
        rule(model, firm, new, quarter)
        firm.ops = new

    return bent


BENT = [
    ("arithmetic.ln", times(1 + 1e-6)),
    ("arithmetic.floor", plus(1)),
    ("draws.gumbel", times(0.99)),
    ("draws.log_positive_stable", always(0.0)),
    ("draws.two", swapped),
    ("rationing.share_met", always(1.0)),
    ("rationing.met", lambda rule: lambda claims, share, uniform: claims),
    ("agents.group_of", first_of_all_groups),
    ("counting.count_agents", at_operations),
    ("prices.built", lambda rule: lambda world, supply, stock, stock_2013, signal: stock),
    ("prices.staff_ratio", plus(0.001)),
    ("prices.fit_office_m2", all_times(0.5)),
    ("prices.dwellings_on_offer", all_times(0.1)),
    ("prices.affinity", lambda rule: lambda model: [[0.0] * model.geography.size for _ in model.places]),
    ("talent_choice.visa", always(0.0)),
    ("talent_choice.impatriate_relief", always(0.0)),
    ("talent_choice.average_wedge", lambda rule: lambda x, w100, w167, top: rule(min(x, 1.67), w100, w167, top)),
    ("talent_choice.cost_factor", always(1.0)),
    ("talent_choice.hazard", times(1.02)),
    ("talent_choice.career_quarters", plus(1)),
    ("migration.is_bound", always(False)),
    ("migration.note_reasons", not_at_all),
    ("startup_value.ecosystem", all_times(1.01)),
    ("startup_value.capital_on_offer", all_times(0.9)),
    ("founding.founding_weight", always(1.0)),
    ("founding.quality_of", times(0.99)),
    ("founding.move_founder", not_at_all),
    ("funding.acceptance", times(0.9)),
    ("funding.foreign_lead_chance", always(0.0)),
    ("operating.wins_first_customer", always(False)),
    ("operating.cost_of", plus(1.0)),
    ("operating.year_of_cash", always(True)),
    ("operating.split_of", lambda rule: lambda firm, wish, seed, quarter: (wish, 0)),
    ("relocation.followers", always(0)),
    ("relocation.relocate", left_in_place),
    ("relocation.has_foreign_lead", always(False)),
    ("closing.site_closes", always(False)),
    ("closing.death_hazard", times(0.95)),
]


@pytest.mark.parametrize(("rule", "bent"), short_form(BENT, 2), ids=[name for name, _ in BENT])
def test_a_bent_rule_is_caught(monkeypatch, rule, bent):
    bend(monkeypatch, rule, bent)
    assert first_differences(QUARTERS, "busy") is not None
