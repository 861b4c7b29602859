"""A sweep of the real model that is disturbed over its whole length, and what it takes of the machine meanwhile.

At moments drawn over so many minutes, one in each equal part of them, the driver, a worker or all are killed, or told
to stop; the same command goes on. Between them the memory of driver and worker is noted. When the minutes are over,
everything is killed once more. What happened is kept in a file, so that another call goes on from there.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psutil

from tests.experiments.faults import folder_checks as checks
from tests.experiments.faults.processes import Process, kill, left_after, of_session

KINDS = ("driver killed", "worker killed", "all killed", "driver SIGTERM", "Ctrl-C", "Ctrl-C twice", "worker SIGTERM")
GOES_ON = ("worker killed", "worker SIGTERM")  # the driver makes do with another worker, or the worker does not listen
SAMPLE_SECONDS = 5.0
STOP_SECONDS = 300.0  # a stopped command writes tables of what there is
GONE_SECONDS = 30.0
WARM_SECONDS = 90.0  # in which a process loads the model
NOTES = "disturbed.json"


@dataclass
class Disturbed:
    """What was done so far. ``memory``: of a process at a time: [second, its number, its age, bytes]."""

    seconds: float = 0.0
    strikes: list[list[object]] = field(default_factory=list)
    memory: dict[str, list[list[float]]] = field(default_factory=lambda: {"driver": [], "worker": []})
    shards: list[str] = field(default_factory=list)
    starts: int = 0
    longest_stop: float = 0.0
    problems: list[str] = field(default_factory=list)


def moments(minutes: float, strikes: int, seed: int) -> list[tuple[float, str]]:
    """Return when to strike and how: one moment in each equal part of the time, every kind as often as the others."""
    draw = random.Random(seed)
    kinds = [KINDS[n % len(KINDS)] for n in range(strikes)]
    draw.shuffle(kinds)
    part = 60.0 * minutes / strikes
    return [((n + draw.random()) * part, kind) for n, kind in enumerate(kinds)]


def disturb(
    begin: Callable[[], subprocess.Popen[str]], out: Path, minutes: float, planned: Sequence[tuple[float, str]]
) -> Disturbed:  # fmt: skip
    """Disturb a command until the minutes are over; what came of it is kept beside its results.

    Args:
        begin: starts the command in a session of its own.
        out: its results folder.
        minutes: how long.
        planned: when to strike and how.
    """
    notes = out.parent / NOTES
    so_far = Disturbed(**json.loads(notes.read_text())) if notes.exists() else Disturbed()
    before, clock = so_far.seconds, time.monotonic()
    job: subprocess.Popen[str] | None = None
    for at, kind in [*planned[len(so_far.strikes) :], (60.0 * minutes, "all killed")]:
        if so_far.seconds >= 60.0 * minutes:
            break
        while (now := before + time.monotonic() - clock) < at:
            if job is None or job.poll() is not None:
                if job is not None:
                    so_far.problems.append(f"ended by itself at {now:.0f} s: {_last_line(job)}")
                job = begin()
                so_far.starts += 1
            _note_memory(so_far, job.pid, now)
            time.sleep(min(SAMPLE_SECONDS, max(at - now, 0.0)))
        if job is not None and job.poll() is None:
            struck = _strike(job, kind, len(so_far.strikes), so_far)
            so_far.strikes.append([round(now, 1), kind, struck, len(checks.shards(out))])
            if kind not in GOES_ON:
                so_far.problems += [f"process {left} outlived '{kind}'" for left in left_after(job.pid, GONE_SECONDS)]
                job = None
        else:
            so_far.strikes.append([round(now, 1), kind, "nothing was at work", len(checks.shards(out))])
        there = checks.shards(out)
        so_far.problems += [f"lost shard {name} at {now:.0f} s" for name in sorted(set(so_far.shards) - there)]
        so_far.shards = sorted(there)
        so_far.seconds = before + time.monotonic() - clock
        notes.write_text(json.dumps(asdict(so_far)))
    return so_far


def repeated(out: Path) -> list[str]:
    """Return the runs that lie in more than one shard: they were made again when they were there."""
    import pyarrow.parquet as pq

    where: dict[str, list[str]] = defaultdict(list)
    for name in sorted(checks.shards(out)):
        path = out / "shards" / name / "runs.parquet"
        if path.exists():
            for row in pq.read_table(path, columns=["scenario", "draw", "replicate"]).to_pylist():
                where[f"{row['scenario']} {row['draw']} {row['replicate']}"].append(name)
    return sorted(run for run, names in where.items() if len(names) > 1)


def growth(samples: Sequence[Sequence[float]]) -> float:
    """Return bytes a minute by which processes grew with the model loaded: one slope, each process its own level."""
    lives: dict[float, list[tuple[float, float]]] = defaultdict(list)
    for _, process, age, size in samples:
        if age > WARM_SECONDS:
            lives[process].append((age / 60.0, size))
    above = below = 0.0
    for points in lives.values():
        middle = [sum(values) / len(points) for values in zip(*points, strict=True)]
        above += sum((age - middle[0]) * (size - middle[1]) for age, size in points)
        below += sum((age - middle[0]) ** 2 for age, _ in points)
    return above / below if below else 0.0


def _note_memory(so_far: Disturbed, driver: int, now: float) -> None:
    for process in of_session(driver):
        role = "driver" if process.pid == driver else "worker" if process.is_worker else ""
        if not role:
            continue
        try:
            of = psutil.Process(process.pid)
            sample = [round(now, 1), process.pid, round(time.time() - of.create_time(), 1), of.memory_info().rss]
        except psutil.Error:  # gone meanwhile
            continue
        so_far.memory[role].append(sample)


def _strike(job: subprocess.Popen[str], kind: str, number: int, so_far: Disturbed) -> str:
    """Strike, and wait for what must end to end; return what was struck."""
    if kind in GOES_ON:
        workers: list[Process] = [process for process in of_session(job.pid) if process.is_worker]
        for worker in workers[:1]:
            os.kill(worker.pid, signal.SIGKILL if kind == "worker killed" else signal.SIGTERM)
        return "a worker" if workers else "no worker yet"
    if kind == "all killed":
        os.killpg(job.pid, signal.SIGKILL)
    elif kind == "driver killed":
        kill(job.pid)
    else:
        begun = time.monotonic()
        if kind == "driver SIGTERM":
            os.kill(job.pid, signal.SIGTERM)
        else:
            os.killpg(job.pid, signal.SIGINT)
            if kind == "Ctrl-C twice":
                time.sleep(1.0)
                if job.poll() is None:
                    os.killpg(job.pid, signal.SIGINT)
    try:
        _, error = job.communicate(timeout=STOP_SECONDS)
    except subprocess.TimeoutExpired:
        so_far.problems.append(f"still at work {STOP_SECONDS:.0f} s after strike {number} ({kind})")
        kill(job.pid)
        return "the driver, in vain"
    if not kind.endswith("killed"):
        so_far.longest_stop = max(so_far.longest_stop, time.monotonic() - begun)
        # Before Python has loaded the command it cannot listen, and ends as the system ends it.
        if job.returncode not in (0, 130, -signal.SIGTERM, -signal.SIGINT):
            so_far.problems.append(f"code {job.returncode} after {kind}: {error.strip()[-300:]}")
        if "Traceback" in error and job.returncode == 130:
            so_far.problems.append(f"said {error.strip().splitlines()[-1]} after {kind}")
    return f"ended with {job.returncode}"


def _last_line(job: subprocess.Popen[str]) -> str:
    _, error = job.communicate()
    return f"code {job.returncode}, {(error.strip().splitlines() or [''])[-1]}"
