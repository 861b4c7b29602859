"""Processes that are killed in the middle of writing or joining shards, one at each of many moments.

    python -m tests.experiments.storage.kill_points <folder> <how many>

leaves ``<folder>/<act>-<n>/`` as the n-th process left it. A moment is a call of a function, so none is missed in
principle; the processes are forks of one that has everything loaded.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from sim.evidence import Evidence, load_evidence
from sim.experiments.storage.compacting import compact
from tests.experiments.storage.made_shards import Folder, study_of

BEFORE = [[0, 1], [2, 3], [3]]
WRITTEN = [4, 5, 6]
WORLDS = 4
ACTS = ("write", "compact")


def folder_of(place: Path, evidence: Evidence) -> Folder:
    """Return the folder whose processes are killed."""
    return Folder(place, study_of(WORLDS, keep=("flows", "pairs", "persons")), evidence)


def act(what: str, folder: Folder) -> None:
    """Write a shard and tell the ledger, or join all there are."""
    ledger = folder.ledger()
    if what == "write":
        ledger.add(folder.shard(WRITTEN))
    else:
        compact(folder.results, ledger)
    ledger.close()


def in_child(work: Callable[[], object]) -> int:
    """Do something in a fork; return what became of it."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1]


def counted(work: Callable[[], None], note: Path, die_at: int | None) -> None:
    """Do something and note how many calls it took; end this process without notice at one of them."""
    calls = 0

    def watch(frame: FrameType, event: str, argument: object) -> None:
        nonlocal calls
        if event in ("call", "c_call"):
            calls += 1
            if calls == die_at:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(watch)
    work()
    sys.setprofile(None)
    note.write_text(str(calls))


def main(place: Path, number: int) -> None:
    """Kill so many processes at each act."""
    evidence = load_evidence()
    start = place / "start"
    assert in_child(lambda: folder_of(start, evidence).shards(BEFORE)) == 0
    for what in ACTS:
        for n in range(number + 1):
            results, note = place / f"{what}-{n}", place / f"{what}.txt"
            shutil.copytree(start, results)
            die_at = None if n == 0 else max(1, int(note.read_text()) * n // (number + 1))
            ended = in_child(lambda: counted(lambda: act(what, folder_of(results, evidence)), note, die_at))  # noqa: B023
            assert os.WIFSIGNALED(ended) == (n > 0), (what, n, ended)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
