"""The page of target rows: one table, the misses with their likely cause, and how each number was made."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from sim import __version__
from sim.experiments.engine import ModelEngine
from sim.experiments.targets.register import CLASSES, NOT_COMPUTABLE, ROWS

EDGE = 0.1
TEXT = """# The model against the rows it may be fitted to

This page shows every row of `sim/evidence/targets.csv` whose use is `calibrate`, as the model reproduces it in the
scenario of what happened (`scenarios/french_tech_2014.toml`). **Little was tuned for it**: parameters are priors and
central values, three of them set by hand (`talent.cost_star` on B17, `talent.diaspora_drift` on B14 and B17,
`startup.death_base` on B45 and B46), and a miss is shown as a miss. Rows kept for validation are not used here.

Version {version}; sources {sources}, evidence {evidence} (first digits of SHA-256); study seed {seed}; the central
world and {worlds} worlds drawn from the priors. Written by

    {command}

{summary}

## Table

- Class. *Input*: a parameter or starting figure is the row itself, so agreement shows nothing. *To be fitted*: a
  parameter is there for the row. *Emergent*: many rules together make it. *Not computable*: the model has no such
  thing.
- ± is the standard error of luck in the central world: other draws, same parameters. From few runs it is itself rough.
- M and F rows come from paired runs in {shocked}; their sampling error is in the last section.
- Verdict: on the mean of the prior worlds where there is one, else on the central world. *At the edge*: within a tenth
  of the interval's width of its end, so that other luck or another draw may change the verdict.
- Many intervals are the analyst's own tolerance and no confidence intervals; the end of each source says which.

{table}

## Misses

{misses}

## How each number is made

E1 and E3 are the paired runs that the targets ask for: same luck, with and without a shock from the first quarter on.
A rise of net pay by 10% is, for everybody and exactly, a rise of 1 - average tax by 10%. Small groups are measured on
probe persons, who live and move by the same rules but enter no stock, price or firm.

{makings}
"""
HEAD = ("row", "class", "target", "unit", "status", "central world", "mean of worlds", "range of worlds", "verdict")


@dataclass(frozen=True)
class Line:
    """One row: the target as ``targets.csv`` has it, and what the model gives. NaN: no number.

    ``verdict``: on the mean over prior worlds where there is one, else on the central world.
    """

    id: str
    pattern: str
    value: float
    low: float
    high: float
    unit: str
    status: str
    source: str
    central: float
    error: float  # standard error of luck in the central world
    note: str
    worlds: tuple[float, ...]  # one number per prior world

    @property
    def kind(self) -> str:
        """Class of the row."""
        return ROWS[self.id].kind

    @property
    def mean(self) -> float:
        """Mean over prior worlds."""
        return sum(self.worlds) / len(self.worlds) if self.worlds else math.nan

    @property
    def verdict(self) -> str:
        """Where the model's number lies."""
        return verdict(self.mean if self.worlds else self.central, self.low, self.high)

    @property
    def central_verdict(self) -> str:
        """Where the number of the central world lies."""
        return verdict(self.central, self.low, self.high)


def verdict(value: float, low: float, high: float) -> str:
    """Return "inside", "too low", "too high", or "none" for a number that is missing."""
    if not math.isfinite(value):
        return "none"
    return "too low" if value < low else "too high" if value > high else "inside"


def at_edge(value: float, low: float, high: float) -> bool:
    """Return whether a number inside its interval lies within ``EDGE`` of the width of one of its ends."""
    return low <= value <= high and min(value - low, high - value) < EDGE * (high - low)


def number(value: float) -> str:
    """Return a number with three digits that count, thousands in full; a dash if there is none."""
    if not math.isfinite(value):
        return "–"
    return f"{value:,.0f}" if abs(value) >= 100.0 else f"{value:.3g}"


def words(line: Line) -> str:
    """Return the verdict in words; the central world is named where it says otherwise."""
    if line.kind == NOT_COMPUTABLE:
        return "not computable"
    names = {"inside": "inside", "too low": "outside, too low", "too high": "outside, too high", "none": "no number"}
    text = names[line.verdict]
    if at_edge(line.mean if line.worlds else line.central, line.low, line.high):
        text += ", at the edge"
    if line.central_verdict != line.verdict:
        text += f" (central world {names[line.central_verdict]})"
    return text


