"""Numbers as text: rounding that respects the interval, real minus signs, grouped digits."""

from __future__ import annotations

import math

MINUS, THIN = "\u2212", "\u202f"
MOST_DECIMALS = 6


def decimals_for(low: float, high: float, value: float = 0.0) -> int:
    """Decimals that show two significant digits of the interval's width (negative: tens, hundreds ...).

    Without a width, three significant digits of the value.
    """
    width = abs(high - low)
    if not math.isfinite(width) or width == 0:
        if not math.isfinite(value) or value == 0:
            return 0
        return min(MOST_DECIMALS, 2 - math.floor(math.log10(abs(value))))
    return min(MOST_DECIMALS, 1 - math.floor(math.log10(width)))


def number(value: float, decimals: int = 0, signed: bool = False) -> str:
    """``1234.5`` as ``1,234.5``, with a minus sign proper and, if ``signed``, a plus; never a negative zero."""
    if not math.isfinite(value):
        return "–"
    rounded = round(value, decimals)
    if rounded == 0:
        return f"{0:.{max(decimals, 0)}f}"
    sign = MINUS if rounded < 0 else "+" if signed else ""
    return f"{sign}{abs(rounded):,.{max(decimals, 0)}f}"


def two_digits(value: float) -> str:
    """A positive number with two significant digits, never in powers of ten; a dash where there is none."""
    if not math.isfinite(value) or value == 0:
        return number(value)
    return number(value, 1 - math.floor(math.log10(abs(value))))


def estimate(
    value: float, low: float, high: float, signed: bool = False, decimals: int | None = None
) -> tuple[str, str, str]:
    """Value and interval limits, rounded alike: to ``decimals`` if given, else by the interval's width.

    In an interval that excludes zero no number is rounded to zero: it keeps one significant digit instead, so that
    the text never looks as if the interval contained zero.
    """
    decimals = decimals_for(low, high, value) if decimals is None else decimals
    clear = low > 0 or high < 0

    def rounded(x: float) -> str:
        if clear and x != 0 and math.isfinite(x) and round(x, decimals) == 0:
            return number(x, -math.floor(math.log10(abs(x))), signed)
        return number(x, decimals, signed)

    return rounded(value), rounded(low), rounded(high)
