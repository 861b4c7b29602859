"""Faults of the folder and the machine: full, read-only, clocks, leftovers of the dead, others in the same folder."""

from __future__ import annotations

import errno
import json
import os
import resource
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from sim.cli.alone import alone
from sim.experiments.storage import ledger
from tests.experiments.faults.processes import ROOT
from tests.experiments.faults.stage import WORLDS, Said, Stage

YEAR = 365 * 86400.0
DEAD = 4_194_303  # above the number of any process that Linux gives out by default
MADE = 3 * WORLDS


def refused(stage: Stage, answer: Said, reason: str) -> str:
    """See that a command which could not go on said why in one line, and left all that is there whole."""
    assert answer.code == 2, answer.text
    assert "Traceback" not in answer.text, answer.text
    stage.sound()
    return answer.sentence(reason)


def no_room(real: Callable[..., Any], nth: int) -> Callable[..., Any]:
    """Return the call that fails from the n-th time on as on a full disk."""
    calls = [0]

    def call(*args: Any, **options: Any) -> Any:
        calls[0] += 1
        if calls[0] >= nth:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(*args, **options)

    return call


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond so many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def full_while_shards_are_written(stage: Stage) -> str:
    with patch.object(os, "fsync", no_room(os.fsync, 40)):
        answer = stage.command()
    assert 0 < len(stage.kept()) < MADE
    told = refused(stage, answer, "no space left on device")
    stage.whole()
    return told


def full_while_tables_are_written(stage: Stage) -> str:
    assert stage.command().code == 0
    (stage.out / "runs.parquet").unlink()
    with largest_file(20_000):  # the ledger fits, a table does not
        answer = stage.command()
    told = refused(stage, answer, "Finished runs are kept in ")
    assert len(stage.kept()) == MADE
    stage.whole()
    return told


def full_while_the_ledger_is_written(stage: Stage) -> str:
    def full(*args: Any) -> int:
        raise sqlite3.OperationalError("database or disk is full")

    with patch.object(ledger, "insert", full):
        answer = stage.command()
    told = refused(stage, answer, "database or disk is full")
    assert len(stage.kept()) == 1  # its shard was in its place
    stage.whole()
    return told


def full_while_a_run_is_put_into_quarantine(stage: Stage) -> str:
    from sim.experiments.running import quarantine

    with patch.object(quarantine, "write_text", no_room(lambda *_: None, 1)):
        answer = stage.command("raises")
    told = refused(stage, answer, "no space left on device")
    stage.whole()
    return told


def in_namespace(case: str) -> Callable[[Stage], str]:
    """A real file system that is full or read-only, in a mount namespace of its own."""

    def run(stage: Stage) -> str:
        stage.out.mkdir()
        expected = stage.folder / "expected.json"
        expected.write_text(json.dumps(stage.expected), encoding="utf-8")
        done = subprocess.run(
            ["unshare", "-rm", sys.executable, "-m", "tests.experiments.faults.real_disks", case, str(stage.folder)],
            cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    return run


def odd_files(stage: Stage) -> str:
    """Files of the dead, of other machines and of nobody: what is stale goes, what may live stays."""
    host, out = socket.gethostname(), stage.out
    (out / "shards").mkdir(parents=True)
    (out / "quarantine").mkdir()
    (out / ".lock").write_text("a driver that died")
    (out / "ledger.sqlite-journal").write_bytes(os.urandom(1000))
    stale = [
        out / f".driver-{host}-{DEAD}-0123abcd", out / "shards" / f".{host}.{DEAD}.0123abcd.tmp",
        out / f".runs.parquet@{host}.{DEAD}.0123abcd.tmp", out / "quarantine" / f".x.txt@{host}.{DEAD}.0123abcd.tmp",
        out / ".driver-elsewhere-7-0123abcd", out / "shards" / ".elsewhere.7.0123abcd.tmp",
    ]  # fmt: skip
    living = [
        out / f".driver-{host}-{os.getpid()}-0123abcd", out / "shards" / f".{host}.{os.getpid()}.0123abcd.tmp",
        out / ".driver-elsewhere-8-0123abcd", out / "shards" / ".elsewhere.8.0123abcd.tmp",
    ]  # fmt: skip
    for path in (*stale, *living):
        path.mkdir()
        (path / "file").touch()
    long_ago = time.time() - 2 * 86400.0
    for path in (*stale, *living[:2]):  # a process of this machine lives, however old its folder is
        os.utime(path, (long_ago, long_ago))
    answer = stage.command()
    assert answer.code == 0, answer.text
    assert [path for path in stale if path.exists()] == []
    assert [path for path in living if not path.exists()] == []
    for path in living:
        (path / "file").unlink()
        path.rmdir()
    stage.whole()
    return answer.sentence("9 runs of 1 year, into")


def clock_set(by: float) -> Callable[[Stage], str]:
    """Somebody sets the clock while the command is at work: nobody's folder goes, nothing is lost."""

    def case(stage: Stage) -> str:
        real, begun = time.time, time.monotonic()
        other = stage.out / ".driver-elsewhere-8-0123abcd"
        other.mkdir(parents=True)

        def now() -> float:
            return real() + (by if time.monotonic() - begun > 0.3 else 0.0)

        with patch.object(time, "time", now):
            answer = stage.command()
            assert answer.code == 0, answer.text
            assert other.exists()
            stage.command()
        assert other.exists()
        other.rmdir()
        stage.whole()
        return "nothing: the command does not ask the clock"

    return case


def second_driver(stage: Stage) -> str:
    stage.command("raises")
    with alone(stage.out):
        answer = stage.command()
        told = refused(stage, answer, "another command is writing into this folder")
    stage.whole()
    return told


def folder_removed(stage: Stage) -> str:
    answer = stage.command("removes the driver's folder")
    told = refused(stage, answer, "was removed while its workers were at work")
    assert 0 < len(stage.kept()) < MADE
    stage.whole()
    return told


def odd_name(stage: Stage) -> str:
    stage.out = stage.folder / "Été à l'œuvre; $HOME [1] 人才"
    answer = stage.command("", 1, chunk_seconds=20.0)
    assert answer.code == 0, answer.text
    stage.whole()
    return answer.sentence("人才")


def many_parts(stage: Stage) -> str:
    """Two commands fill one folder, each a part; the whole one finds all made."""
    for nth in (1, 2):
        answer = stage.command(part=(nth, 2))
        assert answer.code == 0, answer.text
    assert len(stage.engine.calls("simulate")) == MADE
    stage.whole()
    assert len(stage.engine.calls("simulate")) == MADE
    return answer.sentence("of part 2 of 2 are finished")


CASES: dict[str, tuple[Callable[[Stage], str], bool]] = {
    "disk full: shards": (full_while_shards_are_written, True),
    "disk full: tables": (full_while_tables_are_written, False),
    "disk full: ledger": (full_while_the_ledger_is_written, True),
    "disk full: quarantine": (full_while_a_run_is_put_into_quarantine, False),
    "disk full: a real one of 400 kB": (in_namespace("full"), False),
    "read-only folder: a real one": (in_namespace("read-only"), False),
    "clock set a year on": (clock_set(YEAR), True),
    "clock set a year back": (clock_set(-YEAR), False),
    "second driver in one folder": (second_driver, False),
    "locks and folders of the dead": (odd_files, True),
    "driver's folder removed at work": (folder_removed, True),
    "two drivers, a part each": (many_parts, False),
    "odd signs in the folder's name": (odd_name, False),
}  # fmt: skip
