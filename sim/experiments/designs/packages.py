"""Packages: every subset of some scenarios' levers, each a scenario of its own.

A package of one is that file's scenario itself and the empty one is the baseline's, so that they share finished runs
with any other study of them. A package of several is named after its members, ``r1_r3_r8``, and has the union of their
levers. The order in which members are named changes nothing.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Sequence
from math import comb
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import InputError
from sim.scenario import Scenario, reading_order, scenario_of, short_names

if TYPE_CHECKING:
    from sim.evidence import Evidence

MOST_SCENARIOS = 10_000


def packages(
    members: Sequence[Scenario], empty: Scenario, evidence: Evidence, sizes: Collection[int] | None = None
) -> list[Scenario]:
    """Return the subsets of the members as scenarios: the smaller ones first, then in the members' reading order.

    Args:
        members: scenarios with levers, without world overrides.
        empty: the scenario of the empty subset.
        evidence: what scenarios are checked against.
        sizes: how many members a subset has; by default from none to all.

    Raises:
        InputError: one sentence for every reason why the members make no packages.
    """
    problems = [*_unfit(members)]
    wanted = range(len(members) + 1) if sizes is None else sorted(set(sizes))
    problems += [
        f"package_sizes: found {size}, allowed are 0 to {len(members)}, the number of members."
        for size in wanted
        if not 0 <= size <= len(members)
    ]
    number = sum(comb(len(members), size) for size in wanted if 0 <= size <= len(members))
    if number > MOST_SCENARIOS:
        problems.append(f"packages: found {number} subsets, allowed are {MOST_SCENARIOS}; state package_sizes.")
    if problems:
        raise InputError(problems)
    ordered = sorted(members, key=lambda member: reading_order(member.path))
    labels = dict(
        zip((member.name for member in ordered), short_names([member.name for member in ordered]), strict=True)
    )
    made = []
    for size in wanted:
        for chosen in itertools.combinations(ordered, size):
            if size == 0:
                made.append(empty)
            elif size == 1:
                made.append(chosen[0])
            else:
                content = _together(chosen, "_".join(labels[member.name] for member in chosen))
                made.append(scenario_of(content, Path(f"{content['name']}.toml"), evidence))
    return made


def _unfit(members: Sequence[Scenario]) -> Iterator[str]:
    """Say which members cannot be put together with others, and why."""
    for member in members:
        if not member.levers:
            yield f"packages: '{member.name}' has no lever; name scenarios with levers."
        if member.world_overrides:
            fixed = ", ".join(member.world_overrides)
            yield f"packages: '{member.name}' changes the world ({fixed}); a member of packages changes levers only."
    for one, other in itertools.combinations(members, 2):
        mine, theirs = (scenario.content.get("levers", {}) for scenario in (one, other))
        for key in mine:
            if key in theirs and one.levers_as_dict()[key] != other.levers_as_dict()[key]:
                yield (
                    f"packages: '{one.name}' and '{other.name}' set the lever {key} differently; "
                    "a package would not know which to take."
                )


def _together(members: Sequence[Scenario], name: str) -> dict[str, Any]:
    """Return the content of a scenario file with the levers of all members."""
    titles = [member.recommendation or member.title for member in members]
    content: dict[str, Any] = {
        "name": name,
        "title": " + ".join(titles),
        "question": f"What do {', '.join(titles[:-1])} and {titles[-1]} change together?",
        "expected": "Not stated: one of a set of packages.",
        "levers": {key: table for member in members for key, table in member.content.get("levers", {}).items()},
    }
    if any(member.rivals_respond for member in members):
        content["rivals_respond"] = True
    return content
