"""The driver test beside these results: in the same folder, or in the folder ``drivers`` beside it if it fits."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sim.analysis.drivers import driver_table, is_driver
from sim.errors import InputError
from sim.report.results import Results

BESIDE = "drivers"
SAME = ("digests.code", "digests.evidence", "seed", "settings")
"""Entries of the manifest that must be there and agree, so that both folders are about one and the same baseline."""
SAME_RUNS = ("worlds", "posterior", "interrupted")
"""Entries that must agree: the same worlds, and none of them missing in one folder."""


def drivers_of(results: Results) -> pd.DataFrame | None:
    """Return the table of drivers that belongs to some results, or None if there is none.

    A folder beside them counts only if it was made by the same model from the same evidence, seed and settings; one
    that cannot be read is as good as none.
    """
    if results.comparison is not None:
        own = driver_table(results.comparison, _drivers(results))
        if len(own):
            return own
    folder = results.folder.absolute().parent / BESIDE
    if folder == results.folder.absolute() or not (folder / "manifest.json").is_file():
        return None
    try:
        other = Results(folder)
        if other.comparison is None or any(
            _entry(other.manifest, name) is None or _entry(other.manifest, name) != _entry(results.manifest, name)
            for name in SAME
        ):
            return None
        if other.manifest.get("interrupted") or any(
            _entry(other.manifest, name) != _entry(results.manifest, name) for name in SAME_RUNS
        ):
            return None
        table = driver_table(other.comparison, _drivers(other))
    except InputError:
        return None
    return table if len(table) else None


def _drivers(results: Results) -> list[str]:
    return [note.name for note in results.scenarios if is_driver(note.levers)]


def _entry(manifest: dict[str, Any], dotted: str) -> Any:
    node: Any = manifest
    for part in dotted.split("."):
        node = node.get(part) if isinstance(node, dict) else None
    return node
