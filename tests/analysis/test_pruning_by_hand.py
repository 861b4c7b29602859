"""A limit is kept only if so many failures, or more, would come by chance too rarely: an answer by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.discovery import Box, prune


@pytest.mark.parametrize(("failing_outside", "kept"), [(2, False), (0, True)])
def test_three_failures_of_four(failing_outside: int, kept: bool) -> None:
    """One parameter, so chance may be one half.

    Five of eight fail: three or more of four have a chance of 0.52. Three of eight: of 0.15.
    """
    x = np.array([[0.1], [0.2], [0.3], [0.4], [0.6], [0.7], [0.8], [0.9]])
    fails = np.array([n < failing_outside for n in range(4)] + [True, True, True, False])
    box = Box(np.array([0.5]), np.array([np.inf]), 0.0, 0.0, 0.0)
    assert prune(box, x, fails).restricted.tolist() == [kept]
