"""Persons by what became of them, per recommendation, beside the noise floor: the same counts of the placebo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from sim.analysis.paired_worlds import summarise
from sim.analysis.pairing import deadweight
from sim.report.catalogue import Words
from sim.report.results import Results, ScenarioNote

DEADWEIGHT, DEADWEIGHT_COLUMN = "deadweight", "received"


@dataclass(frozen=True)
class CountRow:
    """One scenario: a text per class of ``page.pair_class``."""

    id: str
    title: str
    counts: tuple[str, ...]


def mean_counts(pairs: pd.DataFrame, kind: str, scenario: str) -> dict[str, dict[str, float]]:
    """Persons per class over all places: mean, limits of 95% of worlds, replicates averaged within a world.

    Args:
        pairs: ``world, replicate, scenario, kind, class, place, count``, and ``received`` unless made by an older
            version; classes without anybody have no rows.
        kind: talent or startup.
        scenario: its name.

    Returns:
        class -> as :func:`sim.analysis.compare.summarise`; classes without anybody are left out. ``deadweight``,
        a second label of the class ``same``, stands beside them if the table says who received a lever.
    """
    ours = pairs[pairs["scenario"].astype(str) == scenario]
    # a world in which nobody is, say, saved counts as zero: it has rows of other classes, at least the same
    held = pd.MultiIndex.from_frame(ours[["world", "replicate"]].drop_duplicates())
    ours = ours[ours["kind"].astype(str) == kind]

    def over_worlds(rows: pd.DataFrame, column: str) -> dict[str, float]:
        totals = rows.groupby(["world", "replicate"])[column].sum().reindex(held, fill_value=0)
        return summarise(totals.groupby(level="world").mean())

    groups = ours.groupby(ours["class"].astype(str), sort=True)
    found = {str(name): over_worlds(rows, "count") for name, rows in groups}
    if DEADWEIGHT_COLUMN in ours and len(ours):
        found[DEADWEIGHT] = over_worlds(deadweight(ours), DEADWEIGHT_COLUMN)
    return found


def count_columns(results: Results, words: Words) -> dict[str, str]:
    """Class -> title of its column; without deadweight if the pairs do not say who received a lever."""
    titles = words.table("page.pair_class")
    known = results.pairs is not None and DEADWEIGHT_COLUMN in results.pairs
    return {name: title for name, title in titles.items() if known or name != DEADWEIGHT}


def _text(numbers: Mapping[str, float] | None, words: Words) -> str:
    if numbers is None:
        return "0"
    value, low, high = words.numbers.estimate(numbers["mean"], numbers["low"], numbers["high"])
    return words("reference.range", value=value, low=low, high=high) if numbers["low"] < numbers["high"] else value


def count_rows(results: Results, words: Words) -> dict[str, list[CountRow]]:
    """Title of the kind -> a row per recommendation and, last, the placebo; empty without the table of pairs."""
    if results.pairs is None or not results.recommendations:
        return {}
    floor = [results.placebo] if results.placebo is not None else []
    notes: Sequence[ScenarioNote] = [*results.recommendations, *floor]
    paired = set(results.pairs["scenario"].astype(str))
    tables = {}
    for kind, title in words.table("page.pair_kind").items():
        rows = []
        for note in notes:
            if note.name not in paired:
                continue
            held = mean_counts(results.pairs, kind, note.name)
            name = note.title if note.recommendation else words("page.noise")
            texts = tuple(_text(held.get(c), words) for c in count_columns(results, words))
            rows.append(CountRow(note.recommendation, name or note.name, texts))
        if rows:
            tables[title] = rows
    return tables
