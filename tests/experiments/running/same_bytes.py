"""However the runs of a study are made, its tables are the same bytes: cases drawn at random, each tried.

    python -m tests.experiments.running.same_bytes [--cases 200] [--seed 1]

A case fills one results folder in steps: in this process, by a pool or a Dask cluster of 1, 2 or 4 workers, by parts
one after the other or side by side in processes with other hash seeds; chunks of one run or of all; stopped by Ctrl-C
or killed on the way; first with fewer or reversed worlds, shuffled scenarios, or less to be kept; shards joined in
between. Its last step makes what is missing of the whole study. Every table must then have the bytes that one process
makes in one go. Exit code 1 if one has not.
"""

from __future__ import annotations

import argparse
import os
import pickle
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from sim.evidence import Evidence, load_evidence
from sim.experiments.designs.points import Points
from sim.experiments.designs.study import GRAINS, Study, design
from sim.experiments.running.dask_cluster import local_cluster, on_cluster
from sim.experiments.running.executors import ChunkExecutor, SerialExecutor
from sim.experiments.running.runner import Manner, Outcome, StudyFolder
from sim.experiments.storage.compacting import compact
from sim.model.levers import LEVERS
from sim.settings import Settings
from tests.experiments.fake_model import FakeEngine, scenario

ROOT = Path(__file__).parents[3]
WORKERS = (1, 2, 4)
CHUNK_SECONDS = (1e-6, 0.02, 0.1, 20.0)
PATIENCE_SECONDS = 120.0


@dataclass(frozen=True)
class Step:
    """One command into the folder. ``parts``: how many drivers share it; ``apart``: in processes of their own, at once.

    ``stop``: SIGINT (Ctrl-C) or SIGKILL once a run is finished, None for the end. ``hash_seeds``: one a part.
    """

    study: Study
    executor: str = "serial"
    workers: int = 1
    chunk_seconds: float = 20.0
    parts: int = 1
    apart: bool = False
    stop: int | None = None
    hash_seeds: tuple[int, ...] = (0,)
    joined: bool = False

    def __str__(self) -> str:
        how = f"{self.executor} x {self.workers}, {self.chunk_seconds:g} s, {self.study.n_runs} runs"
        words = [f"{self.parts} parts" + (" at once" if self.apart else "")] if self.parts > 1 else []
        words += ["joined"] if self.joined else []
        words += [signal.Signals(self.stop).name] if self.stop is not None else []
        return ", ".join([how, *words])


def studies(random_: random.Random, number: int) -> list[Study]:
    """Return tiny studies of 6 to 40 runs that differ in all that a study has."""
    parameter = "talent.cost_border"
    found = []
    for seed in range(number):
        others = [scenario(f"s{n}", [LEVERS["simplification"]()] * (n % 2)) for n in range(random_.randint(1, 3))]
        if seed % 3 == 0:
            others[-1] = scenario("elsewhere", [LEVERS["simplification"]()], **{parameter: 2.0})
        keep = frozenset(GRAINS) if seed % 2 else frozenset(random_.sample(GRAINS, random_.randint(0, 4)))
        central = seed % 4 == 3
        study = design(
            [scenario("baseline"), *others], Settings(years=1), seed=seed,
            worlds=1 if central else random_.randint(2, 5), replicates=4 if central else random_.randint(1, 2),
            world_kind="central" if central else "prior", keep=keep,
        )  # fmt: skip
        found.append(study)
    return found


def steps_of(random_: random.Random, study: Study, executors: tuple[str, ...], apart: float = 0.15) -> list[Step]:
    """Draw the steps of one case: from none to three before the last, which makes what is missing.

    Args:
        random_: what is drawn from.
        study: of the case.
        executors: to choose from.
        apart: probability that a step has processes of its own.
    """

    def manner(of: Study, last: bool = False) -> Step:
        executor = random_.choice(executors)
        alone = executor in ("pool", "serial") and random_.random() < apart
        parts = random_.choice((1, 1, 2, 3)) if not last else 1
        stop = None if last or parts > 1 else random_.choice((None, signal.SIGINT, signal.SIGKILL if alone else None))
        return Step(
            of, executor, random_.choice(WORKERS), random_.choice(CHUNK_SECONDS), parts, alone, stop,
            tuple(random_.randrange(1, 1000) for _ in range(parts)), random_.random() < 0.2,
        )  # fmt: skip

    before = [manner(_other(random_, study)) for _ in range(random_.choice((0, 1, 1, 2, 3)))]
    return [*before, manner(study, last=True)]


