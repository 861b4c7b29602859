"""What moved against the committed reference, in sentences and a table that a changelog can take."""

from __future__ import annotations

import io
import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from sim.analysis.moved_effects import moved_effects
from sim.cli.headlines import decimals, number
from sim.cli.saying import number_of

COMPARISON, MANIFEST = "comparison.csv", "manifest.json"


def committed_text(path: Path) -> str | None:
    """Return a file as the last commit has it; without a repository, or if it has none, as it lies there, or None."""
    try:
        shown = subprocess.run(
            ["git", "show", f"HEAD:./{path.name}"], cwd=path.parent, capture_output=True, timeout=30, check=True
        )
        return shown.stdout.decode("utf-8")
    except (OSError, subprocess.SubprocessError):
        return path.read_text(encoding="utf-8") if path.is_file() else None


def moved_text(committed: Mapping[str, str | None], made: Mapping[str, str]) -> tuple[str, str]:
    """Return what to print and the whole table in Markdown.

    Args:
        committed: name -> text of comparison.csv and manifest.json as they were; None if there was none.
        made: the same of the new reference.
    """
    if committed[COMPARISON] is None:
        return "There was no reference before, so nothing to compare with.", ""
    table = moved_effects(*(pd.read_csv(io.StringIO(side[COMPARISON] or "")) for side in (committed, made)))
    moved = table[~table["same"]]
    if moved.empty:
        return f"None of {number_of(len(table), 'headline effect')} moved against the committed reference.", ""
    counts = {remark: int(count) for remark, count in moved["remark"].value_counts(sort=False).items() if remark}
    remarks = "; ".join(f"{remark}: {count}" for remark, count in counts.items()) or "none changed its sign"
    kinds = [_kind(side.get(MANIFEST)) for side in (committed, made)]
    worlds = f"{kinds[0]} -> {kinds[1]}" if kinds[0] != kinds[1] else kinds[0]
    head = f"{len(moved)} of {number_of(len(table), 'headline effect')} moved ({worlds}). {remarks}."
    noted = moved[moved["remark"] != ""]
    short = f"{head}\n\n{markdown(noted)}" if len(noted) else head
    return short, f"{head}\n\n{markdown(moved)}"


def markdown(table: pd.DataFrame) -> str:
    """Return effects of :func:`sim.analysis.moved_effects.moved_effects` as a table in Markdown."""
    lines = ["| scenario | outcome | was | is | |", "|---|---|---|---|---|"]
    for row in table.to_dict("records"):
        cells = [
            _estimate(row[f"{side}_mean"], row[f"{side}_low"], row[f"{side}_high"], str(row["unit"]))
            for side in ("old", "new")
        ]
        lines.append(f"| {row['scenario']} | {row['label']} | {cells[0]} | {cells[1]} | {row['remark']} |")
    return "\n".join(lines) + "\n"


def _estimate(mean: float, low: float, high: float, unit: str) -> str:
    if mean != mean:
        return "–"
    told = [abs(value) for value in (mean, low, high) if value == value]
    places = decimals(max(told))
    text = number(mean, places, True)
    if low <= high:
        text += f" [{number(low, places, True)}, {number(high, places, True)}]"
    return f"{text} {unit}"


def _kind(manifest: str | None) -> str:
    """Return "24 worlds, posterior" from the text of a manifest."""
    try:
        found: dict[str, Any] = json.loads(manifest or "")
        return f"{number_of(int(found['n_worlds']), 'world')}, {found['settings']['world_kind']}"
    except (ValueError, KeyError, TypeError):
        return "unknown worlds"
