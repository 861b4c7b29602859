"""Whether the model agrees about US leads: one half and zero themselves tell nothing."""

from __future__ import annotations

import pandas as pd
import pytest

from sim.analysis.held_means import own
from sim.analysis.intervals import LEVEL, student
from sim.analysis.validation.relocation import TAX, US, verdict

NUMBERS = {
    "change": 0.0,
    "low": -1.0,
    "high": 1.0,
    "share": 0.5,
    "share_low": 0.4,
    "share_high": 0.6,
    "base": 9.0,
    "n": 40,
}


@pytest.mark.parametrize(
    ("us", "tax", "said"),
    [
        ({"change": -9.0, "share_low": 0.51}, -2.0, "agrees"),
        ({"change": -9.0, "share_low": 0.5}, -2.0, "does not tell"),
        ({"change": -2.0, "share_low": 0.6, "share_high": 0.9}, -9.0, "does not tell"),
        ({"change": -2.0, "share_high": 0.49}, -9.0, "contradicts"),
        ({"change": -2.0, "share_high": 0.5}, -9.0, "does not tell"),
        ({"change": 2.0, "low": 0.1}, -1.0, "contradicts"),
        ({"change": 2.0, "low": 0.0}, -1.0, "does not tell"),
        ({"change": -9.0, "share_high": 0.4}, -2.0, "does not tell"),
    ],
)
def test_at_the_bounds(us: dict[str, float], tax: float, said: str) -> None:
    table = pd.DataFrame([{"experiment": US, **NUMBERS, **us}, {"experiment": TAX, **NUMBERS, "change": tax}])
    assert f"The model {said}" in verdict(table)


def test_the_quantile_of_one_mean_is_students() -> None:
    assert own(12) == student(LEVEL, 11)
    assert own(2) == own(1) == student(LEVEL, 1)
