"""Foundings are Poisson numbers of one uniform each, of those who count; wherever the highest rate stands."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.model.desk import LOT
from sim.model.randomness import Purpose, talent_uid, uniforms
from sim.model.talents import found_rows

SEED, QUARTER, NUMBER = np.uint64(77), 30, 120
COUNTRY, FRANCE = np.array([0, 0, 1, 2]), 0
RATE = np.array([[0.1, 0.4, 0.2, 0.9], [0.05, 0.3, 0.6, 1.6], [0.02, 0.1, 0.3, 0.7]])
CLASS = np.array([0.3, 1.0, 1.5, 2.0])


def poisson(uniform: float, mean: float) -> int:
    """The number whose share of the distribution holds the uniform, eight at most."""
    shares = np.cumsum([math.exp(-mean) * mean**k / math.factorial(k) for k in range(8)])
    return int(np.sum(uniform >= shares))


@pytest.mark.parametrize("young_factor", [0.5, 2.5])
def test_foundings_by_hand(young_factor: float) -> None:
    luck = np.random.default_rng(2)
    slot, generation = np.arange(500, 500 + NUMBER, dtype=np.int32), luck.integers(0, 3, NUMBER).astype(np.uint8)
    origin, place = (luck.integers(0, 4, NUMBER).astype(np.uint8) for _ in range(2))
    skill, entry = luck.integers(0, 4, NUMBER).astype(np.uint8), luck.integers(0, 30, NUMBER).astype(np.int16)
    entry[:40] = QUARTER - 12  # no longer young, by a quarter
    counts = (luck.random(NUMBER) < 0.8).astype(np.uint8)
    first, last = 3, NUMBER - 5
    found = np.zeros(last - first, np.int64)
    rule = getattr(found_rows, "py_func", found_rows)
    rule(SEED, QUARTER, first, last, np.empty(LOT), RATE, CLASS, young_factor, 12, slot, generation, origin, skill,
         place, entry, counts, FRANCE, COUNTRY, found)  # fmt: skip
    expected = []
    for i in range(first, last):
        group = 0 if COUNTRY[place[i]] == FRANCE else 1 if COUNTRY[origin[i]] == FRANCE else 2
        mean = RATE[group, place[i]] * CLASS[skill[i]] * (young_factor if QUARTER - entry[i] < 12 else 1.0)
        uid = np.uint64(talent_uid(int(slot[i]), int(generation[i])))
        draw, _ = uniforms(SEED, np.int64(Purpose.FOUND), uid, QUARTER, 0)
        expected.append(poisson(draw, mean) if counts[i] else 0)
    assert found.tolist() == expected
    assert {0, 1, 2, 4} <= set(expected)
