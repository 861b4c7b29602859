"""The report: one self-contained HTML page from a results folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sim.analysis.compare import levels, warnings_of
from sim.analysis.drivers import is_driver
from sim.analysis.outcomes import OUTCOMES
from sim.analysis.paired_worlds import BASELINE
from sim.errors import InputError
from sim.report.catalogue import Words
from sim.report.figure_blocks import figure_blocks, not_drawn
from sim.report.figures import draw_all
from sim.report.figures.effects import effects_of
from sim.report.fit import fit_sentence
from sim.report.noise_floor import count_columns, count_rows
from sim.report.numbers import decimals_for
from sim.report.prices import price_columns, price_rows
from sim.report.reference_experiments import reference_rows
from sim.report.results import Results, ScenarioNote
from sim.report.sentences import Effect, effect_sentence
from sim.report.world_source import WorldSource

TEMPLATES = Path(__file__).parent / "templates"
TILES = (
    "startup_flight_rate", "startup_departures", "hq_abroad_share", "founder_flight",
    "talent_flight_rate", "talent_net_flight_rate",
)  # fmt: skip
RATES = tuple(name for name in TILES if name.endswith("_flight_rate"))
"""Tiles that a reader compares: their numbers have the same decimals."""
DETERMINING = (
    "version", "commit", "uncommitted_changes", "digests", "seed", "reference", "settings", "posterior", "n_worlds",
    "packages",
)  # fmt: skip
"""Entries of the manifest that determine results. Times and workers do not: the same results are the same page."""
TOLD = ("startup_departures", "startups_in_france", "talents_french_in_france", "startup_jobs", "public_cost")


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


def tiles(results: Results, words: Words) -> list[dict[str, str]]:
    """How large the flight is in the baseline: value, unit, what it is, range over worlds."""
    if results.common_runs is None:
        return []
    table = levels(results.common_runs)
    held = {str(r["outcome"]): r for r in table[table["scenario"] == BASELINE].to_dict("records")}
    limits = {name: (float(row["mean"]), float(row["q05"]), float(row["q95"])) for name, row in held.items()}
    rates = [decimals_for(low, high, mean) for mean, low, high in (limits[n] for n in RATES if n in held)]
    found = []
    for name in TILES:
        if name not in held:
            continue
        decimals = max(rates, default=None) if name in RATES else None
        value, low, high = words.numbers.estimate(*limits[name], decimals=decimals)
        unit = words(f"page.tile_unit.{name}")
        found.append(
            {"value": value, "unit": unit, "text": words(f"page.tile.{name}"),
             "range": words("page.range", low=low, high=high)}
        )  # fmt: skip
    return found


def caveats(results: Results, words: Words) -> list[str]:
    """Three caveats; too few worlds takes the place of nothing, it is put first and added."""
    found = [words("caveat.assumed"), words("caveat.strength"), results.source.caveat(words)]
    if results.comparison is not None:
        found = [words("caveat.few", text=text) for text in warnings_of(results.comparison)] + found
    return found


def comparison_rows(comparison: pd.DataFrame, words: Words) -> list[dict[str, str]]:
    """The comparison as text, rounded by the width of each interval."""
    rows = []
    for record in comparison.to_dict("records"):
        row: dict[str, Any] = {str(k): v for k, v in record.items()}
        told = bool(row["low"] <= row["high"])
        value, low, high = words.numbers.estimate(row["difference"], row["low"], row["high"], signed=True)
        joint = row["difference"], row["joint_low"], row["joint_high"]
        _, joint_low, joint_high = words.numbers.estimate(*joint, signed=True)
        if row["difference"] == 0 and not row["low"] < row["high"]:  # nothing to round by: levels keep three digits
            decimals = max(0, decimals_for(0.0, 0.0, row["baseline_mean"]))
        else:
            decimals = len(value.partition(".")[2])
        rows.append(
            {
                "scenario": str(row["scenario"]), "label": str(row["label"]), "unit": str(row["unit"]),
                "better": words(f"page.way.{row['better']}"),
                "baseline": words.numbers.number(row["baseline_mean"], decimals),
                "scenario_mean": words.numbers.number(row["scenario_mean"], decimals),
                "difference": value, "interval": words("page.range", low=low, high=high) if told else row["reading"],
                "joint": words("page.range", low=joint_low, high=joint_high) if told else "",
                "gain": words.numbers.two_digits(row["pairing_gain"]),
                "n": str(int(row["n"])),
            }
        )  # fmt: skip
    return rows


def flatten(value: Any, prefix: str = "") -> list[tuple[str, str]]:
    """Nested manifest entries as dotted keys and texts, in file order."""
    if isinstance(value, dict):
        return [
            pair for key, item in value.items() for pair in flatten(item, f"{prefix}.{key}" if prefix else str(key))
        ]
    if isinstance(value, list):
        return [(prefix, ", ".join(str(item) for item in value))]
    return [(prefix, str(value))]


def lever_texts(note: ScenarioNote, words: Words) -> list[str]:
    """Each lever of a scenario with its settings, and whether foreign cities match them."""
    texts = []
    for key, fields in note.levers.items():
        given = {n: " ".join(map(str, v)) if isinstance(v, list) else v for n, v in fields.items() if v is not None}
        settings = ", ".join(f"{name} = {value}" for name, value in given.items())
        texts.append(f"{key}: {settings}" if settings else key)
    return [*texts, words("page.rivals")] if note.rivals_respond else texts


def scenario_cards(results: Results, words: Words) -> list[dict[str, Any]]:
    """Every policy with its question, the expected direction, and the sentences found."""
    if results.comparison is None:
        return []
    cards = []
    for note in results.policies:
        effects = [effects_of(results.comparison, note.name, outcome) for outcome in TOLD]
        found = [effect_sentence(e, words) for e in effects if e is not None]
        cards.append({"note": note, "found": found, "levers": lever_texts(note, words)})
    return cards


def alarms(manifest: dict[str, Any], words: Words) -> list[str]:
    """What must be said before anything else: the study was interrupted, the posterior was stale, or runs failed."""
    found = [words("page.interrupted")] if manifest.get("interrupted") else []
    found += WorldSource.of(manifest).alarms(words)
    failures = manifest.get("failures") or []
    if failures:
        planned = manifest.get("runs_planned", "?")
        found.append(words("page.failed", count=len(failures), planned=planned))
    return found


def noise_effects(results: Results, words: Words) -> list[tuple[str, Cell | None]]:
    """Label and effect of the placebo for the outcomes that the scenarios are told by; empty if it was not run."""
    if results.placebo is None or results.comparison is None:
        return []
    effects = [effects_of(results.comparison, results.placebo.name, outcome) for outcome in TOLD]
    return [(f"{e.label}, {e.unit}", cell_of(e, words)) for e in effects if e is not None]


@contextmanager
def _writing(folder: Path, page: Path) -> Iterator[None]:
    """Refuse what is in the way before anything is written; say in a sentence what the system refuses.

    Raises:
        InputError: with the path and the reason.
    """
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder}: a file where the folder of figures belongs; move it away.")
    if page.is_dir():
        raise InputError(f"{page}: a folder where the report belongs; move it away.")
    try:
        yield
    except OSError as error:
        raise InputError(f"{error.filename or page}: cannot be written ({error.strerror or error}).") from None


def write_report(results_dir: Path) -> Path:
    """Draw the figures and write ``report.html`` into a results folder.

    Args:
        results_dir: the folder; only its files, and the map outlines, are read.

    Returns:
        the path of the page.

    Raises:
        InputError: if the folder is not a folder of results, a file in it is damaged, or the report cannot be
            written.
    """
    results, words = Results(results_dir), Words()
    target = results.folder / "report.html"
    results.check()
    with _writing(results.folder / "figures", target):
        drawn = draw_all(results, words, results.folder / "figures")
        text = page_text(results, drawn, words)
        unfinished = target.with_suffix(".html.part")
        try:
            unfinished.write_text(text, encoding="utf-8")
            unfinished.replace(target)
        finally:
            unfinished.unlink(missing_ok=True)
    return target


def page_text(results: Results, drawn: dict[str, Path], words: Words) -> str:
    """The page as HTML, with the drawn figures in it."""
    comparison, source = results.comparison, results.source
    versions = {k: results.manifest[k] for k in DETERMINING if k in results.manifest}

    def table(scenarios: Sequence[ScenarioNote], outcomes: dict[str, str]) -> list[TableRow]:
        return [] if comparison is None else effect_table(comparison, scenarios, list(outcomes), words)

    beside = (s for s in results.policies if s.name in ("all_eight", "french_tech_2014") or is_driver(s.levers))
    shown = [*results.recommendations, *beside]
    eight = bool(results.recommendations) or any(s.name in ("all_eight", "all_eight_rivals") for s in results.policies)
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    held = set() if comparison is None else set(comparison["outcome"])
    cost_columns = {name: title for name, title in words.table("page.cost_column").items() if name in held}
    columns = words.table("page.column")
    return environment.get_template("report.html").render(
        w=words, eight=eight, letters=any(s.provenance for s in results.policies),
        language=words.language, alarms=alarms(results.manifest, words),
        scope=source.drawn(results.worlds_run, words), method=source.method(results.worlds_run, words),
        counted=source.counted(int(comparison["n"].min()) if comparison is not None else 0, words),
        years=results.years_text(words),
        tiles=tiles(results, words), columns=list(columns.values()), caveats=caveats(results, words),
        rows=table(shown, columns),
        cost_columns=list(cost_columns.values()),
        cost_rows=table(results.policies, cost_columns),
        price_columns=price_columns(results), price_rows=price_rows(results, results.policies, words),
        figures=figure_blocks(drawn, words), undrawn=not_drawn(drawn, results.folder, words),
        cards=scenario_cards(results, words),
        comparison=comparison_rows(comparison, words) if comparison is not None else [],
        fit=fit_sentence(results.manifest, words),
        reference=reference_rows(results, words), noise=noise_effects(results, words),
        pairs=count_rows(results, words), pair_columns=list(count_columns(results, words).values()),
        placebo=results.placebo, provenance=words.table("provenance"),
        limits=[*words.listed("limits.items"), source.limit(words)], methods=words.table("methods"),
        outcomes=list(OUTCOMES.values()), versions=flatten(versions),
    )  # fmt: skip
