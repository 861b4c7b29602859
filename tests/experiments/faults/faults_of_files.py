"""Faults of the files of a results folder: torn, altered, foreign, deleted, of the shards and of their index."""

from __future__ import annotations

import os
import random
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sim.experiments.storage import ledger
from tests.experiments.faults import folder_checks as checks
from tests.experiments.faults.stage import WORLDS, Stage, small_study

MADE = 3 * WORLDS


def shard_altered(alter: Callable[[Path], None], said: str = "") -> Callable[[Stage], str]:
    """A shard that is not what was written: its run is made again, and no other."""

    def case(stage: Stage) -> str:
        assert stage.command().code == 0
        alter(stage.shard_of("eased 1 0"))
        answer = stage.command()
        assert answer.code == 0, answer.text
        assert len(stage.engine.calls("simulate")) == MADE + 1
        stage.whole()
        return answer.sentence(said) if said else "8 runs finished earlier and were used again."

    return case


def cut(name: str) -> Callable[[Path], None]:
    """Half of a file is missing."""

    def alter(shard: Path) -> None:
        content = (shard / name).read_bytes()
        (shard / name).write_bytes(content[: len(content) // 2])

    return alter


def flip(path: Path, at: int, bit: int) -> None:
    """Alter one bit of a file; its size and its time of change stay."""
    content, before = bytearray(path.read_bytes()), path.stat()
    content[at] ^= 1 << bit
    path.write_bytes(bytes(content))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def one_bit(shard: Path) -> None:
    flip(shard / "series.parquet", 900, 3)


def remove(shard: Path) -> None:
    for path in shard.iterdir():
        path.unlink()
    shard.rmdir()


def flipped_bits(number: int, seed: int) -> Callable[[Stage], str]:
    """One bit of any file of any shard altered: the tables are those of the undisturbed study, or are made again so."""

    def case(stage: Stage) -> str:
        draw = random.Random(seed)
        assert stage.command().code == 0
        for _ in range(number):
            files = sorted(path for path in (stage.out / "shards").rglob("*") if path.is_file())
            path = draw.choice(files)
            where = (draw.randrange(path.stat().st_size), draw.randrange(8))
            flip(path, *where)
            answer = stage.command()
            assert answer.code == 0, (path.name, where, answer.text)
            assert checks.tables(stage.out) == stage.expected, (path.name, where)
            assert checks.leftovers(stage.out) == []
        return f"nothing in {number} cases: what is read is made again, the rest is left until it is needed"

    return case


def persons_altered(stage: Stage) -> str:
    """Persons of a reference run, altered after it was paired, are needed again when a scenario is added."""
    assert stage.command().code == 0
    flip(stage.shard_of("plain 1 0") / "persons.parquet", 700, 3)
    larger = small_study(stage.evidence, more=("late",))
    answer = stage.command(study=larger)
    assert answer.code == 0, answer.text
    stage.sound()
    assert len(stage.engine.calls("simulate plain 1 0")) == 2
    assert len(stage.engine.calls("simulate plain")) == WORLDS + 1
    fresh = Stage(stage.folder / "fresh", stage.evidence, {})
    assert fresh.command(study=larger).code == 0
    assert checks.tables(stage.out) == checks.tables(fresh.out)
    return answer.sentence("9 runs finished earlier and were used again.")


def ledger_altered(alter: Callable[[Path], None]) -> Callable[[Stage], str]:
    """Whatever happens to the index, no run is made again."""

    def case(stage: Stage) -> str:
        stage.command("raises")  # unfinished
        alter(stage.out / "ledger.sqlite")
        calls = len(stage.engine.calls("simulate"))
        answer = stage.command()
        assert answer.code == 0, answer.text
        assert len(stage.engine.calls("simulate")) == calls + 1
        stage.whole()
        return answer.sentence("8 runs finished earlier and were used again.")

    return case


def foreign(path: Path) -> None:
    with sqlite3.connect(path) as base:
        base.execute("PRAGMA user_version = 99")
    base.close()


def ledger_altered_at_work(stage: Stage) -> str:
    """The index is torn while the command is at work."""
    real = ledger.insert

    def insert(base: sqlite3.Connection, *rest: Any) -> int:
        number = real(base, *rest)
        if number == 5:
            content = bytearray((stage.out / "ledger.sqlite").read_bytes())
            content[4096:] = os.urandom(len(content) - 4096)
            (stage.out / "ledger.sqlite").write_bytes(content)
        return number

    with patch.object(ledger, "insert", insert):
        answer = stage.command()
    assert "Traceback" not in answer.text, answer.text
    stage.whole()
    return answer.text.strip().splitlines()[-1]


def garbage_beside(stage: Stage) -> str:
    """Files that other programs read are not believed by this one."""
    stage.command("raises")
    for name in ("study.json", "progress.json"):
        (stage.out / name).write_bytes(b"\xff{")
    (stage.out / "quarantine" / "notes.txt").write_text("mine")
    answer = stage.command()
    assert answer.code == 0, answer.text
    assert (stage.out / "quarantine" / "notes.txt").exists()
    stage.whole()
    return answer.sentence("8 runs finished earlier and were used again.")


CASES: dict[str, tuple[Callable[[Stage], str], bool]] = {
    "torn shard file": (shard_altered(cut("flows.parquet")), False),
    "torn receipt": (shard_altered(cut("receipt.json")), False),
    "shard removed": (shard_altered(remove), False),
    "flipped bit in a shard": (shard_altered(one_bit, "is damaged; its runs are made again"), False),
    "flipped bit in persons that are needed later": (persons_altered, False),
    "flipped bits anywhere, 4": (flipped_bits(4, 1), False),
    "flipped bits anywhere, 100": (flipped_bits(100, 2), False),
    "ledger torn": (ledger_altered(lambda path: os.truncate(path, path.stat().st_size // 2)), False),
    "ledger garbage": (ledger_altered(lambda path: path.write_bytes(os.urandom(5000)) and None), False),
    "ledger of another version": (ledger_altered(foreign), False),
    "ledger deleted": (ledger_altered(Path.unlink), False),
    "ledger torn while at work": (ledger_altered_at_work, True),
    "garbage in other files": (garbage_beside, False),
}  # fmt: skip
