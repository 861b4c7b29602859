"""A made-up study of every package of eight recommendations: the tables of the command ``packages``, nothing simulated.

Contributions are known: R5 does nothing to anyone, R7 is lost in luck, R4 and R8 help each other, R2 and R6 hinder.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd

from sim.analysis import compare
from sim.analysis.packages.members import find_packages
from sim.analysis.packages.places import package_places
from sim.analysis.packages.tables import package_tables
from tests.report.synthetic import PLACES, SCENARIOS

EIGHT = SCENARIOS[1:9]
STARTUPS = np.array([72.0, -9.0, 12.0, 240.0, 0.0, 310.0, 0.0, 36.0])
TALENTS = np.array([300.0, 120.0, 640.0, 200.0, 0.0, 2400.0, 0.0, 90.0])
COST = np.array([31.4, 64.2, 9.8, 512.0, 1480.0, 2250.0, 88.0, 4.1])
PARTS = {"paris_sentier": -0.2, "lyon": 0.7, "lille": 0.5}
"""Share of what a package does that is done in a place."""


def scenario_notes() -> list[dict[str, object]]:
    """All 256, as scenarios.json has them: first the single ones."""
    notes = []
    for mask in sorted(range(256), key=lambda mask: (mask.bit_count(), mask)):
        held = [EIGHT[n] for n in range(8) if mask >> n & 1]
        alone = held[0] if len(held) == 1 else None
        notes.append(
            {"name": alone[0] if alone else "_".join(note[0][:2] for note in held) or "baseline",
             "title": alone[1] if alone else f"{len(held)} recommendations", "question": "What changes?",
             "expected": "More startups.", "recommendation": alone[2] if alone else "",
             "provenance": alone[3] if alone else "", "levers": {k: v for note in held for k, v in note[4].items()},
             "order": len(notes)}
        )  # fmt: skip
    return notes


def made_runs(worlds: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Runs with the outcomes that packages are told by, and the counts of persons that belong to them."""
    notes = {note["name"]: note for note in scenario_notes()}
    names, levers = list(notes), [note[4] for note in EIGHT]
    held = np.array([[set(own) <= set(note["levers"]) for own in levers] for note in notes.values()], float)  # type: ignore[call-overload]
    rows, counts = [], []
    for world in range(worlds):
        luck = np.random.default_rng(world)
        size, level = luck.uniform(0.9, 1.1), round(float(luck.normal(6500.0, 400.0)))
        lucky = held.copy()
        lucky[:, 6] *= luck.normal(0.0, 1.0)
        startups = size * (
            lucky @ STARTUPS + 14.0 * lucky[:, 6] + 40.0 * held[:, 3] * held[:, 7] - 60.0 * held[:, 1] * held[:, 5]
        )
        talents = size * (lucky @ TALENTS + 80.0 * lucky[:, 6])
        cost = size * (held @ COST)
        at = {place: np.round(share * startups).astype(int) for place, share in PARTS.items()}
        people = {place: 10 * np.round(share * talents / 10).astype(int) for place, share in PARTS.items()}
        for n, name in enumerate(names):
            gain = sum(int(part[n]) for part in at.values())
            drawn = sum(int(part[n]) for part in people.values())
            rows.append(
                {"scenario": name, "world": world, "replicate": 0, "startups_in_france": level + gain,
                 "talents_french_in_france": 600_000.0 + 0.8 * drawn, "startup_jobs": 70_000.0 + 4.5 * gain,
                 "public_cost": cost[n], "startup_departures": 260.0 - round(0.1 * gain),
                 "net_public_balance": 190_000.0 - 0.7 * cost[n] + 0.4 * gain, "talents_in_france": 800_000.0 + drawn}
            )  # fmt: skip
            if name == "baseline":
                continue
            for kind, parts, before in (("startup", at, level), ("talent", people, 800_000)):
                for place, part in parts.items():
                    change = int(part[n])
                    counts.append((world, name, kind, "created" if change > 0 else "forgone", place, abs(change)))
                    counts.append((world, name, kind, "same", place, before // 3 - max(-change, 0)))
    runs = pd.DataFrame(rows)
    runs.insert(0, "run", range(len(runs)))
    pairs = pd.DataFrame(counts, columns=["world", "scenario", "kind", "class", "place", "count"])
    return runs, pairs.assign(replicate=0, received=0)


def write_packages(folder: Path, worlds: int = 12, *, places: bool = True) -> Path:
    """Write a folder of packages with its tables and return it; without ``places``, as studies of old have it.

    Of the places in France the tables tell a few, for speed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    notes, (runs, pairs) = scenario_notes(), made_runs(worlds)
    tables = package_tables(runs, notes)
    runs.to_parquet(folder / "runs.parquet", index=False)
    tables.packages.to_parquet(folder / "packages.parquet", index=False)
    for name in ("shapley", "interactions", "frontier", "budgets"):
        getattr(tables, name).to_csv(folder / f"{name}.csv", index=False)
    if places:
        few = PLACES[PLACES["place"].isin([*PARTS, "rest_of_france"])]
        by_place = package_places(pairs, runs, few, find_packages(notes))
        by_place.to_parquet(folder / "package_places.parquet", index=False)
    PLACES.to_csv(folder / "places.csv", index=False)
    single = [note["name"] for note in notes if note["recommendation"] or len(note["levers"]) in (0, 8)]  # type: ignore[arg-type]
    compare(runs[runs["scenario"].isin(single)]).to_csv(folder / "comparison.csv", index=False)
    (folder / "scenarios.json").write_text(json.dumps(notes), encoding="utf-8")
    manifest = {
        "version": "0.1.0", "commit": "0" * 40, "interrupted": False, "seed": 1, "n_worlds": worlds,
        "settings": {"world_kind": "prior", "talent_scale": 10, "years": 10},
        "digests": {"evidence": "a" * 64, "code": "b" * 64},
    }  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder
