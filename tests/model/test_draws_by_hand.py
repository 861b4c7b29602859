"""Draws and their arithmetic against the standard library, number by number: few enough to go on as plain Python."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.model.arithmetic import cos_sin_turn, exp, ln
from sim.model.lots import firm_draws, person_uid, talent_draws
from sim.model.randomness import (
    gumbel,
    initial_startup_uid,
    ln_sin_pi,
    log_positive_stable,
    normal_row,
    normals,
    startup_uid,
    talent_uid,
    uniform_row,
    uniforms,
)

SEED, UID, PURPOSE, QUARTER = 0x0123456789ABCDEF, (7 << 32) | 99, 11, -5
MASK = 0xFFFFFFFF


def philox(counter: list[int], key: list[int]) -> list[int]:
    """Philox4x32-10 in whole numbers of Python, as Salmon et al. (2011) write it."""
    for _ in range(10):
        p0, p1 = 0xD2511F53 * counter[0], 0xCD9E8D57 * counter[2]
        counter = [(p1 >> 32) ^ counter[1] ^ key[0], p1 & MASK, (p0 >> 32) ^ counter[3] ^ key[1], p0 & MASK]
        key = [(key[0] + 0x9E3779B9) & MASK, (key[1] + 0xBB67AE85) & MASK]
    return counter


def by_hand(seed: int, purpose: int, uid: int, quarter: int, block: int) -> tuple[float, float]:
    """Return the two uniforms of a block: the 26 upper bits of two words each, at the middle of their cell."""
    word = ((quarter + 4096) << 8) | purpose
    a, b, c, d = philox([uid & MASK, uid >> 32, word, block], [seed & MASK, seed >> 32])
    return tuple(((x >> 6) * 2**26 + (y >> 6) + 0.5) / 2**52 for x, y in ((a, b), (c, d)))


def drawn(block: int) -> tuple[float, float]:
    return by_hand(SEED, PURPOSE, UID, QUARTER, block)


def test_logarithm_exponential_and_turns() -> None:
    points = [1e-300, 1e-9, 0.1, 0.5, 0.7, 0.7072, 1.0, 1.3, 1.4142, 2.0, 10.0, 12345.678, 1e200]
    for x in points:
        assert ln(x) == pytest.approx(math.log(x), rel=3e-16, abs=1e-17)
    assert math.isnan(ln(0.0))
    for x in (-699.0, -30.3, -1.0, -0.35, -1e-9, 0.0, 0.2, 0.36, 1.0, 5.5, 88.8, 690.0):
        assert exp(x) == pytest.approx(math.exp(x), rel=5e-16)
    assert exp(-800.0) == exp(-700.0) == pytest.approx(math.exp(-700.0), rel=1e-12)
    assert exp(800.0) == exp(700.0)
    for u in np.linspace(0.0, 1.0, 41)[:-1] + 0.003:
        cosine, sine = cos_sin_turn(u)
        assert (cosine, sine) == pytest.approx((math.cos(2 * math.pi * u), math.sin(2 * math.pi * u)), abs=1e-15)


def test_uniforms_are_those_of_philox() -> None:
    for block in (0, 1, 5):
        assert uniforms(np.uint64(SEED), PURPOSE, np.uint64(UID), QUARTER, block) == drawn(block)
    row = np.empty(6)
    uniform_row(np.uint64(SEED), PURPOSE, np.uint64(UID), QUARTER, row)
    assert row.tolist() == [number for block in range(3) for number in drawn(block)]


def test_normals_are_those_of_box_and_muller() -> None:
    row = np.empty(4)
    normal_row(np.uint64(SEED), PURPOSE, np.uint64(UID), QUARTER, row)
    for block in range(2):
        u, v = drawn(block)
        radius = math.sqrt(-2.0 * math.log(u))
        expected = [radius * math.cos(2 * math.pi * v), radius * math.sin(2 * math.pi * v)]
        assert row[2 * block : 2 * block + 2].tolist() == pytest.approx(expected, rel=1e-12)
        assert list(normals(np.uint64(SEED), PURPOSE, np.uint64(UID), QUARTER, block)) == pytest.approx(
            expected, rel=1e-12
        )


def test_gumbel_and_stable_laws_are_their_formulas() -> None:
    for u, v in ((0.2, 0.7), (0.5, 0.5), (0.93, 0.04)):
        assert gumbel(u) == pytest.approx(-math.log(-math.log(u)), rel=1e-13)
        assert ln_sin_pi(u) == pytest.approx(math.log(math.sin(math.pi * u)), rel=1e-12)
        for a in (0.3, 0.8):
            # Kanter 1975: (sin(a pi u) / sin(pi u)^(1/a)) * (sin((1-a) pi u) / w)^((1-a)/a), w exponential.
            stable = math.sin(a * math.pi * u) / math.sin(math.pi * u) ** (1 / a)
            stable *= (math.sin((1 - a) * math.pi * u) / -math.log(v)) ** ((1 - a) / a)
            assert log_positive_stable(u, v, a) == pytest.approx(math.log(stable), rel=1e-10)
    assert log_positive_stable(0.2, 0.7, 1.0) == 0.0


def test_lots_draw_for_each_agent_its_own() -> None:
    slot, generation = np.arange(40, 48, dtype=np.int32), np.array([0, 1, 2, 0, 3, 0, 0, 1], np.uint8)
    first, second = np.zeros(8), np.zeros(8)
    talent_draws(np.uint64(SEED), PURPOSE, QUARTER, slot, generation, 2, 7, first)
    uids = [talent_uid(int(s), int(g)) for s, g in zip(slot, generation, strict=True)]
    assert first.tolist() == [by_hand(SEED, PURPOSE, uid, QUARTER, 0)[0] for uid in uids[2:7]] + [0.0] * 3
    assert [int(person_uid(s, g)) for s, g in zip(slot, generation, strict=True)] == uids
    uid = np.array([startup_uid(3, 1, 9, k) for k in range(4)] + [initial_startup_uid(5)], np.uint64)
    firm_draws(np.uint64(SEED), PURPOSE, QUARTER, uid, 1, first, second)
    pairs = [by_hand(SEED, PURPOSE, int(u), QUARTER, 0) for u in uid[1:]]
    assert list(zip(first[:4].tolist(), second[:4].tolist(), strict=True)) == pairs
