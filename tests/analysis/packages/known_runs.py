"""A study of three members whose effects add up by hand, but for one pair."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.packages.coalitions import FAMILY

MEMBERS = ("r2_showcase", "r4_seed", "r10_easier")
WORTH = {"r2_showcase": 10.0, "r4_seed": 40.0, "r10_easier": 5.0}
PRICE = {"r2_showcase": 60.0, "r4_seed": 150.0, "r10_easier": 2.0}
EXTRA = 6.0  # of r2 and r4 together, in any outcome but the cost


def notes() -> list[dict[str, Any]]:
    """What scenarios.json says of them, in an order that is none."""
    levers = {name: {name.split("_")[1]: {"strength": 1.0}} for name in MEMBERS}
    found: list[dict[str, Any]] = [{"name": "baseline", "levers": {}, "recommendation": "", "world": {}}]
    for mask in range(1, 8):
        held = [name for n, name in enumerate(MEMBERS) if mask >> n & 1]
        name = held[0] if len(held) == 1 else "_".join(part.split("_")[0] for part in held)
        joint = {key: fields for part in held for key, fields in levers[part].items()}
        number = held[0].split("_")[0].upper() if len(held) == 1 else ""
        found.append({"name": name, "levers": joint, "recommendation": number, "world": {}, "rivals_respond": False})
    return found[::-1]


def runs_of(worlds: int = 12, seed: int = 1, replicates: int = 1) -> pd.DataFrame:
    """Runs with every outcome of the family and one beside it; departures fall as the others rise."""
    luck = np.random.default_rng(seed)
    rows = []
    for world in range(worlds):
        size = luck.uniform(0.5, 1.5)
        for replicate in range(replicates):
            level = luck.normal(1000.0, 100.0)
            for note in notes():
                held = [name for name in MEMBERS if name.split("_")[1] in note["levers"]]
                gain = size * sum(WORTH[name] for name in held) + EXTRA * ({"r2_showcase", "r4_seed"} <= set(held))
                row = {"scenario": note["name"], "world": world, "replicate": replicate}
                row |= {name: level + gain for name in FAMILY} | {"public_cost": sum(PRICE[name] for name in held)}
                rows.append(row | {"startup_departures": level - gain, "startup_births": level})
    frame = pd.DataFrame(rows)
    frame.insert(0, "run", range(len(frame)))
    return frame
