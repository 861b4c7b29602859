"""Seed money is split by startups: shares add up to one, and labelled districts have what is reserved for them."""

from __future__ import annotations

import numpy as np
import pytest

from sim.model.levers import LEVERS
from tests.model.small_runs import Case, flight


def test_shares_add_up_and_follow_startups(case: Case) -> None:
    lever = LEVERS["seed_acceleration"](labelled_share=0.6)
    with flight(case, lever) as model:
        french, firms = model.places.is_french, np.maximum(model.startup_counts.by_place, 1)
        conditions = model.conditions.copy()
        plain = lever._split(conditions, model)
        by_startups = np.where(french, firms, 0) / firms[french].sum()
        np.testing.assert_allclose(plain, by_startups, rtol=1e-12)
        conditions.labelled[[0, 2]] = True
        split = lever._split(conditions, model)
        assert split.sum() == pytest.approx(1.0)
        reserved = np.zeros(len(split))
        reserved[[0, 2]] = firms[[0, 2]] / firms[[0, 2]].sum()
        np.testing.assert_allclose(split, 0.6 * reserved + 0.4 * by_startups, rtol=1e-12)
