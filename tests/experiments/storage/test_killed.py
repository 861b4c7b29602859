"""A process may be killed at any moment: what it left is taken up, and nothing that was whole is lost."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sim.evidence import Evidence
from tests.experiments.storage.kill_points import ACTS, BEFORE, WRITTEN, folder_of
from tests.experiments.storage.made_shards import Folder

ROOT = Path(__file__).parents[3]


def killed(place: Path, number: int) -> None:
    command = [sys.executable, "-m", "tests.experiments.storage.kill_points", str(place), str(number)]
    subprocess.run(command, cwd=ROOT, check=True, timeout=3600)


def outcome(folder: Folder, what: str, expected: dict[str, bytes]) -> int:
    """Check what a killed process left, make the rest, and return how many runs were finished."""
    before = {run for chunk in BEFORE for run in chunk}
    finished = set(folder.finished())
    # A shard is there as a whole or not at all.
    assert finished in ([before] if what == "compact" else [before, before | set(WRITTEN)])
    assert list((folder.results / "shards").glob(".*")) == []
    folder.shard([run for run in range(len(folder.ids)) if run not in finished])
    assert folder.tables() == expected
    return len(finished)


def check(place: Path, number: int, evidence: Evidence) -> None:
    whole = folder_of(place / "whole", evidence)
    whole.every(3)
    expected = whole.tables()
    killed(place, number)
    for what in ACTS:
        found = [outcome(folder_of(place / f"{what}-{n}", evidence), what, expected) for n in range(number + 1)]
        if what == "write":
            assert len(set(found)) == 2  # some were killed before their shard was there, some after


@pytest.mark.long
def test_a_process_killed_at_any_moment_leaves_no_half_shard(evidence: Evidence, tmp_path: Path) -> None:
    check(tmp_path, 6, evidence)


@pytest.mark.torture
def test_a_process_killed_at_a_thousand_moments_leaves_no_half_shard(evidence: Evidence, tmp_path: Path) -> None:
    check(tmp_path, 500, evidence)
