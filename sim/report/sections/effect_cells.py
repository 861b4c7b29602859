"""Effects as entries of a table: value, interval, and words where the interval contains zero."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from sim.report.catalogue import Words
from sim.report.figures.effects import effects_of
from sim.report.names import scenario_title
from sim.report.numbers import decimals_for
from sim.report.results import ScenarioNote
from sim.report.sentences import Effect
from sim.report.tables.table import Column, Entry, Table, text


def effect_entry(effect: Effect | None, words: Words) -> Entry:
    """Value, interval and, where the interval contains zero, the words that say so."""
    if effect is None:
        return Entry()
    value, low, high = words.numbers.estimate(effect.difference, effect.low, effect.high, signed=True)
    numbers = (effect.difference, effect.low, effect.high)
    decimals = max(decimals_for(effect.low, effect.high, effect.difference), 0)
    span = words("page.range", low=low, high=high) if effect.low < effect.high else ""
    if effect.verdict == "none":
        return Entry("0", (0.0,), 0, "", words("page.unchanged"), "neutral")
    if effect.verdict == "untold":
        return Entry(value, numbers, decimals, "", words("page.untold"), "neutral")
    if effect.verdict == "unclear":
        return Entry(value, numbers, decimals, span, words("page.unclear"), "neutral")
    return Entry(value, numbers, decimals, span, "", "cost" if effect.is_money else effect.favour)


def effect_table(
    name: str, title: str, comparison: pd.DataFrame, scenarios: Sequence[ScenarioNote], outcomes: Mapping[str, str],
    words: Words, notes: Sequence[str] = (), provenance: bool = False,
) -> Table:  # fmt: skip
    """A table scenario × outcome; ``outcomes``: name -> heading."""
    columns = [Column(words("page.id"), kind="text"), Column(words("page.scenario"), kind="text")]
    if provenance:
        columns.append(Column(words("page.provenance_short"), kind="text"))
    columns += [Column(heading) for heading in outcomes.values()]
    rows = []
    for note in scenarios:
        head = [text(note.recommendation), text(scenario_title(note, words))]
        head += [text(note.provenance)] if provenance else []
        rows.append((*head, *(effect_entry(effects_of(comparison, note.name, o), words) for o in outcomes)))
    return Table(name, title, tuple(columns), tuple(rows), tuple(notes), ("comparison.csv",))
