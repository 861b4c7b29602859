"""Calendar quarters: the model counts them from 2013 Q3 = 0."""

from __future__ import annotations

import re

FIRST_YEAR, FIRST_QUARTER = 2013, 3
_PATTERN = re.compile(r"^(\d{4})Q([1-4])$")


def parse_quarter(text: str) -> int:
    """Return the index of a quarter such as ``"2013Q4"`` (2013 Q3 is 0).

    Raises:
        ValueError: if the text is not a year followed by Q1..Q4, or lies before 2013Q3 or after 2113Q3.
    """
    match = _PATTERN.match(text)
    if match is None:
        raise ValueError(f"found '{text}', expected a quarter such as '2013Q4'")
    index = 4 * (int(match[1]) - FIRST_YEAR) + int(match[2]) - FIRST_QUARTER
    if not 0 <= index <= 400:
        raise ValueError(f"found '{text}', expected a quarter from 2013Q3 to 2113Q3")
    return index


def quarter_label(index: int) -> str:
    """Return the calendar name of quarter ``index``: 0 is ``"2013Q3"``."""
    position = index + FIRST_QUARTER - 1
    return f"{FIRST_YEAR + position // 4}Q{position % 4 + 1}"
