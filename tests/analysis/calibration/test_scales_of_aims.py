"""Rows met on the scale of logarithms: what is not above zero is missing, other rows stay as they are."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.analysis.calibration.likelihood import Aims


def test_logged_rows_and_others() -> None:
    goal = Aims(("a", "b"), np.zeros(2), np.ones(2), np.array([True, False]))
    found = goal.read(pd.DataFrame({"b": [0.0, -1.0, 2.0], "a": [0.0, -1.0, np.e], "c": 0.0}))
    np.testing.assert_allclose(found, [[np.nan, 0.0], [np.nan, -1.0], [1.0, 2.0]])
