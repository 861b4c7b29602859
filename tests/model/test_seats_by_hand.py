"""Seats of accelerators go to young firms that had none, each by its own draw; a seat is counted where it stands."""

from __future__ import annotations

import numpy as np

from sim.model.randomness import Purpose, uniforms
from sim.model.rounds import take_seats

SEED, QUARTER, YOUNG = np.uint64(12345), 9, 6


def test_seats_by_hand() -> None:
    number = 40
    uid = np.arange(100, 100 + number, dtype=np.uint64)
    founded = np.where(np.arange(number) % 5, 5, 3).astype(np.int16)  # 4 and 6 quarters old: the older are too old
    hq = (np.arange(number) % 3).astype(np.uint8)
    had = (np.arange(number) % 7 == 0).astype(np.uint8)
    chance, live = np.array([0.6, 0.0, 0.3]), np.arange(1, number, dtype=np.int64)
    accelerated, seats = had.copy(), np.array([2, 3, 4], np.int64)
    rule = getattr(take_seats, "py_func", take_seats)
    rule(SEED, QUARTER, live, uid, founded, hq, accelerated, YOUNG, chance, seats)

    by_hand, counted = had.copy(), np.array([2, 3, 4])
    for i in live:
        if had[i] or founded[i] == 3 or hq[i] == 1:
            continue
        if uniforms(SEED, np.int64(Purpose.SEAT), uid[i], QUARTER, 0)[0] < chance[hq[i]]:
            by_hand[i] = 1
            counted[hq[i]] += 1
    assert accelerated.tolist() == by_hand.tolist()
    assert seats.tolist() == counted.tolist()
    assert 0 < by_hand.sum() - had.sum() < number
    assert seats[1] == 3
