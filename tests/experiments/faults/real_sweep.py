"""A sweep of the real model, killed and resumed: on the pool, and on a Dask cluster of which a worker is killed too.

``python -m tests.experiments.faults.real_sweep FOLDER [--worlds 250]`` makes the same sweep (8 scenarios a world) three
times, once undisturbed, and prints whether all tables are the same bytes. What is finished in FOLDER stays: the command
again goes on.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[3]
SWEEP = """
name = "{name}"
title = "Small runs of the real model"
question = "Does a sweep survive?"
[policies]
scenarios = ["baseline", "r1_label_network", "r4_seed_acceleration", "r6_attractive_taxation", "r7_open_innovation",
             "r8_simplification", "all_eight", "placebo"]
[worlds]
design = "prior"
size = {worlds}
[runs]
talent_scale = 1000
startup_scale = 20
years = 1
[keep]
series = true
"""
KILLS = 3
TABLES = ("runs", "series", "pairs", "worlds")


def begin(file: Path, out: Path, more: list[str]) -> subprocess.Popen[str]:
    """Start the sweep in a group of processes of its own."""
    command = [sys.executable, "run_sim.py", "sweep", str(file), "--out", str(out), "--workers", "2", *more]
    return subprocess.Popen(
        command, cwd=ROOT, start_new_session=True, text=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )


def finished(out: Path) -> int:
    """Return the number of shards."""
    return len(list(out.glob("shards/[0-9a-f]*/receipt.json")))


def children(group: int) -> list[int]:
    """Return the processes of a group that hold a model: more than 120 MB."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, ValueError):
            rest = path.read_text().rpartition(")")[2].split()
            if int(rest[2]) == group and int(path.parent.name) != group and int(rest[21]) * 4096 > 120e6:
                found.append(int(path.parent.name))
    return found


def disturbed(file: Path, out: Path, more: list[str], seed: int, runs: int) -> None:
    """Make the sweep; kill driver and all three times, and once a worker alone."""
    luck = random.Random(seed)
    for kill in range(KILLS):
        job, before = begin(file, out, more), finished(out)
        wanted = before + luck.randint(2, 6)
        while finished(out) < wanted and job.poll() is None:
            time.sleep(0.05)
        if kill == 1 and (workers := children(job.pid)):
            victim = luck.choice(workers)
            print(f"  worker {victim} killed at {finished(out)} shards", flush=True)
            os.kill(victim, signal.SIGKILL)
            while finished(out) < wanted + 3 and job.poll() is None:
                time.sleep(0.05)
        time.sleep(luck.random())
        print(f"  all killed at {finished(out)} shards", flush=True)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(job.pid, signal.SIGKILL)
        job.wait()
    job = begin(file, out, more)
    _, error = job.communicate()
    assert job.returncode == 0, error
    print("  " + error.strip().splitlines()[-1], flush=True)
    assert f"{runs} runs" in error


def main() -> int:
    """Make the three sweeps and compare them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--worlds", type=int, default=250)
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    file = asked.folder / "real_sweep.toml"
    file.write_text(SWEEP.format(name=file.stem, worlds=asked.worlds), encoding="utf-8")
    runs, wrong = 8 * asked.worlds, 0
    for name, more in (("undisturbed", []), ("pool", []), ("dask", ["--cluster", "local"])):
        begun, out = time.monotonic(), asked.folder / name
        print(f"{name}: {runs} runs", flush=True)
        if name == "undisturbed":
            job = begin(file, out, more)
            _, error = job.communicate()
            assert job.returncode == 0, error
        else:
            disturbed(file, out, more, seed=len(name), runs=runs)
        same = [
            (out / f"{table}.parquet").read_bytes() == (asked.folder / "undisturbed" / f"{table}.parquet").read_bytes()
            for table in TABLES
        ]
        left = [path.name for path in (*out.iterdir(), *(out / "shards").iterdir()) if path.name.endswith(".tmp")]
        left += [path.name for path in out.glob(".driver-*")]
        wrong += not all(same) or bool(left)
        tables = "identical tables" if all(same) else f"OTHER TABLES: {dict(zip(TABLES, same, strict=True))}"
        print(f"  {tables}, {len(left)} leftovers, {time.monotonic() - begun:.0f} s", flush=True)
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
