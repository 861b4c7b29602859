"""Packages: what each recommendation contributes, who helps whom, what a budget buys, what no other package beats."""

from __future__ import annotations

import math
from typing import Any

from sim.analysis.packages.coalitions import STARTUPS
from sim.analysis.packages.tables import TOTAL
from sim.report.catalogue import Words
from sim.report.explorer_data import member_label, outcome_effects
from sim.report.package_figures import PACKAGE_FIGURES
from sim.report.package_results import PackageResults, packages_of
from sim.report.package_tables import (
    budget_choices,
    clear_pairs,
    contributions,
    held_effect,
    orders,
    package_label,
    records,
    unbeaten,
    why_untold,
)
from sim.report.results import Results
from sim.report.sections.shown import figures_of
from sim.report.sentences import effect_sentence

FIRST_BUDGETS = 3
"""Budgets told in the head; the table has all."""


def build(results: Results, words: Words) -> dict[str, Any] | None:
    """Everything about packages; none without a study of them. Figures only in the report of that study."""
    found = packages_of(results)
    if found is None:
        return None
    count, total = len(found.members), 2 ** len(found.members)
    drawn = {figure["name"]: figure for figure in figures_of("packages", results, words)}
    return {
        "intro": words("packages.intro", count=count, total=total, worlds=found.source.counted(found.worlds, words)),
        "sentences": sentences(found, results, words),
        "contributions": contributions(found, results, words), "orders": orders(found, results, STARTUPS, words),
        "pairs": clear_pairs(found, words), "no_pairs": why_untold(found, words) or words("packages.company_none"),
        "budgets": budget_choices(found, words), "unbeaten": unbeaten(found, words),
        "figures": {name: drawn.get(name) for name in PACKAGE_FIGURES},
        "limits": words.listed("packages.limits_items"),
    }  # fmt: skip


def sentences(found: PackageResults, results: Results, words: Words) -> list[str]:
    """What the tables say, in the order of the questions; never more than their intervals allow."""
    whole = outcome_effects(found, STARTUPS, words)[-1]
    said = [words("packages.together", sentence=effect_sentence(whole, words))]
    own = found.shapley[(found.shapley["outcome"] == STARTUPS) & (found.shapley["member"] != TOTAL)]
    effects = [held_effect(row, words) for row in records(own)]
    clear = [effect for effect in effects if effect.verdict in ("up", "down")]
    why = why_untold(found, words)
    if why:
        said.append(words("packages.untold", reading=why))
    elif clear:
        largest = max(clear, key=lambda effect: abs(effect.difference))
        value, low, high = words.numbers.estimate(largest.difference, largest.low, largest.high, signed=True)
        total, _, _ = words.numbers.estimate(whole.difference, whole.low, whole.high, signed=True)
        member = member_label(largest.scenario, results, words)
        said.append(
            words("packages.largest", label=whole.label, member=member, value=value, low=low, high=high, total=total,
                  unit=whole.unit)
        )  # fmt: skip
    else:
        said.append(words("packages.no_largest", label=whole.label))
    if not why:
        pairs = [held_effect(row, words) for row in records(found.interactions)]
        pairs = [effect for effect in pairs if effect.outcome == STARTUPS]
        beyond = sum(effect.verdict in ("up", "down") for effect in pairs)
        said.append(words("packages.pairs", clear=beyond, all=len(pairs), label=whole.label))
    return said + bought(found, whole.label, whole.unit, words)


def bought(found: PackageResults, label: str, unit: str, words: Words) -> list[str]:
    """What the smallest budgets buy of startups, with the gain in worlds held out where there is one."""
    said = []
    for row in records(found.budgets[found.budgets["outcome"] == STARTUPS])[:FIRST_BUDGETS]:
        gain, _, _ = words.numbers.estimate(row["gain"], row["low"], row["high"], signed=True)
        held, _, _ = words.numbers.estimate(row["gain_held_out"], row["low"], row["high"], signed=True)
        key = "packages.bought" if math.isfinite(row["gain_held_out"]) else "packages.bought_unheld"
        said.append(
            words(key, budget=words.numbers.money(row["budget"]), label=label, unit=unit, gain=gain, held=held,
                  package=package_label(str(row["members"]), found, words))
        )  # fmt: skip
    return said
