"""Measures of one world by hand: rows are numbered through, and who did not choose is in no mean."""

from __future__ import annotations

import pandas as pd

from sim.analysis.reasons import world_reasons


def test_measures_by_hand() -> None:
    rows = [
        (0, 0, "talent_french", "departure", "trigger", "young", 6, 6.0),
        (0, 1, "talent_french", "departure", "trigger", "young", 2, 2.0),
        (0, 0, "talent_french", "departure", "trigger", "with employer", 4, 4.0),
        (0, 1, "talent_french", "departure", "trigger", "with employer", 4, 4.0),
        (0, 0, "talent_french", "departure", "term", "wage", 6, 3.0),
        (0, 1, "talent_french", "departure", "term", "wage", 2, -1.0),
        (0, 0, "talent_french", "arrival", "term", "wage", 0, 0.0),
        (0, 0, "talent_french", "arrival", "trigger", "young", 0, 0.0),
    ]
    names = ["run", "year", "kind", "direction", "part", "name", "count", "total"]
    runs = pd.DataFrame({"run": [0], "scenario": ["baseline"], "world": [3]})
    found = world_reasons(runs, pd.DataFrame(rows, columns=names))
    assert found.index.tolist() == list(range(len(found)))
    told = found.set_index(["direction", "name", "measure"])["value"].to_dict()
    assert told == {
        ("departure", "young", "per_year"): 4.0, ("departure", "with employer", "per_year"): 4.0,
        ("arrival", "young", "per_year"): 0.0, ("departure", "young", "share"): 50.0,
        ("departure", "with employer", "share"): 50.0, ("departure", "wage", "per_mover"): 0.25,
    }  # fmt: skip
    assert set(found["world"]) == {3}
