"""The page of target rows: one table a use, the misses with their likely cause, and how each number is made."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from sim import __version__
from sim.analysis.targets import NOT_COMPUTABLE, tally
from sim.experiments.engine import ModelEngine
from sim.experiments.targets.register import ROWS
from sim.experiments.targets.row_kinds import CLASSES

USES = {
    "calibrate": "Rows that the model may be fitted to",
    "validate": "Rows kept for checking: never fitted to",
    "seen": "Rows kept for checking that were looked at while the model was designed: reported, never counted",
    "context": "Rows for orientation: not comparable, never counted",
    "input": "Rows that an input of the model fixes",
}
MISSED = ("missed", "off", "wrong sign")
TEXT = """# The model against the target rows

This page shows every row of `sim/evidence/targets.csv`, as the model reproduces it in the scenario of what happened
(`scenarios/french_tech_2014.toml`); rows on a policy compare it with the same run without the policy. A miss is shown
as a miss. Rows kept for checking are never fitted to; sources of a few priors name one, which `docs/validation.md`
tells. `docs/ODD.md`, section 1, says which parameters were set on which of the other rows.

{origin}

Written by

    {command}

{summary}

{counts}

## Table

- Class. *Input*: a parameter or starting figure is the row itself, so agreement shows nothing. *To be fitted*: a
  parameter is there for the row. *Emergent*: many rules together make it. *Not computable*: the model has no such
  thing; the last section says why. Rows of the first and the last class are never counted.
- ± is the standard error of luck in the central world: other draws, same parameters; with one run of it, that of the
  paired runs of the row where it is known.
- z: mean over worlds less target, over the root of the squares of the row's tolerance, of that mean's standard error,
  and of what a model of this kind may be off by: 25% of a figure of another country, 10% of others.
  *Met*: below 2. *Off*: up to 3. *Missed*: beyond.
- Many intervals are the analyst's own tolerance and no confidence intervals; the end of each source says which.

{tables}
## Misses

Likely causes are judgements from the rules, not a sensitivity analysis.

{misses}

## How each number is made

E1, E2 and E3 are the paired runs that the targets ask for: same luck, with and without a shock from the first quarter
on. A rise of net pay by 10% is, for everybody and exactly, a rise of 1 - average tax by 10%. Small groups are measured
on probe persons, who live and move by the same rules but enter no stock, price or firm.

{makings}
"""
HEAD = ("row", "pattern", "class", "target", "unit", "status", "central world", "mean", "90% of worlds", "z", "verdict")


@dataclass(frozen=True)
class Made:
    """How the numbers of a page were made, in words. ``digest``: of the evidence."""

    command: str
    seed: int
    runs: str
    digest: str


def number(value: float) -> str:
    """Return a number with three significant digits, a dash for a missing one."""
    if not math.isfinite(value):
        return "–"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def cells(line: dict[str, object]) -> tuple[str, ...]:
    """Return the cells of one row of the table."""

    def read(name: str) -> str:
        return number(float(line[name]))  # type: ignore[arg-type]

    error, z = float(line["luck_error"]), float(line["z"])  # type: ignore[arg-type]
    central = read("central") + (f" ± {number(error)}" if math.isfinite(error) and error > 1e-12 else "")
    spread = f"{read('q05')} to {read('q95')}" if line["n_worlds"] else "–"
    target = f"{read('target')} [{read('low')}, {read('high')}]"
    unit = str(line["unit"]).split(" (")[0]
    return (
        str(line["row"]), str(line["pattern"]), str(line["class"]), target, unit, str(line["status"]), central,
        read("mean"), spread, f"{z:+.1f}" if math.isfinite(z) else "–", str(line["verdict"]),
    )  # fmt: skip


def table_lines(table: pd.DataFrame) -> list[str]:
    """Return a table in Markdown, columns aligned."""
    rows = [HEAD, *(cells(line) for line in _records(table))]
    widths = [max(len(row[i]) for row in rows) for i in range(len(HEAD))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    return [lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]]


def _records(table: pd.DataFrame) -> list[dict[str, object]]:
    return [{str(key): value for key, value in line.items()} for line in table.to_dict("records")]


def misses(table: pd.DataFrame) -> list[str]:
    """Return the rows off or missed with their likely cause, those that the model may be fitted to first."""
    found = table[table["verdict"].isin(MISSED) & (table["use"] != "context")]
    items = []
    for use in USES:
        for line in _records(found[found["use"] == use]):
            row, simulated = str(line["row"]), line["mean"] if line["n_worlds"] else line["central"]
            said = f"{number(float(simulated))}, target [{number(float(line['low']))}, {number(float(line['high']))}]"  # type: ignore[arg-type]
            items.append(f"- **{row}**, {line['pattern']} ({use}): {said}. Likely cause: {ROWS[row].cause}")
    return items or ["- none."]


def makings(table: pd.DataFrame, sources: dict[str, str]) -> list[str]:
    """Return one item per row: what is computed, from what, and where the target comes from."""
    items = []
    for line in _records(table):
        name = str(line["row"])
        row = ROWS[name]
        text = f"- **{name}**, {line['pattern']} ({row.kind}; {line['use']}). {row.how}"
        if row.parameters:
            text += " Directly behind it: " + ", ".join(f"`{name}`" for name in row.parameters) + "."
        if row.measured:
            text += f" Measured elsewhere: {row.measured}."
        items.append(f"{text} Target: {line['status']}; {sources[name]}")
    return items


def counts(table: pd.DataFrame) -> list[str]:
    """Return a table in Markdown of how many rows of each class and use there are."""
    uses = [use for use in USES if (table["use"] == use).any()]
    lines = ["| class | " + " | ".join(uses) + " | all |", "|---" * (len(uses) + 2) + "|"]
    for kind in CLASSES:
        mine = table[table["class"] == kind]
        lines.append(
            f"| {kind} | " + " | ".join(str(int((mine["use"] == use).sum())) for use in uses) + f" | {len(mine)} |"
        )
    return lines


def page(table: pd.DataFrame, sources: dict[str, str], made: Made) -> str:
    """Return the page in Markdown. ``table``: of :func:`sim.analysis.targets.target_table`; ``sources``: by row."""
    parts: list[str] = []
    for use, title in USES.items():
        mine = table[table["use"] == use]
        if len(mine):
            parts += [f"### {title}", "", *table_lines(mine), ""]
    numbered = int((table["class"] != NOT_COMPUTABLE).sum())
    summary = [f"{len(table)} rows, {numbered} of them with a number or an input.", *tally(table).sentences()]
    digests = f"sources {ModelEngine().code_digest()[:12]}, evidence {made.digest[:12]} (first digits of SHA-256)"
    return TEXT.format(
        origin=fill([f"Version {__version__}; {digests}; study seed {made.seed}; {made.runs}."]),
        command=made.command, summary=fill(summary), counts="\n".join(counts(table)),
        tables="\n".join(parts), misses="\n".join(misses(table)), makings="\n".join(makings(table, sources)),
    )  # fmt: skip


def fill(sentences: Sequence[str]) -> str:
    """Return sentences as one paragraph of the page."""
    return textwrap.fill(" ".join(sentences), 118)
