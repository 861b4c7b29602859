"""Which French places lose by a scenario: those whose joint interval lies below zero."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd

from sim.analysis.reading import read_csv
from sim.report.catalogue import Words
from sim.report.names import place_name
from sim.report.results import Results

NUMBERS = ("baseline_mean", "difference", "low", "high", "joint_low", "joint_high", "percent")
TEXTS = ("scenario", "kind", "level", "where", "reading")


@cache
def _read(path: Path, changed: int) -> pd.DataFrame:
    return read_csv(path, TEXTS, NUMBERS)


def territory_of(results: Results) -> pd.DataFrame | None:
    """The table of gains and losses by place; None if the folder holds none."""
    path = results.folder / "territory.csv"
    if not path.is_file():
        return None
    frame = _read(path, path.stat().st_mtime_ns)
    return frame if len(frame) else None


def losers(results: Results, scenario: str, kind: str, words: Words) -> list[str] | None:
    """Names of the places that lose startups, talents or jobs by a scenario, the largest loss first.

    Returns:
        the names, none if no interval lies below zero; None if nothing is known of this scenario and kind.
    """
    table = territory_of(results)
    if table is None:
        return None
    rows = table[(table["scenario"] == scenario) & (table["kind"] == kind) & (table["level"] == "place")]
    if rows.empty:
        return None
    lost = rows[rows["joint_high"] < 0].sort_values("difference", kind="stable")
    shown = dict(zip(results.places["place"].astype(str), results.places["short_name"].astype(str), strict=True))
    return [place_name(name, shown.get(name) or name, words) for name in lost["where"].astype(str)]
