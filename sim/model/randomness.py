"""Keyed random draws: every draw is a pure function of (seed, purpose, uid, quarter, draw index).

Generator: Philox4x32-10 (Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3",
doi:10.1145/2063384.2063405; passes BigCrush). Nothing is shared or sequential, so the same person meets the same
luck in every scenario, whatever else happens and on any number of threads (Klein et al. 2024, arXiv:2409.02086).
"""

from __future__ import annotations

import hashlib
import math
from enum import IntEnum

import numpy as np

from sim.model.arithmetic import cos_sin_turn, ln
from sim.model.compile import kernel, rule

_M0, _M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_W0, _W1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_S32, _S8, _S6 = np.uint64(32), np.uint64(8), np.uint64(6)
_INV52 = 1.0 / 4503599627370496.0
# Quarters before the start (a talent's life so far) are negative; the offset keeps the packed word positive.
QUARTER_OFFSET = 4096


class Purpose(IntEnum):
    """What a draw is for. Numbers are part of every result: never renumber, only append.

    Compiled rules take them as ``numpy.int64``: of a plain number the compiler makes a version of its own each time.
    """

    ABILITY = 1
    ENTRY = 2
    TASTE = 3
    TASTE_NEST = 4
    CONSIDER = 5
    PLACE = 6
    NEST = 7
    SEES = 8
    FOUND = 9
    QUALITY = 10
    FOUND_PLACE = 11
    SEEK = 12
    LEAD = 13
    ORDER = 15
    MOVE = 16
    MOVE_PLACE = 17
    CLOSE = 18
    FOUNDER_FOLLOWS = 20
    START = 21
    STARTUP_TASTE = 22
    SEAT = 23
    STAFF_FOLLOWS = 30
    CLOSE_SITE = 31
    CUSTOMER = 32
    HIRE = 33
    STARTUP_JOB = 40
    EMPLOYER = 41
    DWELLING = 42


def run_seed(study: int, world: int, replicate: int) -> int:
    """Return the 64-bit seed of a run: never a function of the scenario."""
    return _hash64(f"run|{study}|{world}|{replicate}")


def population_seed(study: int, world: int) -> int:
    """Return the 64-bit seed of a world's population: tastes, abilities and lives before 2013 Q3."""
    return _hash64(f"population|{study}|{world}")


def _hash64(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


@rule
def philox(c0, c1, c2, c3, k0, k1):
    """Return four 32-bit words (as uint64) for a 128-bit counter and a 64-bit key: Philox4x32-10."""
    for _ in range(10):
        p0 = _M0 * c0
        p1 = _M1 * c2
        c0, c1, c2, c3 = (p1 >> _S32) ^ c1 ^ k0, p1 & _LOW, (p0 >> _S32) ^ c3 ^ k1, p0 & _LOW
        k0 = (k0 + _W0) & _LOW
        k1 = (k1 + _W1) & _LOW
    return c0, c1, c2, c3


@rule
def draw_word(purpose, quarter):
    """Return the part of the counter that says what a draw is for and when."""
    return (np.uint64(quarter + QUARTER_OFFSET) << _S8) | np.uint64(purpose)


@rule
def draw_pair(seed, word, uid, block):
    """Return the two uniforms of a block (see :func:`uniforms`); inlined, so that loops draw for several at once."""
    a, b, c, d = philox(uid & _LOW, uid >> _S32, word, np.uint64(block), seed & _LOW, seed >> _S32)
    first = (np.float64(a >> _S6) * 67108864.0 + np.float64(b >> _S6) + 0.5) * _INV52
    second = (np.float64(c >> _S6) * 67108864.0 + np.float64(d >> _S6) + 0.5) * _INV52
    return first, second


@kernel
def uniforms(seed, purpose, uid, quarter, block):
    """Return two independent uniforms in (0, 1), 52 bits each: midpoints, so neither 0 nor 1 is ever drawn.

    ``seed`` and ``uid`` are uint64; ``purpose``, ``quarter`` and ``block`` are integers. One block holds draws
    2 * block and 2 * block + 1 of that purpose.
    """
    return draw_pair(np.uint64(seed), draw_word(purpose, quarter), np.uint64(uid), block)


@kernel
def uniform_row(seed, purpose, uid, quarter, out):
    """Write draws 0, 1, 2, ... of one purpose to ``out``, whose length is even."""
    word = draw_word(purpose, quarter)
    for block in range(out.shape[0] // 2):
        out[2 * block], out[2 * block + 1] = draw_pair(np.uint64(seed), word, np.uint64(uid), block)


@kernel
def normals(seed, purpose, uid, quarter, block):
    """Return two independent standard normals (Box and Muller 1958)."""
    first, second = uniforms(seed, purpose, uid, quarter, block)
    radius = math.sqrt(-2.0 * ln(first))
    cosine, sine = cos_sin_turn(second)
    return radius * cosine, radius * sine


@kernel
def normal_row(seed, purpose, uid, quarter, out):
    """Write normals 0, 1, 2, ... of one purpose to ``out``, whose length is even."""
    word = draw_word(purpose, quarter)
    for block in range(out.shape[0] // 2):
        first, second = draw_pair(np.uint64(seed), word, np.uint64(uid), block)
        radius = math.sqrt(-2.0 * ln(first))
        cosine, sine = cos_sin_turn(second)
        out[2 * block] = radius * cosine
        out[2 * block + 1] = radius * sine


@kernel
def gumbel(uniform):
    """Return a standard Gumbel from one uniform."""
    return -ln(-ln(uniform))


@kernel
def ln_sin_pi(x):
    """Return ``ln sin(pi x)``, ``x`` in (0, 1)."""
    _, sine = cos_sin_turn(0.5 * x)
    return ln(sine)


@kernel
def log_positive_stable(uniform, second, index):
    """Return ln S, S positive stable of the given index in (0, 1]: E exp(-tS) = exp(-t**index).

    Kanter (1975) form of Chambers, Mallows and Stuck (1976), doi:10.1080/01621459.1976.10480344.
    """
    if index >= 1.0:
        return 0.0
    waiting = -ln(second)
    return (
        ln_sin_pi(index * uniform)
        - ln_sin_pi(uniform) / index
        + (1.0 - index) / index * (ln_sin_pi((1.0 - index) * uniform) - ln(waiting))
    )


def talent_uid(slot: int, generation: int) -> int:
    """Return a talent's uid: kind 0 | generation (8 bits) | slot (32 bits). Packed, so uids cannot collide."""
    return (generation << 32) | slot


def startup_uid(slot: int, generation: int, quarter: int, k: int) -> int:
    """Return the uid of the k-th firm a talent founds in a quarter: kind 1 | k (6) | quarter (12) | generation | slot.

    The quarter is counted from QUARTER_OFFSET / 2 before the start, so past foundings fit.
    """
    return (1 << 62) | (k << 56) | ((quarter + 2048) << 42) | (generation << 32) | slot


def initial_startup_uid(index: int) -> int:
    """Return the uid of a firm that exists before the first quarter: kind 2 | index."""
    return (2 << 62) | index
