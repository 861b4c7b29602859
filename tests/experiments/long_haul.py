"""Thousands of runs in one process: ``python -m tests.experiments.long_haul [--runs 10000]`` says what it holds on to.

A lap is a study of the real model from scenario to comparison, small and of one year, made in this process into a
folder that is read and removed. Seeds come round, so that starts are prepared and loaded. After each lap the process
is looked at: descriptors, threads, children, temporary files and shared memory must be as many as after the warm-up,
and memory must not grow.

Bounds on memory, by the median slope over all laps after the warm-up. What is in use: 1 kB a run. An object of the
interpreter that is kept for each run takes some hundred bytes, a forgotten column of the smallest run kilobytes, a
table of it a megabyte; 100,000 runs would take 100 MB at the most. What the system has given: 5 kB a run, as the
allocators keep back what they may need, in steps of megabytes.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.experiments.starts import VARIABLE
from tests.experiments.holdings import Holdings, holdings, orphans, shared_now, slope

SCENARIOS = ("baseline", "r1_label_network", "r6_attractive_taxation", "all_eight", "placebo")
LEAST_SEEDS = 25
BYTES_PER_RUN, RESIDENT_PER_RUN = 1000.0, 5000.0
WARM_SHARE = 0.2  # of the laps: caches fill, the allocator finds its size
LEAST_LAPS = 20  # for what the system has given, which wavers
NOTHING: Callable[[int], object] = lambda run: None  # noqa: E731


@dataclass(frozen=True)
class Lap:
    """A lap. ``runs``: made so far; ``held``: what the process holds after it."""

    runs: int
    held: Holdings


@dataclass(frozen=True)
class Size:
    """Of a haul: laps of ``runs`` runs each, in ``worlds`` worlds, seeds coming round after ``seeds`` laps."""

    laps: int
    runs: int = 100
    worlds: int = 2
    seeds: int = LEAST_SEEDS
    scenarios: tuple[str, ...] = SCENARIOS
    startup_scale: int = 40


def haul(size: Size, folder: Path, leak: Callable[[int], object] = NOTHING) -> Iterator[Lap]:
    """Make the laps of a haul.

    Args:
        size: of it.
        folder: the process's own, where results come and go and temporary files belong.
        leak: called for each run, with its number; a broken twin holds on to something.
    """
    import sim

    temporary = folder / "temporary"
    temporary.mkdir(parents=True, exist_ok=True)
    each, left = divmod(size.runs, size.worlds * len(size.scenarios))
    assert not left, "every scenario runs equally often in every world"
    with _temporary_files_in(temporary), _starts_in(folder / "starts"):
        for lap in range(size.laps):
            out = folder / "results"
            with contextlib.redirect_stderr(io.StringIO()):  # progress
                frames = sim.run(
                    *size.scenarios, out=out, worlds=size.worlds, world="prior", replicates=each, workers=0,
                    seed=1 + lap % size.seeds, talent_scale=1000, startup_scale=size.startup_scale, years=1,
                )  # fmt: skip
            assert len(frames.runs) == size.runs
            del frames
            shutil.rmtree(out)
            for run in range(size.runs):
                leak(lap * size.runs + run)
            yield Lap((lap + 1) * size.runs, holdings(temporary))


def problems(laps: Sequence[Lap], bytes_per_run: float = BYTES_PER_RUN) -> list[str]:
    """Return what the process held on to beyond the warm-up.

    Args:
        laps: of the haul.
        bytes_per_run: by which what is in use may grow.
    """
    warm = _warm(laps)
    found = warm[-1].held.more_than(warm[0].held)
    for what, allowed in (("heap", bytes_per_run), ("resident", max(RESIDENT_PER_RUN, bytes_per_run))):
        grown = growth(laps, what)
        if grown > allowed and (what == "heap" or len(warm) >= LEAST_LAPS):
            found.append(f"{what} memory grows by {grown:.0f} bytes a run, allowed are {allowed:.0f}")
    return found


def growth(laps: Sequence[Lap], what: str = "heap") -> float:
    """Return by how many bytes memory grew a run after the warm-up."""
    warm = _warm(laps)
    return slope([lap.runs for lap in warm], [getattr(lap.held, what) for lap in warm])


def _warm(laps: Sequence[Lap]) -> Sequence[Lap]:
    return laps[max(int(WARM_SHARE * len(laps)), 1) :]


@contextlib.contextmanager
def _temporary_files_in(folder: Path) -> Iterator[None]:
    before = tempfile.tempdir
    tempfile.tempdir = str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before


@contextlib.contextmanager
def _starts_in(folder: Path) -> Iterator[None]:
    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = str(folder)
    try:
        yield
    finally:
        if before is None:
            del os.environ[VARIABLE]
        else:
            os.environ[VARIABLE] = before


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the haul and say what came out; the exit code is 1 if anything was held on to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--folder", type=Path, help="for results, starts and the notes of the laps")
    parser.add_argument("--leak", type=int, default=0, help="bytes to hold on to for each run: the broken twin")
    asked = parser.parse_args(arguments)
    folder = asked.folder or Path(tempfile.mkdtemp(prefix="long-haul-"))
    folder.mkdir(parents=True, exist_ok=True)
    size, kept, laps, shared = Size(-(-asked.runs // 100)), [], [], shared_now()
    begun, worked = time.monotonic(), time.process_time()
    with (folder / "laps.jsonl").open("w", encoding="utf-8") as notes:
        for lap in haul(size, folder, lambda run: kept.append(os.urandom(asked.leak))):
            laps.append(lap)
            notes.write(json.dumps({"runs": lap.runs, **lap.held._asdict()}) + "\n")
            notes.flush()
            if len(laps) % 10 == 0:
                print(f"{lap.runs} runs, {lap.held.resident / 1e6:.1f} MB", file=sys.stderr, flush=True)
    found = problems(laps) + [f"left in shared memory: {name}" for name in orphans(shared, os.getpid())]
    warm = _warm(laps)
    resident = [lap.held.resident / 1e6 for lap in warm]
    print(f"{laps[-1].runs} runs in {time.monotonic() - begun:.0f} s, {time.process_time() - worked:.0f} s of a core")
    grown = f"{growth(laps, 'resident'):+.0f} bytes a run, in use {growth(laps):+.0f}"
    print(f"memory after {warm[0].runs} runs {resident[0]:.1f} MB, then at most {max(resident):.1f} MB; {grown}")
    print(f"at the end: {laps[-1].held._asdict()}; after the warm-up: {warm[0].held._asdict()}")
    print(*(found or ["nothing held on to"]), sep="\n")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
