"""Who was kept, who was only moved: persons one by one, beside the noise floor."""

from __future__ import annotations

from typing import Any

from sim.report.catalogue import Words
from sim.report.figures.effects import effects_of
from sim.report.names import outcome_label, outcome_unit, scenario_title
from sim.report.noise_floor import count_tables
from sim.report.results import Results
from sim.report.sections.effect_cells import effect_entry
from sim.report.sections.scenarios import TOLD
from sim.report.sections.shown import figures_of
from sim.report.tables.table import Column, Table, text


def noise_table(results: Results, words: Words) -> Table | None:
    """Effect of the placebo on the outcomes that the scenarios are told by; None if it was not run."""
    if results.placebo is None or results.comparison is None:
        return None
    effects = [effects_of(results.comparison, results.placebo.name, outcome) for outcome in TOLD]
    rows = tuple(
        (text(f"{outcome_label(e.outcome, e.label, words)}, {outcome_unit(e.outcome, e.unit, words)}"),
         effect_entry(e, words))
        for e in effects if e is not None
    )  # fmt: skip
    columns = (Column(words("page.outcome"), kind="text"), Column(words("page.noise_effect")))
    title = f"{words('page.noise')} ({scenario_title(results.placebo, words)})"
    return Table("noise", title, columns, rows, (words("page.noise_note"),), ("comparison.csv",)) if rows else None


def build(results: Results, words: Words) -> dict[str, Any] | None:
    """Tables of each, as far as they are there, and the figure of fates if it was drawn."""
    noise, pairs = noise_table(results, words), count_tables(results, words)
    figures = figures_of("persons", results, words)
    if noise is None and not pairs and not figures:
        return None
    tables = [*([noise] if noise is not None else []), *pairs]
    return {"tables": tables, "figures": figures}
