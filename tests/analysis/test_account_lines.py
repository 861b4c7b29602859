"""Which lines an account has: those that scenario or baseline has in any world, and no others."""

from __future__ import annotations

import pandas as pd
import pytest

from sim.analysis.accounts import GROSS, accounts

RUNS = pd.DataFrame(
    [(0, "baseline", 0, 0), (1, "baseline", 1, 0), (2, "aid", 0, 0), (3, "aid", 1, 0), (4, "other", 0, 0)],
    columns=["run", "scenario", "world", "replicate"],
)
COSTS = pd.DataFrame(
    [(0, 0, "cities", "shuttle", "city", 8.0), (3, 0, "aid", "grant", "state", 6.0), (4, 0, "x", "x", "state", 1.0)],
    columns=["run", "quarter", "lever", "item", "payer", "meur"],
)
REVENUE = pd.DataFrame(columns=["run", "quarter", "cause", "item", "receiver", "meur"])


def test_a_line_that_one_side_has_in_one_world_is_there_and_one_that_neither_has_is_not() -> None:
    table = accounts(RUNS, COSTS, REVENUE, rates=(0.0,))
    rows = table[(table["scenario"] == "aid") & (table["account"] == GROSS)].set_index("item")
    assert rows.loc["shuttle", "difference"] == pytest.approx(-4.0)
    assert rows.loc["shuttle", "baseline_mean"] == pytest.approx(4.0)
    assert rows.loc["grant", "difference"] == pytest.approx(3.0)
    assert "x" not in rows.index
    assert rows.loc["shuttle", "n"] == 2
