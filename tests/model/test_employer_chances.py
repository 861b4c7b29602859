"""Chances that jobs and employers give: shares of staff, never above one, whatever is lost or moves."""

from __future__ import annotations

import numpy as np
import pytest

from sim.model.employers import employer_events
from tests.model.small_runs import Case, flight


@pytest.mark.parametrize(("lost", "follow"), [(0.25, 0.5), (3.0, 0.5), (0.25, 4.0)])
def test_shares_of_staff_at_most_one(case: Case, lost: float, follow: float) -> None:
    with flight(case) as model:
        places, market = model.places, model.geography.market
        lyon, london, berlin = (places.index(name) for name in ("lyon", "london", "berlin"))
        staff = places.market_total(places.startup_staff)
        model.jobs_lost = np.zeros(places.count)
        model.jobs_lost[lyon] = lost * staff[lyon]
        model.following = np.zeros((places.count, places.count))
        model.following[lyon, [london, berlin]] = follow * staff[lyon] * np.array([0.75, 0.25])
        found = employer_events(model)
    same = market == market[lyon]
    np.testing.assert_allclose(found.loses_job[same], min(lost, 1.0), rtol=1e-12)
    assert not found.loses_job[~same].any()
    chance = np.diff(found.follows, axis=1, prepend=0.0)
    np.testing.assert_allclose(chance[lyon, [london, berlin]], np.array([0.75, 0.25]) * min(follow, 1.0), rtol=1e-12)
    np.testing.assert_allclose(found.follows[lyon, -1], min(follow, 1.0), rtol=1e-12)
