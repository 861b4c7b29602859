"""Who is kept, moved, attracted: the counts of persons of each policy, as tables of the report."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from sim.report.catalogue import Words
from sim.report.noise_floor import DEADWEIGHT, DEADWEIGHT_COLUMN, mean_counts
from sim.report.tables.table import Column, Table, estimate, number, text


def person_tables(pairs: pd.DataFrame, names: Mapping[str, str], words: Words) -> list[Table]:
    """A table per kind of person, a row per policy.

    Args:
        pairs: of a run, as :func:`sim.report.noise_floor.mean_counts` takes them.
        names: scenario -> printed name of the policy.
        words: the catalogue.
    """
    titles = dict(words.table("page.pair_class"))
    if DEADWEIGHT_COLUMN not in pairs:
        del titles[DEADWEIGHT]
    columns = (Column(words("page.scenario"), kind="text"), *(Column(title) for title in titles.values()))
    tables = []
    for kind, title in words.table("page.pair_kind").items():
        rows = []
        for scenario, name in names.items():
            held = mean_counts(pairs, kind, scenario)
            counts = [
                estimate(held[one]["mean"], held[one]["low"], held[one]["high"], words) if one in held
                else number(0.0, words)
                for one in titles
            ]  # fmt: skip
            rows.append((text(name), *counts))
        notes = (words("dashboard.persons_note"),)
        tables.append(Table(f"persons_{kind}", title, columns, tuple(rows), notes, ("pairs.parquet",)))
    return tables
