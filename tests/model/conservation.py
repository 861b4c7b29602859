"""Laws of conservation: what a quarter did to talents and firms, counted against the columns themselves.

Each function returns the laws that fail, as sentences; none if all hold.
"""

from __future__ import annotations

import numpy as np

from sim.model.flight import FlightModel, Process
from sim.model.levers import LEVERS
from sim.model.recording import Records
from sim.model.startups import ALIVE
from tests.model.small_runs import Case, flight

QUARTERS = 8
FLOATS = ("wage", "office_rent", "flat_rent", "fibre", "mobile", "awareness", "capital_meur")
STOCKS = ("talents", "talents_french", "startups", "startups_french", "champions", "champions_french", "jobs")


def by_place(values: np.ndarray, places: int) -> np.ndarray:
    return np.bincount(values, minlength=places)


def noting_renewals(kind: type[FlightModel], renewed: dict[str, np.ndarray]) -> type[FlightModel]:
    """Return a model class that writes what renewals change by place, French and foreign origins, to ``renewed``."""
    position = [p.__name__ for p in kind.processes].index("renew_talents")
    renew = kind.processes[position]

    def renew_and_note(model: FlightModel) -> None:
        before = model.talents.data["place"].copy()
        renew(model)
        after, counted = model.talents.data["place"], model.talents.data["counts"] != 0
        count = model.places.count
        french = model.geography.is_french[model.talents.data["origin"]]
        moved = (before != after) & counted
        for name, who in (("french", moved & french), ("foreign", moved & ~french)):
            renewed[name] = by_place(after[who], count) - by_place(before[who], count)

    renew_and_note.__name__ = "renew_talents"
    watched: tuple[Process, ...] = (*kind.processes[:position], renew_and_note, *kind.processes[position + 1 :])
    return type("Watching", (kind,), {"processes": watched})


def step_violations(model: FlightModel, renewed: dict[str, np.ndarray], slots: np.ndarray) -> set[str]:
    """Advance a quarter and return which laws of conservation fail in it.

    ``model``: of a class that notes its ``renewed``; ``slots``: the talents that were there when the run began.
    """
    before = (model.talent_counts, model.talent_counts_french, model.startup_counts, model.startups.size)
    if not hasattr(model, "gone_french"):
        model.gone_french = gone_french(model)
    model.step()
    found = talent_laws(model, before[0], before[1], renewed, slots)
    return found | startup_laws(model, before[2].by_place, before[2].french, before[3])


def violations(case: Case, kind: type[FlightModel] = FlightModel) -> set[str]:
    """Run a package of all levers and return which laws of conservation fail in some quarter."""
    found: set[str] = set()
    renewed: dict[str, np.ndarray] = {}
    with flight(case, *(lever() for lever in LEVERS.values()), kind=noting_renewals(kind, renewed)) as model:
        slots = model.talents.data["slot"].copy()
        for _ in range(QUARTERS):
            found |= step_violations(model, renewed, slots)
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
    before, model.gone_french = model.gone_french, gone_french(model)
    return int(model.gone_french - before - model.events.counts["closures_french"].sum())


def gone_french(model: FlightModel) -> int:
    """Return how many firms founded in France live no more."""
    gone = model.startups.data["status"] != ALIVE
    return int((gone & model.geography.is_french[model.startups.data["origin"]]).sum())


def record_laws(model: FlightModel, records: Records | None = None) -> set[str]:
    """Return which laws fail in what a run recorded, and in its columns at the end."""
    series, found = (records or model.records()).series, set()
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
