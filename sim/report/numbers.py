"""Numbers as text in one language: rounding that respects the interval, real minus signs, grouped digits."""

from __future__ import annotations

import math

from babel import Locale
from babel.numbers import get_decimal_symbol, get_group_symbol

MINUS, THIN = "\u2212", "\u202f"
MOST_DECIMALS = 6
MILLION_PER_BILLION = 1000.0


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


class Numbers:
    """Numbers written as a language writes them (Unicode CLDR, through Babel)."""

    def __init__(self, language: str) -> None:
        self._locale = Locale.parse(language)
        self._marks = str.maketrans({",": get_group_symbol(self._locale), ".": get_decimal_symbol(self._locale)})
        self.percent_gap = "" if language == "en" else THIN

    def number(self, value: float, decimals: int = 0, signed: bool = False) -> str:
        """``1234.5`` as ``1,234.5`` or ``1 234,5``, with a minus sign proper and, if ``signed``, a plus.

        Never a negative zero; a dash for what is not a number.
        """
        if not math.isfinite(value):
            return "–"
        rounded = round(value, decimals)
        shown = max(decimals, 0)
        sign = "" if rounded == 0 else MINUS if rounded < 0 else "+" if signed else ""
        return sign + f"{abs(rounded):,.{shown}f}".translate(self._marks)

    def two_digits(self, value: float) -> str:
        """A positive number with two significant digits, never in powers of ten; a dash where there is none."""
        if not math.isfinite(value) or value == 0:
            return self.number(value)
        return self.number(value, 1 - math.floor(math.log10(abs(value))))

    def plain(self, value: float) -> str:
        """A number without zeros behind or decimals beyond six significant digits, as on the ticks of an axis."""
        if not math.isfinite(value) or value == 0:
            return self.number(value)
        decimals = max(0, 5 - math.floor(math.log10(abs(value))))
        rounded = round(value, decimals)
        while decimals and round(rounded, decimals - 1) == rounded:
            decimals -= 1
        return self.number(rounded, decimals)

    def percent(self, value: float, decimals: int = 0, signed: bool = False) -> str:
        """``12.3`` as ``12.3%`` or ``12,3 %``."""
        return f"{self.number(value, decimals, signed)}{self.percent_gap}%"

    def money(self, value: float, decimals: int = 0, signed: bool = False) -> str:
        """Million euro as ``€420 M`` or ``420 M€``; from a thousand on ``€2.3 bn`` or ``2,3 Md€``."""
        unit, amount = ("M", value)
        if abs(value) >= MILLION_PER_BILLION:
            unit, amount, decimals = "bn", value / MILLION_PER_BILLION, decimals + 3
            decimals = min(decimals, 1) if decimals > 0 else 0
        text = self.number(amount, decimals, signed)
        if self._locale.language == "fr":
            return f"{text}{THIN}{'Md€' if unit == 'bn' else 'M€'}"
        sign = text[0] if text[0] in f"+{MINUS}" else ""
        return f"{sign}€{text.removeprefix(sign)}{THIN}{unit}"

    def quarter(self, year: int, quarter: int) -> str:
        """A quarter of a year: ``2013 Q3`` or ``T3 2013``."""
        return f"T{quarter} {year}" if self._locale.language == "fr" else f"{year} Q{quarter}"

    def estimate(
        self, value: float, low: float, high: float, signed: bool = False, decimals: int | None = None
    ) -> tuple[str, str, str]:
        """Value and interval limits, rounded alike: to ``decimals`` if given, else by the interval's width.

        In an interval that excludes zero no number is rounded to zero: it keeps one significant digit instead, so that
        the text never looks as if the interval contained zero.
        """
        decimals = decimals_for(low, high, value) if decimals is None else decimals
        clear = low > 0 or high < 0

        def rounded(x: float) -> str:
            if clear and x != 0 and math.isfinite(x) and round(x, decimals) == 0:
                return self.number(x, -math.floor(math.log10(abs(x))), signed)
            return self.number(x, decimals, signed)

        return rounded(value), rounded(low), rounded(high)
