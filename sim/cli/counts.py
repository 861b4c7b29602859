"""Short tables at the end of ``counterfactual`` and ``packages``."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from rich import box
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from sim.analysis.counterfactual import DEADWEIGHT, GAINED, LOST_ALL, NATION, NET
from sim.analysis.outcomes import OUTCOMES
from sim.analysis.packages.coalitions import OBJECTIVES
from sim.analysis.pairing import DISPLACED
from sim.cli.headlines import difference_cell, fitting, number, worlds_in_words

GROSS = (GAINED, LOST_ALL, DISPLACED, DEADWEIGHT)
MOST_ROWS = 20


def counts_table(table: pd.DataFrame, results: Path, console: Console) -> RenderableType:
    """Return net with its interval and gross counts with their floor: a table a kind, a row per scenario.

    Where numbers would break over lines, a block per scenario.
    """
    nation = table[table["by"] == NATION]
    scenarios = list(dict.fromkeys(nation["scenario"]))
    shown: list[RenderableType] = []
    for kind, rows in nation[nation["scenario"].isin(scenarios[:MOST_ROWS])].groupby("kind", sort=False):
        worlds = worlds_in_words(results, int(rows["n"].max()))
        title = f"{str(kind).capitalize()}s in France, mean over {worlds}: net [95% interval];"
        title += " all else under shared luck (noise floor)"
        cells = {str(scenario): _count_cells(own) for scenario, own in rows.groupby("scenario", sort=False)}
        headings = [(name.replace("_", " "), "") for name in (NET, *GROSS)]
        shown.append(fitting(title, headings, cells, console))
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


def shapley_table(table: pd.DataFrame, console: Console) -> RenderableType:
    """Return Shapley values with simultaneous intervals, a row per member."""
    rows = {}
    for member, own in table.groupby("member", sort=False):
        held = own.set_index("outcome")[["value", "joint_low", "joint_high"]].astype(float).T.to_dict("list")
        rows[str(member)] = [difference_cell(*held[name]) for name in OBJECTIVES]
    headings = [(OUTCOMES[name].label, OUTCOMES[name].unit) for name in OBJECTIVES]
    return fitting("What each contributes to all: Shapley value [95% interval, all at once]", headings, rows, console)


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
