"""The two reference experiments beside published patterns: a label alone, and a tax-exempt zone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.analysis.paired_worlds import BASELINE, summarise
from sim.analysis.run_record import FRANCE
from sim.errors import InputError
from sim.quarters import parse_quarter
from sim.report.catalogue import Words
from sim.report.names import pattern_text, unit_text
from sim.report.results import Results, ScenarioNote

UNITLESS = ("ratio", "share")
"""Units that a number does without."""
FIVE_YEARS = 20
"""Quarters after which the enterprise-zone evaluations look."""


@dataclass(frozen=True)
class ReferenceRow:
    """One published pattern and what was simulated."""

    target: str
    pattern: str
    measured: str
    simulated: str
    published: str


def _grids(results: Results, scenario: str, quarter: int, columns: list[str]) -> dict[int, pd.DataFrame]:
    """Columns of French places at one quarter by world (replicates averaged), indexed by place."""
    assert results.runs is not None
    assert results.series is not None
    runs = results.runs.loc[results.runs["scenario"] == scenario, ["run", "world"]]
    rows = results.series[results.series["quarter"] == quarter].merge(runs, on="run")
    french = results.places.loc[results.places["country"] == FRANCE, "place"]
    rows = rows[rows["place"].isin(french)]
    means = rows.groupby(["world", "place"], observed=True)[columns].mean()
    return {int(w): pd.DataFrame(means.xs(w, level="world")) for w in means.index.unique("world")}


def _text(values: list[float], words: Words, nothing: str, signed: bool) -> str:
    """Mean and middle nine tenths of the worlds in which the ratio is defined."""
    if not values:
        return nothing
    numbers = summarise(pd.Series(values, dtype=np.float64))
    value, low, high = words.numbers.estimate(numbers["mean"], numbers["q05"], numbers["q95"], signed)
    return words("reference.range", value=value, low=low, high=high)


def label_rows(results: Results, scenario: str, words: Words) -> list[tuple[str, str, str]]:
    """(target, what was computed, result) for a label without money, against P01 and P02."""
    assert results.series is not None
    last = int(results.series["quarter"].max())
    with_label = _grids(results, scenario, last, ["labelled", "startups", "jobs"])
    without = _grids(results, BASELINE, last, ["startups", "jobs"])
    found = []
    for target, column, key in (("P01", "startups", "label_startups"), ("P02", "jobs", "label_jobs")):
        changes = []
        for world in sorted(set(with_label) & set(without)):
            held = with_label[world].index[with_label[world]["labelled"] > 0]
            base = float(without[world].loc[held, column].sum())
            if base > 0:
                changes.append(100.0 * (float(with_label[world].loc[held, column].sum()) / base - 1.0))
        text = _text(changes, words, words("reference.none_labelled"), signed=True)
        found.append((target, words(f"reference.{key}"), words("reference.percent", text=text) if changes else text))
    return found


def zone_rows(results: Results, note: ScenarioNote, words: Words) -> list[tuple[str, str, str]]:
    """(target, what was computed, result) for the exempt zone, against Z01, Z02 and Z03."""
    assert results.series is not None
    lever = next((v for k, v in note.levers.items() if k == "zone_exemption"), {})
    treated = [str(p) for p in lever.get("places") or ()]
    if not treated:
        return []
    start = parse_quarter(str(lever.get("start", "2013Q4")))
    quarter = min(start + FIVE_YEARS, int(results.series["quarter"].max()))
    zone, base = (_grids(results, s, quarter, ["startups"]) for s in (note.name, BASELINE))
    cities = set(results.places.loc[results.places["place"].isin(treated), "city"])
    city = results.places.loc[results.places["city"].isin(cities) & (results.places["city"] != ""), "place"].tolist()
    ratio, transfer, whole = [], [], []
    for world in sorted(set(zone) & set(base)):
        after, before = zone[world]["startups"], base[world]["startups"]
        gain = float((after - before)[treated].sum())
        if before[treated].sum() > 0:
            ratio.append(float(after[treated].sum() / before[treated].sum()))
        if gain > 0:
            transfer.append(1.0 - float((after - before).sum()) / gain)
            whole.append(float((after - before)[city].sum()) / gain)
    nothing = words("reference.no_change")
    in_city = _text(whole, words, nothing, False) if len(city) > len(treated) else words("reference.city_is_district")
    return [
        ("Z01", words("reference.zone_ratio", quarters=quarter - start), _text(ratio, words, nothing, False)),
        ("Z02", words("reference.zone_transfer"), _text(transfer, words, nothing, False)),
        ("Z03", words("reference.zone_city"), in_city),
    ]


def published_targets() -> pd.DataFrame:
    """The targets of the evidence folder, indexed by id; empty when they cannot be read."""
    try:
        from sim.evidence import load_evidence

        return load_evidence().targets.set_index("id")
    except (ImportError, InputError):
        return pd.DataFrame(columns=["pattern", "value", "low", "high", "unit"])


def reference_rows(
    results: Results, words: Words, targets: Callable[[], pd.DataFrame] = published_targets
) -> list[ReferenceRow]:
    """The rows of the table; empty when neither experiment was run."""
    if results.series is None or results.runs is None:
        return []
    computed: list[tuple[str, str, str]] = []
    for note in results.policies:
        if note.name == "label_only":
            computed += label_rows(results, note.name, words)
        elif "zone_exemption" in note.levers and len(note.levers) == 1:
            computed += zone_rows(results, note, words)
    if not computed:
        return []
    published = targets()
    rows = []
    for target, measured, simulated in computed:
        if target in published.index:
            row = published.loc[target]
            told = pattern_text(target, str(row["pattern"]), words)
            pattern = words("reference.label_pattern", id=target, pattern=told)
            value, low, high = (words.numbers.plain(float(str(row[name]))) for name in ("value", "low", "high"))
            unit = "" if str(row["unit"]) in UNITLESS else unit_text(str(row["unit"]), words)
            beside = words("reference.published", value=value, low=low, high=high, unit=unit).rstrip()
        else:
            pattern, beside = target, words("reference.unpublished")
        rows.append(ReferenceRow(target, pattern, measured, simulated, beside))
    return rows
