"""From finished runs to the tables of a results folder: the same bytes for any workers or threads."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from sim.experiments.design import Experiment, Study
from sim.experiments.engine import draw, place_table
from sim.experiments.pairs import pairs_table, reference_shards
from sim.experiments.store import TABLES, Store, write_atomically, write_text

if TYPE_CHECKING:
    import pandas as pd

    from sim.evidence import Evidence

# Small enough to read one scenario without the others, large enough that the footer stays small.
ROW_GROUP = 200_000


def write_tables(results: Path, study: Study, evidence: Evidence, store: Store, names: Sequence[str],
                 finished: Sequence[Experiment]) -> None:  # fmt: skip
    """Write places.csv, scenarios.json, worlds, runs, pairs and the tables of each run from the finished runs.

    There is no pairs.parquet without a pair of runs: a reference scenario and another one in the same world.

    Raises:
        ValueError: if the runs do not all have the same outcomes or columns.
    """
    places = place_table(evidence)
    write_text(results / "places.csv", places.to_csv(index=False, lineterminator="\n"))
    write_text(results / "scenarios.json", json.dumps(_scenarios(study), indent=1, ensure_ascii=False) + "\n")
    _write_parquet(results / "worlds.parquet", _worlds(study, evidence))
    _write_parquet(results / "runs.parquet", runs_table(study, store, names, finished))
    pairs = pairs_table(study, store, names, finished, reference_shards(study, names), places)
    if pairs is None:
        (results / "pairs.parquet").unlink(missing_ok=True)
    else:
        _write_parquet(results / "pairs.parquet", pairs)
    with ThreadPoolExecutor(len(TABLES)) as threads:  # one thread per file: none changes a byte of another
        jobs = [threads.submit(_merge, results, store, names, finished, table) for table in TABLES]
        for job in jobs:
            job.result()


def runs_table(study: Study, store: Store, names: Sequence[str], finished: Sequence[Experiment]) -> pa.Table:
    """Return one row per finished run: run, scenario, world, replicate, then one column per outcome."""
    keys: dict[str, list[Any]] = {"run": [], "scenario": [], "world": [], "replicate": []}
    outcomes: dict[str, list[float]] = {}
    for position, experiment in enumerate(finished):
        receipt = store.receipt(names[experiment.run])
        assert receipt is not None
        found = receipt["outcomes"]
        if position == 0:
            outcomes = {name: [] for name in found}
        if set(found) != set(outcomes):
            raise ValueError(f"run {experiment.run} has other outcomes than the first run")
        for name, value in found.items():
            outcomes[name].append(value)
        keys["run"].append(experiment.run)
        keys["scenario"].append(study.scenarios[experiment.scenario].name)
        keys["world"].append(experiment.world)
        keys["replicate"].append(experiment.replicate)
    arrays = [pa.array(values, pa.string() if name == "scenario" else pa.int64()) for name, values in keys.items()]
    arrays += [pa.array(values, pa.float64()) for values in outcomes.values()]
    return pa.Table.from_arrays(arrays, names=[*keys, *outcomes])


def write_comparison(results: Path, comparison: pd.DataFrame) -> None:
    """Write comparison.csv with every digit, so that it can be compared to the byte."""
    write_text(results / "comparison.csv", comparison.to_csv(index=False, lineterminator="\n"))


def write_accounts(results: Path, accounts: pd.DataFrame) -> None:
    """Write accounts.csv with every digit."""
    write_text(results / "accounts.csv", accounts.to_csv(index=False, lineterminator="\n"))


def _merge(results: Path, store: Store, names: Sequence[str], finished: Sequence[Experiment], table: str) -> None:
    """Join one table of all runs, with the run's number as first column."""

    def write(file: Any) -> None:
        writer: pq.ParquetWriter | None = None
        waiting: list[pa.Table] = []
        for position, experiment in enumerate(finished):
            data = store.read(names[experiment.run], table)
            run = pa.repeat(pa.scalar(experiment.run, pa.int64()), len(data))
            waiting.append(data.add_column(0, "run", run))
            last = position == len(finished) - 1
            if not last and sum(map(len, waiting)) < ROW_GROUP:
                continue
            joined = pa.concat_tables(waiting).unify_dictionaries()
            waiting = []
            if writer is None:
                writer = pq.ParquetWriter(file, joined.schema, compression="zstd", store_schema=False)
            writer.write_table(joined, row_group_size=max(1, len(joined)))
        if writer is not None:
            writer.close()

    write_atomically(results / f"{table}.parquet", write)


def _worlds(study: Study, evidence: Evidence) -> pa.Table:
    numbers: list[int] = []
    parameters: list[str] = []
    values: list[float] = []
    for plan in study.worlds:
        world = draw(plan, evidence, study.seed)
        for name, value in world.values.items():
            numbers.append(plan.number)
            parameters.append(name)
            values.append(value)
    columns = {"world": pa.array(numbers, pa.int64()), "parameter": pa.array(parameters, pa.string())}
    return pa.table(columns | {"value": pa.array(values, pa.float64())})


def _scenarios(study: Study) -> list[dict[str, Any]]:
    return [
        {
            "name": scenario.name,
            "title": scenario.title,
            "question": scenario.question,
            "expected": scenario.expected,
            "recommendation": scenario.recommendation,
            "provenance": scenario.provenance,
            "levers": scenario.levers_as_dict(),
            "rivals_respond": scenario.rivals_respond,
            "world": scenario.world_overrides,
            "order": order,
        }
        for order, scenario in enumerate(study.scenarios)
    ]


def _write_parquet(path: Path, table: pa.Table) -> None:
    write_atomically(path, lambda file: pq.write_table(table, file, compression="zstd"))
