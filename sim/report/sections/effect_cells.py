"""Effects as cells of a table: value, range, and words where the range contains zero."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from sim.report.catalogue import Words
from sim.report.figures.effects import effects_of
from sim.report.results import ScenarioNote
from sim.report.sentences import Effect


@dataclass(frozen=True)
class Cell:
    """An effect ready to print."""

    value: str
    range: str
    remark: str
    favour: str


@dataclass(frozen=True)
class TableRow:
    """One scenario in a table of effects."""

    id: str
    title: str
    provenance: str
    cells: tuple[Cell | None, ...]


def cell_of(effect: Effect | None, words: Words) -> Cell | None:
    """Value, range and, where the range contains zero, the words that say so."""
    if effect is None:
        return None
    value, low, high = words.numbers.estimate(effect.difference, effect.low, effect.high, signed=True)
    span = words("page.range", low=low, high=high) if effect.low < effect.high else ""
    if effect.verdict == "none":
        return Cell("0", "", words("page.unchanged"), "neutral")
    if effect.verdict == "untold":
        return Cell(value, "", words("page.untold"), "neutral")
    if effect.verdict == "unclear":
        return Cell(value, span, words("page.unclear"), "neutral")
    return Cell(value, span, "", "cost" if effect.is_money else effect.favour)


def effect_table(
    comparison: pd.DataFrame, scenarios: Sequence[ScenarioNote], outcomes: Sequence[str], words: Words
) -> list[TableRow]:
    """Rows of a table scenario × outcome."""
    return [
        TableRow(
            s.recommendation, s.title or s.name, s.provenance,
            tuple(cell_of(effects_of(comparison, s.name, o), words) for o in outcomes),
        )
        for s in scenarios
    ]  # fmt: skip
