"""Lead investors: a lead from abroad is never from the firm's own country; a lead at home sits at home."""

from __future__ import annotations

import numpy as np
import pytest

from sim.model.flight import FlightModel
from tests.model.small_runs import Case, flight


def wrong_leads(model: FlightModel) -> list[str]:
    """Return what is wrong with the leads of rounds closed in the quarter just ended."""
    data, country = model.startups.data, model.geography.country
    quarter = model.quarter - 1
    funded = data["last_round"] == quarter
    foreign = funded & (data["last_foreign"] == quarter)
    found = []
    if not foreign.any():
        found.append("no round was led from abroad")
    # Headquarters may have moved after the round, in the same quarter; firms that stayed tell.
    stayed = data["hq"] == data["ops"]
    if (country[data["lead"][foreign & stayed]] == country[data["hq"][foreign & stayed]]).any():
        found.append("a lead from abroad sits in the firm's own country")
    home = funded & ~foreign & stayed
    if not np.array_equal(data["lead"][home], data["hq"][home]):
        found.append("a lead at home sits elsewhere")
    return found


def test_leads_from_abroad_are_abroad_and_leads_at_home_are_at_home(case: Case) -> None:
    with flight(case) as model:
        for _ in range(4):
            model.step()
            assert wrong_leads(model) == []


def test_twin_leads_of_the_own_country_are_reported(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    with flight(case) as model:
        places = model.places.count
        own = np.cumsum(np.full((places, places), 1.0 / places), axis=1)
        monkeypatch.setattr(model.startup_tables, "lead_cumulative", lambda *_: own)
        model.step()
        assert "a lead from abroad sits in the firm's own country" in wrong_leads(model)
