"""A look at worlds of which one has no finite number decides nothing, and tells no mean."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.experiments.designs.stopping_rule import StoppingRule

RULE = StoppingRule("startup_jobs", "a", 1.0)


@pytest.mark.parametrize("last", [math.inf, -math.inf, math.nan])
def test_no_mean_of_what_is_no_number(last: float) -> None:
    found = RULE.decide(np.array([1.0, 2.0, last]))
    assert math.isnan(found.mean)
    assert (found.half_width, found.n, found.enough) == (math.inf, 3, False)


def test_one_world_has_a_mean_and_no_interval() -> None:
    found = RULE.decide(np.array([4.0]))
    assert (found.mean, found.half_width, found.n, found.enough) == (4.0, math.inf, 1, False)
    assert math.isnan(RULE.decide(np.empty(0)).mean)
