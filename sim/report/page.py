"""The report: one self-contained HTML page from a results folder."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sim.analysis.compare import BASELINE, levels, warnings_of
from sim.analysis.outcomes import OUTCOMES
from sim.report.catalogue import Words
from sim.report.figures import draw_all
from sim.report.figures.effects import effects_of
from sim.report.numbers import estimate, number, two_digits
from sim.report.reference_experiments import reference_rows
from sim.report.results import Results, ScenarioNote
from sim.report.sentences import Effect, effect_sentence

TEMPLATES = Path(__file__).parent / "templates"
TILES = (
    "startup_flight_rate", "startup_departures", "hq_abroad_share", "founder_flight",
    "talent_flight_rate", "talent_net_flight_rate",
)  # fmt: skip
LONG = ("worlds", "facts", "timings", "failures")
"""Entries of the manifest that are too long for the page."""
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
    value, low, high = estimate(effect.difference, effect.low, effect.high, signed=True)
    span = words("page.range", low=low, high=high) if effect.low < effect.high else ""
    if effect.verdict == "none":
        return Cell("0", "", words("page.unchanged"), "neutral")
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
    found = []
    for name in TILES:
        if name not in held:
            continue
        row = held[name]
        value, low, high = estimate(float(row["mean"]), float(row["low"]), float(row["high"]))
        unit = words(f"page.tile_unit.{name}")
        found.append(
            {"value": value, "unit": unit, "text": words(f"page.tile.{name}"),
             "range": words("page.range", low=low, high=high)}
        )  # fmt: skip
    return found


def caveats(results: Results, words: Words) -> list[str]:
    """Three caveats; too few worlds takes the place of nothing, it is put first and added."""
    found = [words(f"caveat.{key}") for key in ("assumed", "strength", "identified")]
    if results.comparison is not None:
        found = [words("caveat.few", text=text) for text in warnings_of(results.comparison)] + found
    return found


def comparison_rows(comparison: pd.DataFrame, words: Words) -> list[dict[str, str]]:
    """The comparison as text, rounded by the width of each interval."""
    rows = []
    for record in comparison.to_dict("records"):
        row: dict[str, Any] = {str(k): v for k, v in record.items()}
        value, low, high = estimate(row["difference"], row["low"], row["high"], signed=True)
        decimals = max(0, 0 if value == "0" else len(value.partition(".")[2]))
        rows.append(
            {
                "scenario": str(row["scenario"]), "label": str(row["label"]), "unit": str(row["unit"]),
                "better": words(f"page.way.{row['better']}"),
                "baseline": number(row["baseline_mean"], decimals),
                "scenario_mean": number(row["scenario_mean"], decimals),
                "difference": value, "interval": words("page.range", low=low, high=high),
                "mc_error": two_digits(row["mc_error"]), "n": str(int(row["n"])),
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


def lever_texts(note: ScenarioNote) -> list[str]:
    """Each lever of a scenario with its settings."""
    texts = []
    for key, fields in note.levers.items():
        given = {n: " ".join(map(str, v)) if isinstance(v, list) else v for n, v in fields.items() if v is not None}
        settings = ", ".join(f"{name} = {value}" for name, value in given.items())
        texts.append(f"{key}: {settings}" if settings else key)
    return texts


def scenario_cards(results: Results, words: Words) -> list[dict[str, Any]]:
    """Every policy with its question, the expected direction, and the sentences found."""
    if results.comparison is None:
        return []
    cards = []
    for note in results.policies:
        effects = [effects_of(results.comparison, note.name, outcome) for outcome in TOLD]
        found = [effect_sentence(e, words) for e in effects if e is not None]
        cards.append({"note": note, "found": found, "levers": lever_texts(note)})
    return cards


def alarms(manifest: dict[str, Any], words: Words) -> list[str]:
    """What must be said before anything else: the study was interrupted, or runs failed."""
    found = [words("page.interrupted")] if manifest.get("interrupted") else []
    failures = manifest.get("failures") or []
    if failures:
        planned = manifest.get("runs_planned", "?")
        found.append(words("page.failed", count=len(failures), planned=planned))
    return found


def lighter(svg: str) -> str:
    """The drawing with outlines to a hundredth of a point, for the page; the files keep every digit."""

    def shorten(outline: re.Match[str]) -> str:
        return re.sub(r"(\.\d\d)\d+", r"\1", outline[0])

    return re.sub(r' d="[^"]*"', shorten, svg)


def figure_blocks(drawn: dict[str, Path], words: Words) -> list[dict[str, str]]:
    """Each figure inlined as SVG, so that the page needs no other file."""
    blocks = []
    for name, path in drawn.items():
        family = "map" if name.startswith("map_") else name
        data = base64.b64encode(lighter(path.read_text(encoding="utf-8")).encode()).decode("ascii")
        blocks.append(
            {"name": name, "title": words.get(f"figure.{name}.title", words(f"figure.{family}.title")),
             "alt": words(f"figure.{family}.alt"), "source": f"data:image/svg+xml;base64,{data}"}
        )  # fmt: skip
    return blocks


def write_report(results_dir: Path) -> Path:
    """Draw the figures and write ``report.html`` into a results folder.

    Args:
        results_dir: the folder; only its files, and the map outlines, are read.

    Returns:
        the path of the page.

    Raises:
        InputError: if the folder is not a folder of results.
    """
    results, words = Results(results_dir), Words()
    drawn = draw_all(results, words, results.folder / "figures")
    comparison = results.comparison
    versions = {k: v for k, v in results.manifest.items() if k not in LONG}

    def table(scenarios: Sequence[ScenarioNote], outcomes: dict[str, str]) -> list[TableRow]:
        return [] if comparison is None else effect_table(comparison, scenarios, list(outcomes), words)

    shown = [*results.recommendations, *(s for s in results.policies if s.name in ("all_eight", "french_tech_2014"))]
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    cost_columns, columns = words.table("page.cost_column"), words.table("page.column")
    page = environment.get_template("report.html").render(
        w=words, language=words("language"), alarms=alarms(results.manifest, words),
        worlds=results.worlds_run, years=f"{results.years:g}",
        n=int(comparison["n"].min()) if comparison is not None else 0,
        tiles=tiles(results, words), columns=list(columns.values()), caveats=caveats(results, words),
        rows=table(shown, columns),
        cost_columns=list(cost_columns.values()),
        cost_rows=table(results.policies, cost_columns),
        figures=figure_blocks(drawn, words), cards=scenario_cards(results, words),
        comparison=comparison_rows(comparison, words) if comparison is not None else [],
        reference=reference_rows(results, words), provenance=words.table("provenance"),
        limits=words.listed("limits.items"), methods=words.table("methods"),
        outcomes=list(OUTCOMES.values()), versions=flatten(versions),
    )  # fmt: skip
    target = results.folder / "report.html"
    target.write_text(page, encoding="utf-8")
    return target
