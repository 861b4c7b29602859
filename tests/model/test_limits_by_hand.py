"""Limits above which nobody considers moving: over all places, the last one too, at home or abroad."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from sim.model.moves import consider_limits


@pytest.mark.parametrize("share", [[0.5, 0.1, 0.2], [0.1, 0.5, 0.2], [0.1, 0.2, 0.5]])
@pytest.mark.parametrize(("abroad", "factor"), [(1.5, 1.5), (0.5, 1.0)])
def test_limits_hold_everywhere(share: list[float], abroad: float, factor: float) -> None:
    rates = SimpleNamespace(hazard_young=0.2, hazard_older=0.05, hazard_abroad=abroad)
    rule = getattr(consider_limits, "py_func", consider_limits)
    assert rule(rates, np.array(share)) == pytest.approx((0.2 * factor, 0.05 * factor, 0.5))
