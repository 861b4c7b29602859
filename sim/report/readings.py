"""What tables of results say in words, in the language of the report.

The analysis writes its readings and warnings in English. The English catalogue holds them as patterns, the others the
same keys: a sentence is read by its pattern and written anew, its numbers as the language writes them.
"""

from __future__ import annotations

import re
from functools import cache

from sim.report.catalogue import Words

_FIELD = re.compile(r"\\\{(\w+)\\\}")
_NUMBER = r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?"
APART, AND = "; ", " and "
NESTED, NAMED = "reading", "names"
"""The field that holds another reading, and the one that lists names; every other field is a number."""


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    words = Words("en")
    found = []
    for table in ("reading", "reading.sentence"):
        for key, text in words.table(table).items():
            if key != "sentence":
                found.append((f"{table}.{key}", re.compile(_FIELD.sub(_group, re.escape(text)))))
    return tuple(found)


def _group(field: re.Match[str]) -> str:
    name = field.group(1)
    return f"(?P<{name}>{'.+' if name in (NESTED, NAMED) else _NUMBER})"


def reading_text(text: str, words: Words) -> str:
    """A reading, several of them joined by semicolons, or a sentence of warning; as it is where no pattern fits."""
    if words.language == "en" or not text:
        return text
    whole = _written(text, words)
    if whole is not None:
        return whole
    parts = [_written(part, words) for part in text.split(APART)]
    if any(part is None for part in parts):
        return text
    apart = words("reading_apart")
    return apart.join(str(part) for part in parts)


def _written(text: str, words: Words) -> str | None:
    for key, pattern in _patterns():
        if match := pattern.fullmatch(text):
            return words(key, **{name: _field(name, value, words) for name, value in match.groupdict().items()})
    return None


def _field(name: str, value: str, words: Words) -> str:
    if name == NESTED:
        return reading_text(value, words)
    return words("reading_and").join(value.split(AND)) if name == NAMED else words.numbers.plain(float(value))
