"""What a gain costs: public cost per unit gained, and the gain at equal public cost, as rows of the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.cost_effectiveness import EQUAL_COLUMNS, RATIO_COLUMNS
from sim.analysis.outcomes import OUTCOMES
from sim.analysis.ratios import NO_COST
from sim.analysis.reading import read_csv
from sim.analysis.worth import GAINED
from sim.report.catalogue import Words
from sim.report.results import Results, ScenarioNote

BUDGET = 100.0  # million euro, of the column of gains at equal cost
TEXTS = ("scenario", "outcome", "reading", "kind", "bootstrap_kind")


@dataclass(frozen=True)
class PriceRow:
    """One scenario: a text per outcome for its price, and one for its gain at equal cost."""

    id: str
    title: str
    prices: tuple[str, ...]
    gains: tuple[str, ...]


def _table(results: Results, name: str, columns: Sequence[str]) -> pd.DataFrame | None:
    path = results.folder / "worth" / f"{name}.csv"
    if not path.is_file():
        return None
    texts = [column for column in columns if column in TEXTS]
    return read_csv(path, texts, [column for column in columns if column not in TEXTS])


def _price(row: Mapping[Any, Any], words: Words) -> str:
    """Thousand euro per unit with its interval; words where there is no price."""
    reading = str(row["reading"])
    if reading == NO_COST and np.isfinite(row["high"]):
        most = 1000.0 * row["high"]
        return words("page.price_at_most", value=words.numbers.estimate(most, 0.0, most)[0])
    if reading or not np.isfinite(row["ratio"]):
        return words.get(f"page.price_words.{reading}", reading)
    middle, least, most = (1000.0 * float(row[name]) for name in ("ratio", "low", "high"))
    value, low, high = words.numbers.estimate(middle, least, most)
    return words("reference.range", value=value, low=low, high=high)


def _gain(row: Mapping[Any, Any], words: Words) -> str:
    if not np.isfinite(row["gain"]):
        return str(row["reading"])
    value, low, high = words.numbers.estimate(float(row["gain"]), float(row["low"]), float(row["high"]), signed=True)
    far = words("page.far") if "far from" in str(row["reading"]) else ""
    return words("reference.range", value=value, low=low, high=high) + far


def price_columns(results: Results) -> list[str]:
    """Labels of what is gained."""
    held = set() if results.comparison is None else set(results.comparison["outcome"])
    return [OUTCOMES[name].label for name in GAINED if name in held]


def price_rows(results: Results, notes: Sequence[ScenarioNote], words: Words) -> list[PriceRow]:
    """A row per scenario; empty for a folder without these tables."""
    ratios = _table(results, "cost_effectiveness", RATIO_COLUMNS)
    equal = _table(results, "equal_cost", EQUAL_COLUMNS)
    if ratios is None or equal is None:
        return []
    at_budget = equal[equal["budget"] == BUDGET].to_dict("records")
    gained = {(row["scenario"], row["outcome"]): row for row in at_budget}
    priced = {(row["scenario"], row["outcome"]): row for row in ratios.to_dict("records")}
    rows = []
    for note in notes:
        keys = [(note.name, name) for name in GAINED if (note.name, name) in priced]
        if keys:
            prices = tuple(_price(priced[key], words) for key in keys)
            gains = tuple(_gain(gained[key], words) for key in keys)
            rows.append(PriceRow(note.recommendation, note.title or note.name, prices, gains))
    return rows
