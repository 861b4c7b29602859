"""What the machinery itself costs a run: wall time of a study whose runs take no time, outcomes only, over its runs.

    python -m tests.experiments.running.overhead [--worlds 500] [--scenarios 8] [--workers 0 1 2]

With 0 workers runs are made in the driver's own process. Starting the workers is not counted; drawing worlds, handing
out chunks, writing shards and the ledger are; merging the tables at the end is not.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from sim.evidence import load_evidence
from sim.experiments.designs.study import design
from sim.experiments.engine import place_table
from sim.experiments.running.executors import SerialExecutor
from sim.experiments.running.runner import Manner, Outcome, StudyFolder
from sim.settings import Settings
from tests.experiments.fake_model import FakeEngine, FakeRecords, records, scenario

_left: list[Any] = []  # what every run leaves, made once a process


@dataclass(frozen=True)
class Instant(FakeEngine):
    """Leaves the same records every time, at once."""

    def prepare(self, evidence: Any, world: Any, settings: Any, seed: int, draw: int) -> str:
        """Prepare nothing."""
        return str(world.digest)

    def simulate(self, *of_a_run: Any) -> FakeRecords:
        """Return what was made before."""
        if not _left:
            made = records(of_a_run[2], of_a_run[4].quarters, np.random.default_rng(1), 0)
            _left.extend([made, super().outcomes(made, place_table(of_a_run[2]))])
        return _left[0]

    def outcomes(self, made: FakeRecords, places: Any) -> dict[str, float]:
        """Return what was computed before."""
        return dict(_left[1])


def main() -> None:
    """Make the runs and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--worlds", type=int, default=500)
    parser.add_argument("--scenarios", type=int, default=8)
    parser.add_argument("--workers", type=int, nargs="+", default=[0, 1, 2])
    given = parser.parse_args()
    scenarios = [scenario("baseline"), *(scenario(f"other_{n}") for n in range(1, given.scenarios))]
    for workers in given.workers:
        seen: dict[str, float] = {}
        with tempfile.TemporaryDirectory(prefix="overhead-") as made:
            (Path(made) / "log").mkdir()
            (Path(made) / "out").mkdir()
            engine = Instant(Path(made) / "log")
            study = design(
                scenarios, Settings(years=1), seed=1, worlds=given.worlds, replicates=1, world_kind="prior",
                keep=frozenset(),
            )  # fmt: skip
            folder = StudyFolder(Path(made) / "out", study, load_evidence(), engine.version)
            manner = Manner(workers) if workers else replace(Manner(1), executor=lambda *_: SerialExecutor())

            def watch(outcome: Outcome, doing: str, seen: dict[str, float] = seen) -> None:
                seen.setdefault(doing, time.monotonic())

            outcome = folder.run(engine, manner, watch)
            seconds = time.monotonic() - seen["simulating"]
            shards = folder.ledger.counts().shards
        who = f"{workers} worker{'s' * (workers != 1)}" if workers else "in the driver's process"
        per_run = 1000.0 * seconds / outcome.made
        print(f"{who}: {outcome.made} runs in {shards} chunks, {seconds:.2f} s: {per_run:.2f} ms a run")


if __name__ == "__main__":
    main()
