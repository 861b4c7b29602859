"""The short table at the end of a command: headline outcomes by scenario."""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd
from rich import box
from rich.table import Table

from sim.analysis import OUTCOMES, levels

HEADLINES = (
    "startup_flight_rate",
    "startups_in_france",
    "talent_net_flight_rate",
    "startup_jobs",
    "public_cost",
)


def comparison_table(results: Path, reference: str) -> Table:
    """Return difference [low, high] to the reference: a row per scenario, a column per headline outcome."""
    data = pd.read_csv(results / "comparison.csv")
    worlds = int(data["n"].max()) if len(data) else 0
    counted = f"mean over {worlds} worlds [2.5%, 97.5% of worlds]" if worlds != 1 else "one world"
    table = Table(title=f"Difference to {reference}, {counted}", title_justify="left", box=box.SIMPLE_HEAD)
    table.add_column("scenario", no_wrap=True)
    named = [name for name in HEADLINES if (data["outcome"] == name).any()]
    for name in named:
        heading = f"{OUTCOMES[name].label}\n[dim]{OUTCOMES[name].unit}[/dim]"
        table.add_column(heading, justify="right", overflow="fold")
    levels_of = dict(zip(data["outcome"], data["baseline_mean"], strict=True))
    table.add_row(f"{reference} (level)", *(number(levels_of[name]) for name in named), end_section=True)
    for scenario, rows in data.groupby("scenario", sort=False):
        found = rows.set_index("outcome")[["difference", "low", "high"]].T.to_dict("list")
        cells = []
        for name in named:
            difference, low, high = found[name]
            places = decimals(max(abs(low), abs(high), abs(difference)))
            interval = f"[{number(low, places, True)}, {number(high, places, True)}]"
            cells.append(f"{number(difference, places, True)}\n{interval}")
        table.add_row(str(scenario), *cells)
    return table


def levels_table(results: Path) -> Table:
    """Return the mean of every outcome, one row per outcome, one column per scenario."""
    data = levels(pd.read_parquet(results / "runs.parquet"))
    table = Table(title="Mean over worlds", title_justify="left", box=box.SIMPLE_HEAD)
    table.add_column("outcome")
    table.add_column("unit")
    scenarios = list(dict.fromkeys(data["scenario"]))
    for scenario in scenarios:
        table.add_column(str(scenario), justify="right")
    for name, rows in data.groupby("outcome", sort=False):
        means = rows.set_index("scenario")["mean"]
        outcome = OUTCOMES[str(name)]
        table.add_row(outcome.label, outcome.unit, *(number(float(means[s])) for s in scenarios))
    return table


def decimals(size: float) -> int:
    """Return decimals that leave about three significant digits to a number of this size."""
    if not math.isfinite(size) or size == 0.0:
        return 0
    return max(0, min(3, 2 - math.floor(math.log10(size))))


def number(value: float, places: int | None = None, signed: bool = False) -> str:
    """Return a number for reading: spaces between thousands, a true minus sign."""
    if not math.isfinite(value):
        return "–"
    text = f"{value:{'+' if signed else ''},.{decimals(abs(value)) if places is None else places}f}"
    if not any(digit in text for digit in "123456789"):
        text = text.lstrip("+-")
    return text.replace(",", " ").replace("-", "−")
