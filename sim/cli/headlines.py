"""The short table at the end of a command: headline outcomes by scenario."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pandas as pd
from rich import box
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from sim.analysis import OUTCOMES, levels
from sim.experiments.manifest import read_manifest

HEADLINES = (
    "startup_flight_rate",
    "startups_in_france",
    "talent_net_flight_rate",
    "startup_jobs",
    "public_cost",
)


def comparison_table(results: Path, reference: str, console: Console) -> RenderableType:
    """Return difference [low, high] to the reference: a row per scenario, a column per headline outcome."""
    data = pd.read_csv(results / "comparison.csv")
    worlds = int(data["n"].max()) if len(data) else 0
    over = worlds_in_words(results, worlds)
    counted = f"mean over {over} {intervals_told(data)}" if worlds != 1 else over
    named = [name for name in HEADLINES if (data["outcome"] == name).any()]
    level = reference_levels(results, reference)
    rows = {f"{reference} (level)": [number(level[name]) for name in named]}
    for scenario, lines in data.groupby("scenario", sort=False):
        found = lines.set_index("outcome")[["difference", "joint_low", "joint_high"]].T.to_dict("list")
        cells = []
        for name in named:
            cells.append(difference_cell(*found[name]))
        rows[str(scenario)] = cells
    return fitting_table(f"Difference to {reference}, {counted}", named, rows, console)


def intervals_told(data: pd.DataFrame) -> str:
    """Return what the heading says of the intervals in a table of comparison.csv, those that are missing too."""
    if data["joint_low"].isna().all():
        return "(too few for an interval)"
    shown = data[data["outcome"].isin(HEADLINES) & (data["difference"] != 0.0)]
    missing = "; none where too few differ" if shown["joint_low"].isna().any() else ""
    return f"[95% interval, all at once{missing}]"


def worlds_in_words(results: Path, number_of_worlds: int) -> str:
    """Return what a mean over a number of a folder's worlds is over, such as "24 posterior worlds"."""
    from sim.report.catalogue import Words
    from sim.report.world_source import WorldSource

    return WorldSource.of(read_manifest(results) or {}).counted(number_of_worlds, Words())


def difference_cell(difference: float, low: float, high: float) -> str:
    """Return a difference over its interval, if it has one, with the decimals that the widest of the three needs."""
    if not low <= high:
        return number(difference, decimals(abs(difference)), True)
    places = decimals(max(abs(low), abs(high), abs(difference)))
    interval = f"[{number(low, places, True)}, {number(high, places, True)}]"
    return f"{number(difference, places, True)}\n{interval}"


def reference_levels(results: Path, reference: str) -> dict[str, float]:
    """Return outcome -> mean of the reference over its worlds, without those that some scenario altered.

    Those are other worlds, made for the comparison with that scenario alone.
    """
    worlds = (read_manifest(results) or {}).get("worlds", [])
    altered = [world["world"] for world in worlds if world["overrides"]]
    runs = pd.read_parquet(results / "runs.parquet")
    runs = runs[(runs["scenario"] == reference) & ~runs["world"].isin(altered)]
    means = runs.drop(columns=["run", "scenario", "replicate"]).groupby("world").mean().mean()
    return {str(name): float(value) for name, value in means.items()}


def levels_table(results: Path, console: Console) -> RenderableType:
    """Return the mean of every outcome, one row per outcome, one column per scenario."""
    data = levels(pd.read_parquet(results / "runs.parquet"))
    worlds = int(data["n"].max()) if len(data) else 0
    title = f"Mean over {worlds_in_words(results, worlds)}"
    means = data.pivot(index="scenario", columns="outcome", values="mean")
    scenarios, named = list(dict.fromkeys(data["scenario"])), list(dict.fromkeys(data["outcome"]))
    table = _table(title)
    table.add_column("outcome")
    table.add_column("unit")
    for scenario in scenarios:
        table.add_column(str(scenario), justify="right")
    rows = {str(scenario): [number(float(means.loc[scenario, name])) for name in named] for scenario in scenarios}
    for position, name in enumerate(named):
        table.add_row(OUTCOMES[name].label, OUTCOMES[name].unit, *(cells[position] for cells in rows.values()))
    for column, cells in zip(table.columns[2:], rows.values(), strict=True):
        column.min_width = _width(cells)
    headings = [(OUTCOMES[name].label, OUTCOMES[name].unit) for name in named]
    return table if _fits(table, console) else _blocks(title, headings, rows)


