"""The rules own logarithm, exponential, cosine and sine: near the exact ones, the same however many at once."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from sim.model.arithmetic import EXP_LIMIT, cos_sin_turn, exp, ln
from sim.model.compile import kernel

RNG = np.random.default_rng(20130701)


@kernel
def many_ln(x, out):  # type: ignore[no-untyped-def]
    for i in range(x.shape[0]):
        out[i] = ln(x[i])


@kernel
def many_exp(x, out):  # type: ignore[no-untyped-def]
    for i in range(x.shape[0]):
        out[i] = exp(x[i])


@kernel
def many_turns(x, cosine, sine):  # type: ignore[no-untyped-def]
    for i in range(x.shape[0]):
        cosine[i], sine[i] = cos_sin_turn(x[i])


def ulps(found: np.ndarray, exact: list[float]) -> float:
    """Return the largest error in units of the last place of the exact value."""
    reference = np.array(exact)
    return float(np.max(np.abs(found - reference) / np.spacing(np.abs(reference))))


POSITIVE = np.concatenate([RNG.random(20_000), np.exp(RNG.uniform(-700, 700, 20_000)), [1.0, 0.5, 2.0, 1e-300, 1e300]])
# Numbers next to 1: the logarithm of the largest and the smallest uniform.
EDGES = np.array([1.0 - 2.0**-53, 1.0 + 2.0**-52, 2.0**-53, 0.5**0.5, 2.0**0.5])


@pytest.mark.parametrize("x", [POSITIVE, EDGES], ids=["range", "edges"])
def test_the_logarithm_is_within_one_unit_of_the_last_place(x: np.ndarray) -> None:
    out = np.empty(len(x))
    many_ln(x, out)
    assert ulps(out[x != 1.0], [math.log(v) for v in x if v != 1.0]) <= 1.0
    assert (out[x == 1.0] == 0.0).all()


def test_the_exponential_is_within_one_unit_of_the_last_place_and_cut_at_its_limits() -> None:
    x = np.concatenate([RNG.uniform(-EXP_LIMIT, EXP_LIMIT, 20_000), RNG.normal(0.0, 1.0, 20_000), [0.0]])
    out = np.empty(len(x))
    many_exp(x, out)
    assert ulps(out, [math.exp(v) for v in x]) <= 1.0
    assert exp(-1e9) == exp(-EXP_LIMIT) > 0.0
    assert exp(1e9) == exp(EXP_LIMIT) < math.inf


def test_cosine_and_sine_of_a_turn() -> None:
    x = np.concatenate([RNG.random(20_000), np.arange(9) / 8.0])
    cosine, sine = np.empty(len(x)), np.empty(len(x))
    many_turns(x, cosine, sine)
    assert np.max(np.abs(cosine - np.cos(2.0 * np.pi * x))) < 1e-15
    assert np.max(np.abs(sine - np.sin(2.0 * np.pi * x))) < 1e-15
    assert np.max(np.abs(cosine**2 + sine**2 - 1.0)) < 5e-16
    # Exact where the argument is.
    assert cos_sin_turn(0.25) == (0.0, 1.0)
    assert cos_sin_turn(0.5)[0] == -1.0


def test_the_logarithm_of_what_has_none_is_not_a_number() -> None:
    assert math.isnan(ln(0.0))
    assert math.isnan(ln(-1.0))


@pytest.mark.parametrize("function", [ln, exp], ids=["ln", "exp"])
def test_one_by_one_several_at_once_and_plain_python_give_the_same_bits(function: Callable[[float], float]) -> None:
    x = np.concatenate([POSITIVE[:200], EDGES]) if function is ln else RNG.normal(0.0, 20.0, 200)
    out = np.empty(len(x))
    (many_ln if function is ln else many_exp)(x, out)
    plain = function.py_func  # type: ignore[attr-defined]  # what Numba compiled
    with np.errstate(all="ignore"):
        assert [function(v) for v in x] == out.tolist() == [float(plain(v)) for v in x]


def worst(function: Callable[[float], float]) -> float:
    """Return the largest error of a logarithm over the range, in units of the last place."""
    x = POSITIVE[:2_000]
    return ulps(np.array([function(v) for v in x]), [math.log(v) for v in x])


def test_a_coefficient_lost_is_caught() -> None:
    def coarse(x: float) -> float:
        # ln m = 2 (s + s^3/3 + s^5/5 + s^7/7), one term less than it takes.
        mantissa, power = math.frexp(x)
        s = (mantissa - 1.0) / (mantissa + 1.0)
        return power * math.log(2.0) + 2.0 * (s + s**3 / 3 + s**5 / 5 + s**7 / 7)

    assert worst(ln) <= 1.0 < worst(coarse)
