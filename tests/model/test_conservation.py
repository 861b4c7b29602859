"""Nobody appears or vanishes: talents, firms and flows are counted each quarter against the columns themselves."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sim.model.closing import close_startups
from sim.model.flight import PROCESSES, FlightModel, Process
from sim.model.founding import found_startups
from sim.model.growth import grow_startups
from sim.model.levers import LEVERS
from sim.model.migration import migrate_talents, renew_talents
from sim.model.relocation import relocate_startups
from sim.model.startups import ALIVE, CLOSED
from sim.settings import Settings
from tests.model.small_runs import Case, flight, with_process

QUARTERS = 8
FLOATS = ("wage", "office_rent", "flat_rent", "fibre", "mobile", "awareness", "capital_meur")
STOCKS = ("talents", "talents_french", "startups", "startups_french", "champions", "champions_french", "jobs")


def by_place(values: np.ndarray, places: int) -> np.ndarray:
    return np.bincount(values, minlength=places)


def violations(case: Case, kind: type[FlightModel] = FlightModel) -> set[str]:
    """Run a package of all levers and return which laws of conservation fail in some quarter."""
    found: set[str] = set()
    renewed: dict[str, np.ndarray] = {}

    def renew_and_note(model: FlightModel) -> None:
        before = model.talents.data["place"].copy()
        renew(model)
        after = model.talents.data["place"]
        count = model.places.count
        french = model.geography.is_french[model.talents.data["origin"]]
        moved = before != after
        for name, who in (("french", moved & french), ("foreign", moved & ~french)):
            renewed[name] = by_place(after[who], count) - by_place(before[who], count)

    position = [p.__name__ for p in kind.processes].index("renew_talents")
    renew = kind.processes[position]
    renew_and_note.__name__ = "renew_talents"
    watched: tuple[Process, ...] = (*kind.processes[:position], renew_and_note, *kind.processes[position + 1 :])
    watching = type("Watching", (kind,), {"processes": watched})
    with flight(case, *(lever() for lever in LEVERS.values()), kind=watching) as model:
        slots = model.talents.data["slot"].copy()
        for _ in range(QUARTERS):
            before = (model.talent_counts, model.talent_counts_french, model.startup_counts, model.startups.size)
            model.step()
            found |= talent_laws(model, before[0], before[1], renewed, slots)
            found |= startup_laws(model, before[2].by_place, before[2].french, before[3])
        found |= record_laws(model)
    return found


def talent_laws(model, counts, french, renewed, slots) -> set[str]:  # type: ignore[no-untyped-def]
    data, found = model.talents.data, set()
    if model.talents.size != len(slots) or not np.array_equal(data["slot"], slots):
        found.add("a talent appeared or vanished")
    inflow = model.events.talent_flows.sum(axis=1) - model.events.talent_flows.sum(axis=2)
    change_french = model.talent_counts_french - french
    if not np.array_equal(change_french, inflow[0] + renewed["french"]):
        found.add("French talents: stock change is not flows and renewals")
    change = model.talent_counts - counts - change_french
    if not np.array_equal(change, inflow[1] + renewed["foreign"]):
        found.add("foreign talents: stock change is not flows and renewals")
    if (data["firms"] < 0).any():
        found.add("a talent has fewer than no firms")
    ages = model.quarter - data["entry"]
    if (ages < 0).any() or (ages >= model.talent_table.rates.career_quarters).any():
        found.add("a talent works outside a career")
    return found


def startup_laws(model, counts, french, rows) -> set[str]:  # type: ignore[no-untyped-def]
    data, events, found = model.startups.data, model.events, set()
    flows = events.startup_flows.sum(axis=1) - events.startup_flows.sum(axis=2)
    change = model.startup_counts.by_place - counts
    if not np.array_equal(
        change, events.counts["births"] + flows.sum(axis=0) - events.counts["closures"] - events.counts["exits"]
    ):
        found.add("startups: stock change is not births, flows, closures and sales")
    total = model.startup_counts.by_place.sum() - counts.sum()
    if total != events.counts["births"].sum() - events.counts["closures"].sum() - events.counts["exits"].sum():
        found.add("startups: a firm appeared or vanished")
    if (
        model.startups.size - rows != events.counts["births"].sum()
        or len(np.unique(data["uid"])) != model.startups.size
    ):
        found.add("startups: rows are not births")
    born_in_france = events.counts["births"][model.geography.is_french].sum()
    lost = events.counts["closures_french"].sum() + sold_french(model)
    if model.startup_counts.french.sum() - french.sum() != born_in_france - lost:
        found.add("startups founded in France: stock change is not births, closures and sales")
    live = model.live_rows()
    if (data["headcount"][live] < 1).any() or (data["cash"][live] < 0).any() or (data["raised"] < 0).any():
        found.add("a living firm has no staff or negative cash")
    if model.startup_counts.staff.sum() != data["headcount"][live].sum():
        found.add("staff by place does not add up to headcount")
    # A talent's number of firms is the number of living firms that name this person.
    slot, generation = data["founder_slot"][live], data["founder_generation"][live]
    known = slot >= 0
    same = model.talents.data["generation"][np.where(known, slot, 0)] == generation
    owned = np.bincount(slot[known & same], minlength=model.talents.size)
    if not np.array_equal(owned, model.talents.data["firms"]):
        found.add("a founder's count of firms is not the firms")
    return found


def sold_french(model: FlightModel) -> int:
    """Return sales this quarter of firms founded in France: all status changes less closures and earlier ones."""
    gone = model.startups.data["status"] != ALIVE
    gone_french = int((gone & model.geography.is_french[model.startups.data["origin"]]).sum())
    before = getattr(model, "gone_french", 0)
    model.gone_french = gone_french
    return gone_french - before - int(model.events.counts["closures_french"].sum())


def record_laws(model: FlightModel) -> set[str]:
    series, found = model.records().series, set()
    if (series[list(STOCKS)] < 0).any(axis=None):
        found.add("a negative stock was recorded")
    if not np.isfinite(series[list(FLOATS)]).all(axis=None):
        found.add("a recorded number is not finite")
    if not series[["fibre", "mobile", "awareness"]].stack().between(0.0, 1.0).all():
        found.add("a share lies outside 0 and 1")
    if any(series[a].lt(series[b]).any() for a, b in (("talents", "talents_french"), ("startups", "champions"))):
        found.add("a part is larger than the whole")
    for name, column in {**model.startups.data, **model.talents.data}.items():
        if column.dtype.kind == "f" and not np.isfinite(column).all():
            found.add(f"column {name} is not finite")
    return found


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
