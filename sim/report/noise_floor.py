"""Persons by what became of them, per recommendation, beside the noise floor: the same counts of the placebo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from sim.analysis.paired_worlds import summarise
from sim.analysis.pairing import deadweight
from sim.report.catalogue import Words
from sim.report.names import scenario_title
from sim.report.results import Results, ScenarioNote
from sim.report.tables.table import Column, Entry, Table, estimate, number, text

DEADWEIGHT, DEADWEIGHT_COLUMN = "deadweight", "received"


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


def _entry(numbers: Mapping[str, float] | None, words: Words) -> Entry:
    if numbers is None:
        return number(0.0, words)
    return estimate(numbers["mean"], numbers["low"], numbers["high"], words)


def count_tables(results: Results, words: Words) -> list[Table]:
    """A table per kind: a row per recommendation and, last, the placebo; none without the table of pairs."""
    if results.pairs is None or not results.recommendations:
        return []
    floor = [results.placebo] if results.placebo is not None else []
    notes: Sequence[ScenarioNote] = [*results.recommendations, *floor]
    paired = set(results.pairs["scenario"].astype(str))
    columns = (
        Column(words("page.id"), kind="text"), Column(words("page.scenario"), kind="text"),
        *(Column(title) for title in count_columns(results, words).values()),
    )  # fmt: skip
    note = words("page.pairs_note" if floor else "page.pairs_note_alone")
    tables = []
    for kind, title in words.table("page.pair_kind").items():
        rows = []
        for one in notes:
            if one.name not in paired:
                continue
            held = mean_counts(results.pairs, kind, one.name)
            name = scenario_title(one, words) if one.recommendation else words("page.noise")
            counts = [_entry(held.get(c), words) for c in count_columns(results, words)]
            rows.append((text(one.recommendation), text(name or one.name), *counts))
        if rows:
            tables.append(Table(f"persons_{kind}", title, columns, tuple(rows), (note,), ("pairs.parquet",)))
    return tables
