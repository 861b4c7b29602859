"""The one exception for bad input: a list of sentences a user can act on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

MOST_PROBLEMS = 50
"""Sentences of one refusal: who has so many to mend is helped by no more."""
LONGEST = 1200
"""Signs of one sentence; of a longer one the middle is left out."""
LONGEST_NAME = 100
"""Signs of a name that others are compared with, and of a text that is quoted whole."""
# Signs that move the cursor, colour a terminal, turn the direction of writing or end a line; halves of signs, too.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_QUOTED = re.compile(rf"'([^']{{{LONGEST_NAME + 60},}})'")


class InputError(Exception):
    """Bad input. ``problems`` holds one sentence per problem: file, key, what was found, what is allowed.

    Whatever the input holds, a sentence is one line of readable signs and of bounded length: control characters are
    written as their numbers, and of long texts the beginning and the end are quoted. There are at most
    ``MOST_PROBLEMS``.
    """

    def __init__(self, problems: str | Iterable[str]) -> None:
        said = [problems] if isinstance(problems, str) else list(problems)
        more = len(said) - MOST_PROBLEMS
        self.problems: list[str] = [readable(problem) for problem in said[:MOST_PROBLEMS]]
        if more > 0:
            self.problems.append("More problems follow; mend these first.")
        super().__init__("\n".join(self.problems))


class ChangedError(InputError):
    """Sources that are not what they were. ``what`` names them."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}: its sources have changed since; start anew.")
        self.what = what


class DamagedError(InputError):
    """A file of results that is not what a run writes; its sentence names the remedy."""


class Problems(list[str]):
    """Sentences gathered while a large input is read: with more than ``MOST_PROBLEMS`` of them reading ends.

    Raises:
        InputError: when one more is added than are said.
    """

    def append(self, problem: str) -> None:
        """Add a sentence."""
        super().append(problem)
        if len(self) > MOST_PROBLEMS:
            raise InputError(self)

    def extend(self, problems: Iterable[str]) -> None:
        """Add sentences."""
        for problem in problems:
            self.append(problem)

    def __iadd__(self, problems: Iterable[str]) -> Problems:  # type: ignore[override, misc]
        self.extend(problems)
        return self


def readable(text: str) -> str:
    """Return a text as one line of readable signs, of at most ``LONGEST``."""
    if len(text) > LONGEST:
        text = _QUOTED.sub(lambda found: f"'{shortened(found[1])}'", text)
    text = _UNSEEN.sub(_escaped, _cut(text))
    return _cut(text)  # a sign that is written as its number takes up to six


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST // 2]} ... {text[-LONGEST // 3 :]}"


def shortened(text: str) -> str:
    """Return a text as it is quoted: of a long one the beginning, the end and how many signs it has."""
    if len(text) <= LONGEST_NAME:
        return text
    return f"{text[: LONGEST_NAME // 2]} ... {text[-LONGEST_NAME // 5 :]} ({len(text)} signs)"


def nearest(name: str, allowed: Sequence[str]) -> str:
    """Return ``"; did you mean 'x'?"`` for the nearest allowed name, or an empty string."""
    if len(name) > LONGEST_NAME:  # no such name is meant, and comparing takes long
        return ""
    matches = get_close_matches(name.casefold(), {a.casefold(): a for a in allowed}, n=1, cutoff=0.5)
    originals = {a.casefold(): a for a in allowed}
    return f"; did you mean '{originals[matches[0]]}'?" if matches else ""


def _escaped(found: re.Match[str]) -> str:
    sign = found[0]
    known = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
    return known.get(sign) or (f"\\x{ord(sign):02x}" if ord(sign) < 256 else f"\\u{ord(sign):04x}")
