"""A server's folders for tests: made-up packages that answer at once, and a made-up live run that has landed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sim.dashboard.ask import DONE, RESULTS, Ask
from sim.dashboard.board import Board, Choice, Policy
from sim.dashboard.server_settings import ServerSettings
from tests.report import synthetic
from tests.report.synthetic_packages import write_packages

PARTIAL = Board((Policy((Choice("r1"),)), Policy((Choice("r4", 0.5),))), years=2, worlds=16)
"""The board of which half the worlds have landed: those of ``LANDED``."""
LANDED = Board((Policy((Choice("r1"),)), Policy((Choice("r4", 0.5),))), years=2, worlds=8)
"""The board whose live run is there."""


@pytest.fixture(scope="session")
def packages_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A made-up study of 256 packages with its tables."""
    with np.errstate(all="raise"):
        return write_packages(tmp_path_factory.mktemp("study") / "packages", places=False)


@pytest.fixture(scope="session")
def served(packages_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> ServerSettings:
    """Settings of a server whose cache holds the finished run of ``LANDED``."""
    from sim.cli.worth import write_territory
    from sim.dashboard.service import made_with

    cache = tmp_path_factory.mktemp("cache")
    ask = Ask(LANDED, "|".join(made_with().values()))
    folder = ask.prepare(cache)
    scenarios = (synthetic.SCENARIOS[0], *((name, "Policy", "", "", {"label_network": {}}) for name in ask.policies))
    with pytest.MonkeyPatch.context() as patch, np.errstate(under="ignore"):
        patch.setattr(synthetic, "SCENARIOS", scenarios)
        results = synthetic.write_results(folder / RESULTS, worlds=8, quarters=8)
        write_territory(results, pd.read_parquet(results / "runs.parquet"), "baseline")
    rows = [
        (world, 0, name, kind, state, "lyon", "", 10 + world, 5)
        for world in range(8) for name in ask.policies for kind in ("startup", "talent")
        for state in ("kept", "attracted", "displaced", "same")
    ]  # fmt: skip
    columns = ["world", "replicate", "scenario", "kind", "class", "place", "group", "count", "received"]
    pd.DataFrame(rows, columns=columns).to_parquet(results / "pairs.parquet", index=False)
    (folder / DONE).touch()
    write_shards(results, Ask(PARTIAL, ask.made_with).prepare(cache) / RESULTS)
    return ServerSettings(str(packages_folder), str(cache), 1, auto=False, spare=False)


def write_shards(results: Path, target: Path) -> None:
    """The runs of a results folder as its command leaves them before the tables are written: in two shards."""
    runs = pd.read_parquet(results / "runs.parquet")
    runs["id"] = [f"{run:032x}" for run in runs["run"]]
    whose = runs[["run", "id"]]
    pairs = pd.read_parquet(results / "pairs.parquet").merge(runs[["scenario", "world", "id", "run"]])
    pairs["reference"] = [f"{world:032x}" for world in pairs["world"]]
    about = {"draw": runs["world"], "world_id": [f"{world:032x}" for world in runs["world"]]}
    grains = {
        "runs": runs.assign(**about).drop(columns="world"),
        "pairs": pairs.drop(columns=["world", "scenario", "replicate"]),
        **{name: pd.read_parquet(results / f"{name}.parquet").merge(whose) for name in ("series", "flows")},
    }
    for nth in (0, 1):
        shard = target / "shards" / f"{nth:032x}"
        shard.mkdir(parents=True)
        for name, rows in grains.items():
            made = pa.Table.from_pandas(rows[rows["run"] % 2 == nth].drop(columns="run"), preserve_index=False)
            plain = [one.with_type(pa.string()) if one.type == pa.large_string() else one for one in made.schema]
            pq.write_table(made.cast(pa.schema(plain)), shard / f"{name}.parquet")


@pytest.fixture
def served_here(served: ServerSettings, monkeypatch: pytest.MonkeyPatch) -> Iterator[ServerSettings]:
    """The page in this process is that of the server."""
    from sim.dashboard import service

    for name, value in served.to_environment().items():
        monkeypatch.setenv(name, value)
    for held in (service.server_settings, service.estimator, service.places):
        held.clear()
    yield served
    service.waiting_line().close()
    service.waiting_line.clear()
