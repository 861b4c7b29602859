"""Two structures are enough to split a variance, one is not; words on replicates and worlds."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.variance_split import _row, components

VALUES = np.random.default_rng(5).normal(size=(9, 2, 3)) + np.arange(9.0)[:, None, None]


def test_two_structures_are_split_and_one_is_not() -> None:
    row, found = _row(VALUES[:, :, :2], 0, 20), components(VALUES[:, :, :2])
    assert row["reading"] == ""
    assert row["variance"] == pytest.approx(sum(max(float(part), 0.0) for part in found))
    assert (row["worlds"], row["replicates"], row["structures"]) == (9, 2, 2)
    assert _row(VALUES[:, :, :1], 0, 20)["reading"] == "9 complete worlds and 1 structures: nothing to split"
    assert _row(VALUES[:1], 0, 20)["reading"] == "1 complete worlds and 3 structures: nothing to split"
    assert "variance" in _row(VALUES[:2], 0, 20)


def test_what_cannot_be_told_is_said() -> None:
    assert _row(VALUES[:, :1], 0, 20)["reading"] == "one replicate: luck is inside parameters and both"
    assert _row(VALUES[:7], 0, 20)["reading"] == "only 7 worlds: no interval"
    assert _row(VALUES[:7, :1], 0, 20)["reading"] == (
        "one replicate: luck is inside parameters and both; only 7 worlds: no interval"
    )
    nothing = _row(0.0 * VALUES, 0, 20)
    assert (nothing["variance"], nothing["effect"], nothing["reading"]) == (0.0, 0.0, "no effect in any world")
    holed = VALUES.copy()
    holed[3, 0, 1] = np.nan
    assert _row(holed, 0, 20)["worlds"] == 8
    with pytest.raises(ValueError, match="found 9 worlds and 1 structures"):
        components(VALUES[:, :, :1])
