"""How large the flight is in the baseline: a tile per rate or number."""

from __future__ import annotations

from typing import Any

from sim.analysis.compare import levels
from sim.analysis.paired_worlds import BASELINE
from sim.report.catalogue import Words
from sim.report.numbers import decimals_for
from sim.report.policies import main_policy
from sim.report.results import Results

TILES = (
    "startup_flight_rate", "startup_departures", "hq_abroad_share", "founder_flight",
    "talent_flight_rate", "talent_net_flight_rate",
)  # fmt: skip
RATES = tuple(name for name in TILES if name.endswith("_flight_rate"))
"""Tiles that a reader compares: their numbers have the same decimals."""


def tiles(results: Results, words: Words) -> list[dict[str, str]]:
    """How large the flight is in the baseline: value, unit, what it is, range over worlds."""
    runs = results.common_runs
    if runs is None or BASELINE not in set(runs["scenario"]):
        return []
    table = levels(runs[runs["scenario"] == BASELINE])
    held = {str(row["outcome"]): row for row in table.to_dict("records")}
    limits = {name: (float(row["mean"]), float(row["q05"]), float(row["q95"])) for name, row in held.items()}
    rates = [decimals_for(low, high, mean) for mean, low, high in (limits[n] for n in RATES if n in held)]
    found = []
    for name in TILES:
        if name not in held:
            continue
        decimals = max(rates, default=None) if name in RATES else None
        value, low, high = words.numbers.estimate(*limits[name], decimals=decimals)
        found.append(
            {"value": value, "unit": words(f"page.tile_unit.{name}"), "text": words(f"page.tile.{name}"),
             "range": words("page.range", low=low, high=high), "direction": words("direction.level"),
             "better": "", "favour": "neutral"}
        )  # fmt: skip
    return found


def build(results: Results, words: Words) -> dict[str, Any] | None:
    """The tiles; none without runs, or where they are the headlines."""
    found = tiles(results, words) if main_policy(results) is not None and results.comparison is not None else []
    return {"tiles": found, "scope": words("flight.note")} if found else None
