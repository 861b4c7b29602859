"""Where no price is told, its numbers are missing and its kinds are empty words."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.analysis.cost_effectiveness import cost_effectiveness

NUMBERS = ["ratio", "low", "high", "bootstrap_low", "bootstrap_high"]


def test_kinds_are_empty_where_nothing_is_gained() -> None:
    rows = [(name, world, 0, 500.0 + world, cost + 0.1 * world)
            for world in range(12) for name, cost in (("baseline", 0.0), ("idle", 40.0))]  # fmt: skip
    runs = pd.DataFrame(rows, columns=["scenario", "world", "replicate", "startup_jobs", "public_cost"])
    (row,) = cost_effectiveness(runs.reset_index(names="run"), ["startup_jobs"]).to_dict("records")
    assert (row["kind"], row["bootstrap_kind"], row["reading"]) == ("", "", "not distinguishable from no effect")
    assert np.isnan([row[name] for name in NUMBERS]).all()
    assert (row["gain"], row["cost"], row["n"]) == (0.0, 40.0, 12)
