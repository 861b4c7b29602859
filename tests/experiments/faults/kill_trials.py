"""Kill trials: ``python -m tests.experiments.faults.kill_trials [--trials 200]`` prints a table, and what went wrong.

Each trial starts the command, kills or signals it once or several times, starts it again until it is through, and
compares what is there with the undisturbed study. Trials that are through are kept in ``--folder``, so the same command
goes on where it stopped.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

from tests.experiments.faults.trials import KINDS, Trial, Undisturbed, carry_out_trial, undisturbed


def table(trials: Sequence[Trial]) -> str:
    """Return how the trials went, a line a kind of disturbance."""
    heads = ("disturbed", "trials", "struck", "starts", "lost", "made again", "unreadable", "left", "differ", "other",
             "longest stop")  # fmt: skip
    rows = [heads]
    for kind in (*KINDS, "all trials"):
        some = [trial for trial in trials if kind in (trial.kind, "all trials")]
        words = [problem.split()[0] for trial in some for problem in trial.problems]
        counted = [words.count("lost") + words.count("not"), words.count("made"), words.count("unreadable"),
                   words.count("left"), words.count("differs")]  # fmt: skip
        stop = max((trial.stop_seconds for trial in some), default=0.0)
        rows.append((
            kind, f"{len(some)}", f"{sum(trial.struck for trial in some)}", f"{sum(trial.starts for trial in some)}",
            *map(str, counted), f"{len(words) - sum(counted)}", f"{stop:.1f} s" if stop else "",
        ))  # fmt: skip
    widths = [max(len(row[n]) for row in rows) for n in range(len(heads))]
    return "\n".join("  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)) for row in rows)


def carry_out_trials(numbers: Sequence[int], seed: int, folder: Path, normal: Undisturbed, at_once: int) -> list[Trial]:
    """Carry out some trials, some of them at once, and note each that is through."""

    def one(number: int) -> Trial:
        trial = carry_out_trial(number, seed, folder / f"trial-{number}", normal)
        with _kept(folder, seed).open("a", encoding="utf-8") as file:
            file.write(json.dumps({"number": number, **asdict(trial)}) + "\n")
        return trial

    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(one, numbers))


def _kept(folder: Path, seed: int) -> Path:
    return folder / f"trials-{seed}.jsonl"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; the exit code is 1 if anything was lost, made again, unreadable, left or different."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trials", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--at-once", type=int, default=2)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "kill-trials")
    given = parser.parse_args(arguments)
    given.folder.mkdir(parents=True, exist_ok=True)
    lines = _kept(given.folder, given.seed).read_text().splitlines() if _kept(given.folder, given.seed).exists() else []
    earlier = {row.pop("number"): Trial(**row) for row in map(json.loads, lines)}
    through = {number: trial for number, trial in earlier.items() if number < given.trials}
    print(f"{len(through)} of {given.trials} trials were carried out earlier.", flush=True)
    normal = undisturbed(given.folder / "undisturbed")
    waiting = [number for number in range(given.trials) if number not in through]
    step = 10 * given.at_once
    try:
        for first in range(0, len(waiting), step):
            some = waiting[first : first + step]
            found = carry_out_trials(some, given.seed, given.folder, normal, given.at_once)
            through |= dict(zip(some, found, strict=True))
            print(f"{len(through)} of {given.trials} trials", file=sys.stderr, flush=True)
    except KeyboardInterrupt:
        print("Stopped; the same command goes on.")
    trials = [through[number] for number in sorted(through)]
    print(table(trials))
    for number in sorted(through):
        for problem in through[number].problems:
            print(f"trial {number} ({through[number].kind}; {', '.join(through[number].moments)}): {problem}")
    seconds = sum(trial.seconds for trial in trials)
    print(f"{len(trials)} trials of {normal.runs} runs, {seconds:.0f} seconds in all; seed {given.seed}")
    return 1 if any(trial.problems for trial in trials) else 0


if __name__ == "__main__":
    sys.exit(main())
