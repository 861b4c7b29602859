"""Tables keep the outcomes in the order of the runs, not that of their names."""

from __future__ import annotations

import pandas as pd

from sim.analysis.sign_shares import sign_shares
from sim.analysis.simultaneous import paired_columns

NAMES = ["startup_jobs", "public_cost", "startup_births"]


def test_outcomes_keep_their_order() -> None:
    rows = [(name, world, 0, *(float(world + n + (name == "x")) for n in range(3)))
            for world in range(4) for name in ("baseline", "x", "a")]  # fmt: skip
    runs = pd.DataFrame(rows, columns=["scenario", "world", "replicate", *NAMES]).reset_index(names="run")
    found = sign_shares(runs)
    assert list(zip(found["scenario"], found["outcome"], strict=True)) == [(s, n) for s in ("x", "a") for n in NAMES]
    assert list(paired_columns(runs)["difference"].columns) == [(s, n) for s in ("x", "a") for n in NAMES]
