"""Who may claim a seat: firms of less than three years that had none, by headquarters, in real firms."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sim.model import funding
from sim.model.rounds import take_seats

YEARS = 3
QUARTER = 20


@pytest.mark.parametrize(
    ("chance", "accelerated", "used"),
    [([1.0, 1.0], [1, 0, 1, 1, 1, 0], [10.0, 20.0]), ([1.0, 0.0], [1, 0, 0, 1, 0, 0], [10.0, 0.0])],
)
def test_firms_of_less_than_three_years_claim_seats(
    chance: list[float], accelerated: list[int], used: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of six firms the second is three years old, the fourth had a seat, the sixth does not live."""
    age = np.array([4 * YEARS - 1, 4 * YEARS, 0, 4 * YEARS - 1, 5, 1])
    data = {
        "uid": np.arange(6, dtype=np.uint64), "founded": (QUARTER - age).astype(np.int16),
        "hq": np.array([0, 0, 1, 1, 1, 0], np.uint8), "accelerated": np.array([0, 0, 0, 1, 0, 0], np.uint8),
    }  # fmt: skip
    told: dict[str, Any] = {}

    def met(claims: np.ndarray, seats: np.ndarray, sharpness: float) -> np.ndarray:
        told.update(claims=claims, seats=seats, sharpness=sharpness)
        return np.array(chance)

    monkeypatch.setattr(funding, "shares_met", met)
    monkeypatch.setattr(funding, "take_seats", getattr(take_seats, "py_func", take_seats))
    seats = np.array([3.0, 1.0])
    model: Any = SimpleNamespace(
        startups=SimpleNamespace(data=data), settings=SimpleNamespace(startup_scale=10), quarter=QUARTER,
        key=np.uint64(1), places=SimpleNamespace(count=2), conditions=SimpleNamespace(accelerator_seats=seats),
        world={"price.rationing": 6.0}, funding=funding.FundingState.empty(2),
    )  # fmt: skip
    funding._fill_seats(model, np.arange(5))
    assert told["claims"].tolist() == [10, 20]
    assert told["seats"] is seats
    assert told["sharpness"] == 6.0
    assert data["accelerated"].tolist() == accelerated
    assert model.funding.seat_chance.tolist() == chance
    assert model.funding.seats_used.tolist() == used
