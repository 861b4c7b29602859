"""One logarithm, one exponential, one cosine and sine for all rules: plain IEEE arithmetic, no library's own.

Written without branches, so that the compiler works on several agents or places at once; every step is rounded as IEEE
754 says and nothing is contracted, so the bits do not depend on how many it takes at once, on the processor or on the
C library. Coefficients and steps follow FreeBSD's msun (e_log.c, e_exp.c, k_cos.c, k_sin.c; Sun Microsystems 1993);
errors stay below 1 unit in the last place for logarithm and exponential (tests/model/test_arithmetic.py).
"""

from __future__ import annotations

import numpy as np

from sim.model.compile import kernel

_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
_PER_LN2 = 1.44269504088896338700
_SQRT_HALF_BITS = np.int64(0x3FE6A09E667F3BCD)
_MANTISSA = np.int64(52)
_TURN = 6.283185307179586  # 2 pi
# Arguments of the exponential are cut here: results stay normal numbers.
EXP_LIMIT = 700.0


@kernel
def ln(x):
    """Return the natural logarithm of a positive normal number; not a number for zero and below."""
    bits = np.float64(x).view(np.int64)
    # x = 2**k * m with m in [sqrt(1/2), sqrt(2)).
    k = (bits - _SQRT_HALF_BITS) >> _MANTISSA
    f = np.int64(bits - (k << _MANTISSA)).view(np.float64) - 1.0
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    odd = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01))
    even = z * (
        6.666666666666735130e-01
        + w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01))
    )
    half = 0.5 * f * f
    power = np.float64(k)
    result = power * _LN2_HIGH - ((half - (s * (half + (even + odd)) + power * _LN2_LOW)) - f)
    return result if x > 0.0 else np.nan


@kernel
def exp(x):
    """Return the exponential of ``x``, cut to [-700, 700]."""
    x = min(max(x, -EXP_LIMIT), EXP_LIMIT)
    k = np.floor(x * _PER_LN2 + 0.5)
    high = x - k * _LN2_HIGH
    low = k * _LN2_LOW
    r = high - low
    t = r * r
    c = r - t * (
        1.66666666666666019037e-01
        + t
        * (
            -2.77777777770155933842e-03
            + t * (6.61375632143793436117e-05 + t * (-1.65339022054652515390e-06 + t * 4.13813679705723846039e-08))
        )
    )
    y = 1.0 - ((low - (r * c) / (2.0 - c)) - high)
    return np.int64(np.float64(y).view(np.int64) + (np.int64(k) << _MANTISSA)).view(np.float64)


@kernel
def cos_sin_turn(u):
    """Return cosine and sine of ``2 pi u``, ``u`` in [0, 1]."""
    q = np.floor(4.0 * u + 0.5)
    r = (u - 0.25 * q) * _TURN  # in [-pi/4, pi/4]
    z = r * r
    sine = r + r * z * (
        -1.66666666666666324348e-01
        + z
        * (
            8.33333333332248946124e-03
            + z
            * (
                -1.98412698298579493134e-04
                + z * (2.75573137070700676789e-06 + z * (-2.50507602534068634195e-08 + z * 1.58969099521155010221e-10))
            )
        )
    )
    cosine = 1.0 - (
        0.5 * z
        - z
        * z
        * (
            4.16666666666666019037e-02
            + z
            * (
                -1.38888888888741095749e-03
                + z
                * (
                    2.48015872894767294178e-05
                    + z
                    * (-2.75573143513906633035e-07 + z * (2.08757232129817482790e-09 + z * -1.13596475577881948265e-11))
                )
            )
        )
    )
    quarter = np.int64(q)
    odd = (quarter & 1) != 0
    first = sine if odd else cosine
    second = cosine if odd else sine
    return (-first if ((quarter + 1) & 2) != 0 else first), (-second if (quarter & 2) != 0 else second)
