"""A world's level is the mean over its replicates, and the scenario's the mean over its worlds."""

from __future__ import annotations

import pandas as pd
import pytest

from sim.analysis.compare import levels


def test_three_replicates_are_averaged_within_their_world() -> None:
    rows = [("baseline", 0, n, value) for n, value in enumerate((1.0, 2.0, 9.0))]
    rows += [("baseline", 1, n, value) for n, value in enumerate((10.0, 10.0, 40.0))]
    runs = pd.DataFrame(rows, columns=["scenario", "world", "replicate", "startups_in_france"])
    (row,) = levels(runs.assign(run=range(6))).to_dict("records")
    assert row["mean"] == pytest.approx((4.0 + 20.0) / 2)
    assert row["n"] == 2
    assert row["q05"] == pytest.approx(4.0 + 0.05 * 16.0)
