"""Short tables at the end of ``counterfactual`` and ``packages``."""

from __future__ import annotations

import pandas as pd
from rich import box
from rich.console import Console
from rich.table import Table

from sim.analysis.counterfactual import DEADWEIGHT, GAINED, LOST_ALL, NATION, NET
from sim.analysis.outcomes import OUTCOMES
from sim.analysis.packages.coalitions import OBJECTIVES
from sim.analysis.pairing import DISPLACED
from sim.cli.headlines import decimals, difference_cell, number

GROSS = (GAINED, LOST_ALL, DISPLACED, DEADWEIGHT)
MOST_ROWS = 20


def counts_table(table: pd.DataFrame, console: Console) -> Table:
    """Return net with its interval and gross counts with their floor, a row per scenario and kind."""
    shown = Table(title="Counts of persons for France, mean over worlds", title_justify="left", box=box.SIMPLE_HEAD)
    shown.add_column("scenario", no_wrap=True)
    shown.add_column("kind")
    shown.add_column("net\n[dim][95% interval][/dim]", justify="right")
    for name in GROSS:
        shown.add_column(f"{name.replace('_', ' ')}\n[dim](noise floor)[/dim]", justify="right")
    nation = table[table["by"] == NATION]
    scenarios = list(dict.fromkeys(nation["scenario"]))
    for scenario in scenarios[:MOST_ROWS]:
        for kind, rows in nation[nation["scenario"] == scenario].groupby("kind", sort=False):
            held = {str(row["measure"]): row for row in rows.to_dict("records")}
            net = held[NET]
            cells = [difference_cell(net["mean"], net["low"], net["high"])]
            for name in GROSS:
                row = held[name]
                floor = f"\n({number(row['floor'], decimals(row['floor']))})" if row["floor"] == row["floor"] else ""
                cells.append(f"{number(row['mean'])}{floor}")
            shown.add_row(scenario, str(kind), *cells)
    if len(scenarios) > MOST_ROWS:
        shown.caption = f"{len(scenarios) - MOST_ROWS} more scenarios are in counterfactual.csv."
    return shown


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
