"""One kill trial: start the command, disturb it at chosen moments, start it again until it is through, check."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.experiments.faults import folder_checks as checks
from tests.experiments.faults import kill_steps
from tests.experiments.faults.job import LISTENING
from tests.experiments.faults.processes import kill, left_after, of_session, start

JOB = "tests.experiments.faults.job"
MOST_SECONDS = 120.0  # of one start of the command
MOST_STARTS = 8
GONE_SECONDS = 10.0  # a worker notices in a moment that its driver is gone
KINDS = (
    "driver, any time", "worker, any time", "all, any time", "driver, while it starts", "driver, at a step",
    "worker, at a step", "all, at a step", "Ctrl-C", "SIGTERM",
)  # fmt: skip


@dataclass(frozen=True)
class Undisturbed:
    """The command without a disturbance: its tables, how long it takes, and how often a process takes each step."""

    tables: dict[str, str]
    runs: int
    seconds: float
    steps: dict[str, Counter[str]]
    size: tuple[str, ...]


@dataclass
class Trial:
    """What one trial did and found. ``problems`` is empty if all is well."""

    kind: str
    moments: list[str] = field(default_factory=list)
    starts: int = 0
    struck: int = 0
    kept_at_first: int = 0  # shards
    stop_seconds: float = 0.0
    seconds: float = 0.0
    problems: list[str] = field(default_factory=list)


def undisturbed(folder: Path, size: tuple[int, ...] = ()) -> Undisturbed:
    """Make the study once and learn what it takes."""
    out, log, counts = (folder / name for name in ("out", "log", "counts"))
    shutil.rmtree(folder, ignore_errors=True)
    for path in (log, counts):
        path.mkdir(parents=True)
    words, begun = tuple(map(str, size)), time.monotonic()
    job = start(JOB, str(out), str(log), *words, **{kill_steps.COUNTS: str(counts)})
    _, error = job.communicate(timeout=MOST_SECONDS)
    assert job.returncode == 0, error
    seconds = time.monotonic() - begun
    steps: dict[str, Counter[str]] = {"driver": Counter(), "worker": Counter()}
    for path in counts.iterdir():
        steps[path.name.split()[0]] |= Counter(path.read_text().split())
    assert not checks.unreadable(out) + checks.leftovers(out)
    return Undisturbed(checks.tables(out), len(checks.kept_runs(out)), seconds, steps, words)


def carry_out_trial(number: int, seed: int, folder: Path, normal: Undisturbed) -> Trial:
    """Carry out trial ``number``; what is disturbed, and when, depends on number and seed alone."""
    draw, clock = random.Random(f"{seed} {number}"), time.monotonic()
    trial = Trial(KINDS[number % len(KINDS)])
    out, log = folder / "out", folder / "log"
    shutil.rmtree(folder, ignore_errors=True)
    log.mkdir(parents=True)
    kept: set[str] = set()
    disturbances = draw.choice((1, 1, 2, 3))
    for attempt in range(MOST_STARTS):
        is_last = attempt >= disturbances
        code = _start_once(trial, draw, out, log, normal, disturb=not is_last)
        trial.problems += [f"lost shard {name}" for name in sorted(kept - checks.shards(out))]
        kept = checks.shards(out)
        trial.kept_at_first = trial.kept_at_first or len(kept)
        trial.problems += [f"unreadable {what}" for what in checks.unreadable(out, shards=is_last)]
        if is_last and code == 0:
            break
    else:
        trial.problems.append(f"not through after {MOST_STARTS} starts, last code {code}")
    trial.problems += [f"left behind {name}" for name in checks.leftovers(out)]
    trial.problems += [f"made again {run}" for run in checks.made_again(out, log)]
    if len(checks.kept_runs(out)) != normal.runs:
        trial.problems.append(f"{len(checks.kept_runs(out))} runs of {normal.runs} in shards")
    found = set(checks.tables(out).items()) ^ set(normal.tables.items())
    trial.problems += [f"differs {name}" for name in sorted({name for name, _ in found})]
    trial.seconds = time.monotonic() - clock
    if not trial.problems:
        shutil.rmtree(folder)
    return trial


def _start_once(
    trial: Trial, draw: random.Random, out: Path, log: Path, normal: Undisturbed, disturb: bool
) -> int:  # fmt: skip
    """Start the command once, disturb it if asked to, and wait until all its processes are gone."""
    environment, token = {}, log.parent / f"struck-{trial.starts}"
    if disturb and trial.kind.endswith("step"):
        environment[kill_steps.ORDER] = _order(trial, draw, normal, token)
    trial.starts += 1
    job = start(JOB, str(out), str(log), *normal.size, **environment)
    if disturb and not environment:
        _strike_at_a_time(trial, draw, job, normal)
    try:
        _, error = job.communicate(timeout=MOST_SECONDS)
    except subprocess.TimeoutExpired:
        trial.problems.append(f"still at work after {MOST_SECONDS:.0f} seconds")
        kill(job.pid)
        error = ""
    trial.struck += token.exists()
    left = left_after(job.pid, GONE_SECONDS)
    trial.problems += [f"process {process} outlived its driver" for process in left]
    asked = disturb and trial.kind in ("Ctrl-C", "SIGTERM")
    if asked and not (log / f"{LISTENING}{job.pid}").exists():
        return int(job.returncode)  # Python itself was starting: run_sim.py has a test of its own for that
    # A worker that is being born while its driver is killed loses the pipe it is told what to do by: Python says so.
    if "Traceback" in error and job.returncode != -signal.SIGKILL:
        trial.problems.append(f"said {error.strip().splitlines()[-1]}")
    if asked and job.returncode not in (0, 130):
        trial.problems.append(f"code {job.returncode} after a signal: {error.strip()}")
    if asked and job.returncode == 130:
        lost = checks.simulated(log) - checks.kept_runs(out).keys()
        trial.problems += [f"not kept after a signal {run}" for run in sorted(lost)]
    return int(job.returncode)


def _order(trial: Trial, draw: random.Random, normal: Undisturbed, token: Path) -> str:
    """Choose a step; ``all`` is struck from a driver or a worker."""
    role = "worker" if trial.kind.startswith("worker") else "driver"
    if trial.kind.startswith("all"):
        role = draw.choice(("driver", "worker"))
    steps = normal.steps[role]
    operation = draw.choice(sorted(steps))
    nth = draw.randint(1, steps[operation])
    delay = draw.choice(("before", f"{draw.uniform(0.0, 3.0):.3f}"))
    scope = "group" if trial.kind.startswith("all") else "own"
    trial.moments.append(f"{role} {operation} {nth} {delay}")
    return f"{role}:{operation}:{nth}:{delay}:{scope}:{token}"


def _strike_at_a_time(trial: Trial, draw: random.Random, job: subprocess.Popen[str], normal: Undisturbed) -> None:
    """Wait a random time, no longer than the command would take, then kill or signal."""
    most = min(0.5, normal.seconds) if trial.kind.endswith("starts") else normal.seconds
    wait = draw.uniform(0.0, most)
    who = trial.kind.partition(",")[0]
    trial.moments.append(f"{wait:.2f} s")
    try:
        job.wait(wait)
        return
    except subprocess.TimeoutExpired:
        pass
    trial.struck += 1
    if who == "all":
        os.killpg(job.pid, signal.SIGKILL)
    elif who == "driver":
        kill(job.pid)
    elif who == "worker":
        workers = [process.pid for process in of_session(job.pid) if process.is_worker]
        for pid in draw.sample(workers, min(len(workers), draw.choice((1, 2)))):
            kill(pid)
    else:
        begun = time.monotonic()
        number = signal.SIGINT if who == "Ctrl-C" else signal.SIGTERM
        if draw.random() < 0.5 and who == "Ctrl-C":
            os.killpg(job.pid, number)  # as a terminal does
        else:
            os.kill(job.pid, number)
        try:
            job.wait(MOST_SECONDS)
        except subprocess.TimeoutExpired:
            return
        trial.stop_seconds = max(trial.stop_seconds, time.monotonic() - begun)
