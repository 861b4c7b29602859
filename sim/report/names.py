"""Names that come with the data, in the language of the report: the data's own where the catalogue has none."""

from __future__ import annotations

from sim.report.catalogue import Words
from sim.report.results import ScenarioNote


def outcome_label(name: str, default: str, words: Words) -> str:
    """What an outcome is called."""
    return words.get(f"outcome.{name}.label", default)


def outcome_unit(name: str, default: str, words: Words) -> str:
    """The unit of an outcome."""
    return words.get(f"outcome.{name}.unit", unit_text(default, words))


def outcome_description(name: str, default: str, words: Words) -> str:
    """What an outcome counts."""
    return words.get(f"outcome.{name}.description", default)


def unit_text(unit: str, words: Words) -> str:
    """A unit as written in the tables of evidence and results."""
    return words.get(f"unit.{unit}", unit)


def scenario_title(note: ScenarioNote, words: Words) -> str:
    """The title of a scenario; its name if it has no title."""
    return words.get(f"scenario.{note.name}.title", note.title or note.name)


def scenario_question(note: ScenarioNote, words: Words) -> str:
    """The question that a scenario asks."""
    return words.get(f"scenario.{note.name}.question", note.question)


def scenario_expected(note: ScenarioNote, words: Words) -> str:
    """What was expected of a scenario before it ran."""
    return words.get(f"scenario.{note.name}.expected", note.expected)


def place_name(place: str, default: str, words: Words) -> str:
    """The short name of a place, a city or a group of places."""
    return words.get(f"place.{place}", default)


def parameter_text(name: str, default: str, words: Words) -> str:
    """What a parameter is, in a few words."""
    return words.get(f"parameter.{name}", default)


def lever_name(lever: str, default: str, words: Words) -> str:
    """What a lever is called."""
    return words.get(f"lever.{lever}.label", default)


def lever_field(lever: str, field: str, default: str, words: Words) -> str:
    """What a setting of a lever is."""
    return words.get(f"lever.{lever}.{field}", default)
