"""Shards for tests: runs of the stand-in model, cut into chunks as a test wants them."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.outcomes import OUTCOMES
from sim.evidence import Evidence
from sim.experiments.designs.points import prior_points
from sim.experiments.designs.study import Study
from sim.experiments.storage.grains import PERSON, RECORDS
from sim.experiments.storage.identity import Identities
from sim.experiments.storage.ledger import Ledger
from sim.experiments.storage.merging import write_tables
from sim.experiments.storage.shards import RunKeys, ShardNote, ShardWriter
from sim.settings import Settings
from tests.experiments.fake_model import FakeRecords, persons, scenario

CODE = "1"
ALL = frozenset({*RECORDS, "pairs", PERSON})
NAMES = tuple(sorted(OUTCOMES))[:3]
PLACES = ("paris", "lyon", "london")


def study_of(worlds: int = 3, replicates: int = 1, keep: Collection[str] = ALL, scenarios: int = 2) -> Study:
    """Return a study of a baseline and other scenarios in worlds drawn from the priors."""
    named = tuple(scenario(name) for name in ("baseline", *(f"s{n}" for n in range(1, scenarios))))
    return Study(named, prior_points(worlds), 7, replicates, Settings(years=1), "baseline", frozenset(keep))


def records(run: int) -> FakeRecords:
    """Return what a run leaves: few rows, among them none at all, and costs in every third run alone."""
    luck = np.random.default_rng(run)
    rows = run % 4
    series = pd.DataFrame(
        {"quarter": np.arange(rows), "place": np.array(PLACES)[luck.integers(0, 3, rows)], "wage": luck.random(rows),
         "jobs": luck.integers(0, 100, rows)}
    )  # fmt: skip
    flows = pd.DataFrame(
        {"quarter": [1, 2], "origin": "lyon", "destination": "london", "kind": "startup",
         "count": luck.integers(1, 9, 2)}
    )  # fmt: skip
    costs = pd.DataFrame(columns=["quarter", "lever", "item", "payer", "meur"])
    if run % 3 == 0:
        costs.loc[0] = [1, "zone", "visas", "state", 2.5 + run]
    reasons = pd.DataFrame(
        {"year": [0], "kind": "startup", "direction": "out", "part": "trigger", "name": f"n{run}", "count": [run],
         "total": [run / 3]}
    )  # fmt: skip
    revenue = pd.DataFrame({"quarter": [1], "cause": "people", "item": "tax", "receiver": "state", "meur": [100.0]})
    everyone = persons(("paris", "london", "boston"), luck, run % 2)
    facts, timings = {"residual": 0.1}, {"record": 0.5}
    return FakeRecords(series, flows, costs, reasons, revenue, everyone, timings, facts)


def pair_table(run: int) -> pd.DataFrame:
    """Return pair counts of a run, none for some."""
    rows = run % 3
    return pd.DataFrame(
        {"kind": ["talent"] * rows, "class": "same", "place": PLACES[run % 3], "group": "star",
         "count": np.arange(rows) + run, "received": 0}
    )  # fmt: skip


class Folder:
    """A results folder of a study whose runs a test makes as it likes."""

    def __init__(self, results: Path, study: Study, evidence: Evidence, code: str = CODE) -> None:
        results.mkdir(parents=True, exist_ok=True)
        self.results, self.study, self.evidence = results, study, evidence
        self.identities = Identities(study, evidence.digest, code)
        self.runs = list(study.all_experiments())
        self.ids = [name for world in range(len(study.worlds)) for name in self.identities.of_world(world)]

    def add(self, writer: ShardWriter, run: int) -> None:
        """Add a run, with its pairs if there is a reference."""
        made, experiment = records(run), self.runs[run]
        name = self.study.scenarios[experiment.scenario].name
        keys = RunKeys(name, experiment.world, experiment.replicate, self.identities.world_key(experiment.world))
        reference = self.study.reference_of(experiment) if "pairs" in self.study.keep else None
        pairs = None if reference is None else (self.ids[reference.run], pair_table(run))
        frames = {grain: getattr(made, grain) for grain in RECORDS if grain in self.study.keep}
        everyone = made.persons if PERSON in self.study.keep else None
        outcomes = {outcome: run + n / 7 for n, outcome in enumerate(NAMES)}
        writer.add(self.ids[run], keys, outcomes, frames, everyone, pairs, made.facts, made.timings)

    def shard(self, runs: Iterable[int]) -> ShardNote:
        """Write a shard of these runs."""
        with ShardWriter(self.results, self.study.keep) as writer:
            for run in runs:
                self.add(writer, run)
            note = writer.commit()
        assert note is not None
        return note

    def shards(self, chunks: Iterable[Sequence[int]]) -> list[str]:
        """Write a shard for each chunk of runs; return their names."""
        return [self.shard(chunk).name for chunk in chunks]

    def every(self, size: int) -> list[str]:
        """Write all runs, so many a shard."""
        return self.shards([range(at, min(at + size, len(self.ids))) for at in range(0, len(self.ids), size)])

    def ledger(self) -> Ledger:
        """Return the ledger, brought up to date; the test closes it."""
        ledger = Ledger.open(self.results)
        ledger.catch_up()
        return ledger

    def tables(self, ledger: Ledger | None = None) -> dict[str, bytes]:
        """Merge, and return every table by name."""
        held = ledger or self.ledger()
        try:
            write_tables(self.results, self.study, self.evidence, held, self.identities)
        finally:
            if ledger is None:
                held.close()
        paths = [path for path in self.results.iterdir() if path.suffix in (".parquet", ".csv", ".json")]
        return {path.name: path.read_bytes() for path in paths}

    def finished(self) -> list[int]:
        """Return the runs that are finished, with all that the study keeps of them."""
        ledger = self.ledger()
        there = ledger.finished(self.study.keep).which(self.ids)
        ledger.close()
        return [int(run) for run in there.nonzero()[0]]


def contents(folder: Path) -> dict[str, str]:
    """Return path -> digest of every file below a folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.md5(path.read_bytes()).hexdigest() for path in files}


def flip(path: Path, at: int, bits: int = 1) -> None:
    """Change some bits of one byte."""
    content: Any = bytearray(path.read_bytes())
    content[at] ^= bits
    path.write_bytes(bytes(content))
