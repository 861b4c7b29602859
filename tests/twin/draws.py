"""Every draw is a function of seed, purpose, uid, quarter and block (ODD 4, stochasticity)."""

from __future__ import annotations

import numpy as np

from sim.model.randomness import Purpose, initial_startup_uid, startup_uid, talent_uid, uniforms
from tests.twin.arithmetic import cos_sin_turn, ln, root

__all__ = [
    "Purpose",
    "gumbel",
    "initial_startup_uid",
    "log_positive_stable",
    "normals",
    "number",
    "numbers",
    "startup_uid",
    "talent_uid",
    "two",
]


def two(seed, purpose, uid, quarter, block):
    """Return the two uniforms of a block."""
    return uniforms(np.uint64(seed), int(purpose), np.uint64(uid), quarter, block)


def normals(seed, purpose, uid, quarter, block):
    """Return two standard normals of a block (Box and Muller)."""
    first, second = two(seed, purpose, uid, quarter, block)
    radius = root(-2.0 * ln(first))
    cosine, sine = cos_sin_turn(second)
    return radius * cosine, radius * sine


def numbers(seed, purpose, uid, quarter, count, pair=two):
    """Return ``count`` numbers: number j is number ``j mod 2`` of block ``j // 2``. ``pair`` makes a block."""
    found = []
    for block in range((count + 1) // 2):
        found.extend(pair(seed, purpose, uid, quarter, block))
    return found[:count]


def number(seed, purpose, uid, quarter, j):
    """Return uniform ``j mod 2`` of block ``j // 2``."""
    return two(seed, purpose, uid, quarter, j // 2)[j % 2]


def gumbel(uniform):
    """Return a standard Gumbel from one uniform."""
    return -ln(-ln(uniform))


def log_positive_stable(uniform, second, index):
    """Return ln S, S positive stable of this index (Kanter's form); 0 at index 1."""
    if index >= 1.0:
        return 0.0
    waiting = -ln(second)
    return (
        ln_sin_half_turn(index * uniform)
        - ln_sin_half_turn(uniform) / index
        + (1.0 - index) / index * (ln_sin_half_turn((1.0 - index) * uniform) - ln(waiting))
    )


def ln_sin_half_turn(x):
    """Return ln sin of ``x`` half turns."""
    return ln(cos_sin_turn(0.5 * x)[1])
