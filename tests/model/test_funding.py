"""Lead investors: a lead from abroad is never from the firm's own country; a lead at home sits at home."""

from __future__ import annotations

import numpy as np
import pytest

from sim.model import startup_tables
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


def faults_of_money(case: Case) -> list[str]:
    """Return which laws of the money received in 2013 fail in a world where Ile-de-France received 0.7 of it."""
    world, found = case.with_world(capital__paris_share=0.7).world, []
    money, told = startup_tables.money_received(world, case.evidence), case.evidence.column("vc_investment")
    french = np.array([record.country == "FR" for record in case.evidence.places])
    paris = np.array([record.region == "ile_de_france" for record in case.evidence.places])
    if abs(money[french].sum() / told[french].sum() - 1.0) > 1e-12:
        found.append("the French total moved")
    if abs(money[paris].sum() / told[french].sum() - 0.7) > 1e-12:
        found.append("Ile-de-France has another share")
    if not np.array_equal(money[~french], told[~french]):
        found.append("money abroad moved")
    if np.ptp(money[paris] / told[paris]) > 1e-12 or np.ptp(money[french & ~paris] / told[french & ~paris]) > 1e-12:
        found.append("shares within Ile-de-France or within the regions moved")
    return found


def test_the_share_of_paris_moves_money_inside_france_alone(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    assert faults_of_money(case) == []
    assert (startup_tables.money_received(case.world, case.evidence) > 0.0).all()
    told = startup_tables.money_received

    def added(world, evidence):  # type: ignore[no-untyped-def]
        paris = np.array([record.region == "ile_de_france" for record in evidence.places])
        return told(world, evidence) * np.where(paris, 0.7 / world["capital.paris_share"] + 0.1, 1.0)

    monkeypatch.setattr(startup_tables, "money_received", added)
    assert faults_of_money(case) == ["the French total moved", "Ile-de-France has another share"]
