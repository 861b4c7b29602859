"""Which members each scenario of a study holds, as a bit mask; a study of packages has every subset exactly once.

The levers of a package are those of its members together, with the same settings, and rivals respond if they do for one
of its members. What is anything else, the placebo for instance or a lever set otherwise, is no package and is left out.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.analysis.paired_worlds import BASELINE
from sim.errors import InputError, nearest
from sim.scenario import short_names

MOST_MEMBERS = 10
REMEDY = "run_sim.py sweep scenarios/sweeps/eight_packages.toml makes every package of the eight recommendations"
# What a scenario does: its levers with their settings, and whether rivals respond.
Does = tuple[frozenset[str], bool]


@dataclass(frozen=True)
class Packages:
    """The members, in reading order, and the scenario of every mask, ``2**k`` of them."""

    members: tuple[str, ...]
    scenarios: tuple[str, ...]

    @property
    def shorts(self) -> tuple[str, ...]:
        """``r3`` for ``r3_international_brand``; see :func:`sim.scenario.short_names`."""
        return tuple(short_names(self.members))

    def label(self, mask: int) -> str:
        """Return the members of a package, ``r1+r3``; empty for none."""
        return _label(self.shorts, mask)


def find_packages(
    scenarios: Sequence[Mapping[str, Any]], members: Sequence[str] | None = None, baseline: str = BASELINE
) -> Packages:
    """Tell from their levers which scenarios are packages of which members.

    Args:
        scenarios: what a study says of each: ``name``, ``levers`` (name -> settings), ``recommendation``, ``world``,
            ``rivals_respond``; all but the name may be missing.
        members: their names; none: the scenarios that carry a recommendation.
        baseline: the empty package.

    Raises:
        InputError: one sentence for every reason why they are not all packages of some members, each once.
    """
    notes = {str(note["name"]): {key: said for key, said in note.items() if _is_said(said)} for note in scenarios}
    chosen = [name for name, note in notes.items() if note.get("recommendation")] if members is None else [*members]
    chosen.sort(key=_reading)
    if problems := [*_unfit(notes, chosen, baseline)]:
        raise InputError(problems)
    parts = [_does(notes[name]) for name in chosen]
    shorts = short_names(chosen)
    masks: dict[Does, int] = {}
    for mask in _smaller_first(len(chosen)):
        held = [part for n, part in enumerate(parts) if mask >> n & 1]
        does = (frozenset().union(*(levers for levers, _ in held)), any(rivals for _, rivals in held))
        if (twin := masks.setdefault(does, mask)) != mask:
            problems.append(
                f"scenarios.json: the levers of {_label(shorts, mask)} are those of {_label(shorts, twin) or baseline};"
                " every member needs a lever of its own."
            )
            raise InputError(problems)
    found: dict[int, str] = {}
    for name, note in notes.items():
        mask_of = None if note.get("world") else masks.get(_does(note))
        if mask_of is None:
            continue
        if mask_of in found:
            problems.append(
                f"scenarios.json: '{found[mask_of]}' and '{name}' have the same levers; a package is one scenario, so"
                " leave one of them out."
            )
        found.setdefault(mask_of, name)
    missing = [mask for mask in masks.values() if mask not in found]
    if missing:
        problems.append(
            f"scenarios.json: {len(missing)} of the {len(masks)} packages of {', '.join(shorts)} missing, the first is"
            f" {_label(shorts, missing[0])}; {REMEDY}."
        )
    if problems:
        raise InputError(problems)
    return Packages(tuple(chosen), tuple(found[mask] for mask in range(len(masks))))


def _unfit(notes: Mapping[str, Mapping[str, Any]], members: Sequence[str], baseline: str) -> Iterator[str]:
    """Say why members make no packages, or there is no empty one."""
    if baseline not in notes:
        yield f"scenarios.json: no scenario '{baseline}', the empty package{nearest(baseline, list(notes)) or '.'}"
    elif any(notes[baseline].get(key) for key in ("levers", "world", "rivals_respond")):
        yield f"scenarios.json: '{baseline}' has levers, changes the world or lets rivals respond; allowed is none."
    unknown = [name for name in members if name not in notes]
    yield from (f"scenarios.json: no scenario '{name}'{nearest(name, list(notes)) or '.'}" for name in unknown)
    for name, times in Counter(members).items():
        if times > 1:
            yield f"members: '{name}' is named {times} times, allowed is once."
        if name in notes and not notes[name].get("levers"):
            yield f"scenarios.json: the member '{name}' has no lever; packages are made of levers."
        if name in notes and notes[name].get("world"):
            yield f"scenarios.json: the member '{name}' changes the world; a member of packages changes levers only."
    if not 1 <= len(members) <= MOST_MEMBERS:
        what = "scenarios that carry a recommendation" if not members else "members"
        yield f"scenarios.json: found {len(members)} {what}, allowed are 1 to {MOST_MEMBERS}; {REMEDY}."


def _is_said(value: object) -> bool:
    """False for the empty cell of a frame, which stands where a scenario says nothing."""
    return value is not None and not (isinstance(value, float) and math.isnan(value))


def _does(note: Mapping[str, Any]) -> Does:
    levers = note.get("levers") or {}
    return frozenset(json.dumps([key, levers[key]], sort_keys=True) for key in levers), bool(note.get("rivals_respond"))


def _smaller_first(members: int) -> list[int]:
    """Masks in the order in which packages are made: by size, then as their members are read."""
    held = {mask: [n for n in range(members) if mask >> n & 1] for mask in range(2**members)}
    return sorted(held, key=lambda mask: (len(held[mask]), held[mask]))


def _label(shorts: Sequence[str], mask: int) -> str:
    return "+".join(short for n, short in enumerate(shorts) if mask >> n & 1)


def _reading(name: str) -> tuple[bool, int, str]:
    """Recommendations by number, r2 before r10, then the others by name."""
    found = re.match(r"r(\d+)_", name)
    return found is None, int(found[1]) if found else 0, name
