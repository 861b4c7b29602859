"""A campaign: so many damaged inputs of each reader, held against the law; goes on where it was stopped.

``python -m tests.fuzzing --cases 12000 --seed 1``. Case n of a reader depends on seed, reader and n alone.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from tests.fuzzing.law import Seen, violations
from tests.fuzzing.model_runs import hold
from tests.fuzzing.observing import observe
from tests.fuzzing.readers import READERS, WITHOUT_FILES, Reader, Untouched
from tests.fuzzing.server import served
from tests.fuzzing.stage import Stage, version, without_long_work

WAITING: tuple[str, ...] = ()
"""Readers whose sources decide digests of the fit: what is found in them waits for the next one, and is told apart."""
REPEATING = ("rerun", "verify")
"""Readers that make runs of the model."""
CONTROL = -1
"""Number of the case whose input nobody damages."""


@dataclass(frozen=True)
class Result:
    """One case. ``broken``: in what the law was; ``said``: first lines said; ``version``: of the sources."""

    reader: str
    number: int
    how: str
    code: int | None
    broken: tuple[str, ...]
    said: tuple[str, ...]
    seconds: float
    megabytes: float
    version: str = ""


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

    if reader in REPEATING and (stage.study / "study.json").is_file():
        hold(stage.study, version())
    with without_long_work():
        coming = served(make, numbers) if forked else ((number, *make(number)) for number in numbers)
        for number, how, seen in coming:
            yield result_of(reader, number, how, seen)


def result_of(reader: str, number: int, how: str, seen: Seen) -> Result:
    """Hold what was seen against the law."""
    said = tuple(line[:700] for line in (seen.err or seen.out).splitlines()[:3])
    return Result(reader, number, how, seen.code, tuple(violations(seen)), said, round(seen.seconds, 3),
                  round(seen.megabytes, 1), version())  # fmt: skip


def controls(reader: str, stage: Stage, forked: bool = True) -> list[Result]:
    """Return the results of an input of a reader that nobody damaged: it must be accepted, or its cases try nothing."""
    if reader in WITHOUT_FILES:
        return []
    (found,) = results(reader, [CONTROL], 0, stage, forked)
    why = () if found.code == 0 else (f"a valid input is refused: {' '.join(found.said)[:200]}",)
    return [replace(found, broken=found.broken + why)]


def _made(make_case: Reader, reader: str, number: int, seed: int, stage: Stage) -> tuple[str, Seen]:
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    luck = Untouched("control") if number == CONTROL else Random(f"{seed}:{reader}:{number}")
    try:
        case = make_case(stage, folder, luck)
        return case.how, observe(case.call, folder, case.oracle, case.names)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Record:
    """Results of a campaign in a file of lines, so that it goes on where it was stopped.

    A case that was against the law of an earlier version is made anew; what it was before stays in the file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._held: dict[tuple[str, int], Result] = {}
        self.mended = 0
        if path.is_file():
            whole, end, _ = path.read_bytes().rpartition(b"\n")  # a campaign that is stopped may leave half a line
            path.write_bytes(whole + end)
            for line in whole.decode("utf-8").splitlines():
                held = json.loads(line)
                self._keep(Result(**held | {"broken": tuple(held["broken"]), "said": tuple(held["said"])}))

    @property
    def results(self) -> list[Result]:
        """The last result of each case."""
        return list(self._held.values())

    def of(self, reader: str) -> list[Result]:
        """Return the results of a reader."""
        return [one for one in self._held.values() if one.reader == reader]

    def missing(self, reader: str, count: int) -> list[int]:
        """Return the numbers of the cases that are not there, or were against the law of another version."""
        there = {one.number for one in self.of(reader) if not one.broken or one.version == version()}
        return [number for number in range(count) if number not in there]

    def add(self, result: Result) -> None:
        """Keep a result."""
        self._keep(result)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(vars(result)) + "\n")

    def classes(self) -> Counter[tuple[str, str]]:
        """Count violations by reader and class: what was broken, without the particulars of one case."""
        return Counter((one.reader, broken.partition("'")[0][:90]) for one in self.results for broken in one.broken)

    def told(self) -> str:
        """Return how many cases there are of which version, and how they ended."""
        found = self.results
        ended = Counter({0: "accepted", 2: "refused"}.get(one.code or 0, "else") for one in found if not one.broken)
        of = ", ".join(f"{count} of {name or '?'}" for name, count in Counter(one.version for one in found).items())
        return (
            f"{len(found)} cases ({of}): {ended['refused']} refused, {ended['accepted']} accepted, "
            f"{sum(bool(one.broken) for one in found)} against the law, {self.mended} that were and are no more; "
            f"{sum(one.seconds for one in found):.0f} s of a processor in the program itself."
        )

    def _keep(self, result: Result) -> None:
        before = self._held.get(key := (result.reader, result.number))
        self.mended += bool(before and before.broken and not result.broken)
        self._held[key] = result
