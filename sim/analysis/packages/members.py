"""Which members each scenario of a study holds, as a bit mask; a study of packages has every subset exactly once."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.analysis.paired_worlds import BASELINE
from sim.errors import InputError

MOST_MEMBERS = 10
HOW = "run_sim.py sweep scenarios/sweeps/eight_packages.toml makes all of eight"


@dataclass(frozen=True)
class Packages:
    """The members, in reading order, and the scenario of every mask, shape (2**k,)."""

    members: tuple[str, ...]
    scenarios: tuple[str, ...]

    @property
    def size(self) -> int:
        """Number of members."""
        return len(self.members)

    def label(self, mask: int) -> str:
        """Return the members of a package, ``r1+r3``; empty for none."""
        return "+".join(short for n, short in enumerate(self.shorts) if mask >> n & 1)

    @property
    def shorts(self) -> tuple[str, ...]:
        """``r3`` for ``r3_international_brand``; see :func:`short_names`."""
        return tuple(short_names(self.members))


def short_names(members: Sequence[str]) -> list[str]:
    """Return ``r3`` for ``r3_international_brand`` where that tells the members apart, else the whole name."""
    starts = [found[0] if (found := re.match(r"r\d+(?=_)", name)) else name for name in members]
    return [start if starts.count(start) == 1 else name for start, name in zip(starts, members, strict=True)]


def find_packages(scenarios: Sequence[Mapping[str, Any]], baseline: str = BASELINE) -> Packages:
    """Tell from their levers which scenarios are packages of which members.

    Members are the scenarios whose levers are not those of others together. Scenarios that hold a lever that no member
    has, or set one otherwise than the member, are no packages and are left out; so are those that change the world or
    in which rivals respond.

    Args:
        scenarios: what a study says of each: ``name``, ``levers`` (name -> fields), ``world``, ``rivals_respond``.
        baseline: the empty package.

    Raises:
        InputError: if there are fewer than two members or more than ten, or some subset is missing.
    """
    held: dict[str, frozenset[str]] = {}
    for note in scenarios:
        if not note.get("world") and not note.get("rivals_respond"):
            levers = note.get("levers") or {}
            held[str(note["name"])] = frozenset(json.dumps([key, levers[key]], sort_keys=True) for key in levers)
    if baseline not in held:
        raise InputError(f"packages: the study has no scenario '{baseline}', which is the empty package.")
    members: list[str] = []
    made: dict[frozenset[str], str] = {held[baseline]: baseline}
    # Smaller ones first: a package is the union of members met before, or it is a member itself.
    for name in sorted(held, key=lambda one: len(held[one])):
        levers = held[name]
        if levers in made:
            continue
        parts = [held[member] for member in members if held[member] <= levers]
        whole = frozenset().union(*parts)
        if whole == levers:
            made[levers] = name
        elif not whole & levers:
            members.append(name)
            made[levers] = name
    members.sort(key=_reading)
    # A scenario on its own beside the packages (an experiment with a lever of its own) is in no package of several.
    joint = [levers for levers, name in made.items() if name not in members and name != baseline]
    members = [name for name in members if any(held[name] < levers for levers in joint)]
    if not 2 <= len(members) <= MOST_MEMBERS:
        raise InputError(
            f"packages: found {len(members)} scenarios that others are made of, allowed are 2 to {MOST_MEMBERS}; {HOW}."
        )
    found: list[str] = []
    missing: list[str] = []
    for mask in range(2 ** len(members)):
        chosen = [held[name] for n, name in enumerate(members) if mask >> n & 1]
        found.append(made.get(frozenset().union(*chosen), ""))
        if not found[-1]:
            missing.append(Packages(tuple(members), ()).label(mask))
    if missing:
        raise InputError(
            f"packages: {len(missing)} of {2 ** len(members)} subsets of {len(members)} members were not run, the"
            f" first is {missing[0]}; {HOW}."
        )
    return Packages(tuple(members), tuple(found))


def _reading(name: str) -> tuple[list[tuple[int, str]], str]:
    """Sort r2 before r10."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.split(r"(\d+)", name)], name
