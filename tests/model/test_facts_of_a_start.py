"""What is told of a start: how far, at most, a place is from its stock."""

from __future__ import annotations

import numpy as np
import pytest

from sim.model.places import PlaceColumns
from tests.model.small_runs import Case


def test_the_largest_gap_of_a_place_is_told(case: Case) -> None:
    start, scale = case.start, case.settings.talent_scale
    target = PlaceColumns(case.evidence, case.world, start.geography).talent_stock_2013
    counted = [max(int(np.sum(start.talents["place"] == place)) * scale, 1) for place in range(len(target))]
    gap = max(abs(float(np.log(people / wanted))) for people, wanted in zip(counted, target, strict=True))
    assert start.facts["talent_stock_max_log_error"] == pytest.approx(gap, rel=1e-12)
    assert 0.0 < gap < 1.0