def cells(line: Line) -> tuple[str, ...]:
    """Return the cells of one line, in the order of ``HEAD``."""
    central = number(line.central)
    if math.isfinite(line.error) and abs(line.error) > 1e-12:
        central += f" ± {number(line.error)}"
    spread = f"{number(min(line.worlds))} to {number(max(line.worlds))}" if line.worlds else "–"
    target = f"{number(line.value)} [{number(line.low)}, {number(line.high)}]"
    unit = line.unit.split(" (")[0]
    return line.id, line.kind, target, unit, line.status, central, number(line.mean), spread, words(line)


def table_lines(table: Sequence[Line], patterns: bool = False) -> list[str]:
    """Return the table in Markdown, columns aligned; ``patterns``: say what each row is about, in a second column."""
    rows = [HEAD, *(cells(line) for line in table)]
    if patterns:
        about = ["pattern", *(line.pattern for line in table)]
        rows = [(row[0], text, *row[1:]) for row, text in zip(rows, about, strict=True)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    return [lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]]


def misses(table: Sequence[Line]) -> list[str]:
    """Return the rows outside their interval, first those that the central world misses, each with its cause."""
    computed = [line for line in table if line.kind != NOT_COMPUTABLE]
    central = [line for line in computed if line.central_verdict != "inside"]
    only_mean = [line for line in computed if line.central_verdict == "inside" and line.verdict != "inside"]
    lines = ["The central world misses:", "", *(_items(central) or ["- none."])]
    if only_mean:
        lines += [
            "",
            "Only the mean of the prior worlds misses (the priors are wide and not centred on the target):",
            "",
        ]
        lines += _items(only_mean)
    return lines


def _items(lines: Sequence[Line]) -> list[str]:
    items = []
    for line in lines:
        where = f"central world {number(line.central)}"
        if line.worlds:
            where += f", mean of worlds {number(line.mean)}"
        target = f"target [{number(line.low)}, {number(line.high)}]"
        items.append(f"- **{line.id}**, {line.pattern}: {where}, {target}. Likely cause: {ROWS[line.id].cause}")
    return items


def makings(table: Sequence[Line]) -> list[str]:
    """Return one item per row: what is computed, from what, and where the target comes from."""
    items = []
    for line in table:
        row = ROWS[line.id]
        text = f"- **{line.id}**, {line.pattern} ({row.kind}). {row.how}"
        if line.note:
            text += f" Central world: {line.note}."
        if row.parameters:
            text += " Directly behind it: " + ", ".join(f"`{name}`" for name in row.parameters) + "."
        items.append(f"{text} Target: {line.status}; {line.source}")
    return items


def page(table: Sequence[Line], command: str, seed: int, worlds: int, shock_worlds: int, digest: str) -> str:
    """Return the page in Markdown. ``digest``: of the evidence."""
    measured = [line for line in table if line.kind != NOT_COMPUTABLE]
    inside = sum(line.verdict == "inside" for line in measured)
    inside_central = sum(line.central_verdict == "inside" for line in measured)
    kinds = ", ".join(f"{sum(line.kind == kind for line in table)} {kind}" for kind in CLASSES)
    shocked = "the central world alone" if not shock_worlds else f"the central world and {shock_worlds} prior worlds"
    summary = (
        f"{len(table)} rows: {kinds}. Of the {len(measured)} with a number, {inside_central} lie inside the target's "
        f"interval in the central world, and {inside} in the mean of the prior worlds (the central world where a row "
        "has no such mean). The likely causes below are judgements from the rules, not a sensitivity analysis."
    )
    return TEXT.format(
        version=__version__,
        sources=ModelEngine().code_digest()[:12],
        evidence=digest[:12],
        seed=seed,
        worlds=worlds,
        command=command,
        summary=textwrap.fill(summary, 118),
        shocked=shocked,
        table="\n".join(table_lines(table, patterns=True)),
        misses="\n".join(misses(table)),
        makings="\n".join(makings(table)),
    )
