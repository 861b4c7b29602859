"""Read one table of a sweep file key by key; each wrong key is one sentence, and reading goes on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sim.errors import MOST_PROBLEMS, nearest, shortened
from sim.lever_tables import all_of, found

LARGEST = 2**63 - 1


class Table:
    """One table: its keys are asked for one by one, and what is wrong is added to ``problems``.

    A key that is missing or wrong gives the default, so that the rest of a file can be checked.
    """

    def __init__(self, file: str, where: str, content: object, known: Sequence[str], problems: list[str]) -> None:
        self.file, self.where, self.problems = file, where, problems
        self.content: dict[str, Any] = content if isinstance(content, dict) else {}
        if not isinstance(content, dict):
            self._say(where, f"found {found(content)}, allowed is a table, [{where}].")
        for key in self.content:
            if key not in known and len(problems) <= MOST_PROBLEMS:
                self.wrong(shortened(key), f"unknown key{nearest(key, known) or all_of(known)}")

    def __contains__(self, key: str) -> bool:
        return key in self.content

    def wrong(self, key: str, sentence: str) -> None:
        """Add a problem of one key."""
        self._say(f"{self.where}.{key}" if self.where else key, sentence)

    def table(self, key: str, known: Sequence[str]) -> Table:
        """Return the table under a key; empty if it is missing."""
        where = f"{self.where}.{key}" if self.where else key
        return Table(self.file, where, self.content.get(key, {}), known, self.problems)

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text; without a default it must be there and not be empty."""
        if key not in self.content:
            if default is None:
                self.wrong(key, "missing, allowed is a text in quotes.")
            return default or ""
        value = self.content[key]
        if not isinstance(value, str):
            self._refuse(key, "a text in quotes")
            return default or ""
        if default is None and not value.strip():
            self.wrong(key, "found an empty text, allowed is a text.")
        return value.strip()

    def choice(self, key: str, options: Sequence[str], default: str) -> str:
        """Return one of some words."""
        value = self.content.get(key, default)
        if isinstance(value, str) and value in options:
            return value
        if not isinstance(value, str):
            self._refuse(key, f"one of {', '.join(options)}")
        else:
            self.wrong(key, f"found '{shortened(value)}'{nearest(value, options) or all_of(options)}")
        return default

    def flag(self, key: str, default: bool) -> bool:
        """Return true or false."""
        value = self.content.get(key, default)
        if isinstance(value, bool):
            return value
        self._refuse(key, "true or false")
        return default

    def whole(self, key: str, default: int | None, low: int = 0, high: int = LARGEST) -> int:
        """Return a whole number from low to high; without a default it must be there."""
        value = self.content.get(key, default)
        if value is None:
            self.wrong(key, f"missing, allowed is a whole number from {low} to {high}.")
            return low
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        self._refuse(key, f"a whole number from {low} to {high}")
        return low if default is None else default

    def number(self, key: str, default: float | None, above: float = 0.0) -> float | None:
        """Return a number above a bound; None if it is missing and has no default."""
        value = self.content.get(key, default)
        if value is None:
            return None
        if is_number(value) and above < value <= LARGEST:
            return float(value)
        self._refuse(key, f"a number above {above:g}")
        return default

    def texts(self, key: str) -> list[str]:
        """Return a list of different texts; empty if it is missing."""
        value = self.content.get(key, [])
        if not isinstance(value, list):
            self._refuse(key, "a list of texts in quotes")
            return []
        good: list[str] = []
        there: set[str] = set()
        for number, item in enumerate(value, 1):
            if len(self.problems) > MOST_PROBLEMS:
                break
            if not isinstance(item, str) or not item.strip():
                self.wrong(key, f"entry {number}: found {found(item)}, allowed is a text in quotes.")
            elif item in there:
                self.wrong(key, f"'{shortened(item)}' is named twice.")
            else:
                there.add(item)
                good.append(item)
        return good

    def _refuse(self, key: str, allowed: str) -> None:
        self.wrong(key, f"found {found(self.content[key])}, allowed is {allowed}.")

    def _say(self, where: str, sentence: str) -> None:
        self.problems.append(f"{self.file}: {where}: {sentence}")


def is_number(value: object) -> bool:
    """Whether a value is a whole or a floating-point number."""
    return isinstance(value, int | float) and not isinstance(value, bool)
