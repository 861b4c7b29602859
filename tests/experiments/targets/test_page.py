"""What the page of targets says of rows that are missed."""

from __future__ import annotations

import math

import pandas as pd

from sim.experiments.targets.page import misses
from sim.experiments.targets.register import ROWS


def test_a_row_that_is_missed_is_listed_with_its_cause_and_one_for_orientation_is_not() -> None:
    rows = pd.DataFrame([
        {"row": "B17", "pattern": "star graduates abroad", "use": "calibrate", "verdict": "missed", "mean": 0.5,
         "central": 0.4, "n_worlds": 3, "low": 0.1, "high": 0.2},
        {"row": "B14", "pattern": "graduates abroad", "use": "validate", "verdict": "off", "mean": math.nan,
         "central": 0.4, "n_worlds": 0, "low": 0.1, "high": 0.2},
        {"row": "B45", "pattern": "met", "use": "validate", "verdict": "met", "mean": 0.1, "central": 0.1,
         "n_worlds": 1, "low": 0.1, "high": 0.2},
        {"row": "B46", "pattern": "about", "use": "context", "verdict": "missed", "mean": 0.1, "central": 0.1,
         "n_worlds": 1, "low": 0.1, "high": 0.2},
    ])  # fmt: skip
    assert misses(rows) == [
        f"- **B17**, star graduates abroad (calibrate): 0.5, target [0.1, 0.2]. Likely cause: {ROWS['B17'].cause}",
        f"- **B14**, graduates abroad (validate): 0.4, target [0.1, 0.2]. Likely cause: {ROWS['B14'].cause}",
    ]
    assert misses(rows[2:]) == ["- none."]
