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
        the names, none if no interval lies below zero; None if nothing is known of this scenario and kind, or nothing
        can be told (:func:`is_untold`).
    """
    rows = _places(results, scenario, kind)
    if rows is None or is_untold(results, scenario, kind):
        return None
    lost = rows[rows["joint_high"] < 0].sort_values("difference", kind="stable")
    shown = dict(zip(results.places["place"].astype(str), results.places["short_name"].astype(str), strict=True))
    return [place_name(name, shown.get(name) or name, words) for name in lost["where"].astype(str)]


def is_untold(results: Results, scenario: str, kind: str) -> bool:
    """Whether places change by a scenario, and none of them has an interval: there are too few worlds."""
    rows = _places(results, scenario, kind)
    changed = None if rows is None else rows.loc[rows["difference"] != 0, "joint_high"]
    return changed is not None and len(changed) > 0 and bool(changed.isna().all())


def _places(results: Results, scenario: str, kind: str) -> pd.DataFrame | None:
    """Rows of the table that are places; None if there are none."""
    table = territory_of(results)
    if table is None:
        return None
    rows = table[(table["scenario"] == scenario) & (table["kind"] == kind) & (table["level"] == "place")]
    return None if rows.empty else rows
