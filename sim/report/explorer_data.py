"""What the explorer in the page shows, for every package: numbers printed beforehand, so that it rounds nothing itself.

A cell is ``<verdict><value>|<low>|<high>``, without an interval ``<verdict><value>|<number of the reading>``, without
a change ``<verdict>0``; the verdict is its first letter. Cells of an outcome and a place stand in one text, by mask,
with ``;`` between them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pandas as pd
from markupsafe import Markup

from sim.analysis.packages.coalitions import COST, FAMILY
from sim.analysis.packages.places import NATION
from sim.person_states import KINDS
from sim.report.catalogue import Words
from sim.report.names import outcome_label, outcome_unit, place_name
from sim.report.package_results import PackageResults
from sim.report.readings import reading_text
from sim.report.results import Results
from sim.report.sentences import Effect

LETTERS = {"up": "u", "down": "d", "unclear": "c", "none": "n", "untold": "t"}
BY_PLACE = dict(zip(KINDS, ("talents_in_france", "startups_in_france"), strict=True))
"""Outcome of France whose parts by place the counts of persons tell, by kind."""
SENTENCES = (
    "up", "down", "up_same", "down_same", "unclear", "none", "untold", "favourable", "unfavourable", "neutral"
)  # fmt: skip
TEXTS = (
    "answer", "package", "empty", "cost", "cost_alone", "at_place", "the_package", "copied", "not_copied"
)  # fmt: skip


def member_label(member: str, results: Results, words: Words) -> str:
    """Number and short title of a recommendation: the catalogue's, else the scenario file's, else its name."""
    note = next((note for note in results.scenarios if note.name == member), None)
    title = " ".join(part for part in (note.recommendation, note.title) if part) if note is not None else ""
    return words.get(f"short.{member}", title or member)


def outcome_effects(found: PackageResults, outcome: str, words: Words) -> list[Effect]:
    """Effects of every package on one outcome of the family, by mask, with their simultaneous intervals."""
    rows = found.packages[found.packages["outcome"] == outcome].sort_values("mask")
    label = outcome_label(outcome, str(rows["label"].iloc[0]), words)
    unit = outcome_unit(outcome, str(rows["unit"].iloc[0]), words)
    return [*_effects(rows, outcome, label, unit, str(rows["better"].iloc[0]))]


def place_effects(found: PackageResults, kind: str, where: str, label: str, words: Words) -> list[Effect]:
    """Effects of every package on persons of a kind at one place, by mask, with their simultaneous intervals."""
    assert found.places is not None
    rows = found.places[(found.places["kind"] == kind) & (found.places["where"] == where)].sort_values("mask")
    return [*_effects(rows, BY_PLACE[kind], label, words(f"explorer.kind_unit.{kind}"), "higher")]


def _effects(rows: pd.DataFrame, outcome: str, label: str, unit: str, better: str) -> Iterable[Effect]:
    columns = ("mask", "difference", "joint_low", "joint_high", "n", "reading")
    for mask, difference, low, high, n, reading in zip(*(rows[name] for name in columns), strict=True):
        yield Effect(
            str(mask), outcome, label, unit, better, float(difference), float(low), float(high), int(n), str(reading)
        )


def cell_text(effect: Effect, readings: dict[str, int], words: Words) -> str:
    """One cell; ``readings`` numbers the sentences and takes new ones."""
    verdict = effect.verdict
    if verdict == "none":
        return f"{LETTERS[verdict]}0"
    value, low, high = words.numbers.estimate(effect.difference, effect.low, effect.high, signed=True)
    if verdict == "untold":
        return f"{LETTERS[verdict]}{value}|{readings.setdefault(effect.reading, len(readings))}"
    return f"{LETTERS[verdict]}{value}|{low}|{high}"


def explorer_content(found: PackageResults, results: Results, words: Words) -> dict[str, Any]:
    """Everything that the script needs, ready for JSON."""
    readings: dict[str, int] = {}
    own = words.table("explorer")

    def column(effects: Iterable[Effect]) -> str:
        return ";".join(cell_text(effect, readings, words) for effect in effects)

    outcomes, cells = [], dict[str, dict[str, str]]()
    held = set(found.packages["outcome"])
    for outcome in (name for name in FAMILY if name in held):
        effects = outcome_effects(found, outcome, words)
        outcomes.append(_outcome(effects[-1]))
        cells[outcome] = {NATION: column(effects)}
    places = [{"id": NATION, "label": words("explorer.france")}]
    kinds = (
        {} if found.places is None else {kind: BY_PLACE[kind] for kind in KINDS if (found.places["kind"] == kind).any()}
    )
    if found.places is not None:
        names = dict(zip(results.places["place"].astype(str), results.places["short_name"].astype(str), strict=True))
        wheres = [where for where in dict.fromkeys(found.places["where"].astype(str)) if where != NATION]
        places += [{"id": where, "label": place_name(where, names.get(where, where), words)} for where in wheres]
        for kind, outcome in kinds.items():
            label = words(f"explorer.kind.{kind}")
            if outcome not in cells:
                effects = place_effects(found, kind, NATION, label, words)
                outcomes.append(_outcome(effects[-1]))
                cells[outcome] = {NATION: column(effects)}
            for where in wheres:
                cells[outcome][where] = column(place_effects(found, kind, where, label, words))
    return {
        "members": [
            {"id": short, "label": member_label(member, results, words)}
            for short, member in zip(found.shorts, found.members, strict=True)
        ],
        "outcomes": outcomes, "places": places, "cost": COST, "n": found.worlds,
        "kinds": {outcome: words(f"explorer.kind.{kind}") for kind, outcome in kinds.items()},
        "units": {outcome: words(f"explorer.kind_unit.{kind}") for kind, outcome in kinds.items()},
        "cells": cells, "readings": [reading_text(reading, words) for reading in readings],
        "words": {name: own[name] for name in TEXTS}
        | {name: words.table("sentence")[name] for name in SENTENCES}
        | {"range": words.table("page")["range"], "point": words.numbers.number(0.5, 1)[1],
           "read": words.table("explorer.read"), "c": words("page.unclear"), "n": words("page.unchanged")},
    }  # fmt: skip


def _outcome(effect: Effect) -> dict[str, str]:
    """Id, label, unit, and which direction is the better one: ``u``, ``d`` or none, as of money."""
    better = "" if effect.is_money else {"higher": "u", "lower": "d"}.get(effect.better, "")
    return {"id": effect.outcome, "label": effect.label, "unit": effect.unit, "better": better}


def as_script(content: dict[str, Any]) -> Markup:
    """JSON for a script element of the page: no sign in it can end the element."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))
