"""A campaign: so many damaged inputs of each reader, held against the law; goes on where it was stopped.

``python -m tests.fuzzing --cases 12000 --seed 1``. Case n of a reader depends on seed, reader and n alone.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.fuzzing.law import Seen, violations
from tests.fuzzing.observing import observe
from tests.fuzzing.readers import READERS, Reader
from tests.fuzzing.server import served
from tests.fuzzing.stage import Stage, without_long_work

WAITING = ("evidence", "posterior")
"""Readers whose sources decide digests of the fit: what is found in them waits for the next one, and is told apart."""


@dataclass(frozen=True)
class Result:
    """One case. ``broken``: in what the law was; ``said``: first sentences of a refusal."""

    reader: str
    number: int
    how: str
    code: int | None
    broken: tuple[str, ...]
    said: tuple[str, ...]
    seconds: float
    megabytes: float


def sizes(cases: int) -> dict[str, int]:
    """Return how many cases each reader has of so many in all: in the proportions of ``READERS``, at least one."""
    whole = sum(count for _, count in READERS.values())
    return {name: max(1, round(cases * count / whole)) for name, (_, count) in READERS.items()}


def results(reader: str, numbers: list[int], seed: int, stage: Stage, forked: bool = True) -> Iterator[Result]:
    """Yield the results of some cases of a reader.

    Args:
        reader: its name.
        numbers: of the cases.
        seed: of the campaign.
        stage: valid inputs.
        forked: make them in processes under limits; else in this one.
    """
    make_case = READERS[reader][0]

    def make(number: int) -> tuple[str, Seen]:
        return _made(make_case, reader, number, seed, stage)

    with without_long_work():
        coming = served(make, numbers) if forked else ((number, *make(number)) for number in numbers)
        for number, how, seen in coming:
            yield result_of(reader, number, how, seen)


def result_of(reader: str, number: int, how: str, seen: Seen) -> Result:
    """Hold what was seen against the law."""
    said = tuple(line[:700] for line in seen.err.splitlines()[:3])
    return Result(reader, number, how, seen.code, tuple(violations(seen)), said, round(seen.seconds, 3),
                  round(seen.megabytes, 1))  # fmt: skip


def _made(make_case: Reader, reader: str, number: int, seed: int, stage: Stage) -> tuple[str, Seen]:
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    try:
        case = make_case(stage, folder, Random(f"{seed}:{reader}:{number}"))
        return case.how, observe(case.call, folder, case.oracle)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Record:
    """Results of a campaign in a file of lines, so that it goes on where it was stopped."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.results: list[Result] = []
        if path.is_file():
            for line in path.read_text(encoding="utf-8").splitlines():
                held = json.loads(line)
                self.results.append(Result(**held | {"broken": tuple(held["broken"]), "said": tuple(held["said"])}))

    def missing(self, reader: str, count: int) -> list[int]:
        """Return the numbers of the cases that are not there yet."""
        there = {one.number for one in self.results if one.reader == reader}
        return [number for number in range(count) if number not in there]

    def add(self, result: Result) -> None:
        """Keep a result."""
        self.results.append(result)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(vars(result)) + "\n")

    def classes(self) -> Counter[tuple[str, str]]:
        """Count violations by reader and class: what was broken, without the particulars of one case."""
        return Counter((one.reader, broken.partition("'")[0][:90]) for one in self.results for broken in one.broken)
