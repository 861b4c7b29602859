"""Workers that are loaded beforehand: whoever wants others gets none of them, and nothing is loaded twice."""

from __future__ import annotations

from dataclasses import dataclass

from sim.experiments.running import warm
from sim.experiments.running.warm import LoadedOnce, keep_warm, take_warm

loaded: list[int] = []


@dataclass(frozen=True)
class Counted:
    """An engine that says when it is loaded."""

    number: int

    def warm_up(self) -> None:
        loaded.append(self.number)


def test_an_engine_is_loaded_once_a_process():
    for number in (1, 2, 1, 2):
        LoadedOnce(Counted(number)).warm_up()
    assert loaded == [1, 2]


def test_a_driver_takes_workers_of_its_kind_once(tmp_path):
    assert take_warm(2, tmp_path, 1, 60.0) is None
    keep_warm(Counted(3), 2, 60.0, loaded=0)
    pool = take_warm(2, tmp_path, 1, 60.0)
    assert pool is not None
    assert pool.slots() == 2
    assert take_warm(2, tmp_path, 1, 60.0) is None
    for other in ((3, tmp_path, 1, 60.0), (2, tmp_path, 2, 60.0), (2, tmp_path, 1, None)):
        keep_warm(Counted(3), 2, 60.0, loaded=0)
        assert take_warm(*other) is None
    assert warm._held is None
