"""What a driver of a million runs takes: seconds to know what is finished, and memory.

    python -m tests.experiments.storage.million [most runs] [folder]

writes a synthetic store of 10,000, 100,000 ... runs (50 a shard) and looks at each in a new process, as a driver does.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from unittest import mock

import numpy as np

from sim.evidence import Evidence, load_evidence
from sim.experiments.designs.points import Points
from sim.experiments.designs.study import Study
from sim.settings import Settings

SCENARIOS = ("baseline", "s1", "s2", "s3", "s4")
RUNS_PER_SHARD = 50
N_OUTCOMES = 12
CODE = "1"
SIZES = (10_000, 100_000, 1_000_000)
ROOT = Path(__file__).parents[3]
COLUMNS = ("runs", "shards", "index s", "open s", "members s", "peak MB", "merge s", "peak MB merging")


def synthetic_study(runs: int, evidence: Evidence) -> Study:
    """Return a study of so many runs: five scenarios, four parameters of each world set by the design."""
    from tests.experiments.fake_model import scenario

    names = tuple(sorted(evidence.parameters))[:4]
    worlds = runs // len(SCENARIOS)
    values = np.random.default_rng(1).random((worlds, len(names)))
    points = Points("prior", names, values, np.arange(worlds))
    scenarios = tuple(scenario(name) for name in SCENARIOS)
    return Study(scenarios, points, 1, 1, Settings(), "baseline", frozenset())


def write_store(folder: Path, runs: int) -> None:
    """Write the shards of a synthetic study, without waiting for the disk."""
    from sim.experiments.storage.identity import Identities
    from sim.experiments.storage.shards import RunKeys, ShardWriter

    evidence = load_evidence()
    study = synthetic_study(runs, evidence)
    identities = Identities(study, evidence.digest, CODE)
    worlds = RUNS_PER_SHARD // len(SCENARIOS)
    with mock.patch("os.fsync"):
        for first in range(0, len(study.worlds), worlds):
            with ShardWriter(folder, ()) as writer:
                for world in range(first, min(first + worlds, len(study.worlds))):
                    key = identities.world_key(world)
                    for run, name in zip(study.experiments_of(world), identities.of_world(world), strict=True):
                        keys = RunKeys(SCENARIOS[run.scenario], world, run.replicate, key)
                        outcomes = {f"o{n}": run.run + n / 8 for n in range(N_OUTCOMES)}
                        writer.add(name, keys, outcomes, {}, None, None, {}, {})
                writer.commit()


def look(folder: Path, runs: int) -> dict[str, float]:
    """Do what a driver does before its first chunk and after its last one; return seconds and megabytes.

    The ledger is made anew from the shards first in a process of its own, see :func:`measured`.
    """
    from sim.experiments.running.runner import StudyFolder
    from sim.experiments.running.worker import peak_bytes

    evidence = load_evidence()
    study = synthetic_study(runs, evidence)
    clock = time.perf_counter()
    held = StudyFolder(folder, study, evidence, CODE)
    opened = time.perf_counter()
    pending = held.pending()
    known = time.perf_counter()
    assert pending.left == 0
    assert pending.planned == runs
    found = {"open s": opened - clock, "members s": known - opened, "peak MB": peak_bytes() / 1e6}
    clock = time.perf_counter()
    # Values of parameters cannot be drawn without the evidence's ranges: only what the design sets is written.
    with mock.patch("sim.experiments.storage.merging.MOST_FULL_WORLDS", 0):
        assert held.write_tables() is None
    return found | {"merge s": time.perf_counter() - clock, "peak MB merging": peak_bytes() / 1e6}


def index(folder: Path) -> dict[str, float]:
    """Make the ledger from the shards alone."""
    from sim.experiments.storage.ledger import Ledger

    clock = time.perf_counter()
    ledger = Ledger.open(folder)
    ledger.catch_up()
    shards = ledger.counts().shards
    ledger.close()
    return {"index s": time.perf_counter() - clock, "shards": shards}


def measured(folder: Path, runs: int) -> dict[str, float]:
    """Return one row of the table: index, then look, each in a new process."""
    row: dict[str, float] = {"runs": runs}
    for what in ("index", "look"):
        command = [sys.executable, "-m", "tests.experiments.storage.million", what, str(folder), str(runs)]
        done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
        row |= json.loads(done.stdout)
    return row


def table(most: int, folder: Path) -> list[dict[str, float]]:
    """Measure stores of growing size, each in a folder of its own; print them."""
    print("".join(f"{name:>16}" for name in COLUMNS))
    rows = []
    for runs in [size for size in SIZES if size <= most] or [most]:
        place = folder / str(runs)
        place.mkdir(parents=True)
        write_store(place, runs)
        row = measured(place, runs)
        print("".join(f"{row[name]:16.4g}" if name != "runs" else f"{runs:16d}" for name in COLUMNS), flush=True)
        rows.append(row)
    return rows


def main(words: list[str]) -> None:
    """Run the table, or one of its measurements in this process."""
    if words and words[0] in ("index", "look"):
        folder, runs = Path(words[1]), int(words[2])
        print(json.dumps(index(folder) if words[0] == "index" else look(folder, runs)))
        return
    most = int(words[0]) if words else SIZES[-1]
    if len(words) > 1:
        table(most, Path(words[1]))
        return
    with tempfile.TemporaryDirectory() as folder:
        table(most, Path(folder))


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main(sys.argv[1:])
