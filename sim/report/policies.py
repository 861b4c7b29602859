"""Which scenario a page is about: all recommendations together, or the only policy there is."""

from __future__ import annotations

from sim.report.catalogue import Words
from sim.report.names import scenario_title
from sim.report.results import Results, ScenarioNote

ALL = "all_eight"
EIGHT = 8


def main_policy(results: Results) -> ScenarioNote | None:
    """The scenario that the first screen tells of; none if there are several and no largest package among them."""
    policies = results.policies
    for note in policies:
        if note.name == ALL:
            return note
    if len(policies) == 1:
        return policies[0]
    sizes = sorted((len(note.levers) for note in policies), reverse=True)
    if sizes and sizes[0] > 1 and sizes[0] > sizes[1]:
        return next(note for note in policies if len(note.levers) == sizes[0])
    return None


def policy_title(results: Results, note: ScenarioNote, words: Words) -> str:
    """The title of a scenario; a package of all recommendations is called what it is."""
    parts = [set(one.levers) for one in results.recommendations_alone]
    whole = set().union(*parts)
    if not note.recommendation and len(parts) == EIGHT and set(note.levers) == whole:
        return words.get(f"scenario.{ALL}.title", scenario_title(note, words))
    return scenario_title(note, words)
