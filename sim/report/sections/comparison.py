"""Every scenario and outcome."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sim.report.catalogue import Words
from sim.report.numbers import decimals_for
from sim.report.results import Results


def comparison_rows(comparison: pd.DataFrame, words: Words) -> list[dict[str, str]]:
    """The comparison as text, rounded by the width of each interval."""
    rows = []
    for record in comparison.to_dict("records"):
        row: dict[str, Any] = {str(k): v for k, v in record.items()}
        told = bool(row["low"] <= row["high"])
        value, low, high = words.numbers.estimate(row["difference"], row["low"], row["high"], signed=True)
        joint = row["difference"], row["joint_low"], row["joint_high"]
        _, joint_low, joint_high = words.numbers.estimate(*joint, signed=True)
        if row["difference"] == 0 and not row["low"] < row["high"]:  # nothing to round by: levels keep three digits
            decimals = max(0, decimals_for(0.0, 0.0, row["baseline_mean"]))
        else:
            decimals = len(value.partition(".")[2])
        rows.append(
            {
                "scenario": str(row["scenario"]), "label": str(row["label"]), "unit": str(row["unit"]),
                "better": words(f"page.way.{row['better']}"),
                "baseline": words.numbers.number(row["baseline_mean"], decimals),
                "scenario_mean": words.numbers.number(row["scenario_mean"], decimals),
                "difference": value, "interval": words("page.range", low=low, high=high) if told else row["reading"],
                "joint": words("page.range", low=joint_low, high=joint_high) if told else "",
                "gain": words.numbers.two_digits(row["pairing_gain"]),
                "n": str(int(row["n"])),
            }
        )  # fmt: skip
    return rows


def build(results: Results, words: Words) -> dict[str, Any] | None:
    """The rows; none without a comparison."""
    return None if results.comparison is None else {"rows": comparison_rows(results.comparison, words)}
