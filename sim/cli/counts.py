"""Short tables at the end of ``counterfactual`` and ``packages``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
from rich import box
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from sim.analysis.counterfactual import DEADWEIGHT, GAINED, LOST_ALL, NATION, NET
from sim.analysis.outcomes import OUTCOMES
from sim.analysis.packages.coalitions import OBJECTIVES
from sim.analysis.pairing import DISPLACED
from sim.cli.headlines import difference_cell, number

GROSS = (GAINED, LOST_ALL, DISPLACED, DEADWEIGHT)
MOST_ROWS = 20


def counts_table(table: pd.DataFrame, console: Console) -> RenderableType:
    """Return net with its interval and gross counts with their floor: a table a kind, a row per scenario.

    Where numbers would break over lines, a block per scenario.
    """
    nation = table[table["by"] == NATION]
    scenarios = list(dict.fromkeys(nation["scenario"]))
    shown: list[RenderableType] = []
    for kind, rows in nation[nation["scenario"].isin(scenarios[:MOST_ROWS])].groupby("kind", sort=False):
        worlds = int(rows["n"].max())
        title = (
            f"{str(kind).capitalize()}s in France, mean over {worlds} world{'s' * (worlds != 1)}: net [95% interval];"
        )
        title += " all else under shared luck (noise floor)"
        cells = {str(scenario): _count_cells(own) for scenario, own in rows.groupby("scenario", sort=False)}
        higher = {name: [cell.replace(", ", ",\n") for cell in line] for name, line in cells.items()}
        fitting = (made for made in (_counts(title, cells), _counts(title, higher)) if _fits(made, console))
        shown.append(next(fitting, None) or _count_blocks(title, cells))
    if len(scenarios) > MOST_ROWS:
        shown.append(Text(f"{len(scenarios) - MOST_ROWS} more scenarios are in counterfactual.csv."))
    return Group(*shown)


def _count_cells(rows: pd.DataFrame) -> list[str]:
    """Return the cells of one scenario and kind: net over its interval, each gross count over its floor."""
    held = {str(row["measure"]): row for row in rows.to_dict("records")}
    cells = [difference_cell(*(held[NET][name] for name in ("mean", "low", "high")))]
    for name in GROSS:
        floor = held[name]["floor"]
        cells.append(number(held[name]["mean"]) + (f"\n({number(floor)})" if floor == floor else ""))
    return cells


def _counts(title: str, rows: Mapping[str, Sequence[str]]) -> Table:
    shown = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD)
    shown.add_column("scenario", no_wrap=True, min_width=max(map(len, rows)))
    for position, name in enumerate((NET, *GROSS)):
        lines = [line for cells in rows.values() for line in cells[position].split("\n")]
        heading = name.replace("lost_in_all", "lost\nin all")
        width = max(map(len, [*lines, *heading.split("\n")]))
        shown.add_column(heading, justify="right", no_wrap=True, min_width=width)
    for scenario, cells in rows.items():
        shown.add_row(scenario, *cells)
    return shown


def _fits(table: Table, console: Console) -> bool:
    return console.measure(table, options=console.options.update(width=1000)).minimum <= console.width


def _count_blocks(title: str, rows: Mapping[str, Sequence[str]]) -> RenderableType:
    lines: list[RenderableType] = [Text(title, style="italic")]
    for scenario, cells in rows.items():
        block = Table.grid(padding=(0, 0, 0, 2))
        for name, cell in zip((NET, *GROSS), cells, strict=True):
            block.add_row(name.replace("_", " "), Text(cell.replace("\n", " ")))
        lines += [Text(scenario, style="bold"), block]
    return Group(*lines, Text())


def shapley_table(table: pd.DataFrame, console: Console) -> Table:
    """Return Shapley values with simultaneous intervals, a row per member."""
    shown = Table(
        title="What each contributes to all together: Shapley value [95% interval, all at once]",
        title_justify="left", box=box.SIMPLE_HEAD,
    )  # fmt: skip
    shown.add_column("member", no_wrap=True)
    for name in OBJECTIVES:
        row = table[table["outcome"] == name].iloc[0]
        shown.add_column(f"{row['label']}\n[dim]{row['unit']}[/dim]", justify="right")
    for member in dict.fromkeys(table["member"]):
        rows = table[table["member"] == member].set_index("outcome")
        cells = [difference_cell(*(float(rows.loc[name, c]) for c in ("value", "joint_low", "joint_high")))
                 for name in OBJECTIVES]  # fmt: skip
        shown.add_row(str(member), *cells, end_section=member == table["member"].iloc[-2])
    return shown


def budgets_table(table: pd.DataFrame, console: Console) -> Table:
    """Return the best package within each budget."""
    shown = Table(
        title="Best package within a budget (gross public cost, mean over worlds)", title_justify="left",
        box=box.SIMPLE_HEAD,
    )  # fmt: skip
    for name in ("M€", "for", "package", "gain", "held out", "cost", "best in", "regret"):
        shown.add_column(name, justify="left" if name in ("for", "package") else "right")
    for row in table.to_dict("records"):
        shown.add_row(
            f"{row['budget']:g}", OUTCOMES[str(row["outcome"])].label, str(row["members"]) or "none",
            number(row["gain"]), number(row["gain_held_out"]), number(row["public_cost"]),
            f"{row['probability_best']:.0%}", number(row["regret_mean"]),
        )  # fmt: skip
    return shown
