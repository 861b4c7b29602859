"""Before anything has cleared nothing was invested, no seat was used, and no claim would be met."""

from __future__ import annotations

import numpy as np

from sim.model.funding import FundingState


def test_the_first_state_is_empty() -> None:
    state = FundingState.empty(3)
    for column in (state.public_invested_meur, state.seats_used, state.seat_chance):
        np.testing.assert_array_equal(column, np.zeros(3))
    assert state.terms is None
