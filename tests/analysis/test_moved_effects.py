"""What moved between two comparisons, effect by effect."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from sim.analysis.moved_effects import moved_effects

NAN = math.nan
ROWS = {  # outcome: (mean, low, high) of the old and of the new comparison, whether the same, and the remark
    "kept": ((1.0, 0.5, 1.5), (1.0, 0.5, 1.5), True, ""),
    "near": ((1.0, 0.5, 1.5), (1.2, 0.7, 1.7), False, ""),
    "touching": ((1.0, 0.5, 1.5), (2.0, 1.5, 2.5), False, ""),
    "touching below": ((2.0, 1.5, 2.5), (1.0, 0.5, 1.5), False, ""),
    "above": ((1.0, 0.5, 1.5), (2.1, 1.6, 2.6), False, "intervals apart"),
    "below": ((2.1, 1.6, 2.6), (1.0, 0.5, 1.5), False, "intervals apart"),
    "turned": ((1.0, 0.5, 1.5), (-1.0, -1.5, -0.5), False, "sign"),
    "turned back": ((-1.0, -1.5, -0.5), (1.0, 0.5, 1.5), False, "sign"),
    "turned within noise": ((1.0, -0.5, 2.5), (-1.0, -1.5, -0.5), False, "sign, not told apart from 0"),
    "turned into noise": ((1.0, 0.5, 1.5), (-1.0, -2.5, 0.5), False, "sign, not told apart from 0"),
    "nothing": ((0.0, NAN, NAN), (0.0, NAN, NAN), True, ""),
    "no interval": ((1.0, NAN, NAN), (3.0, 2.0, 4.0), False, ""),
}


def comparison(side: int, more: tuple[str, ...] = ()) -> pd.DataFrame:
    rows = [("a", name, "headlines", *row[side]) for name, row in ROWS.items()]
    rows += [("a", name, "headlines", 1.0, 0.5, 1.5) for name in more]
    rows.append(("a", "aside", "others", float(side), 0.0, 2.0))
    table = pd.DataFrame(rows, columns=["scenario", "outcome", "family", "difference", "joint_low", "joint_high"])
    return table.assign(label=table["outcome"] + (" now" if side else " then"), unit="jobs")


def test_each_effect_has_its_remark() -> None:
    found = moved_effects(comparison(0, ("lost",)), comparison(1, ("found",)))
    assert found["outcome"].tolist() == [*ROWS, "found", "lost"]
    assert found["remark"].tolist() == [row[3] for row in ROWS.values()] + ["new", "gone"]
    assert found["same"].tolist() == [row[2] for row in ROWS.values()] + [False, False]
    assert found["label"].tolist() == [f"{name} now" for name in (*ROWS, "found")] + ["lost then"]
    numbers = found[["old_mean", "old_low", "old_high", "new_mean", "new_low", "new_high"]].to_numpy()
    expected = [[*row[0], *row[1]] for row in ROWS.values()]
    expected += [[NAN] * 3 + [1.0, 0.5, 1.5], [1.0, 0.5, 1.5] + [NAN] * 3]
    np.testing.assert_array_equal(numbers, expected)
