"""The folder of tables about what is gained for the money."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sim.experiments.storage.atomic import write_text

if TYPE_CHECKING:
    import pandas as pd

WORTH = "worth"
TABLES = ("cost_effectiveness", "equal_cost", "ranks", "beats", "rank_shares", "regret", "worst_worlds", "rank_drivers")


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


def forget_worth(out: Path) -> None:
    """Remove the tables of an earlier study."""
    for name in TABLES:
        (out / WORTH / f"{name}.csv").unlink(missing_ok=True)
    with suppress(OSError):  # there is none, or it holds other files
        (out / WORTH).rmdir()
