"""How much of two cores a study uses whose runs only compute: seconds within runs over two times the wall time.

    python -m tests.experiments.running.utilisation [--runs 100] [--seconds 0.3] [--workers 2]

Starting the workers is not counted, handing out chunks, writing shards and waiting for the last worker are. The seconds
within runs are of the clock: where other programs take the cores, a run takes longer.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.evidence import load_evidence
from sim.experiments.designs.study import design
from sim.experiments.running.runner import Manner, Outcome, StudyFolder
from sim.settings import Settings
from tests.experiments.fake_model import FakeEngine, FakeRecords, scenario


@dataclass(frozen=True)
class Busy(FakeEngine):
    """Computes for ``busy`` seconds of the processor in each run."""

    busy: float = 0.3

    def simulate(self, *of_a_run: Any) -> FakeRecords:
        """Count until the time is over."""
        end = time.process_time() + self.busy
        while time.process_time() < end:
            sum(range(1000))
        return super().simulate(*of_a_run)


def main() -> None:
    """Make the runs and print the figure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=0.3)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    begun: list[float] = []
    with tempfile.TemporaryDirectory(prefix="utilisation-") as made:
        (Path(made) / "log").mkdir()
        out = Path(made) / "out"
        out.mkdir()
        engine = Busy(Path(made) / "log", busy=given.seconds)
        study = design(
            [scenario("baseline"), scenario("other")], Settings(years=1), seed=1, worlds=given.runs // 2, replicates=1,
            world_kind="prior",
        )  # fmt: skip
        folder = StudyFolder(out, study, load_evidence(), engine.version)

        def watch(outcome: Outcome, doing: str) -> None:
            if doing == "simulating" and not begun:
                begun.append(time.monotonic())

        outcome = folder.run(engine, Manner(given.workers), watch)
        wall = time.monotonic() - begun[0]
    used = outcome.run_seconds / (given.workers * wall)
    shards = folder.ledger.counts().shards
    print(f"{outcome.made} runs in {shards} chunks, {wall:.1f} s, {outcome.run_seconds:.1f} s within runs: {used:.1%}")


if __name__ == "__main__":
    main()
