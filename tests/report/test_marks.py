"""What a marker of the figures of effects says is what was found, and its key says so too."""

from __future__ import annotations

import math

import pytest

from sim.report.catalogue import LANGUAGES, Words
from sim.report.figures.effects import MARKS, key_of, mark_of
from sim.report.figures.signs import sign_key
from sim.report.sentences import Effect

NAN = math.nan
EN = Words("en")


def effect(difference: float, low: float, high: float, outcome: str = "startup_jobs", better: str = "higher") -> Effect:
    return Effect("r1_label_network", outcome, "Startup jobs", "jobs", better, difference, low, high, 8)


@pytest.mark.parametrize(
    ("found", "mark"),
    [
        (effect(5, 1, 9), "favourable"),
        (effect(-5, -9, -1), "unfavourable"),
        (effect(5, 1, 9, better="lower"), "unfavourable"),
        (effect(5, 1, 9, better="none"), "neither"),
        (effect(5, -1, 11), "unclear"),
        (effect(0, 0, 0), "unclear"),
        (effect(5, NAN, NAN), "untold"),
        (effect(5, NAN, NAN, "public_cost"), "untold"),
        (effect(5, -1, 11, "public_cost"), "unclear"),
        (effect(5, 1, 9, "public_cost"), "cost"),
    ],
)
def test_the_mark_of_what_was_found(found: Effect, mark: str) -> None:
    assert mark_of(found) == mark


@pytest.mark.parametrize("language", LANGUAGES)
def test_too_few_worlds_are_not_called_no_effect(language: str) -> None:
    """Nothing can be said of an effect without an interval, not even that it cannot be told from none."""
    words = Words(language)
    names = key_of(words)[1]
    assert len(set(names)) == len(MARKS)
    told = dict(zip(MARKS, names, strict=True))
    no_effect = words("page.unclear")[:8]
    assert [kind for kind, name in told.items() if no_effect in name] == ["unclear"]


def test_the_key_of_the_signs_names_a_cross_where_there_is_one() -> None:
    clear, few = effect(5, 1, 9), effect(5, NAN, NAN)
    assert EN("figure.mechanisms.key.untold") not in sign_key([clear], EN)[1]
    handles, names = sign_key([clear, few], EN)
    assert (handles[-1].get_marker(), names[-1]) == ("x", EN("figure.mechanisms.key.untold"))
