"""``python -m tests.fuzzing``: a campaign of damaged inputs, told reader by reader."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.fuzzing.campaign import Record, results, sizes
from tests.fuzzing.stage import make_stage


def main(arguments: Sequence[str] | None = None) -> int:
    """Run or go on with a campaign; the exit code is 1 if the law was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzzing", description=__doc__.partition(": ")[2])
    parser.add_argument("--cases", type=int, default=13_000, help="in all, spread over the readers")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where the campaign is kept; named again, it goes on")
    parser.add_argument("--only", default="", help="readers whose name has this in it, with commas between")
    parser.add_argument("--sentences", type=int, default=0, help="also print so many refusals drawn at random")
    given = parser.parse_args(arguments)
    folder = given.folder or Path(tempfile.mkdtemp(prefix="campaign-"))
    stage = make_stage(folder / "valid", real=True)
    record = Record(folder / f"seed_{given.seed}.jsonl")
    for reader, count in sizes(given.cases).items():
        if not any(word in reader for word in given.only.split(",")):
            continue
        clock, missing = time.monotonic(), record.missing(reader, count)
        for at in range(0, len(missing), 200):  # a fresh process now and then
            for result in results(reader, missing[at : at + 200], given.seed, stage):
                record.add(result)
        ours = [one for one in record.results if one.reader == reader]
        broken = sum(bool(one.broken) for one in ours)
        accepted = sum(one.code == 0 for one in ours)
        print(f"{reader:<20} {len(ours):>6} cases, {accepted:>5} accepted, {broken:>5} against the law, "
              f"slowest {max((one.seconds for one in ours), default=0):.1f} s, most memory "
              f"{max((one.megabytes for one in ours), default=0):.0f} MB, {time.monotonic() - clock:.0f} s", flush=True)  # fmt: skip
    for (reader, kind), count in sorted(record.classes().items(), key=lambda pair: (pair[0][0], -pair[1])):
        example = next(one for one in record.results if one.reader == reader and any(b.startswith(kind) for b in one.broken))
        print(f"  {count:>5}  {reader}: {kind}  [case {example.number}: {example.how[:100]!r}]")
    told = sorted({one.said[0] for one in record.results if one.said})
    for sentence in random.Random(given.seed).sample(told, min(given.sentences, len(told))):
        print(f"- {sentence}")
    return 1 if any(one.broken for one in record.results) else 0


if __name__ == "__main__":
    sys.exit(main())
