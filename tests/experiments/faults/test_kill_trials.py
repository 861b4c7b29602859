"""Kill trials: whatever is killed, whenever: nothing is lost, made again, torn, left behind or different."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.experiments.faults.kill_trials import carry_out_trials, table
from tests.experiments.faults.trials import KINDS, undisturbed

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kills and inspects processes as Linux has them")
SEED = 11


def problems(folder: Path, numbers: list[int], size: tuple[int, ...] = ()) -> list[str]:
    normal = undisturbed(folder / "undisturbed", size)
    trials = carry_out_trials(numbers, SEED, folder, normal, at_once=2)
    assert len(table(trials).splitlines()) == len(KINDS) + 2
    assert sum(trial.struck for trial in trials) > 0
    return [f"{trial.kind} {trial.moments}: {problem}" for trial in trials for problem in trial.problems]


@pytest.mark.long
def test_one_kill_trial(tmp_path: Path) -> None:
    assert problems(tmp_path, [KINDS.index("all, at a step")], (3, 3, 1, 1)) == []


@pytest.mark.torture
def test_two_hundred_kill_trials(tmp_path: Path) -> None:
    assert problems(tmp_path, list(range(200))) == []
