"""The tables of a results folder, from the shards: the same bytes however the runs were made and whoever made them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from sim.experiments.designs.study import Experiment, Study
from sim.experiments.engine import draw, place_table
from sim.experiments.storage.atomic import write_atomically, write_text
from sim.experiments.storage.grains import COLUMN_UNITS, PAIR, RECORDS, RUN
from sim.experiments.storage.open_shards import OpenShards
from sim.experiments.storage.shard_reading import KEYS

if TYPE_CHECKING:
    from sim.evidence import Evidence
    from sim.experiments.storage.identity import Identities, RunId
    from sim.experiments.storage.ledger import Ledger

# Small enough to read one scenario without the others, large enough that the footer stays small.
ROW_GROUP = 200_000
RUN_BLOCK = 10_000  # runs that are looked up together, and that share a row group of runs.parquet
MOST_FULL_WORLDS = 20_000  # above it, worlds.parquet holds what the design and the scenarios set, not every parameter
PACK = 1000  # small tables that become one: each takes kilobytes besides its rows


@dataclass(frozen=True)
class Merge:
    """The finished runs of a study and where they lie."""

    results: Path
    study: Study
    ledger: Ledger
    identities: Identities

    def runs(self, grain: str) -> Iterator[tuple[Experiment, RunId, str]]:
        """Yield the runs of which a grain is kept, in the order of their numbers, each with a shard that holds it."""
        for block in self._blocks():
            where = self.ledger.where([name for _, name in block], grain)
            for experiment, name in block:
                if name in where:
                    yield experiment, name, where[name]

    def _blocks(self) -> Iterator[list[tuple[Experiment, RunId]]]:
        block: list[tuple[Experiment, RunId]] = []
        for world in range(len(self.study.worlds)):
            block += zip(self.study.experiments_of(world), self.identities.of_world(world), strict=True)
            if len(block) >= RUN_BLOCK:
                yield block
                block = []
        if block:
            yield block

    def pairs(self) -> Iterator[tuple[Experiment, RunId, RunId, str]]:
        """Yield the runs that are paired with their reference, with a shard that holds the counts."""
        from sim.experiments.storage.identity import pair_id

        for block in self._blocks():
            asked = []
            ids = {experiment.run: name for experiment, name in block}
            for experiment, name in block:
                reference = self.study.reference_of(experiment)
                if reference is not None:
                    asked.append((experiment, name, ids[reference.run], pair_id(name, ids[reference.run])))
            where = self.ledger.where([pair for *_, pair in asked], PAIR)
            for experiment, name, other, pair in asked:
                if pair in where:
                    yield experiment, name, other, where[pair]


def write_tables(results: Path, study: Study, evidence: Evidence, ledger: Ledger, identities: Identities) -> None:
    """Write places.csv, scenarios.json, worlds, runs, pairs and the tables of each run from the finished runs.

    There is no pairs.parquet without a pair of runs (a reference scenario and another one in the same world), and
    none of a table that the study does not keep.

    Raises:
        Damaged: if a shard is not what was written. Tables before it are new, those after it untouched.
    """
    merge = Merge(results, study, ledger, identities)
    write_text(results / "places.csv", place_table(evidence).to_csv(index=False, lineterminator="\n"))
    write_text(results / "scenarios.json", json.dumps(_scenarios(study), indent=1, ensure_ascii=False) + "\n")
    _table(results / "worlds.parquet", _worlds(study, evidence))
    _table(results / f"{RUN}.parquet", run_tables(merge))
    for grain in (*RECORDS, PAIR):
        path = results / f"{grain}.parquet"
        if grain in study.keep:
            _table(path, _pairs(merge) if grain == PAIR else _records(merge, grain))
        else:
            path.unlink(missing_ok=True)


def _table(path: Path, tables: Iterator[pa.Table]) -> None:
    """Write a table of a results folder; there is none without a run to be in it."""
    try:
        write_atomically(path, lambda file: _write(file, path.stem, tables))
    except _NoRows:
        path.unlink(missing_ok=True)


class _NoRows(Exception):
    """Not a single table came."""


def run_tables(merge: Merge, outcomes: Sequence[str] | None = None) -> Iterator[pa.Table]:
    """Yield the finished runs in blocks: run, scenario, world, replicate, then a column an outcome.

    Args:
        merge: which runs.
        outcomes: these alone; all by default.

    Raises:
        ValueError: if the runs do not all have the same outcomes.
        Damaged: if a shard is not what was written.
    """
    shards = OpenShards(merge.results)
    waiting: list[tuple[Experiment, RunId, str]] = []

    def joined() -> pa.Table:
        together = groupby(waiting, lambda row: row[2])
        rows = pa.concat_tables(
            [table for name, some in together for table in shards[name].rows_of(RUN, [run for _, run, _ in some])]
        )
        names = [name for name in rows.column_names if name not in KEYS]
        scenarios = [merge.study.scenarios[run.scenario].name for run, _, _ in waiting]
        columns = {
            "run": pa.array([run.run for run, _, _ in waiting], pa.int64()),
            "scenario": pa.array(scenarios, pa.string()),
            "world": pa.array([run.world for run, _, _ in waiting], pa.int64()),
            "replicate": pa.array([run.replicate for run, _, _ in waiting], pa.int64()),
        }
        return pa.table(columns | {name: rows[name].combine_chunks() for name in outcomes or names})

    for row in merge.runs(RUN):
        waiting.append(row)
        if len(waiting) >= RUN_BLOCK:
            yield joined()
            waiting = []
    if waiting:
        yield joined()


def _records(merge: Merge, grain: str) -> Iterator[pa.Table]:
    """Yield one table of all runs, with the run's number as first column."""
    shards = OpenShards(merge.results)
    for experiment, run, name in merge.runs(grain):
        rows = shards[name].rows(grain, run).drop_columns("id")
        yield rows.add_column(0, "run", pa.repeat(pa.scalar(experiment.run, pa.int64()), len(rows)))


