"""Subclasses of the model that add, replace or move a process."""

from __future__ import annotations

from functools import partial

import pytest

from sim.model.flight import PROCESSES, FlightModel, simulate
from sim.model.founding import found_startups
from sim.model.migration import migrate_talents
from sim.model.processes import added, name_of, replaced
from sim.settings import Settings
from tests.model.small_runs import SMALL, Case, differences, flight, policy, run


def look_around(model: FlightModel) -> None:
    """Process: changes nothing."""
    model.talents.select(model.talents.get("place") == 3).agg("age", max)
    model.startups.living().groupby("hq").count()


def nobody_moves(model: FlightModel) -> None:
    """Process: all stay."""


def pay_rises(model: FlightModel, factor: float) -> None:
    """Process: wages of French places are another factor of what the market makes them."""
    model.places.select(model.places.is_french).do(lambda place: setattr(place, "wage", factor * place.wage))


class Looking(FlightModel):
    processes = added(PROCESSES, look_around, before=found_startups)


class Still(FlightModel):
    processes = replaced(PROCESSES, migrate_talents, nobody_moves)


class Paying(FlightModel):
    processes = added(PROCESSES, partial(pay_rises, factor=1.5), before="found_startups")


def test_an_added_idle_process_changes_no_byte(case: Case) -> None:
    usual, looked = run(case), run(case, kind=Looking)
    assert differences(usual, looked) == []
    assert list(looked.timings).index("look_around") == list(looked.timings).index("found_startups") - 1
    assert looked.timings["look_around"] > 0.0
    assert set(looked.timings) - set(usual.timings) == {"look_around"}


def test_twin_an_added_process_that_acts_is_told_apart(case: Case) -> None:
    assert "flows" in differences(run(case), run(case, kind=Paying))


def test_a_replaced_process_changes_results(case: Case) -> None:
    still = run(case, kind=Still)
    assert {"series", "flows"} <= set(differences(run(case), still))
    assert "migrate_talents" not in still.timings
    assert "nobody_moves" in still.timings
    assert FlightModel.processes == PROCESSES


def test_orders_are_edited_as_tuples() -> None:
    assert replaced(PROCESSES, "migrate_talents", nobody_moves) == Still.processes
    assert len(Still.processes) == len(PROCESSES)
    assert Still.processes.index(nobody_moves) == PROCESSES.index(migrate_talents)
    assert added(PROCESSES, look_around)[-1] is look_around
    assert replaced(Still.processes, nobody_moves, migrate_talents) == PROCESSES
    assert [name_of(process) for process in Paying.processes].index("pay_rises") == PROCESSES.index(found_startups)
    for edit in (lambda: replaced(PROCESSES, "sleep", look_around), lambda: added(PROCESSES, look_around, before=run)):
        with pytest.raises(ValueError, match=r"no process '(sleep|run)', only: apply_policies, act_cities,"):
            edit()


def test_a_model_of_the_central_world_runs_as_the_command_does(case: Case) -> None:
    settings = Settings(SMALL.talent_scale, SMALL.startup_scale, years=1)
    model = Looking.in_central_world(settings=settings, seed=7)
    assert isinstance(model, Looking)
    for _ in range(settings.quarters):
        model.step()
    records = simulate(policy(), model.world, model.evidence, model.start, settings, int(model.key))
    assert differences(model.records(), records) == []
    assert model.world.digest == case.world.digest
    with flight(case) as other:
        assert int(other.key) != int(model.key)