def fitting_table(
    title: str, named: Sequence[str], rows: Mapping[str, Sequence[str]], console: Console
) -> RenderableType:
    """Return a table of outcomes with a row per scenario, the first apart; see :func:`fitting`."""
    headings = [(OUTCOMES[name].label, OUTCOMES[name].unit) for name in named]
    return fitting(title, headings, rows, console, apart=True)


def fitting(
    title: str, headings: Sequence[tuple[str, str]], rows: Mapping[str, Sequence[str]], console: Console,
    apart: bool = False, first: str = "scenario",
) -> RenderableType:  # fmt: skip
    """Return a table with a row per scenario, or a block per scenario where numbers would break over lines.

    Args:
        title: of the table.
        headings: name and unit of each column; a unit may be empty.
        rows: cells by scenario; a cell may have several lines.
        console: where it must fit.
        apart: a line below the first row.
        first: what the rows are.
    """
    higher = {scenario: [cell.replace(", ", ",\n") for cell in cells] for scenario, cells in rows.items()}
    for lines in (rows, higher):
        table = _table(title)
        table.add_column(first, no_wrap=True, min_width=_width(rows))
        for position, (label, unit) in enumerate(headings):
            heading = f"{label}\n[dim]{unit}[/dim]" if unit else label
            width = _width(cells[position] for cells in lines.values())
            table.add_column(heading, justify="right", overflow="fold", min_width=width)
        for position, (scenario, cells) in enumerate(lines.items()):
            table.add_row(scenario, *cells, end_section=apart and position == 0)
        if _fits(table, console):
            return table
    return _blocks(title, headings, rows)


def _blocks(title: str, headings: Sequence[tuple[str, str]], rows: Mapping[str, Sequence[str]]) -> RenderableType:
    """Return one block per scenario: its name, then a line for each outcome, the number in one piece."""
    blocks: list[RenderableType] = [Text(title, style="italic")]
    for scenario, cells in rows.items():
        block = Table.grid(padding=(0, 0, 0, 2))
        block.add_column(overflow="fold")
        numbers = [cell.replace("\n", " ") for cell in cells]
        block.add_column(justify="right", no_wrap=True, min_width=_width(numbers) + 2)
        for (label, unit), line in zip(headings, numbers, strict=True):
            block.add_row(f"{label}, {unit}" if unit else label, Text(line))
        blocks += [Text(), Text(scenario, style="bold"), block]
    return Group(*blocks)


def _table(title: str) -> Table:
    return Table(title=title, title_justify="left", box=box.SIMPLE_HEAD)


def _fits(table: Table, console: Console) -> bool:
    return console.measure(table, options=console.options.update(width=1000)).minimum <= console.width


def _width(cells: Iterable[str]) -> int:
    """Return the width of the longest line of some cells."""
    return max((len(line) for cell in cells for line in cell.split("\n")), default=0)


def decimals(size: float) -> int:
    """Return decimals that leave about three significant digits to a number of this size."""
    if not math.isfinite(size) or size == 0.0:
        return 0
    return max(0, min(3, 2 - math.floor(math.log10(size))))


def number(value: float, places: int | None = None, signed: bool = False) -> str:
    """Return a number for reading: spaces between thousands, a true minus sign."""
    if not math.isfinite(value):
        return "–"
    text = f"{value:{'+' if signed else ''},.{decimals(abs(value)) if places is None else places}f}"
    if not any(digit in text for digit in "123456789"):
        text = text.lstrip("+-")
    return text.replace(",", " ").replace("-", "−")