def _pairs(merge: Merge) -> Iterator[pa.Table]:
    """Yield the pair counts of all runs, with world, replicate and scenario."""
    shards = OpenShards(merge.results)
    for experiment, run, other, name in merge.pairs():
        rows = shards[name].pairs(run, other).drop_columns(["id", "reference"])
        scenario = merge.study.scenarios[experiment.scenario].name
        keys = {"world": experiment.world, "replicate": experiment.replicate, "scenario": scenario}
        columns = {key: pa.repeat(pa.scalar(value), len(rows)) for key, value in keys.items()}
        yield pa.table({**columns, **{column: rows[column] for column in rows.column_names}})


def _worlds(study: Study, evidence: Evidence) -> Iterator[pa.Table]:
    full = len(study.worlds) <= MOST_FULL_WORLDS
    for plan in study.worlds:
        values = draw(plan, evidence, study.seed).values if full else plan.overrides
        columns = {
            "world": pa.repeat(pa.scalar(plan.number, pa.int64()), len(values)),
            "parameter": pa.array(list(values), pa.string()),
            "value": pa.array(list(values.values()), pa.float64()),
        }
        yield pa.table(columns)


def _write(file: IO[bytes], grain: str, tables: Iterator[pa.Table]) -> None:
    """Write tables one after the other, in row groups whose borders depend on the rows alone."""
    writer: pq.ParquetWriter | None = None
    waiting: list[pa.Table] = []
    packed: list[pa.Table] = []
    rows = 0

    def pack() -> None:
        nonlocal waiting
        # In one piece: where a table was cut in its shard decides nothing.
        packed.append(pa.concat_tables(waiting).combine_chunks())
        waiting = []

    def flush() -> None:
        nonlocal writer, packed, rows
        if waiting:
            pack()
        joined = pa.concat_tables(packed)
        if writer is None:
            # With the schema of Arrow, which alone has room for the notes of a field.
            writer = pq.ParquetWriter(file, _with_units(grain, joined.schema), compression="zstd")
        writer.write_table(joined.cast(writer.schema), row_group_size=max(1, len(joined)))
        packed, rows = [], 0

    for table in tables:
        waiting.append(table)
        rows += len(table)
        if rows >= (RUN_BLOCK if grain == RUN else ROW_GROUP):
            flush()
        elif len(waiting) >= PACK:
            pack()
    if waiting or packed:
        flush()
    if writer is None:
        raise _NoRows
    writer.close()


def _with_units(grain: str, schema: pa.Schema) -> pa.Schema:
    """Return a schema whose fields say unit, label and which way is better, where that is known."""
    from sim.analysis.outcomes import OUTCOMES

    fields = []
    for column in schema:
        notes: dict[str, str] = {}
        outcome = OUTCOMES.get(column.name) if grain == RUN else None
        if outcome is not None:
            notes = {"unit": outcome.unit, "label": outcome.label, "better": outcome.better}
        elif column.name in COLUMN_UNITS.get(grain, {}):
            notes = {"unit": COLUMN_UNITS[grain][column.name]}
        fields.append(column.with_metadata(notes) if notes else column)
    return pa.schema(fields)


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
