"""Every row with an interval beside what worlds and forecasts without skill foretell: frames in, one table out."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.targets import COUNTED, NORMAL_90, UNIFORM, numbers
from sim.analysis.validation.predictive import (
    figure_interval,
    interval_score,
    normal_interval,
    simulation_interval,
)

POSTERIOR, PRIOR, CONSTANT, TREND = "posterior", "prior", "constant", "trend"
WORLDS, NO_SKILL = (POSTERIOR, PRIOR), (CONSTANT, TREND)
START = 2013  # the last year that inputs know
USES = ("calibrate", "validate", "seen")
# Rows of one study, or read off the same runs by one rule: a hit of one is nearly a hit of the others.
GROUPS = (
    ("M04", "M05", "M09", "M18"), ("M10", "M13"), ("F05", "F06"), ("F09", "F10"), ("Z01", "Z02", "Z03"),
    ("C01", "C02"), ("P01", "P02"), ("B05", "B07"), ("B21", "B22"), ("B28", "B31"), ("B35", "B36", "B37", "B43"),
    ("H_LON_2017", "H_BER_2017", "H_PAR_2017"),
)  # fmt: skip
TOLD = ("row", "pattern", "class", "use", "status", "unit", "target", "low", "high")
OF_WORLDS = ("n", "mean", "sim_low", "sim_high", "low", "high", "inside_sim", "inside", "overlap", "width_sim", "width",
             "score_sim", "score")  # fmt: skip
OF_NO_SKILL = ("value", "low", "high", "inside", "width", "score")
COLUMNS = (
    *TOLD, "reason", "named", "kind", "year", "group", "spread", "asks_for_sign", "counted",
    *(f"{name}_{part}" for name in WORLDS for part in (*OF_WORLDS, "right_sign")),
    *(f"{name}_{part}" for name in NO_SKILL for part in OF_NO_SKILL),
)  # fmt: skip


def validation_table(
    rows: pd.DataFrame, forecasts: pd.DataFrame, posterior: pd.DataFrame, prior: pd.DataFrame
) -> pd.DataFrame:
    """Return one line a row that can be compared.

    Rows of class input or not computable and rows for orientation are left out, and those without a number in any
    world.

    Args:
        rows: columns ``TOLD``, ``discrepancy`` (standard deviation, unit of the row), ``source``, ``reason`` (likely
            cause of a miss) and ``named`` (parameters whose prior's source names the row; "" if none does).
        forecasts: columns row, kind, year, constant and trend; NaN: no such forecast.
        posterior: runs of worlds, one each, a column a row.
        prior: the same of the prior.

    Returns:
        table with ``COLUMNS``. ``counted``: kept for checking, with an interval. ``spread``: standard deviation of the
        published figure round a perfect model, tolerance and discrepancy together. ``width`` and ``score`` are in
        spreads, so that rows compare; ``_sim``: of the simulation alone. ``right_sign``: share of worlds, of rows that
        ask for a sign.
    """
    known = forecasts.set_index("row")
    lines = []
    for row in rows.to_dict("records"):
        name = str(row["row"])
        told = {POSTERIOR: numbers(posterior, name), PRIOR: numbers(prior, name)}
        if row["class"] in COUNTED and row["use"] in USES and len(told[POSTERIOR]) and len(told[PRIOR]):
            plain = {str(key): value for key, value in row.items()}
            lines.append(_line(plain, known.loc[name] if name in known.index else None, told))
    return pd.DataFrame(lines, columns=list(COLUMNS))


def tolerance(row: dict[str, Any]) -> float:
    """Return the standard deviation that the interval of a published figure stands for."""
    width = NORMAL_90 if "90% interval" in str(row["source"]) else UNIFORM
    return float(row["high"] - row["low"]) / width


def group_of(row: str) -> str:
    """Return the first row of the group of a row; itself if it stands alone."""
    return next((group[0] for group in GROUPS if row in group), row)


def _line(row: dict[str, Any], forecast: Any, told: dict[str, np.ndarray]) -> dict[str, Any]:
    signs = bool(row["low"] == row["high"])
    spread = math.nan if signs else math.hypot(tolerance(row), float(row["discrepancy"]))
    line = {key: row[key] for key in (*TOLD, "reason", "named")} | {"group": group_of(str(row["row"]))}
    line |= {"kind": "", "year": math.nan} if forecast is None else {key: forecast[key] for key in ("kind", "year")}
    line |= {"spread": spread, "asks_for_sign": signs, "counted": row["use"] == "validate" and not signs}
    for name, simulated in told.items():
        found = {"n": len(simulated), "mean": float(simulated.mean())}
        if signs:
            found["right_sign"] = float(np.mean(np.sign(simulated) == np.sign(row["target"])))
        else:
            found |= _of_worlds(row, simulated, spread)
        line |= {f"{name}_{key}": value for key, value in found.items()}
    for name in NO_SKILL:
        value = math.nan if forecast is None or signs else float(forecast[name])
        line |= {f"{name}_{key}": found for key, found in _of_forecast(row, value, spread).items()}
    return line


def _of_worlds(row: dict[str, Any], simulated: np.ndarray, spread: float) -> dict[str, Any]:
    sim_low, sim_high = simulation_interval(simulated)
    low, high = figure_interval(simulated, spread)
    value = float(row["target"])
    return {
        "sim_low": sim_low, "sim_high": sim_high, "low": low, "high": high,
        "inside_sim": sim_low <= value <= sim_high, "inside": low <= value <= high,
        "overlap": bool(sim_low <= row["high"] and row["low"] <= sim_high),
        "width_sim": (sim_high - sim_low) / spread, "width": (high - low) / spread,
        "score_sim": interval_score(sim_low, sim_high, value) / spread,
        "score": interval_score(low, high, value) / spread,
    }  # fmt: skip


def _of_forecast(row: dict[str, Any], value: float, spread: float) -> dict[str, Any]:
    if not math.isfinite(value):
        return {"value": value, "inside": False}
    low, high = normal_interval(value, spread)
    target = float(row["target"])
    return {
        "value": value, "low": low, "high": high, "inside": low <= target <= high, "width": (high - low) / spread,
        "score": interval_score(low, high, target) / spread,
    }  # fmt: skip


def hindcast(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows on years after the start: history that no input contains, though inputs hold what came before."""
    return table[(table["year"] > START) & ~table["asks_for_sign"]].reset_index(drop=True)
