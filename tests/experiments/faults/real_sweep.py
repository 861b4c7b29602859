"""A sweep of the real model, killed and resumed: on the pool, and on a Dask cluster of which a worker is killed too.

``python -m tests.experiments.faults.real_sweep FOLDER [--worlds 250]`` makes the same sweep (8 scenarios a world)
three times, once undisturbed, and prints whether all tables are the same bytes. With ``--minutes 45`` the sweep on the
pool is disturbed at random for so long, whatever it gets through; an undisturbed one of as many worlds is then made to
compare, and memory, processes and files are looked at. What is finished in FOLDER stays: the command again goes on.
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
from collections import Counter
from pathlib import Path

from tests.experiments.faults import folder_checks as checks
from tests.experiments.faults.long_disturbance import KINDS, disturb, growth, moments, repeated
from tests.experiments.faults.processes import left_after
from tests.experiments.holdings import orphans, shared_now

ROOT = Path(__file__).parents[3]
POLICIES = 8
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
MOST_WORLDS = 5000  # more than the minutes suffice for
# Memory of a process: at most, in bytes, and by how much it may grow a minute. A worker makes hundreds of runs a
# minute; a table forgotten for each would be hundreds of megabytes.
MOST_BYTES, BYTES_PER_MINUTE = 1.2e9, 3e6


def begin(file: Path, out: Path, more: list[str], workers: int = 2) -> subprocess.Popen[str]:
    """Start the sweep in a session of its own; its temporary files belong beside its results."""
    temporary = out.parent / f"temporary-{out.name}"
    temporary.mkdir(exist_ok=True)
    command = [sys.executable, "run_sim.py", "sweep", str(file), "--out", str(out), "--workers", str(workers), *more]
    return subprocess.Popen(
        command, cwd=ROOT, start_new_session=True, text=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        env=os.environ | {"TMPDIR": str(temporary)},
    )  # fmt: skip


def through(file: Path, out: Path, more: list[str], runs: int, workers: int = 2) -> None:
    """Make the sweep, or what is missing of it."""
    job = begin(file, out, more, workers)
    _, error = job.communicate()
    assert job.returncode == 0, error
    print("  " + error.strip().splitlines()[-1], flush=True)
    assert f"{runs} runs" in error


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
    through(file, out, more, runs)


def compared(out: Path, folder: Path) -> list[str]:
    """Return in which tables two results folders differ, and what was left in the first."""
    same = checks.tables(out).items() ^ checks.tables(folder / "undisturbed").items()
    left = checks.leftovers(out) + [path.name for path in (folder / f"temporary-{out.name}").iterdir()]
    return [f"differs {name}" for name in sorted(dict(same))] + [f"left behind {name}" for name in left]


def three_times(folder: Path, worlds: int) -> int:
    """Make the three sweeps and compare them; return how many were not as they should be."""
    file = folder / "real_sweep.toml"
    file.write_text(SWEEP.format(name=file.stem, worlds=worlds), encoding="utf-8")
    runs, wrong = POLICIES * worlds, 0
    for name, more in (("undisturbed", []), ("pool", []), ("dask", ["--cluster", "local"])):
        begun, out = time.monotonic(), folder / name
        print(f"{name}: {runs} runs", flush=True)
        if name == "undisturbed":
            through(file, out, more, runs)
        else:
            disturbed(file, out, more, seed=len(name), runs=runs)
        found = compared(out, folder)
        wrong += bool(found)
        print(f"  {', '.join(found) or 'identical tables, nothing left'}, {time.monotonic() - begun:.0f} s", flush=True)
    return wrong


def for_minutes(folder: Path, minutes: float, strikes: int, workers: int, seed: int) -> int:
    """Disturb the sweep for so long, then compare what it got through; return the number of problems."""
    os.environ["TALENT_FLIGHT_STARTS"] = str(folder / "starts")
    file, out, shared = folder / "real_sweep.toml", folder / "disturbed", shared_now()
    file.write_text(SWEEP.format(name=file.stem, worlds=MOST_WORLDS), encoding="utf-8")
    found = disturb(
        lambda: begin(file, out, [], workers), out, minutes, moments(minutes, strikes, seed)
    )  # fmt: skip
    problems, kept = list(found.problems), checks.kept_runs(out)
    # The study goes on with as many worlds as it has come to.
    worlds = 1 + max(int(run.split()[-2]) for run in kept)
    runs, more = POLICIES * worlds, ["--worlds", str(worlds)]
    print(f"{found.seconds / 60.0:.1f} minutes, {len(kept)} runs kept, {found.starts} starts; then {runs} runs in all")
    through(file, out, more, runs, workers)
    problems += [f"lost shard {name}" for name in sorted(set(found.shards) - checks.shards(out))]
    again = repeated(out)
    problems += [f"made again {run}" for run in again]
    problems += [f"unreadable {what}" for what in checks.unreadable(out)]
    left = [path.name for path in (folder / "starts").iterdir() if path.name.endswith(".tmp")]
    problems += [f"left among the starts {name}" for name in left]
    problems += [f"left in shared memory {name}" for name in orphans(shared)]
    job = begin(file, out, more, workers)  # what is finished is finished: nothing to do, nothing held
    _, error = job.communicate()
    problems += [f"process {one} outlived the command" for one in left_after(job.pid, 10.0)]
    problems += [] if job.returncode == 0 and not repeated(out) else [f"once more: code {job.returncode}: {error}"]
    print("undisturbed", flush=True)
    through(file, folder / "undisturbed", more, runs, 2)
    problems += compared(out, folder)
    kinds = Counter(str(kind) for _, kind, *_ in found.strikes)
    print(f"{len(found.strikes)} strikes: {', '.join(f'{kinds[kind]} {kind}' for kind in KINDS)}; "
          f"longest stop {found.longest_stop:.1f} s")  # fmt: skip
    for role, samples in found.memory.items():
        peak, grown = max(sample[-1] for sample in samples), growth(samples)
        print(f"{role}: at most {peak / 1e6:.0f} MB, {grown / 1e6:+.2f} MB a minute, {len(samples)} samples")
        problems += [f"{role} too large: {peak / 1e6:.0f} MB"] if peak > MOST_BYTES else []
        problems += [f"{role} grows: {grown / 1e6:.2f} MB a minute"] if grown > BYTES_PER_MINUTE else []
    print(f"{len(checks.kept_runs(out))} runs in {len(checks.shards(out))} shards, {len(again)} made again")
    print(*(problems or ["nothing lost, made again, left or different"]), sep="\n")
    return len(problems)


def main() -> int:
    """Make the sweeps and compare them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--worlds", type=int, default=250)
    parser.add_argument("--minutes", type=float, help="disturb at random for so long instead")
    parser.add_argument("--strikes", type=int, default=28)
    parser.add_argument("--workers", type=int, default=1, help="of the sweep that is disturbed for minutes")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    folder = asked.folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    if asked.minutes:
        return int(for_minutes(folder, asked.minutes, asked.strikes, asked.workers, asked.seed) > 0)
    return int(three_times(folder, asked.worlds) > 0)


if __name__ == "__main__":
    sys.exit(main())
