"""Damage led by coverage: an input that takes the program along a way not seen before is damaged further.

Ways are arcs between lines of the readers and of the TOML parser, as ``sys.settrace`` tells them. A library for this
would need a compiler, and say no more of readers in Python.
"""

from __future__ import annotations

import contextlib
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from types import FrameType
from typing import Any
from urllib.parse import parse_qsl, urlencode

import sim
from tests.fuzzing import oracles
from tests.fuzzing.campaign import Result, result_of
from tests.fuzzing.damage import damaged
from tests.fuzzing.law import Seen
from tests.fuzzing.links import GOOD
from tests.fuzzing.observing import Call, Oracle, observe
from tests.fuzzing.server import served
from tests.fuzzing.stage import Stage, without_long_work

Arc = tuple[str, int, int]
Target = Callable[[Stage, Path], tuple[Call, Oracle | None]]
HOMES = (str(Path(sim.__file__).parent), str(Path(tomllib.__file__).parent))
NAME = "guided"
"""Of the file: names of scenarios and sweeps are those of their files, so the seeds are given this one."""
CHUNK = 500
"""Cases of one process."""
SUFFIXES = {"posterior": ".csv"}


class Ways:
    """Arcs between lines that were seen so far."""

    def __init__(self) -> None:
        self.seen: set[Arc] = set()
        self.new = 0

    def watched(self, call: Call) -> Call:
        """Return the same call, with the arcs it takes taken down."""

        def within() -> int | None:
            before, others = len(self.seen), sys.gettrace()  # of who watches the tests, too
            sys.settrace(self._entered)
            try:
                return call()
            finally:
                sys.settrace(others)
                self.new = len(self.seen) - before

        return within

    def _entered(self, frame: FrameType, event: str, argument: Any) -> Any:
        file = frame.f_code.co_filename
        if not file.startswith(HOMES):
            return None
        last = frame.f_lineno

        def line(frame: FrameType, event: str, argument: Any) -> Any:
            nonlocal last
            self.seen.add((file, last, frame.f_lineno))
            last = frame.f_lineno
            return line

        return line


def _scenario(stage: Stage, path: Path) -> tuple[Call, Oracle | None]:
    from sim.cli import main

    return lambda: main(["check", str(path)]), lambda: oracles.of_scenario(path, stage.evidence)


def _sweep(stage: Stage, path: Path) -> tuple[Call, Oracle | None]:
    from sim.cli import main

    return lambda: main(["sweep", str(path), "--out", str(path.with_name("out"))]), oracles.of_study


def _link(stage: Stage, path: Path) -> tuple[Call, Oracle | None]:
    from sim.dashboard.link import board_of

    kept: list[Any] = []

    def call() -> None:
        from sim.dashboard.state import unknown_in
        from sim.errors import InputError

        board = board_of(dict(parse_qsl(path.read_bytes().decode("utf-8", "replace"), keep_blank_values=True)))
        if problems := unknown_in(board):
            raise InputError(problems)
        kept.append(board)

    return call, lambda: oracles.of_board(kept[0], stage.evidence)


def _posterior(stage: Stage, path: Path) -> tuple[Call, Oracle | None]:
    from sim.experiments.posterior_files import open_posterior

    for name in ("posterior.csv", "posterior.json"):
        shutil.copy(path if path.suffix == Path(name).suffix else stage.posterior / name, path.with_name(name))
    kept: list[Any] = []

    def call() -> None:
        kept.append(open_posterior(stage.evidence, path.parent))

    return call, lambda: oracles.of_posterior(kept[0], stage.evidence)


TARGETS: dict[str, Target] = {"scenario": _scenario, "sweep": _sweep, "link": _link, "posterior": _posterior}


def seeds(target: str, stage: Stage) -> list[bytes]:
    """Return the valid inputs that damage begins with."""
    if target == "link":
        return [urlencode(link).encode() for link in GOOD]
    if target == "posterior":  # a few of its lines take every way that all of them do
        return [b"".join((stage.posterior / "posterior.csv").read_bytes().splitlines(keepends=True)[:6])]
    files = stage.scenarios if target == "scenario" else stage.sweeps
    return [path.read_bytes().replace(f'"{path.stem}"'.encode(), f'"{NAME}"'.encode(), 1) for path in files]


def guided(
    target: str, numbers: Sequence[int], seed: int, stage: Stage, corpus: Path | None = None
) -> Iterator[Result]:
    """Yield the results of cases of a target, each a damaged one of those that led somewhere new.

    Args:
        target: one of ``TARGETS``.
        numbers: of the cases; those before them are where the next ones begin, so that they are not the same if a
            campaign is cut otherwise.
        seed: of the campaign.
        stage: valid inputs.
        corpus: a folder for inputs that led somewhere new: what is in it is gone on from, also by another process.
    """
    with contextlib.ExitStack() as stack:
        folder = corpus or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="corpus-")))
        folder.mkdir(parents=True, exist_ok=True)
        stack.enter_context(without_long_work())
        for at in range(0, len(numbers), CHUNK):
            search = Search(target, seed, stage, folder)
            for number, how, seen in served(search.case, numbers[at : at + CHUNK]):
                yield result_of(f"guided {target}", number, how, seen)


class Search:
    """What one process knows: inputs that led somewhere new, its own and those of the processes before it.

    Each is read from the corpus when the first case is made: in the forked process, as is the case that follows one
    that killed its process.
    """

    def __init__(self, target: str, seed: int, stage: Stage, corpus: Path) -> None:
        self._target, self._seed, self._stage, self._corpus = target, seed, stage, corpus
        self._ways, self._held = Ways(), list[bytes]()

    def case(self, number: int) -> tuple[str, Seen]:
        """Make a case by its number."""
        if not self._held:
            files = sorted(self._corpus.iterdir(), key=lambda path: int(path.name))
            self._held = [*seeds(self._target, self._stage), *(path.read_bytes() for path in files)]
            for content in self._held:
                self._observed(content)
        luck = Random(f"{self._seed}:guided:{self._target}:{number}")
        # Late finds first: every second case goes on from one of the last twenty.
        chosen = luck.choice(self._held[-20:] if luck.random() < 0.5 else self._held)
        how, content = damaged(chosen, SUFFIXES.get(self._target, ".toml"), luck.choice(self._held), luck)
        seen = self._observed(content)
        if self._ways.new and len(content) < 50_000:
            self._held.append(content)
            (self._corpus / f"{number}").write_bytes(content)
        return f"{how} ({len(self._held)} held, {len(self._ways.seen)} arcs)", seen

    def _observed(self, content: bytes) -> Seen:
        folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
        try:
            path = folder / f"{NAME}{SUFFIXES.get(self._target, '.toml')}"
            path.write_bytes(content)
            call, oracle = TARGETS[self._target](self._stage, path)
            return observe(self._ways.watched(call), folder, oracle)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
