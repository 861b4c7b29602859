"""What is left of a prior where just enough points lie inside for the chains, and where one fewer does."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sim.analysis.calibration import history_matching
from sim.analysis.calibration.history_matching import BLOCK, CHAINS, CUT, Remaining, remaining


def looked_at(inside: int, number: int, monkeypatch: pytest.MonkeyPatch) -> tuple[Remaining, float]:
    """Let so many points of one block lie inside; return what is found, and the bound of the first input."""
    first = np.sort(np.random.default_rng(3).random((BLOCK, 2))[:, 0])
    bound = float(first[inside - 1] + first[inside]) / 2
    monkeypatch.setattr(history_matching, "MOST_BLOCKS", 1)
    monkeypatch.setattr(history_matching, "implausibility", lambda goal, points, _: points)
    monkeypatch.setattr(history_matching, "second_worst", lambda points: CUT * points[:, 0] / bound)
    emulators: Any = SimpleNamespace(names=("a", "b"), predict=lambda points: (points, None))
    return remaining(None, emulators, number, np.random.default_rng(3)), bound  # type: ignore[arg-type]


@pytest.mark.parametrize(("inside", "number"), [(CHAINS, 100), (80, 80), (80, 81)])
def test_enough_points_tell_the_share(inside: int, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    found, bound = looked_at(inside, number, monkeypatch)
    share = inside / BLOCK
    assert found.share == (share, math.sqrt(share * (1.0 - share) / BLOCK))
    assert found.cut == CUT
    assert found.points.shape == (number, 2)
    assert found.points[:, 0].max() < bound
    assert np.ptp(found.points[:, 1]) > 0.8
    # Where there are as many as are asked for, they are those that were looked at; else chains move on from them.
    looked = np.random.default_rng(3).random((BLOCK, 2))
    assert np.isin(found.points, looked).all() == (inside >= number)


def test_with_too_few_the_cut_comes_down(monkeypatch: pytest.MonkeyPatch) -> None:
    found, bound = looked_at(CHAINS - 1, 100, monkeypatch)
    assert found.cut == CUT
    assert found.points[:, 0].max() < bound
    assert found.share[0] == pytest.approx(bound, rel=0.5)
    assert found.share[1] > 1.2 * math.sqrt(bound * (1.0 - bound) / BLOCK)  # a product of two shares is known less
