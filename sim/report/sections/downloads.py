"""Data to take away: the tables of this page and the files of the results folder."""

from __future__ import annotations

from typing import Any

from sim.report.catalogue import Words
from sim.report.results import Results

FILES = (
    "comparison.csv", "accounts.csv", "counterfactual.csv", "territory.csv", "at_whose_expense.csv", "runs.parquet",
    "series.parquet", "flows.parquet", "costs.parquet", "revenue.parquet", "reasons.parquet", "pairs.parquet",
    "worlds.parquet", "places.csv", "scenarios.json", "manifest.json", "study.json", "packages.parquet", "shapley.csv",
    "interactions.csv", "frontier.csv", "budgets.csv", "drivers.csv",
)  # fmt: skip


def build(results: Results, words: Words) -> dict[str, Any] | None:
    """Names of the files that are there; tables are filled in by the page."""
    held = [name for name in FILES if (results.folder / name).is_file()]
    return {"files": [(name, words.get(f"file.{name.partition('.')[0]}", "")) for name in held]}
