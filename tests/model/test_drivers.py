"""What moves headquarters: rounds led from abroad more than the profit tax (the evidence's fourth warning)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sim.model.conditions import Conditions
from sim.model.flight import FlightModel, apply_policies
from sim.model.startup_tables import StartupTables
from sim.settings import Settings
from tests.model.small_runs import Case, flight, with_process

YEARS = 5
LOW_RATE = 0.15


def departures(case: Case, kind: type[FlightModel] = FlightModel) -> int:
    """Return how many firms founded in France moved their headquarters abroad, agents."""
    with flight(case, kind=kind) as model:
        french, total = model.geography.is_french, 0
        for _ in range(4 * YEARS):
            model.step()
            total += int(model.events.startup_flows[0][np.ix_(french, ~french)].sum())
        return total


def low_profit_tax(model: FlightModel) -> None:
    apply_policies(model)
    rate = model.conditions.profit_rate
    model.conditions.profit_rate = np.where(model.geography.is_french, np.minimum(rate, LOW_RATE), rate)


def no_foreign_leads(tables: StartupTables, conditions: Conditions) -> np.ndarray:
    return np.zeros((4, len(tables.geography.ids)))


def changes(case: Case, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Return how the two experiments change departures in one world."""
    baseline = departures(case)
    tax = departures(case, with_process("apply_policies", low_profit_tax)) - baseline
    with monkeypatch.context() as patched:
        patched.setattr(StartupTables, "foreign_share", no_foreign_leads)
        leads = departures(case) - baseline
    return {"baseline": baseline, "profit tax at 15%": tax, "no rounds led from abroad": leads}


def agrees(change: dict[str, int]) -> bool:
    """Whether the world agrees with the evidence: leads from abroad matter more."""
    return abs(change["no rounds led from abroad"]) > abs(change["profit tax at 15%"])


@pytest.fixture(scope="module")
def firms(prepare: Callable[..., Case]) -> Case:
    """Return the central world with firms at a scale of 2: departures are few."""
    return prepare(Settings(talent_scale=200, startup_scale=2, years=YEARS))


def test_leads_from_abroad_move_more_headquarters_than_the_profit_tax(
    firms: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    change = changes(firms, monkeypatch)
    assert agrees(change), change
    assert change["no rounds led from abroad"] < 0, change
    assert change["baseline"] > 30, change


def test_twin_a_world_without_the_pull_of_leads_contradicts_the_evidence(
    firms: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    indifferent = firms.with_world(startup__pull_lead=0.0, startup__move_hazard_foreign=0.0, startup__beta_move=9.0)
    assert not agrees(changes(indifferent, monkeypatch))
