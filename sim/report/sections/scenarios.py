"""Every policy with its question, the direction that was expected, and what was found."""

from __future__ import annotations

import json
from typing import Any

from sim.report.catalogue import Words
from sim.report.figures.effects import effects_of
from sim.report.names import lever_field, lever_name, scenario_expected, scenario_question, scenario_title
from sim.report.results import Results, ScenarioNote
from sim.report.sentences import effect_sentence

TOLD = ("startup_departures", "startups_in_france", "talents_french_in_france", "startup_jobs", "public_cost")
MOST = 40
"""Cards; a page of hundreds of packages is read in its tables."""


def lever_notes(note: ScenarioNote, words: Words) -> list[dict[str, Any]]:
    """Each lever of a scenario: name, payer, and its settings as a scenario file writes them, with what they mean."""
    return [
        {"name": lever_name(key, key, words), "payer": words.get(f"lever.{key}.payer", ""), "table": f"[levers.{key}]",
         "settings": [
             (f"{name} = {_typed(value)}", lever_field(key, name, "", words))
             for name, value in fields.items() if value is not None
         ]}
        for key, fields in note.levers.items()
    ]  # fmt: skip


def _typed(value: object) -> str:
    """A value as a scenario file writes it."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_typed(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_typed, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def scenario_cards(results: Results, words: Words) -> list[dict[str, Any]]:
    """Every policy with its question, the expected direction, and the sentences found."""
    if results.comparison is None:
        return []
    cards = []
    for note in results.policies[:MOST]:
        effects = [effects_of(results.comparison, note.name, outcome) for outcome in TOLD]
        found = [effect_sentence(e, words) for e in effects if e is not None]
        cards.append(
            {"id": note.recommendation, "title": scenario_title(note, words), "provenance": note.provenance,
             "question": scenario_question(note, words), "expected": scenario_expected(note, words),
             "found": found, "levers": lever_notes(note, words),
             "rivals": words("page.rivals") if note.rivals_respond else ""}
        )  # fmt: skip
    return cards


def build(results: Results, words: Words) -> dict[str, Any] | None:
    """A card per policy; none without a comparison."""
    cards = scenario_cards(results, words)
    return {"cards": cards} if cards else None
