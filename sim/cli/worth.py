"""Tables about what is gained for the money, and by whom."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sim.experiments.storage.atomic import write_text

if TYPE_CHECKING:
    import pandas as pd

WORTH = "worth"
TERRITORY = ("territory.csv", "at_whose_expense.csv")
TABLES = ("cost_effectiveness", "equal_cost", "ranks", "beats", "rank_shares", "regret", "worst_worlds", "rank_drivers",
          "discovery")  # fmt: skip


def write_worth(out: Path, runs: pd.DataFrame, reference: str) -> None:
    """Write the tables that a study bears, and remove those that it does not."""
    from sim.analysis.reading import read_parquet
    from sim.analysis.worth import worth_tables
    from sim.evidence import load_evidence

    path = out / "worlds.parquet"
    worlds = read_parquet(path, ("parameter",), ("world", "value")) if path.is_file() else None
    status = {name: parameter.status for name, parameter in load_evidence().parameters.items()}
    made = worth_tables(runs, worlds, status, reference)
    for name in TABLES:
        if name in made:
            (out / WORTH).mkdir(exist_ok=True)
            write_text(out / WORTH / f"{name}.csv", made[name].to_csv(index=False, lineterminator="\n"))
        else:
            (out / WORTH / f"{name}.csv").unlink(missing_ok=True)


def write_territory(out: Path, runs: pd.DataFrame, reference: str) -> None:
    """Write who gains and loses by place, and at whose expense; without series or flows in the study there is none."""
    from sim.analysis.reading import read_parquet, read_places
    from sim.analysis.territory import KINDS, at_whose_expense, territory

    series, flows = out / "series.parquet", out / "flows.parquet"
    for name in TERRITORY:
        (out / name).unlink(missing_ok=True)
    if not series.is_file():
        return
    places = read_places(out / "places.csv")
    known = read_parquet(series, ("place",), ("run", "quarter", *KINDS))
    known = known[known["run"].isin(runs["run"])]
    made = [territory(runs, known, places, reference)]
    if flows.is_file():
        moves = read_parquet(flows, ("origin", "destination", "kind"), ("run", "count"), words=True)
        made.append(at_whose_expense(runs, known, moves[moves["run"].isin(runs["run"])], places, reference))
    for name, table in zip(TERRITORY, made, strict=False):
        write_text(out / name, table.to_csv(index=False, lineterminator="\n"))


def forget_worth(out: Path) -> None:
    """Remove the tables of an earlier study."""
    for name in TABLES:
        (out / WORTH / f"{name}.csv").unlink(missing_ok=True)
    with suppress(OSError):  # there is none, or it holds other files
        (out / WORTH).rmdir()