def _other(random_: random.Random, study: Study) -> Study:
    """Return the study itself, or one with fewer or reversed worlds, shuffled scenarios, less to be kept."""
    points, number = study.points, len(study.points)
    kind = random_.choice(("same", "fewer", "reversed", "shuffled", "alone", "less"))
    if kind == "fewer":
        return study.with_points(points.first(max(1, number // 2)))
    if kind == "reversed":
        return study.with_points(Points(points.kind, points.names, points.values[::-1], points.draws[::-1]))
    if kind == "shuffled":
        return replace(study, scenarios=tuple(random_.sample(study.scenarios, len(study.scenarios))))
    if kind == "alone":  # without the reference: pairs are counted later, from persons that are there or not
        return replace(study, scenarios=study.scenarios[1:], reference=None)
    if kind == "less":
        return replace(study, keep=frozenset(random_.sample(sorted(study.keep), len(study.keep) // 2)))
    return study


class Bench:
    """Tries cases in a folder, with one Dask cluster a number of workers that lives as long as the bench."""

    def __init__(self, folder: Path, engine: FakeEngine) -> None:
        self._folder, self._engine = folder, engine
        self._evidence = load_evidence()
        self._clusters: dict[int, str] = {}
        self._open: list[object] = []
        self._expected: dict[int, dict[str, bytes]] = {}

    def differing(self, study: Study, steps: list[Step], engine: FakeEngine | None = None) -> list[str]:
        """Return the tables that have other bytes after these steps than when made in one process in one go."""
        out = self._folder / "case"
        shutil.rmtree(out, ignore_errors=True)
        for step in steps:
            self._take(step, out, engine or self._engine)
        found = tables(out)
        if id(study) not in self._expected:
            plain = self._folder / "plain"
            shutil.rmtree(plain, ignore_errors=True)
            carry_out(study, self._evidence, plain, self._engine, Manner(1, executor=in_this_process))
            self._expected[id(study)] = tables(plain)
        expected = self._expected[id(study)]
        return sorted(name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name))

    def close(self) -> None:
        """End the clusters."""
        for cluster in self._open:
            cluster.close()  # type: ignore[attr-defined]

    def _take(self, step: Step, out: Path, engine: FakeEngine) -> None:
        manners = [self._manner(step, part) for part in range(1, step.parts + 1)]
        if step.apart:
            self._side_by_side(step, manners, out, engine)
        else:
            for manner, hash_seed in zip(manners, step.hash_seeds, strict=True):
                with hashed_by(hash_seed):  # of processes that this one starts
                    carry_out(step.study, self._evidence, out, engine, manner, step.stop is not None)
        if step.joined:
            folder = StudyFolder(out, step.study, self._evidence, engine.version)
            compact(out, folder.ledger)

    def _manner(self, step: Step, part: int) -> Manner:
        executor: Callable[[Path], ChunkExecutor] | None = None
        if step.executor == "serial":
            executor = in_this_process
        elif step.executor == "dask":
            executor = on_cluster(self._address(step.workers), step.workers)
        return Manner(step.workers, (part, step.parts), chunk_seconds=step.chunk_seconds, executor=executor)

    def _address(self, workers: int) -> str:
        if workers not in self._clusters:
            cluster = local_cluster(self._folder, workers)
            self._open.append(cluster)
            self._clusters[workers] = cluster.scheduler_address
        return self._clusters[workers]

    def _side_by_side(self, step: Step, manners: list[Manner], out: Path, engine: FakeEngine) -> None:
        """Give each part a process of its own, all at once; kill them once a run is finished, if that is wanted."""
        out.mkdir(exist_ok=True)
        commands = []
        for number, (manner, hash_seed) in enumerate(zip(manners, step.hash_seeds, strict=True)):
            order = self._folder / f"order-{number}"
            order.write_bytes(pickle.dumps((step.study, out, engine, manner)))
            command = [sys.executable, "-m", "tests.experiments.running.same_bytes", "--order", str(order)]
            environment = os.environ | {"PYTHONHASHSEED": str(hash_seed), "PYTHONPATH": str(ROOT)}
            commands.append(subprocess.Popen(command, cwd=ROOT, env=environment))
        deadline = time.monotonic() + PATIENCE_SECONDS
        while step.stop is not None and not any((out / "shards").glob("*/receipt.json")):
            if time.monotonic() > deadline or all(command.poll() is not None for command in commands):
                break
            time.sleep(0.01)
        for command in commands:
            if step.stop is not None:
                command.send_signal(step.stop)
            status = command.wait(PATIENCE_SECONDS)
            assert step.stop is not None or status == 0, f"a driver ended with {status}"


def carry_out(
    study: Study, evidence: Evidence, out: Path, engine: FakeEngine, manner: Manner, stop: bool = False
) -> None:
    """Make what is missing of a study, and its tables if this is the whole of it; stop at the first run if asked."""
    out.mkdir(exist_ok=True)
    folder = StudyFolder(out, study, evidence, engine.version, manner.suffix)
    sent: list[int] = []

    def watch(outcome: Outcome, doing: str) -> None:
        if stop and not sent and outcome.finished > outcome.reused:
            sent.append(signal.SIGINT)
            os.kill(os.getpid(), signal.SIGINT)

    outcome = folder.run(engine, manner, watch)
    assert outcome.trouble is None, outcome.trouble
    assert outcome.is_whole or outcome.interrupted, outcome
    if manner.is_whole and outcome.is_whole:
        assert folder.write_tables() is None


def in_this_process(folder: Path) -> ChunkExecutor:
    """Return the executor that needs no other process."""
    return SerialExecutor()


def tables(out: Path) -> dict[str, bytes]:
    """Return the tables of a results folder."""
    kinds = (".parquet", ".csv")
    return {path.name: path.read_bytes() for path in out.iterdir() if path.suffix in kinds or path.stem == "scenarios"}


@contextmanager
def hashed_by(seed: int) -> Iterator[None]:
    """Give processes that are started meanwhile another order of sets."""
    before = os.environ.get("PYTHONHASHSEED")
    os.environ["PYTHONHASHSEED"] = str(seed)
    try:
        yield
    finally:
        if before is None:
            del os.environ["PYTHONHASHSEED"]
        else:
            os.environ["PYTHONHASHSEED"] = before


def main() -> int:
    """Try cases and say which went wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--order", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.order is not None:
        carry_out_order(given.order)
        return 0
    wrong, clock = 0, time.monotonic()
    random_ = random.Random(given.seed)
    with tempfile.TemporaryDirectory(prefix="same-bytes-") as made:
        (Path(made) / "log").mkdir()
        bench = Bench(Path(made), FakeEngine(Path(made) / "log"))
        known = studies(random_, 12)
        counts: dict[str, int] = {}
        for case in range(given.cases):
            study = known[case % len(known)]
            steps = steps_of(random_, study, ("serial", "pool", "pool", "dask", "dask"))
            for step in steps:
                counts[step.executor] = counts.get(step.executor, 0) + 1
            differing = bench.differing(study, steps)
            wrong += bool(differing)
            verdict = f"OTHER BYTES in {', '.join(differing)}" if differing else "same"
            print(f"{case:4d} {verdict}: {' | '.join(map(str, steps))}", flush=True)
        bench.close()
    seconds = time.monotonic() - clock
    print(f"{given.cases - wrong} of {given.cases} cases have the same bytes; steps {counts}; {seconds:.0f} s")
    return 1 if wrong else 0


def carry_out_order(order: Path) -> None:
    """Be the driver that another process asked for."""
    study, out, engine, manner = pickle.loads(order.read_bytes())
    carry_out(study, load_evidence(), out, engine, manner)


if __name__ == "__main__":
    np.seterr(all="raise")
    sys.exit(main())
