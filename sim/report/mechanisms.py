"""The arrows from instruments to outcomes, read from ``mechanisms.toml``: which box stands where in which layer."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

TABLE = Path(__file__).parent / "mechanisms.toml"
STEPS = ("moves", "reads", "enters", "hands_on", "yields")
Arrow = tuple[str, str]


@dataclass(frozen=True)
class Mechanisms:
    """``arrows``: step -> (from, to); ``layers``: the boxes of each layer, top to bottom, each a tuple of names."""

    arrows: dict[str, tuple[Arrow, ...]]
    layers: tuple[tuple[tuple[str, ...], ...], ...]  # levers, quantities, readers, processes, outcomes

    def movers(self, box: tuple[str, ...]) -> list[str]:
        """Return the levers that move a quantity of a box, in order."""
        return list(dict.fromkeys(lever for lever, quantity in self.arrows["moves"] if quantity in box))

    def problems(self) -> list[str]:
        """Return a sentence for every arrow that begins or ends nowhere, and every box that none leaves or reaches."""
        found = []
        sides = (("moves", 0, 1), ("reads", 1, 2), ("enters", 2, 3), ("hands_on", 3, 3), ("yields", 3, 4))
        names = [{name for box in layer for name in box} for layer in self.layers]
        left_by: list[set[str]] = [set() for _ in self.layers]
        reached: list[set[str]] = [set() for _ in self.layers]
        for step, left, right in sides:
            for start, end in self.arrows[step]:
                found += [f"{step}: no box for '{start}'"] * (start not in names[left])
                found += [f"{step}: no box for '{end}'"] * (end not in names[right])
                left_by[left].add(start)
                reached[right].add(end)
        last = len(self.layers) - 1
        for number, have in enumerate(names):
            found += [f"no arrow leaves '{name}'" for name in sorted(have - left_by[number]) if number < last]
            found += [f"no arrow reaches '{name}'" for name in sorted(have - reached[number]) if number > 0]
        for layer in self.layers:
            boxes = [name for box in layer for name in box]
            found += [f"'{name}' has two boxes" for name in sorted({n for n in boxes if boxes.count(n) > 1})]
        return found


def read_mechanisms(path: Path = TABLE) -> Mechanisms:
    """Read the table of arrows; levers and outcomes stand in the order of their first arrow."""
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    arrows = {step: tuple((str(start), str(end)) for start, end in content[step]) for step in STEPS}
    order = content["order"]

    def singles(names: list[str]) -> tuple[tuple[str, ...], ...]:
        return tuple((name,) for name in dict.fromkeys(names))

    layers = (
        singles([lever for lever, _ in arrows["moves"]]),
        tuple(tuple(str(name) for name in box) for box in order["boxes"]),
        singles(order["readers"]),
        singles(order["processes"]),
        singles([outcome for _, outcome in arrows["yields"]]),
    )
    return Mechanisms(arrows, layers)
