"""The one exception for bad input: a list of sentences a user can act on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches


class InputError(Exception):
    """Bad input. ``problems`` holds one sentence per problem: file, key, what was found, what is allowed."""

    def __init__(self, problems: str | Iterable[str]) -> None:
        self.problems: list[str] = [problems] if isinstance(problems, str) else list(problems)
        super().__init__("\n".join(self.problems))


class ChangedError(InputError):
    """Sources that are not what they were. ``what`` names them."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}: its sources have changed since; start anew.")
        self.what = what


class DamagedError(InputError):
    """A file of results that is not what a run writes; its sentence names the remedy."""


def nearest(name: str, allowed: Sequence[str]) -> str:
    """Return ``"; did you mean 'x'?"`` for the nearest allowed name, or an empty string."""
    matches = get_close_matches(name.casefold(), {a.casefold(): a for a in allowed}, n=1, cutoff=0.5)
    originals = {a.casefold(): a for a in allowed}
    return f"; did you mean '{originals[matches[0]]}'?" if matches else ""
