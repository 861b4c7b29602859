"""Room on disk: what was used longest ago goes, shared files count once, what is in use or not ours stays."""

from __future__ import annotations

import os
import time
from pathlib import Path

from sim.dashboard.ask import ASK, RESULTS
from sim.dashboard.room import make_room, seen

SIZE = 10_000


def run_of(cache: Path, name: str, age: float) -> Path:
    """A run of ``SIZE`` bytes and some, last used so many seconds ago."""
    folder = cache / name
    (folder / RESULTS).mkdir(parents=True)
    (folder / RESULTS / "runs.parquet").write_bytes(bytes(SIZE))
    (folder / ASK).write_text("{}")
    used(folder, age)
    return folder


def used(folder: Path, age: float) -> None:
    then = time.time() - age
    os.utime(folder / ASK, (then, then))


def test_the_run_used_longest_ago_goes_first(tmp_path):
    for age, name in ((3000, "b"), (5000, "a"), (4000, "c")):
        run_of(tmp_path, name, age)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_bytes(bytes(SIZE))
    assert make_room(tmp_path, 5 * SIZE) == 3 * (SIZE + 2)
    left = make_room(tmp_path, 2 * SIZE + 10)
    assert left == 2 * (SIZE + 2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b", "c", "mine"]
    seen(tmp_path / "c")
    make_room(tmp_path, 0)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["c", "mine"]


def test_files_that_runs_share_count_once(tmp_path):
    one, other = run_of(tmp_path, "a", 5000), run_of(tmp_path, "b", 10)
    (other / RESULTS / "shared").hardlink_to(one / RESULTS / "runs.parquet")
    assert make_room(tmp_path, 10 * SIZE) == 2 * (SIZE + 2)
    assert make_room(tmp_path, 2 * SIZE - 1) == 2 * SIZE + 2  # the file stays with the other one, which is in use
    assert not one.exists()


def test_a_sign_of_use_does_not_make_a_run(tmp_path):
    seen(tmp_path / "never")
    assert list(tmp_path.iterdir()) == []
