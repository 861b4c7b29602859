"""The short table at the end of the driver test, and the same as a file."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from rich.console import Console

from sim.analysis.drivers import driver_table, is_driver
from sim.analysis.reading import read_scenarios
from sim.cli.headlines import difference_cell, fitting_table, number, worlds_in_words
from sim.cli.study import DRIVERS_TABLE, show_files
from sim.experiments.storage.atomic import write_text


def write_drivers(out: Path) -> pd.DataFrame:
    """Write drivers.csv from the comparison of a results folder and return it; without a driver there is none."""
    compared, described = out / "comparison.csv", out / "scenarios.json"
    table = pd.DataFrame()
    if compared.is_file() and described.is_file():
        drivers = [note["name"] for note in read_scenarios(described) if is_driver(note.get("levers") or {})]
        table = driver_table(pd.read_csv(compared), drivers)
    if len(table):
        write_text(out / DRIVERS_TABLE, table.to_csv(index=False, lineterminator="\n"))
    else:
        (out / DRIVERS_TABLE).unlink(missing_ok=True)
    return table


def show_drivers(out: Path, console: Console) -> None:
    """Write drivers.csv into a results folder, print its table and what was written."""
    table = write_drivers(out)
    if len(table):
        named = list(dict.fromkeys(table["outcome"]))
        level = table.drop_duplicates("outcome").set_index("outcome")["baseline_mean"]
        rows = {"baseline (level)": [number(float(level[name])) for name in named]}
        for driver, lines in table.groupby("driver", sort=False):
            found = lines.set_index("outcome")[["difference", "low", "high"]].T.to_dict("list")
            rows[str(driver).replace("_", " ")] = [difference_cell(*found[name]) for name in named]
        worlds = int(table["n"].max())
        over = worlds_in_words(out, worlds)
        counted = f"mean over {over} [95% interval of the mean]" if worlds != 1 else over
        console.print(fitting_table(f"A driver in France as abroad: difference, {counted}", named, rows, console))
    show_files(out, console)
