"""Names that come with the data, in the language of the report: the data's own where the catalogue has none."""

from __future__ import annotations

from functools import cache

from sim.report.catalogue import Words
from sim.report.readings import reading_text
from sim.report.results import ScenarioNote

SPELT = {
    "Ile-de-France": "Île-de-France", "Auvergne-Rhone-Alpes": "Auvergne-Rhône-Alpes",
    "Poles de competitivite": "Pôles de compétitivité", "Grandes ecoles": "Grandes écoles",
}  # fmt: skip
"""Names that files of evidence write without their accents."""


@cache
def _shipped() -> Words:
    return Words("en")


def spelt(text: str) -> str:
    """A text of the data with its names spelt as they are."""
    for plain, name in SPELT.items():
        text = text.replace(plain, name)
    return text


def _named(key: str, default: str, words: Words) -> str:
    return words.get(key, spelt(default))


def _translated(key: str, text: str, words: Words) -> str:
    """A text of a scenario file; the catalogue's only if the file says what the catalogue's is a translation of.

    Packages have questions made by a program, which are written anew as readings are.
    """
    if text == _shipped().get(key, ""):
        return words.get(key, text)
    generic = f"generic.{key.rpartition('.')[2]}"  # of a file that was made in the dashboard
    return words(generic) if text and text == _shipped().get(generic, "") else reading_text(spelt(text), words)


def outcome_label(name: str, default: str, words: Words) -> str:
    """What an outcome is called."""
    return _named(f"outcome.{name}.label", default, words)


def outcome_unit(name: str, default: str, words: Words) -> str:
    """The unit of an outcome."""
    return words.get(f"outcome.{name}.unit", unit_text(default, words))


def outcome_description(name: str, default: str, words: Words) -> str:
    """What an outcome counts."""
    return _named(f"outcome.{name}.description", default, words)


def unit_text(unit: str, words: Words) -> str:
    """A unit as written in the tables of evidence and results."""
    return words.get(f"unit.{unit}", unit)


def scenario_title(note: ScenarioNote, words: Words) -> str:
    """The title of a scenario; its name if it has no title."""
    return _translated(f"scenario.{note.name}.title", note.title, words) or note.name


def scenario_question(note: ScenarioNote, words: Words) -> str:
    """The question that a scenario asks."""
    return _translated(f"scenario.{note.name}.question", note.question, words)


def scenario_expected(note: ScenarioNote, words: Words) -> str:
    """What was expected of a scenario before it ran."""
    return _translated(f"scenario.{note.name}.expected", note.expected, words)


def place_name(place: str, default: str, words: Words) -> str:
    """The short name of a place, a city or a group of places."""
    return _named(f"place.{place}", default, words)


def parameter_text(name: str, default: str, words: Words) -> str:
    """What a parameter is, in a few words."""
    return _named(f"parameter.{name}", default, words)


def lever_name(lever: str, default: str, words: Words) -> str:
    """What a lever is called."""
    return _named(f"lever.{lever}.label", default, words)


def lever_field(lever: str, field: str, default: str, words: Words) -> str:
    """What a setting of a lever is."""
    return words.get(f"lever.{lever}.{field}", words.get(f"lever_field.{field}", default))


def pattern_text(target: str, default: str, words: Words) -> str:
    """A published pattern, by the id of its row."""
    return _named(f"pattern.{target}", default, words)


def reason_text(part: str, name: str, words: Words) -> str:
    """A trigger or a term, as the tables of reasons name it."""
    return words.get(f"{part}.{name}", name)


def status_text(status: str, words: Words) -> str:
    """What stands behind a figure or a parameter, such as "assumed (weakly informed)"."""
    plain, _, weakly = status.lower().partition(" (")
    text = words.get(f"status.{plain}", plain)
    return words("status.weakly", status=text) if weakly else text
