"""The arithmetic of the twin (ODD 3.4); it shares logarithm, exponential, turns and draws with the model, no more."""

from __future__ import annotations

import math
import struct

from sim.model.arithmetic import cos_sin_turn as shared_turn
from sim.model.arithmetic import exp as shared_exp
from sim.model.arithmetic import ln as shared_ln

PI = math.pi


def ln(x):
    """Return the natural logarithm."""
    return float(shared_ln(float(x)))


def exp(x):
    """Return e to the power of x."""
    return float(shared_exp(float(x)))


def cos_sin_turn(x):
    """Return cosine and sine of ``x`` turns."""
    return shared_turn(float(x))


def single(x):
    """Round to single precision."""
    return struct.unpack("f", struct.pack("f", x))[0]


def sine(x):
    """Return the sine, of geography alone."""
    return math.sin(x)


def cosine(x):
    """Return the cosine, of geography alone."""
    return math.cos(x)


def root(x):
    """Return the square root."""
    return math.sqrt(x)


def trunc(x):
    """Cut toward zero (ODD, notation)."""
    return math.trunc(x)


def floor(x):
    """Round down (ODD, notation)."""
    return math.floor(x)


def clip(x, low, high):
    """Return x, at least ``low`` and at most ``high``."""
    return min(max(x, low), high)


def average(values):
    """Return the mean of a list."""
    return sum(values) / len(values)


def zeros(count):
    """Return a list of whole zeros."""
    return [0] * count


def matrix(rows, columns):
    """Return rows x columns of whole zeros."""
    return [[0] * columns for _ in range(rows)]
