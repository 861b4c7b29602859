"""A board as parameters of a link, and back: short, readable, and never trusted.

``a=r1;r4,strength=0.5,start=2014Q2,budget=100,places=lyon+lille`` is a policy of two levers; ``a=none`` has none. What
a lever leaves out is as in its recommendation. ``world=talent.beta:2.5;...`` fixes parameters.
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.dashboard.board import LETTERS, Board, Choice, Policy
from sim.dashboard.instruments import instruments
from sim.errors import InputError

NONE = "none"
MOST_SIGNS = 4000
"""Longest value of a parameter that is read."""
FIELDS = ("strength", "start", "budget", "places")
WHOLE = ("years", "worlds", "scale")


def link_of(board: Board) -> dict[str, str]:
    """Parameters of a link that restores the board; what is as at the start is left out."""
    plain = Board()
    found = {letter.lower(): _policy_text(policy) for letter, policy in zip(LETTERS, board.policies, strict=False)}
    for name in WHOLE:
        if getattr(board, name) != getattr(plain, name):
            found[name] = str(getattr(board, name))
    if board.rivals:
        found["rivals"] = "1"
    if board.world:
        found["world"] = ";".join(f"{name}:{value!r}" for name, value in board.world)
    return found


def board_of(link: Mapping[str, str]) -> Board:
    """The board of a link; parameters that are not of a board are left alone.

    Raises:
        InputError: one sentence for each thing that cannot be read.
    """
    problems: list[str] = []
    for name, text in link.items():
        if len(text) > MOST_SIGNS:
            raise InputError(f"link: {name[:20]}: found {len(text)} signs, allowed are {MOST_SIGNS}.")
    policies = []
    for letter in LETTERS.lower():
        if letter in link:
            try:
                policies.append(_policy(link[letter]))
            except InputError as error:
                problems += error.problems
    numbers = {}
    for name in WHOLE:
        if name in link:
            try:
                numbers[name] = int(link[name])
            except ValueError:
                problems.append(f"link: {name}: found '{link[name]}', allowed is a whole number.")
    world = []
    for part in filter(None, link.get("world", "").split(";")):
        name, _, value = part.partition(":")
        try:
            world.append((name, float(value)))
        except ValueError:
            problems.append(f"link: world: {name}: found '{value}', allowed is a number.")
    if problems:
        raise InputError(problems)
    return Board(tuple(policies) or (Policy(),), rivals=link.get("rivals") == "1", world=tuple(world), **numbers)


def _policy_text(policy: Policy) -> str:
    return ";".join(_choice_text(choice) for choice in policy.choices) or NONE


def _choice_text(choice: Choice) -> str:
    own, parts = instruments()[choice.short], [choice.short]
    if choice.strength != 1.0:
        parts.append(f"strength={choice.strength!r}")
    if choice.start != own.start:
        parts.append(f"start={choice.start}")
    if choice.budget != own.budget:
        parts.append(f"budget={choice.budget!r}")
    if choice.places:
        parts.append(f"places={'+'.join(choice.places)}")
    return ",".join(parts)


def _policy(text: str) -> Policy:
    return Policy(() if text == NONE else tuple(_choice(part) for part in filter(None, text.split(";"))))


def _choice(text: str) -> Choice:
    short, *parts = text.split(",")
    fields: dict[str, str] = {}
    for part in parts:
        name, _, value = part.partition("=")
        if name not in FIELDS or name in fields:
            raise InputError(f"link: {short}: found '{name}', allowed are {', '.join(FIELDS)}, once each.")
        fields[name] = value
    numbers = {}
    for name in ("strength", "budget"):
        if name in fields:
            try:
                numbers[name] = float(fields[name])
            except ValueError:
                raise InputError(f"link: {short}: {name}: found '{fields[name]}', allowed is a number.") from None
    # A browser may show the + between places as a blank.
    places = tuple(filter(None, fields.get("places", "").replace(" ", "+").split("+")))
    return Choice(short, numbers.get("strength", 1.0), fields.get("start", ""), numbers.get("budget"), places)
