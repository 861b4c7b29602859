"""What is kept of a chain is counted from the end of its first part, whatever the length of that."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.calibration import hamiltonian, slice_sampling
from tests.analysis.calibration.test_chains_by_hand import BEGIN, levels, slices, slope_of, trajectories


@pytest.mark.parametrize("burn", [5, 7])
def test_every_third_draw_after_the_first_part(burn: int) -> None:
    slopes = lambda points, chains: np.array([slope_of(point) for point in points])  # noqa: E731
    found = hamiltonian.sample(levels, slopes, BEGIN, 3, burn, 3, np.random.default_rng(11))
    with np.errstate(under="ignore"):  # a trajectory that has flown off is nothing dense
        by_hand = trajectories(3, burn, 3, np.random.default_rng(11))
    np.testing.assert_allclose(found, by_hand, rtol=1e-9)
    found = slice_sampling.sample(levels, BEGIN, 3, burn, 3, np.random.default_rng(11))
    np.testing.assert_allclose(found, slices(3, burn, 3, np.random.default_rng(11)), rtol=1e-9)
