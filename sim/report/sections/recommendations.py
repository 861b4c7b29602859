"""The recommendations side by side: a column each, and what is known of them as rows."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pandas as pd

from sim.analysis.reading import read_csv
from sim.analysis.sign_shares import sign_shares
from sim.analysis.structures import JUDGED
from sim.report.beside import folder_beside, table_of
from sim.report.catalogue import Words
from sim.report.figures.effects import effects_of
from sim.report.losers import is_untold, losers
from sim.report.names import outcome_label, outcome_unit, scenario_title
from sim.report.policies import ALL
from sim.report.prices import price_entry, priced
from sim.report.results import Results, ScenarioNote
from sim.report.sections.effect_cells import effect_entry
from sim.report.tables.table import Column, Entry, Table, estimate, text

EFFECTS = ("startup_departures", "startups_in_france", "talents_french_in_france", "startup_jobs", "public_cost",
           "net_public_balance")  # fmt: skip
PRICED = ("startups_in_france", "talents_french_in_france")
COUNTED = (("startup", "kept"), ("startup", "saved"), ("startup", "displaced"), ("talent", "kept"),
           ("talent", "displaced"))  # fmt: skip
SURE = ("startups_in_france", "talents_french_in_france")
FATES = (("scenario", "kind", "by", "where", "measure", "reading"), ("mean", "low", "high"))
STRUCTURES = (("structure", "scenario", "outcome", "sign"), ("effect",))

Fill = Callable[[ScenarioNote], Entry]


def build(results: Results, words: Words) -> dict[str, Any] | None:
    """The table; none without a comparison, or with fewer than two recommendations."""
    notes = results.recommendations_alone or results.recommendations
    if results.comparison is None or len(notes) < 2:
        return None
    together = [note for note in results.policies if note.name == ALL]
    shown = [*notes, *together]
    columns = (
        Column(words("side.what"), kind="text"),
        *(Column(note.recommendation or words("side.all")) for note in shown),
    )
    rows = [(text(label), *(fill(note) for note in shown)) for label, fill in _rows(results, words)]
    rows = [row for row in rows if any(entry != Entry() for entry in row[1:])]
    notes_below = (words("side.note"), *([words("side.note_structures")] if _structures(results) is not None else []))
    sources = [name for name in SOURCES if (results.folder / name).is_file()]
    table = Table("recommendations", words("side.title"), columns, tuple(rows), notes_below, tuple(sources))
    letters = words.table("provenance") if any(note.provenance for note in notes) else {}
    return {"table": table, "legend": list(letters.items())}


SOURCES = ("comparison.csv", "worth/cost_effectiveness.csv", "counterfactual.csv", "runs.parquet", "worth/ranks.csv",
           "territory.csv")  # fmt: skip


def _rows(results: Results, words: Words) -> list[tuple[str, Fill]]:
    """Heading and filling of every row, in the order of the page."""
    comparison = results.comparison
    assert comparison is not None
    found: list[tuple[str, Fill]] = [
        (words("side.title_row"), lambda note: text(scenario_title(note, words))),
        (words("page.provenance_short"), lambda note: text(note.provenance)),
    ]

    def effect(note: ScenarioNote, outcome: str) -> Entry:
        return effect_entry(effects_of(comparison, note.name, outcome), words)

    for outcome in EFFECTS:
        row = comparison[comparison["outcome"] == outcome]
        if len(row):
            label, unit = str(row["label"].iloc[0]), str(row["unit"].iloc[0])
            name = f"{outcome_label(outcome, label, words)} ({outcome_unit(outcome, unit, words)})"
            found.append((name, partial(effect, outcome=outcome)))
    prices = priced(results)

    def price(note: ScenarioNote, outcome: str) -> Entry:
        row = prices.get((note.name, outcome))
        return Entry() if row is None else price_entry(row, words)

    found += [(words(f"side.price.{outcome}"), partial(price, outcome=outcome)) for outcome in PRICED]
    fates = _fates(results)

    def count(note: ScenarioNote, kind: str, measure: str) -> Entry:
        if fates is None:
            return Entry()
        row = fates[(fates["scenario"] == note.name) & (fates["kind"] == kind) & (fates["measure"] == measure)]
        if row.empty:
            return Entry()
        one = row.iloc[0]
        return estimate(float(one["mean"]), float(one["low"]), float(one["high"]), words)

    found += [(words(f"side.fate.{k}_{m}"), partial(count, kind=k, measure=m)) for k, m in COUNTED]
    shares = _shares(results)

    def share(note: ScenarioNote, outcome: str) -> Entry:
        if shares is None:
            return Entry()
        row = shares[(shares["scenario"] == note.name) & (shares["outcome"] == outcome)]
        if row.empty or row["share"].isna().iloc[0]:
            return Entry()
        value, low, high = (100.0 * float(row[name].iloc[0]) for name in ("share", "low", "high"))
        shown = words.numbers.percent(value)
        span = words("page.range", low=words.numbers.number(low), high=words.numbers.number(high))
        return Entry(shown, (value, low, high), 0, span)

    found += [(words(f"side.share.{outcome}"), partial(share, outcome=outcome)) for outcome in SURE]
    ranks = table_of(results.folder / "worth", "ranks.csv", ("outcome", "scenario"), ("expected_rank", "low", "high"))

    def rank(note: ScenarioNote, outcome: str) -> Entry:
        if ranks is None:
            return Entry()
        row = ranks[(ranks["scenario"] == note.name) & (ranks["outcome"] == outcome)]
        if row.empty:
            return Entry()
        value, low, high = (float(row[name].iloc[0]) for name in ("expected_rank", "low", "high"))
        return estimate(value, low, high, words)

    number = 0 if ranks is None else ranks["scenario"].nunique()
    found += [(words(f"side.rank.{outcome}", n=number), partial(rank, outcome=outcome)) for outcome in SURE]
    structures = _structures(results)

    def held(note: ScenarioNote) -> Entry:
        if structures is None:
            return Entry()
        rows = structures[structures["scenario"] == note.name]
        if rows.empty:
            return Entry()
        same = int((rows["sign"] == "same").sum())
        return text(words("side.structures_of", same=same, n=len(rows)))

    found.append((words("side.structures"), held))

    def lost(note: ScenarioNote, kind: str) -> Entry:
        names = losers(results, note.name, kind, words)
        if names is None:
            return text(words("page.untold")) if is_untold(results, note.name, kind) else Entry()
        return text(", ".join(names) if names else words("side.nobody"))

    return [*found, *((words(f"side.loses.{kind}"), partial(lost, kind=kind)) for kind in ("startups", "talents"))]


def _shares(results: Results) -> pd.DataFrame | None:
    """Share of worlds with the sign of the mean, of the scenarios that are shown here; None without runs."""
    runs, reference = results.runs, results.reference
    if runs is None or reference not in set(runs["scenario"]):
        return None
    named = {note.name for note in results.recommendations} | {ALL, reference}
    keys = [name for name in ("run", "scenario", "world", "replicate", *SURE) if name in runs]
    return sign_shares(runs.loc[runs["scenario"].isin(named), keys], reference)


def _fates(results: Results) -> pd.DataFrame | None:
    path = results.folder / "counterfactual.csv"
    if not path.is_file():
        return None
    frame = read_csv(path, *FATES)
    return frame[(frame["by"] == "france") & (frame["where"] == "france")]


def _structures(results: Results) -> pd.DataFrame | None:
    """Headline effects under other structures; None without such a folder of the same model and evidence."""
    folder = folder_beside(results, "structures", "reference/manifest.json")
    table = table_of(folder, "structures.csv", *STRUCTURES)
    if table is None:
        return None
    return table[(table["structure"] != "reference") & table["outcome"].isin(JUDGED)]
