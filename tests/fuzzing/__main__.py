"""``python -m tests.fuzzing``: a campaign of damaged inputs, told reader by reader."""

from __future__ import annotations

import argparse
import random
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.fuzzing.campaign import WAITING, Record, Result, controls, results, sizes
from tests.fuzzing.guided import TARGETS, guided
from tests.fuzzing.readers import READERS
from tests.fuzzing.stage import Stage, make_stage


def main(arguments: Sequence[str] | None = None) -> int:
    """Run or go on with a campaign; the exit code is 1 if the law was broken, 130 if it was stopped."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzzing", description=__doc__.partition(": ")[2])
    parser.add_argument("--cases", type=int, default=12_000, help="in all, spread over the readers")
    parser.add_argument("--guided", type=int, default=400, help="more of each target, led by coverage")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where the campaign is kept; named again, it goes on")
    parser.add_argument("--only", default="", help="readers whose name has this in it, with commas between")
    parser.add_argument("--sentences", type=int, default=0, help="also print so many refusals drawn at random")
    given = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # stopped either way, it says how far it came
    folder = given.folder or Path(tempfile.mkdtemp(prefix="campaign-"))
    stage = make_stage(folder / "valid", real=True)
    record, refused, code = Record(folder / f"seed_{given.seed}.jsonl"), list[Result](), 0
    clock = time.monotonic()
    try:
        for reader, count in (sizes(given.cases) | {f"guided {name}": given.guided for name in TARGETS}).items():
            if any(word in reader for word in given.only.split(",")):
                refused += _carried_out(reader, count, given.seed, stage, record, folder)
    except KeyboardInterrupt:
        code = 130
        print("Stopped; the same command goes on.")
    for (reader, kind), count in sorted(record.classes().items(), key=lambda pair: (pair[0][0], -pair[1])):
        example = next(
            one for one in record.results if one.reader == reader and any(b.startswith(kind) for b in one.broken)
        )
        waits = " (waits for the next fit)" if reader in WAITING else ""
        print(f"  {count:>5}  {reader}{waits}: {kind}  [case {example.number}: {example.how[:100]!r}]")
    for one in refused:
        print(f"  {one.reader}, undamaged: {one.broken[0]}")
    told = sorted({one.said[0] for one in record.results if one.said and one.code == 2})
    for sentence in random.Random(given.seed).sample(told, min(given.sentences, len(told))):
        print(f"- {sentence}")
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(f"{record.told()} This run: {time.monotonic() - clock:.0f} s by the clock, "
          f"{sum(one.ru_utime + one.ru_stime for one in used):.0f} s of a processor.")  # fmt: skip
    broken = any(one.broken and one.reader not in WAITING for one in record.results)
    return code or int(broken or bool(refused))


def _carried_out(reader: str, count: int, seed: int, stage: Stage, record: Record, folder: Path) -> list[Result]:
    """Make what is missing of a reader and tell how it went; return its undamaged case if that is not accepted."""
    clock, missing = time.monotonic(), record.missing(reader, count)
    refused = [one for one in (controls(reader, stage) if missing and reader in READERS else []) if one.broken]
    for result in _coming(reader, missing, seed, stage, folder):
        record.add(result)
    ours = record.of(reader)
    broken = sum(bool(one.broken) for one in ours)
    accepted = sum(one.code == 0 for one in ours)
    slowest = max((one.seconds for one in ours), default=0)
    largest = max((one.megabytes for one in ours), default=0)
    print(
        f"{reader:<20} {len(ours):>6} cases, {accepted:>5} accepted, {broken:>5} against the law, slowest "
        f"{slowest:.1f} s, most memory {largest:.0f} MB, in {time.monotonic() - clock:.0f} s",
        flush=True,
    )
    return refused


def _coming(reader: str, missing: list[int], seed: int, stage: Stage, folder: Path) -> Iterator[Result]:
    if reader.startswith("guided "):
        target = reader.removeprefix("guided ")
        yield from guided(target, missing, seed, stage, folder / f"corpus_{seed}" / target)
        return
    for at in range(0, len(missing), 200):  # a fresh process now and then
        yield from results(reader, missing[at : at + 200], seed, stage)


if __name__ == "__main__":
    sys.exit(main())
