"""Thousands of runs at the edges of what the model allows: ``python -m tests.model.extremes.run --cases 5000``.

Prints how many broke a law, by stratum, and each that did. Cases that are through are kept in ``--folder``, and so are
fitted constants: the same command goes on where it stopped. ``NUMBA_DISABLE_JIT=1`` tries the same cases in plain
Python, some ten seconds each (``--without size horizon``: those take hours); ``--against FILE`` compares their tables
with those of another run, to the last bit.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from sim.evidence import load_evidence
from tests.model.extremes.cases import Cases
from tests.model.extremes.starts import Starts
from tests.model.extremes.trying import Tried, try_case


def kept_in(path: Path) -> dict[int, Tried]:
    """Return the cases of a file by number; a last line cut short is left out."""
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
        try:
            tried = Tried(**json.loads(line))
        except ValueError:
            continue
        found[tried.number] = tried
    return found


def report(tried: Sequence[Tried]) -> str:
    """Return how the cases went, a line a stratum, then what went wrong."""
    rows = [("stratum", "cases", "quarters", "refused", "broke a law")]
    for stratum in [*dict.fromkeys(one.stratum for one in tried), "all"]:
        some = [one for one in tried if stratum in (one.stratum, "all")]
        rows.append((
            stratum, f"{len(some):,}", f"{sum(one.quarters for one in some):,}",
            str(sum(bool(one.refused) for one in some)), str(sum(bool(one.problems) for one in some)),
        ))  # fmt: skip
    lines = ["".join(f"{cell:>13}" for cell in row) for row in rows]
    sentences = Counter(problem.split(": ", 1)[1] for one in tried for problem in one.problems)
    lines += [f"{number} x {sentence}" for sentence, number in sentences.most_common(20)]
    lines += [f"{number} x refused: {sentence}" for sentence, number in Counter(
        one.refused for one in tried if one.refused).most_common(10)]  # fmt: skip
    broken = [one for one in tried if one.problems]
    lines += [f"case {one.number} ({one.stratum}: {one.what}): {one.problems[0]}" for one in broken[:40]]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; the exit code is 1 if a law was broken or a table differs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--every", type=int, default=1, help="only every n-th case")
    parser.add_argument("--without", nargs="*", default=[], help="strata to leave out")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "extreme-worlds")
    parser.add_argument("--against", type=Path, help="cases of another run, whose tables must be the same")
    parser.add_argument("--again", action="store_true", help="try cases that broke a law once more")
    given = parser.parse_args(arguments)
    given.folder.mkdir(parents=True, exist_ok=True)
    file = given.folder / f"cases-{given.seed}.jsonl"
    done = {n: one for n, one in kept_in(file).items() if not (given.again and one.problems)}
    evidence, begun = load_evidence(), time.process_time()
    cases, starts = Cases(evidence, given.seed), Starts(evidence, given.folder)
    wanted = [
        number
        for number in range(0, given.cases, given.every)
        if not given.without or cases.case(number).stratum not in given.without
    ]
    waiting = [number for number in wanted if number not in done]
    print(f"{len(wanted) - len(waiting)} of {len(wanted)} cases were tried earlier.", flush=True)
    with file.open("a", encoding="utf-8") as out:
        for count, number in enumerate(waiting, 1):
            done[number] = tried = try_case(cases.case(number), evidence, starts)
            out.write(json.dumps(asdict(tried)) + "\n")
            out.flush()
            if count % 250 == 0:
                print(f"{count} of {len(waiting)}, {time.process_time() - begun:.0f} s", file=sys.stderr, flush=True)
    tried_all = [done[number] for number in wanted]
    print(report(tried_all))
    print(
        f"{len(waiting)} cases in {time.process_time() - begun:.0f} s of a processor, {starts.fits} fits of constants"
    )
    other = kept_in(given.against) if given.against else {}
    both = [one for one in tried_all if one.number in other]
    differ = [one.number for one in both if one.digest != other[one.number].digest]
    if given.against:
        print(f"{len(both)} cases of both runs, tables differ in {len(differ)}: {differ[:20]}")
    return 1 if differ or any(one.problems for one in tried_all) else 0


if __name__ == "__main__":
    sys.exit(main())
