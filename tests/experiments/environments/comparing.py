"""How the answers of two environments differ: tables, outcomes, and which functions round otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Difference:
    """``runs``: compared; ``tables``: not the same to the last bit; ``outcomes``: name -> largest relative difference.

    ``rounds``: functions that round otherwise.
    """

    runs: int
    tables: int
    outcomes: Mapping[str, float]
    rounds: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether all tables and outcomes are the same to the last bit."""
        return self.runs > 0 and not self.tables and not self.outcomes

    @property
    def largest(self) -> float:
        """The largest relative difference of an outcome."""
        return max(self.outcomes.values(), default=0.0)


def compare(reference: Mapping[str, Any], other: Mapping[str, Any]) -> Difference:
    """Return how the runs that both made differ."""
    before = {run["name"]: run for run in reference["runs"]}
    tables, outcomes, runs = 0, dict[str, float](), 0
    for run in other["runs"]:
        if run["name"] not in before:
            continue
        old = before[run["name"]]
        runs += 1
        tables += sum(run["tables"][name] != digest for name, digest in old["tables"].items())
        for name in old["outcomes"].keys() | run["outcomes"].keys():
            one, two = old["outcomes"].get(name), run["outcomes"].get(name)
            if one != two:
                outcomes[name] = max(outcomes.get(name, 0.0), relative(one, two))
    known = reference.get("arithmetic", {})
    rounds = tuple(name for name, digest in other.get("arithmetic", {}).items() if known.get(name, digest) != digest)
    return Difference(runs, tables, outcomes, rounds)


def relative(one: float | None, two: float | None) -> float:
    """Return the difference over the larger of both; infinite if one is not there."""
    if one is None or two is None:
        return float("inf")
    return abs(one - two) / max(abs(one), abs(two))
