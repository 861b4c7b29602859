"""What a city buys next: the most gain for its money, of what it can pay and what is on sale."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from sim.model.city_choice import Outlook
from sim.model.city_menu import ITEMS

NOTHING = np.zeros((len(ITEMS), 2), np.int64)


def best(gains: np.ndarray, prices: np.ndarray, money: float = 10.0, on_sale: int = 1) -> tuple[int, int] | None:
    outlook = SimpleNamespace(
        menu=SimpleNamespace(price=prices), on_sale=lambda *_: on_sale, gain=lambda item, place, _: gains[item, place]
    )
    return Outlook._best(outlook, (0, 1), money, NOTHING)


def test_any_item_in_any_place_may_be_the_best() -> None:
    for item in range(len(ITEMS)):
        for place in range(2):
            gains = np.full(NOTHING.shape, 1.0)
            gains[item, place] = 1.5
            assert best(gains, np.full(NOTHING.shape, 2.0)) == (item, place)


def test_gain_counts_by_price_and_within_the_money() -> None:
    gains, prices = np.full(NOTHING.shape, 2.0), np.full(NOTHING.shape, 8.0)
    prices[1, 1] = 4.0
    gains[0, 0], prices[0, 0] = 100.0, 10.5
    assert best(gains, prices) == (1, 1)
    assert best(gains, prices, money=10.5) == (0, 0)
    assert best(gains, prices, money=4.0) == (1, 1)
    assert best(gains, prices, money=3.9) is None
    assert best(gains, prices, on_sale=0) is None
    assert best(np.zeros(NOTHING.shape), prices) is None
