"""What a gain costs: public cost per unit gained, and the gain at equal public cost, as rows of the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.cost_effectiveness import EQUAL_COLUMNS, RATIO_COLUMNS
from sim.analysis.outcomes import OUTCOMES
from sim.analysis.ratios import NO_COST
from sim.analysis.reading import read_csv
from sim.analysis.worth import GAINED
from sim.report.catalogue import Words
from sim.report.names import outcome_label, scenario_title
from sim.report.readings import reading_text
from sim.report.results import Results, ScenarioNote
from sim.report.tables.table import Column, Entry, Table, estimate, text

BUDGET = 100.0  # million euro, of the column of gains at equal cost
TEXTS = ("scenario", "outcome", "reading", "kind", "bootstrap_kind")


def _table(results: Results, name: str, columns: Sequence[str]) -> pd.DataFrame | None:
    path = results.folder / "worth" / f"{name}.csv"
    if not path.is_file():
        return None
    texts = [column for column in columns if column in TEXTS]
    return read_csv(path, texts, [column for column in columns if column not in TEXTS])


def price_entry(row: Mapping[Any, Any], words: Words) -> Entry:
    """Thousand euro per unit with its interval; words where there is no price."""
    reading = str(row["reading"])
    if reading == NO_COST and np.isfinite(row["high"]):
        most = 1000.0 * row["high"]
        return Entry(words("page.price_at_most", value=words.numbers.estimate(most, 0.0, most)[0]))
    if reading or not np.isfinite(row["ratio"]):
        return Entry(remark=reading_text(reading, words), favour="neutral")
    middle, least, most = (1000.0 * float(row[name]) for name in ("ratio", "low", "high"))
    return estimate(middle, least, most, words)


def _gain(row: Mapping[Any, Any], words: Words) -> Entry:
    if not np.isfinite(row["gain"]):
        reading = str(row["reading"])
        return Entry(remark=reading_text(reading, words), favour="neutral")
    found = estimate(float(row["gain"]), float(row["low"]), float(row["high"]), words, signed=True)
    far = words("page.far") if "far from" in str(row["reading"]) else ""
    return replace(found, text=found.text + far)


def priced(results: Results) -> dict[tuple[str, str], Mapping[Any, Any]]:
    """Cost per unit gained by scenario and outcome; empty for a folder without that table."""
    ratios = _table(results, "cost_effectiveness", RATIO_COLUMNS)
    records = [] if ratios is None else ratios.to_dict("records")
    return {(str(row["scenario"]), str(row["outcome"])): row for row in records}


def price_table(results: Results, notes: Sequence[ScenarioNote], words: Words) -> Table | None:
    """A row per scenario: prices, then gains at equal cost; None for a folder without these tables."""
    prices, equal = priced(results), _table(results, "equal_cost", EQUAL_COLUMNS)
    if not prices or equal is None:
        return None
    gains = {(r["scenario"], r["outcome"]): r for r in equal[equal["budget"] == BUDGET].to_dict("records")}
    held = [name for name in GAINED if any((note.name, name) in prices for note in notes)]
    labels = [outcome_label(name, OUTCOMES[name].label, words) for name in held]
    columns = [Column(words("page.id"), kind="text"), Column(words("page.scenario"), kind="text")]
    columns += [Column(label, words("page.prices_left")) for label in labels]
    columns += [Column(label, words("page.prices_right")) for label in labels]
    rows = [
        (
            text(note.recommendation), text(scenario_title(note, words)),
            *(price_entry(prices[note.name, name], words) if (note.name, name) in prices else Entry() for name in held),
            *(_gain(gains[note.name, name], words) if (note.name, name) in gains else Entry() for name in held),
        )
        for note in notes if any((note.name, name) in prices for name in held)
    ]  # fmt: skip
    if not rows:
        return None
    sources = ("worth/cost_effectiveness.csv", "worth/equal_cost.csv")
    return Table("prices", words("page.prices"), tuple(columns), tuple(rows), (words("page.prices_note"),), sources)
