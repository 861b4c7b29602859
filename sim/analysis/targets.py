"""How far the model is from each target row: frames of rows and runs in, one table out.

z = (simulated - target) / sqrt(((high - low) / 3.46)^2 + error^2 + discrepancy^2), with 3.29 in place of 3.46 where the
source gives an interval that holds with 90%. ``simulated`` is the mean over worlds, or the central world's where there
are none; ``error`` is its standard error. A row whose interval has no width asks for a sign: right or wrong, no z.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

UNIFORM, NORMAL_90 = 3.46, 3.29
MET, FAR = 2.0, 3.0
ERROR = " error"  # what follows a row's id in the column of its standard error
SHARE_OF_INTERVAL = (0.05, 0.95)
# Classes of rows as the register names them.
INPUT, FITTED, EMERGENT, NOT_COMPUTABLE = "input", "to be fitted", "emergent", "not computable"
ORIENTATION = "for orientation"  # a row whose figure is not comparable: neither met nor missed
COUNTED = (FITTED, EMERGENT)
DESCRIBED = ("row", "pattern", "class", "use", "status", "unit", "target", "low", "high")
COLUMNS = (*DESCRIBED, "central", "luck_error", "mean", "q05", "q95", "n_worlds", "z", "verdict")


def target_table(rows: pd.DataFrame, central: pd.DataFrame, worlds: pd.DataFrame) -> pd.DataFrame:
    """Return one line a row: target, what the model gives, distance and verdict.

    Args:
        rows: columns ``DESCRIBED`` and ``discrepancy`` (standard deviation, unit of the row); ``source`` if there is
            one, where "90% interval" tells an interval that holds with 90%.
        central: runs of the central world, a column a row and, where known, ``<row> error``.
        worlds: runs of other worlds, one each, the same columns; may be empty.

    Returns:
        table with ``COLUMNS``. ``luck_error``: standard error of ``central`` over its runs, with one run that of the
        row itself. NaN: no number.
    """
    lines = [_line({str(k): v for k, v in row.items()}, central, worlds) for row in rows.to_dict("records")]
    return pd.DataFrame(lines, columns=list(COLUMNS))


def _line(row: dict[str, object], central: pd.DataFrame, worlds: pd.DataFrame) -> dict[str, object]:
    name = str(row["row"])
    here, there = numbers(central, name), numbers(worlds, name)
    middle = float(here.mean()) if len(here) else math.nan
    luck = standard_error(here)
    if not math.isfinite(luck):
        own = numbers(central, name + ERROR)
        luck = float(own[0]) if len(own) else math.nan
    mean = float(there.mean()) if len(there) else math.nan
    q05, q95 = np.quantile(there, SHARE_OF_INTERVAL).tolist() if len(there) else (math.nan, math.nan)
    simulated, error = (mean if len(there) else middle), (standard_error(there) if len(there) > 1 else luck)
    target, low, high = (float(row[key]) for key in ("target", "low", "high"))  # type: ignore[arg-type]
    width = NORMAL_90 if "90% interval" in str(row.get("source", "")) else UNIFORM
    z = distance(simulated, target, (high - low) / width, error, float(row["discrepancy"]))  # type: ignore[arg-type]
    if low == high or row["class"] == NOT_COMPUTABLE or row["use"] == "context":
        z = math.nan
    found = {key: row[key] for key in DESCRIBED}
    found |= {"central": middle, "luck_error": luck, "mean": mean, "q05": q05, "q95": q95, "n_worlds": len(there)}
    said = verdict(str(row["class"]), simulated, target, low == high, z)
    return found | {"z": z, "verdict": ORIENTATION if row["use"] == "context" and said != NOT_COMPUTABLE else said}


def numbers(runs: pd.DataFrame, column: str) -> np.ndarray:
    """Return the finite numbers of a column of runs, (k,); none if there is no such column."""
    if column not in runs.columns:
        return np.empty(0)
    values = runs[column].to_numpy(float)
    return np.asarray(values[np.isfinite(values)])


def standard_error(values: np.ndarray) -> float:
    """Return the standard error of the mean of (k,) numbers; NaN below two."""
    return float(np.std(values, ddof=1) / math.sqrt(len(values))) if len(values) > 1 else math.nan


def distance(simulated: float, target: float, tolerance: float, error: float, discrepancy: float) -> float:
    """Return z. An unknown error counts as none; NaN without a number or without any width."""
    width = math.hypot(tolerance, error if math.isfinite(error) else 0.0, discrepancy)
    return (simulated - target) / width if width > 0.0 else math.nan


def verdict(kind: str, simulated: float, target: float, asks_for_sign: bool, z: float) -> str:
    """Return what a line says of a row in a word or two."""
    if kind == NOT_COMPUTABLE:
        return NOT_COMPUTABLE
    if kind == INPUT:
        return "given"
    if not math.isfinite(simulated):
        return "no number"
    if asks_for_sign:
        # A mean of signs: the sign that most worlds have.
        return "right sign" if np.sign(simulated) == np.sign(target) else "wrong sign"
    return "met" if abs(z) < MET else "off" if abs(z) <= FAR else "missed"


@dataclass(frozen=True)
class Tally:
    """How many rows are met. Rows of class input and not computable are in none of the counts, nor are seen ones."""

    fitted: int  # calibrate rows with a z
    met: int
    far: int
    checked: int  # validate rows with an interval over worlds
    inside: int  # whose published value lies in that interval
    overlapping: int  # whose published interval meets it
    signs: int
    right_signs: int

    def sentences(self) -> list[str]:
        """Return the tally in words."""
        said = [
            f"Of {self.fitted} fitted and emergent rows that the model may be fitted to, {self.met} have |z| < 2 and "
            f"{self.far} lie beyond 3."
        ]
        if self.checked:
            said.append(
                f"Of {self.checked} rows kept for checking, {self.inside} have the published value inside the 90% "
                f"interval over worlds, and {self.overlapping} a published interval that overlaps it."
            )
        if self.signs:
            said.append(f"Of {self.signs} rows kept for checking that ask for a sign, {self.right_signs} have it.")
        return said


def tally(table: pd.DataFrame) -> Tally:
    """Count the rows of a :func:`target_table`."""
    counted = table[table["class"].isin(COUNTED)]
    fit = counted[(counted["use"] == "calibrate") & counted["z"].notna()]["z"].abs()
    kept = counted[counted["use"] == "validate"]
    signs = kept[kept["verdict"].isin(["right sign", "wrong sign"])]
    spread = kept[(kept["low"] < kept["high"]) & (kept["n_worlds"] > 1)]
    inside = (spread["q05"] <= spread["target"]) & (spread["target"] <= spread["q95"])
    overlapping = (spread["q05"] <= spread["high"]) & (spread["low"] <= spread["q95"])
    return Tally(
        len(fit), int((fit < MET).sum()), int((fit > FAR).sum()),
        len(spread), int(inside.sum()), int(overlapping.sum()),
        len(signs), int((signs["verdict"] == "right sign").sum()),
    )  # fmt: skip
