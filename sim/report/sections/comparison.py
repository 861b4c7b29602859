"""Every scenario and outcome."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sim.report.catalogue import Words
from sim.report.names import outcome_label, outcome_unit, scenario_title
from sim.report.numbers import decimals_for
from sim.report.readings import reading_text
from sim.report.results import Results
from sim.report.tables.table import Column, Entry, Table, number, text

MOST_SHOWN = 1000
"""Rows from which the page leaves the table to its files."""


def comparison_table(comparison: pd.DataFrame, titles: dict[str, str], words: Words) -> Table:
    """The comparison as text, rounded by the width of each interval.

    Args:
        comparison: the whole table.
        titles: printed name of each scenario.
        words: the catalogue.
    """
    columns = (
        Column(words("page.scenario"), kind="text"), Column(words("page.outcome"), kind="text"),
        Column(words("page.unit"), kind="text"), Column(words("page.better"), kind="text"),
        Column(words("page.baseline_mean"), kind="number"), Column(words("page.scenario_mean"), kind="number"),
        Column(f"{words('page.difference')}, {words('page.interval')}"), Column(words("page.joint"), kind="estimate"),
        Column(words("page.gain"), kind="number"), Column(words("page.n"), kind="number"),
    )  # fmt: skip
    rows = []
    for record in comparison.to_dict("records"):
        row: dict[str, Any] = {str(k): v for k, v in record.items()}
        outcome, told = str(row["outcome"]), bool(row["low"] <= row["high"])
        value, low, high = words.numbers.estimate(row["difference"], row["low"], row["high"], signed=True)
        joint = row["difference"], row["joint_low"], row["joint_high"]
        _, joint_low, joint_high = words.numbers.estimate(*joint, signed=True)
        if row["difference"] == 0 and not row["low"] < row["high"]:  # nothing to round by: levels keep three digits
            decimals = max(0, decimals_for(0.0, 0.0, row["baseline_mean"]))
        else:
            decimals = max(0, decimals_for(row["low"], row["high"], row["difference"]))
        span = words("page.range", low=low, high=high) if told else ""
        both = words("page.range", low=joint_low, high=joint_high) if told else ""
        rows.append(
            (
                text(titles.get(str(row["scenario"]), str(row["scenario"]))),
                text(outcome_label(outcome, str(row["label"]), words)),
                text(outcome_unit(outcome, str(row["unit"]), words)), text(words(f"page.way.{row['better']}")),
                number(row["baseline_mean"], words, decimals), number(row["scenario_mean"], words, decimals),
                Entry(value, (row["difference"], row["low"], row["high"]), decimals, span,
                      "" if told else reading_text(str(row["reading"]), words)),
                Entry(both, joint, decimals),
                Entry(words.numbers.two_digits(row["pairing_gain"]), (row["pairing_gain"],), 1),
                number(row["n"], words),
            )
        )  # fmt: skip
    title, note = words("page.comparison"), words("page.comparison_note")
    return Table("comparison", title, columns, tuple(rows), (note,), ("comparison.csv",))


def build(results: Results, words: Words) -> dict[str, Any] | None:
    """The rows; none without a comparison."""
    if results.comparison is None:
        return None
    titles = {note.name: scenario_title(note, words) for note in results.scenarios}
    told, rows = {note.name for note in results.policies}, results.comparison
    table = comparison_table(rows[rows["scenario"].isin(told)] if results.of_packages else rows, titles, words)
    return {"table": table, "shown": len(table.rows) <= MOST_SHOWN}
