"""The one rationing rule: known answers, limits, and claims of one claimant rounded by a draw."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from sim.model.claims import shares_met
from sim.model.rationing import acceptance, share_met, whole_claims_met


@pytest.mark.parametrize(
    ("demand", "supply", "sharpness", "share"),
    [
        (3.0, 1.0, 1.0, 1.0 / 4.0),  # 1 / (1 + demand / supply)
        (1.0, 3.0, 1.0, 3.0 / 4.0),
        (2.0, 1.0, 2.0, 5.0**-0.5),
        (1.0, 2.0, 2.0, 1.25**-0.5),
        (7.0, 7.0, 4.0, 0.5**0.25),
        (0.0, 0.0, 4.0, 1.0),
        (0.5, 0.0, 4.0, 0.0),
        (0.5, -1.0, 4.0, 0.0),
    ],
)
def test_known_shares(demand: float, supply: float, sharpness: float, share: float) -> None:
    assert share_met(demand, supply, sharpness) == pytest.approx(share, rel=1e-12)
    assert shares_met(np.full(2, demand), np.full(2, supply), sharpness) == pytest.approx(np.full(2, share), rel=1e-12)


def test_the_share_tends_to_supply_over_demand_from_below() -> None:
    for ratio in (0.01, 0.5, 2.0, 1e6):
        bound = min(1.0, 1.0 / ratio)
        shares = [share_met(ratio, 1.0, sharpness) for sharpness in (1.0, 4.0, 16.0, 64.0)]
        assert all(a <= b <= bound * (1.0 + 1e-12) for a, b in itertools.pairwise(shares))
        assert shares[-1] == pytest.approx(bound, rel=1e-3)


def test_acceptance_without_supply_and_with_a_score() -> None:
    assert acceptance(0.0, 0.5, 1.0) == 0.0
    assert acceptance(0.25, 0.5, 2.0) == pytest.approx(0.25 ** np.exp(-1.0), rel=1e-12)


def test_claims_of_one_claimant_are_met_whole_and_in_the_expected_number() -> None:
    draws = (np.arange(1000) + 0.5) / 1000
    met = [whole_claims_met(7, 0.3, draw) for draw in draws]
    assert set(met) == {2, 3}
    assert np.mean(met) == pytest.approx(2.1, abs=1e-9)
    assert whole_claims_met(7, 1.0, 0.999) == 7
