"""Cohorts of the past are thinned to whole counts by the lowest ranks; what is missing is a share of all."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sim.model import past
from sim.model.startups import ALIVE, CLOSED, STARTUP_TYPES

RANKS = np.array([0.9, 0.2, 0.4, 0.3, 0.8, 0.5, 0.6])
HQ = np.array([0, 0, 0, 0, 1, 1, 0])  # the last of the first place's seven is closed, two moved to the second
STATUS = np.array([ALIVE] * 6 + [CLOSED])


def thinned(stock: list[int], monkeypatch: pytest.MonkeyPatch) -> tuple[list[int], float]:
    """Return which of seven firms are kept, and the share that is missing."""
    sizes = np.zeros((2, past.PAST_QUARTERS))
    sizes[0, 2] = 6.4  # rounded up to seven
    founders = []

    def firms(world: object, key: object, uid: np.ndarray, *more: Any) -> dict[str, np.ndarray]:
        assert (more[-1] == -3).all()  # founded three quarters before the first
        return {name: np.arange(len(uid)) if name == "uid" else np.zeros(len(uid)) for name in STARTUP_TYPES}

    def live(world: Any, geography: Any, tables: Any, table: Any, conditions: Any, data: Any, key: Any) -> None:
        data["hq"][:], data["status"][:] = HQ, STATUS

    def ranks(key: object, uid: np.ndarray, out: np.ndarray) -> None:
        out[:, 0], out[:, 1] = RANKS, 10.0 * RANKS

    monkeypatch.setattr(past, "survival", lambda *given: None)
    monkeypatch.setattr(past, "cohort_sizes", lambda *given: sizes)
    monkeypatch.setattr(past, "draw_quality", lambda *given: None)
    monkeypatch.setattr(past, "new_firms", firms)
    monkeypatch.setattr(past, "_live", live)
    monkeypatch.setattr(past, "thinning_draws", ranks)
    monkeypatch.setattr(past, "_find_founders", lambda geography, talents, data, draws: founders.extend(draws))
    geography: Any = SimpleNamespace(is_french=np.ones(2, bool))
    table: Any = SimpleNamespace(rates=None)
    given: Any = (None, geography, None, table, None, {}, np.array(stock), np.ones(2), 1)
    data, missing = past.firms_with_a_past(*given)
    assert founders == [10.0 * RANKS[n] for n in data["uid"]]
    return data["uid"].tolist(), missing


def test_the_lowest_ranks_stay_in_the_order_of_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    assert thinned([3, 1], monkeypatch) == ([1, 2, 3, 5], 0.0)
    assert thinned([4, 2], monkeypatch) == ([0, 1, 2, 3, 4, 5], 0.0)


def test_what_is_missing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert thinned([3, 5], monkeypatch) == ([1, 2, 3, 4, 5], 3 / 8)
