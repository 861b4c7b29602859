"""Tables are the same bytes however the runs are made: a few cases here, two hundred by ``make torture``."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.experiments.fake_model import FakeEngine, FakeRecords
from tests.experiments.running.same_bytes import ROOT, Bench, Step, steps_of, studies


@dataclass(frozen=True)
class Forgetful(FakeEngine):
    """Takes its luck from a shared stream, so that a run depends on those made before it in the same process."""

    def simulate(self, scenario: Any, world: Any, evidence: Any, start: str, settings: Any, *keys: int) -> FakeRecords:
        LUCK.append(len(LUCK))
        return super().simulate(scenario, world, evidence, start, settings, *keys[:-1], LUCK[-1])


LUCK: list[int] = []


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    (tmp_path / "log").mkdir()
    bench = Bench(tmp_path, FakeEngine(tmp_path / "log"))
    yield bench
    bench.close()


@pytest.mark.long
def test_tables_are_the_same_bytes_in_cases_drawn_at_random(bench: Bench) -> None:
    random_ = random.Random(5)
    known = [study.with_points(study.points.first(2)) for study in studies(random_, 6)]
    for study in known[:3]:
        steps = steps_of(random_, study, ("serial",), apart=0.0)
        assert bench.differing(study, steps) == [], steps
    study = known[5]
    first = Step(study.with_points(study.points.first(1)))
    for step in (Step(study, "pool", 2, 0.02, hash_seeds=(7,)), Step(study, "dask", 1, 0.02)):
        assert bench.differing(study, [first, step]) == [], step


def test_runs_that_depend_on_the_order_in_which_they_are_made_are_found_out(bench: Bench, tmp_path: Path) -> None:
    study = studies(random.Random(5), 2)[1]
    study = study.with_points(study.points.first(2))
    found = bench.differing(study, [Step(study)], Forgetful(tmp_path / "log"))
    assert {"runs.parquet", "series.parquet"} <= set(found)


@pytest.mark.torture
def test_tables_are_the_same_bytes_in_two_hundred_cases() -> None:
    command = [sys.executable, "-W", "error", "-m", "tests.experiments.running.same_bytes", "--cases", "200"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
