"""Damage led by coverage: an input that takes the program along a way not seen before is damaged further.

Ways are arcs between lines of the readers and of the TOML parser, as ``sys.settrace`` tells them. A library for this
would need a compiler, and say no more of readers in Python.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator
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


class Ways:
    """Arcs between lines that were seen so far."""

    def __init__(self) -> None:
        self.seen: set[Arc] = set()
        self.new = 0

    def watched(self, call: Call) -> Call:
        """Return the same call, with the arcs it takes taken down."""

        def within() -> int | None:
            before = len(self.seen)
            sys.settrace(self._entered)
            try:
                return call()
            finally:
                sys.settrace(None)
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


TARGETS: dict[str, Target] = {"scenario": _scenario, "sweep": _sweep, "link": _link}


def seeds(target: str, stage: Stage) -> list[bytes]:
    """Return the valid inputs that damage begins with."""
    if target == "link":
        return [urlencode(link).encode() for link in GOOD]
    files = stage.scenarios if target == "scenario" else stage.sweeps
    return [path.read_bytes().replace(f'"{path.stem}"'.encode(), f'"{NAME}"'.encode(), 1) for path in files]


def guided(target: str, cases: int, seed: int, stage: Stage) -> Iterator[Result]:
    """Yield the results of so many cases of a target, each a damaged one of those that led somewhere new."""
    ways, held, luck = Ways(), seeds(target, stage), Random(f"{seed}:guided:{target}")

    def make(number: int) -> tuple[str, Seen]:
        folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
        try:
            path = folder / f"{NAME}.toml"
            # Late finds first: every second case goes on from one of the last twenty.
            chosen = luck.choice(held[-20:] if luck.random() < 0.5 else held)
            how, content = damaged(chosen, ".toml", luck.choice(held), luck)
            path.write_bytes(content)
            call, oracle = TARGETS[target](stage, path)
            seen = observe(ways.watched(call), folder, oracle)
            if ways.new and len(content) < 50_000:
                held.append(content)
            return f"{how} ({len(held)} held, {len(ways.seen)} arcs)", seen
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    with without_long_work():
        for number, how, seen in served(make, range(cases)):
            yield result_of(f"guided {target}", number, how, seen)
