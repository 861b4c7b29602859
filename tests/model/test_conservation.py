"""Nobody appears or vanishes: talents, firms and flows are counted each quarter against the columns themselves."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sim.model.closing import close_startups
from sim.model.flight import PROCESSES, FlightModel, Process
from sim.model.founding import found_startups
from sim.model.growth import grow_startups
from sim.model.migration import migrate_talents, renew_talents
from sim.model.relocation import relocate_startups
from sim.model.startups import CLOSED
from sim.settings import Settings
from tests.model.conservation import QUARTERS, violations
from tests.model.small_runs import Case, flight, with_process


def test_conservation_holds_each_quarter(case: Case) -> None:
    assert violations(case) == set()


def test_conservation_holds_for_one_agent_of_each_kind_per_hundred(prepare: Callable[..., Case]) -> None:
    assert violations(prepare(Settings(talent_scale=100, startup_scale=100, years=2))) == set()


# ---- twins ----------------------------------------------------------------------------------------------------


def teleports(model: FlightModel) -> None:
    migrate_talents(model)
    here = model.talents.data["place"]
    here[5] = (here[5] + 1) % model.places.count


def doubles_a_flow(model: FlightModel) -> None:
    migrate_talents(model)
    model.events.talent_flows[1] *= 2


def vanishes_a_firm(model: FlightModel) -> None:
    grow_startups(model)
    model.startups.data["status"][model.live_rows()[3]] = CLOSED


def counts_births_by_home(model: FlightModel) -> None:
    found_startups(model)
    model.events.counts["births"][:] = np.roll(model.events.counts["births"], 1)


def moves_without_flow(model: FlightModel) -> None:
    relocate_startups(model)
    model.events.startup_flows[:] = 0


def forgets_the_founder(model: FlightModel) -> None:
    kept = model.talents.data["firms"].copy()
    close_startups(model)
    model.talents.data["firms"][:] = kept


def spends_what_it_lacks(model: FlightModel) -> None:
    grow_startups(model)
    model.startups.data["cash"][model.live_rows()[:50]] -= 10**9


def renews_too_late(model: FlightModel) -> None:
    if model.quarter > 4:
        renew_talents(model)


def loses_a_number(model: FlightModel) -> None:
    grow_startups(model)
    model.startups.data["quality"][model.startups.size // 2] = np.nan


@pytest.mark.parametrize(
    ("name", "broken", "reported"),
    [
        ("migrate_talents", teleports, "talents: stock change"),
        ("migrate_talents", doubles_a_flow, "foreign talents: stock change"),
        ("grow_startups", vanishes_a_firm, "a firm appeared or vanished"),
        ("found_startups", counts_births_by_home, "startups: stock change"),
        ("relocate_startups", moves_without_flow, "startups: stock change"),
        ("close_startups", forgets_the_founder, "a founder's count"),
        ("grow_startups", spends_what_it_lacks, "negative cash"),
        ("renew_talents", renews_too_late, "outside a career"),
        ("grow_startups", loses_a_number, "not finite"),
    ],
)
def test_twins_that_break_conservation_are_reported(case: Case, name: str, broken: Process, reported: str) -> None:
    found = violations(case, with_process(name, broken))
    assert any(reported in text for text in found), found


def homeless_founders(case: Case, kind: type[FlightModel] = FlightModel) -> int:
    """Return founders of one firm, still living, who do not live where its headquarters is (scales equal)."""
    with flight(case, kind=kind) as model:
        for _ in range(QUARTERS):
            model.step()
        data, talents = model.startups.data, model.talents.data
        slot = data["founder_slot"]
        once = np.bincount(slot[slot >= 0], minlength=model.talents.size) == 1
        rows = model.live_rows()
        rows = rows[(slot[rows] >= 0) & once[np.maximum(slot[rows], 0)]]
        rows = rows[talents["generation"][slot[rows]] == data["founder_generation"][rows]]
        assert len(rows) > 50
        return int((talents["place"][slot[rows]] != data["hq"][rows]).sum())


def test_a_founder_lives_where_the_headquarters_is(prepare: Callable[..., Case]) -> None:
    case = prepare(Settings(talent_scale=100, startup_scale=100, years=2))
    assert homeless_founders(case) == 0

    def untied(model: FlightModel) -> None:
        kept = model.talents.data["firms"].copy()
        model.talents.data["firms"][:] = 0
        migrate_talents(model)
        model.talents.data["firms"][:] = kept

    assert homeless_founders(case, with_process("migrate_talents", untied)) > 0


def test_an_overflow_in_a_process_is_an_error(case: Case) -> None:
    def overflows(model: FlightModel) -> None:
        model.places.wage = np.exp(model.places.wage)

    with pytest.raises(FloatingPointError, match="overflow"):
        violations(case, with_process("update_places", overflows))


def test_the_processes_are_the_written_order() -> None:
    assert [process.__name__ for process in PROCESSES] == [
        "apply_policies", "act_cities", "update_places", "found_startups", "fund_startups", "grow_startups",
        "relocate_startups", "migrate_talents", "close_startups", "renew_talents",
    ]  # fmt: skip
