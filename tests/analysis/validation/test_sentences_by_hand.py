"""The tally in words: what is missing where the aim is not reached, and how many rows ask for a sign."""

from __future__ import annotations

from sim.analysis.validation.rows import validation_table
from sim.analysis.validation.tallies import Aim, sentences
from tests.analysis.validation.test_tallies import FORECASTS, POSTERIOR, PRIOR, ROWS


def test_what_is_missing_is_said_where_something_is() -> None:
    said = sentences(validation_table(ROWS, FORECASTS, POSTERIOR, PRIOR))
    assert said[0].endswith("is reached.")
    assert said[-1].startswith("Of 1 rows that ask for a sign, most worlds of the posterior have it in 1, ")
    level = sentences(validation_table(ROWS, FORECASTS, POSTERIOR, POSTERIOR))
    assert level[0].endswith("is not reached. What is missing: no more than: prior.")
    far = POSTERIOR.assign(M04=[5.0, 5.1], M05=[5.0, 5.1])
    none = sentences(validation_table(ROWS, FORECASTS, far, far))
    assert "is not reached. What is missing: fewer than 70% are inside; no more than: prior, " in none[0]


def test_both_halves_are_asked_for() -> None:
    assert [Aim(enough, (), missed).reached for enough, missed in (
        (True, ()), (True, ("prior",)), (False, ()), (False, ("prior",)))] == [True, False, False, False]  # fmt: skip
