"""What somebody has on the table: up to four policies and the world that they meet. Plain values, nothing shown."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from sim.dashboard.instruments import MOST_MEUR, NATIONAL, YEARS, instruments
from sim.errors import InputError
from sim.quarters import parse_quarter

LETTERS = "ABCD"
"""Names of the policies: at most four stand side by side."""
WORLDS = (8, 16, 24, 48)
SCALES = (200, 100, 20)
"""Real talents that one agent of a live run may stand for."""


@dataclass(frozen=True)
class Choice:
    """A lever that is switched on.

    ``short``: r1 to r8; ``strength``: above 0, at most 1; ``start``: first quarter; ``budget``: million euro, None for
    a lever without one; ``places``: ids of French places, none for the lever's own rule.

    Raises:
        InputError: for a value that no lever takes.
    """

    short: str
    strength: float = 1.0
    start: str = ""
    budget: float | None = None
    places: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        known = instruments()
        if self.short not in known:
            raise InputError(f"link: found lever '{self.short}', allowed are {', '.join(known)}.")
        own = known[self.short]
        object.__setattr__(self, "start", self.start or own.start)
        object.__setattr__(self, "budget", own.budget if self.budget is None else self.budget)
        problems = []
        if not 0.0 < self.strength <= 1.0:
            problems.append(f"link: {self.short}: strength: found {self.strength:g}, allowed is above 0, at most 1.")
        try:
            parse_quarter(self.start)
        except ValueError:
            problems.append(f"link: {self.short}: start: found '{self.start}', allowed is a quarter from 2013Q3 on.")
        most = MOST_MEUR.get(own.key)
        if self.budget is not None and (most is None or not 0.0 <= self.budget <= most):
            allowed = "none: this lever has no budget of its own" if most is None else f"0 to {most:g} million euro"
            problems.append(f"link: {self.short}: budget: found {self.budget:g}, allowed is {allowed}.")
        if self.places and own.key in NATIONAL:
            problems.append(f"link: {self.short}: places: found some, allowed are none: the lever is national.")
        if len(set(self.places)) < len(self.places):
            problems.append(f"link: {self.short}: places: a place is named twice.")
        if problems:
            raise InputError(problems)

    @property
    def is_as_described(self) -> bool:
        """Whether only its strength may differ from the recommendation's own scenario."""
        own = instruments()[self.short]
        return (self.start, self.budget, self.places) == (own.start, own.budget, ())


@dataclass(frozen=True)
class Policy:
    """Levers together, in the order r1 to r8."""

    choices: tuple[Choice, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "choices", tuple(sorted(self.choices, key=lambda choice: choice.short)))
        shorts = [choice.short for choice in self.choices]
        if len(set(shorts)) < len(shorts):
            raise InputError("link: a lever stands twice in one policy.")

    def choice(self, short: str) -> Choice | None:
        """A lever of the policy; None if it is off."""
        return next((choice for choice in self.choices if choice.short == short), None)

    def with_choice(self, short: str, choice: Choice | None) -> Policy:
        """The same policy with one lever set, or switched off."""
        others = tuple(held for held in self.choices if held.short != short)
        return Policy(others if choice is None else (*others, choice))


@dataclass(frozen=True)
class Board:
    """Policies and the world that they and the baseline meet.

    ``rivals``: foreign cities respond; ``world``: parameters fixed to a value, sorted by name; ``worlds``, ``scale``:
    size of the live run.

    Raises:
        InputError: for more than four policies, or a value out of range.
    """

    policies: tuple[Policy, ...] = (Policy(),)
    years: int = 10
    rivals: bool = False
    world: tuple[tuple[str, float], ...] = ()
    worlds: int = 24
    scale: int = 100

    def __post_init__(self) -> None:
        object.__setattr__(self, "world", tuple(sorted(self.world)))
        problems = []
        if not 1 <= len(self.policies) <= len(LETTERS):
            problems.append(f"link: found {len(self.policies)} policies, allowed are 1 to {len(LETTERS)}.")
        if not YEARS[0] <= self.years <= YEARS[1]:
            problems.append(f"link: years: found {self.years}, allowed are {YEARS[0]} to {YEARS[1]}.")
        for name, value, allowed in (("worlds", self.worlds, WORLDS), ("scale", self.scale, SCALES)):
            if value not in allowed:
                problems.append(f"link: {name}: found {value}, allowed are {', '.join(map(str, allowed))}.")
        if len(dict(self.world)) < len(self.world):
            problems.append("link: world: a parameter is named twice.")
        if any(not math.isfinite(value) for _, value in self.world):
            problems.append("link: world: found a value that is no number.")
        if problems:
            raise InputError(problems)

    def with_policy(self, at: int, policy: Policy) -> Board:
        """The same board with one policy replaced."""
        return replace(self, policies=(*self.policies[:at], policy, *self.policies[at + 1 :]))
