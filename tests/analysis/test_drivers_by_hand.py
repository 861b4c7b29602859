"""Which scenarios are of the driver test, and the table of their ranks, by hand."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import pytest

from sim.analysis.drivers import COLUMNS, DRIVERS, driver_table, is_driver

OFF = dict.fromkeys(DRIVERS, False)


@pytest.mark.parametrize(
    ("levers", "expected"),
    [
        ({"equalisation": OFF | {"capital": True}}, True),
        ({"equalisation": {name: False for name in DRIVERS if name != "taxation"}}, True),  # on unless said otherwise
        ({"equalisation": OFF}, False),
        ({"equalisation": {}}, False),
        ({"equalisation": OFF | {"capital": True, "taxation": True}}, False),
        ({"equalisation": OFF | {"capital": True}, "placebo": {}}, False),
        ({"placebo": {}}, False),
        ({}, False),
    ],
)
def test_one_driver_alone(levers: dict[str, Any], expected: bool) -> None:
    assert is_driver(levers) is expected


def test_ranks_by_hand() -> None:
    rows = [
        ("equal_capital", "startup_departures", "lower", 200.0, -20.0),
        ("equal_tax", "startup_departures", "lower", 200.0, -50.0),
        ("equal_rents", "startup_departures", "lower", 200.0, -5.0),
        ("equal_capital", "startup_births", "higher", 0.0, 9.0), ("equal_tax", "startup_births", "higher", 0.0, 5.0),
        ("equal_rents", "startup_births", "higher", 0.0, 5.0),
        ("other", "startup_births", "higher", 10.0, 99.0), ("equal_tax", "public_cost", "lower", 10.0, 1.0),
    ]  # fmt: skip
    comparison = pd.DataFrame(rows, columns=["scenario", "outcome", "better", "baseline_mean", "difference"])
    comparison = comparison.assign(label="L", unit="u", low=0.0, high=1.0, mc_error=0.1, n=9)
    found = driver_table(comparison[::-1], ["equal_tax", "equal_rents", "equal_capital"])
    assert list(found.columns) == list(COLUMNS)
    assert list(found.index) == [0, 1, 2, 3, 4, 5]
    assert found["driver"].tolist() == ["tax", "capital", "rents"] * 2  # by their rank in the first outcome
    assert found["outcome"].tolist() == ["startup_departures"] * 3 + ["startup_births"] * 3
    assert found["rank"].tolist() == [1, 2, 3, 2, 1, 2]
    assert found["percent"].tolist()[:3] == [-25.0, -10.0, -2.5]
    assert all(math.isnan(share) for share in found["percent"][3:])
