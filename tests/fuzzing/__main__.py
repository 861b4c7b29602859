"""``python -m tests.fuzzing``: a campaign of damaged inputs, told reader by reader."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.fuzzing.campaign import WAITING, Record, Result, results, sizes
from tests.fuzzing.guided import TARGETS, guided
from tests.fuzzing.stage import Stage, make_stage


def main(arguments: Sequence[str] | None = None) -> int:
    """Run or go on with a campaign; the exit code is 1 if the law was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzzing", description=__doc__.partition(": ")[2])
    parser.add_argument("--cases", type=int, default=13_000, help="in all, spread over the readers")
    parser.add_argument("--guided", type=int, default=1000, help="more, led by coverage, of scenario, sweep and link")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where the campaign is kept; named again, it goes on")
    parser.add_argument("--only", default="", help="readers whose name has this in it, with commas between")
    parser.add_argument("--sentences", type=int, default=0, help="also print so many refusals drawn at random")
    given = parser.parse_args(arguments)
    folder = given.folder or Path(tempfile.mkdtemp(prefix="campaign-"))
    stage = make_stage(folder / "valid", real=True)
    record = Record(folder / f"seed_{given.seed}.jsonl")
    for reader, count in (sizes(given.cases) | {f"guided {name}": given.guided for name in TARGETS}).items():
        if not any(word in reader for word in given.only.split(",")):
            continue
        clock, missing = time.monotonic(), record.missing(reader, count)
        for result in _coming(reader, missing, count, given.seed, stage):
            record.add(result)
        ours = [one for one in record.results if one.reader == reader]
        broken = sum(bool(one.broken) for one in ours)
        accepted = sum(one.code == 0 for one in ours)
        slowest = max((one.seconds for one in ours), default=0)
        largest = max((one.megabytes for one in ours), default=0)
        print(
            f"{reader:<20} {len(ours):>6} cases, {accepted:>5} accepted, {broken:>5} against the law, slowest "
            f"{slowest:.1f} s, most memory {largest:.0f} MB, in {time.monotonic() - clock:.0f} s",
            flush=True,
        )
    for (reader, kind), count in sorted(record.classes().items(), key=lambda pair: (pair[0][0], -pair[1])):
        example = next(
            one for one in record.results if one.reader == reader and any(b.startswith(kind) for b in one.broken)
        )
        waits = " (waits for the next fit)" if reader in WAITING else ""
        print(f"  {count:>5}  {reader}{waits}: {kind}  [case {example.number}: {example.how[:100]!r}]")
    told = sorted({one.said[0] for one in record.results if one.said})
    for sentence in random.Random(given.seed).sample(told, min(given.sentences, len(told))):
        print(f"- {sentence}")
    return 1 if any(one.broken and one.reader not in WAITING for one in record.results) else 0


def _coming(reader: str, missing: list[int], count: int, seed: int, stage: Stage) -> Iterator[Result]:
    if reader.startswith("guided "):  # each case follows from those before it: all or none
        yield from guided(reader.removeprefix("guided "), count, seed, stage) if len(missing) == count else ()
        return
    for at in range(0, len(missing), 200):  # a fresh process now and then
        yield from results(reader, missing[at : at + 200], seed, stage)


if __name__ == "__main__":
    sys.exit(main())
