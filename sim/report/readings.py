"""Why a number has no interval, or how it must not be read, in the language of the report.

The tables say it in English, in the few sentences of :func:`sim.analysis.intervals.why_no_interval` and of packages.
"""

from __future__ import annotations

import re

from sim.report.catalogue import Words

PATTERNS = {
    "one": r"only 1 world: no interval",
    "few": r"only (?P<worlds>\d+) worlds: no interval",
    "zero": r"0 in each of (?P<worlds>\d+) worlds",
    "rare": r"not 0 in only (?P<differing>\d+) of (?P<worlds>\d+) worlds: no interval",
    "outside": r"outside the family: no joint interval",
    "empty": r"the empty package itself: 0 by definition",
    "flattered": r"chosen on the same worlds: the interval is optimistic, read gain_held_out",
    "nothing": r"no package within the budget gains on average: none is chosen",
    "unhalved": r"only (?P<worlds>\d+) worlds: nothing held out",
    "cost": r"public cost: (?P<rest>.+)",
}


def reading_text(reading: str, words: Words) -> str:
    """Return the reading of a table's row in the language of the report; what is not known stays as it is."""
    return words("reading.and").join(_part(part, words) for part in reading.split("; ")) if reading else ""


def _part(part: str, words: Words) -> str:
    for key, pattern in PATTERNS.items():
        if found := re.fullmatch(pattern, part):
            fields = found.groupdict()
            if "rest" in fields:
                fields["rest"] = _part(fields["rest"], words)
            return words(f"reading.{key}", **fields)
    return part
