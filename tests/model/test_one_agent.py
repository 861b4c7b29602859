"""One rule, two drivers: agents that step one by one, in any order, end where the loops over columns put them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sim.model.closing import close_startups
from sim.model.flight import FlightModel
from sim.model.funding import fund_startups
from sim.model.growth import grow_startups
from sim.model.migration import migrate_talents
from sim.model.relocation import relocate_startups
from tests.model.small_runs import Case, flight

MOVED = ("place", "arrived")
LIVED = (
    "hq", "ops", "headcount", "away", "moved", "outgrown", "customer", "stage", "accelerated", "cash", "raised",
    "last_round", "last_foreign", "lead", "foreign_lead", "status",
)  # fmt: skip
QUARTERS = 3


def before(model: FlightModel, stop: Callable[[FlightModel], object]) -> None:
    """Run whole quarters, then the processes of the next one up to ``stop``."""
    for _ in range(QUARTERS):
        model.step()
    for process in model.processes:
        if process is stop:
            return
        process(model)


def stepped_talents(case: Case, spoil: Callable[[FlightModel], None] = lambda model: None) -> list[str]:
    """Return the columns of talents in which one by one, last row first, differs from the loop."""
    with flight(case) as loop, flight(case) as single:
        before(loop, migrate_talents)
        before(single, migrate_talents)
        migrate_talents(loop)
        single.dwellings_met = loop.dwellings_met
        spoil(single)
        for row in reversed(range(len(single.talents))):
            single.talents[row].step()
        assert (loop.events.talent_flows.sum(), loop.dwellings_met.min()) > (100, 0.0)
        pairs = [(name, loop.talents.data[name], single.talents.data[name]) for name in MOVED]
        pairs += [(name, getattr(loop.events, name), getattr(single.events, name)) for name in ("talent_flows",)]
        return [name for name, one, other in pairs if not np.array_equal(one, other)]


def stepped_startups(case: Case, spoil: Callable[[FlightModel], None] = lambda model: None) -> list[str]:
    """Return the columns of startups in which one by one, last row first, differs from the loops."""
    with flight(case) as loop, flight(case) as single:
        before(loop, fund_startups)
        before(single, fund_startups)
        for process in (fund_startups, grow_startups, relocate_startups, close_startups):
            process(loop)
        single.funding, single.growth_claims = loop.funding, loop.growth_claims
        spoil(single)
        for row in reversed(range(len(single.startups))):
            single.startups[row].step()
        counts = loop.events.counts
        assert min(counts[name].sum() for name in ("rounds", "closures", "first_customers")) > 0
        return [n for n in LIVED if not np.array_equal(loop.startups.data[n], single.startups.data[n])]


def test_talents_one_by_one_end_where_the_loop_puts_them(case: Case) -> None:
    assert stepped_talents(case) == []


def test_startups_one_by_one_end_where_the_loops_put_them(case: Case) -> None:
    assert stepped_startups(case) == []


@pytest.mark.long
def test_twins_another_quarter_s_luck_is_seen(case: Case) -> None:
    def later(model: FlightModel) -> None:
        model.quarter += 1

    assert "place" in stepped_talents(case, later)
    assert {"hq", "cash", "stage", "status"} <= set(stepped_startups(case, later))


@pytest.mark.parametrize("kind", ["talents", "startups"])
def test_before_the_first_quarter_there_is_nothing_to_step_by(case: Case, kind: str) -> None:
    with flight(case) as model, pytest.raises(RuntimeError, match=r"call model\.step\(\) first"):
        getattr(model, kind)[0].step()
