"""Rationing: claims meet what is on offer; one claimant's luck is nobody else's."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sim.model import rounds
from sim.model.flight import FlightModel
from sim.model.funding import fund_startups
from sim.model.rationing import acceptance
from sim.settings import Settings
from tests.model.small_runs import Case, flight, with_process

YEARS = 3
# Rounds are few and of very unequal size: the sampling error of three years' money is about 2% at this scale.
TOLERANCE = 0.10


@pytest.fixture(scope="module")
def firms(prepare: Callable[..., Case]) -> Case:
    return prepare(Settings(talent_scale=200, startup_scale=2, years=YEARS))


def money_over_offer(case: Case, kind: type[FlightModel] = FlightModel) -> dict[str, float]:
    """Return money invested over money on offer, in France and in all places."""
    with flight(case, kind=kind) as model:
        offered, invested = np.zeros(model.places.count), np.zeros(model.places.count)
        for _ in range(case.settings.quarters):
            model.step()
            offered += model.startup_tables.capital(model.quarter - 1, model.conditions)
            invested += model.events.capital_eur * case.settings.startup_scale / 1e6
        french = model.geography.is_french
        return {
            "France": float(invested[french].sum() / offered[french].sum()),
            "all": float(invested.sum() / offered.sum()),
        }


def test_money_invested_is_at_most_the_money_on_offer(firms: Case) -> None:
    found = money_over_offer(firms)
    assert all(ratio <= 1.0 + TOLERANCE for ratio in found.values()), found
    assert found["France"] > 0.5, "capital binds in France"


def test_twin_money_from_nowhere_is_reported(firms: Case) -> None:
    def generous(model: FlightModel) -> None:
        before = model.startups.data["cash"].copy()
        fund_startups(model)
        gained = model.startups.data["cash"] - before
        model.startups.data["cash"] += gained
        model.events.capital_eur *= 2

    assert max(money_over_offer(firms, with_process("fund_startups", generous)).values()) > 1.0 + TOLERANCE


def test_acceptance_is_a_probability_that_rises_with_supply_and_quality() -> None:
    shares, qualities = np.linspace(0.05, 1.0, 8), np.linspace(-2.0, 2.0, 9)
    chances = np.array([[acceptance(s, 0.5, q) for q in qualities] for s in shares])
    assert ((chances > 0.0) & (chances <= 1.0)).all()
    assert (np.diff(chances, axis=0) > 0.0).all()
    assert (np.diff(chances[:-1], axis=1) > 0.0).all()
    assert (chances[-1] == 1.0).all(), "with enough for all, all are met"
    assert all(acceptance(s, 0.0, 1.7) == s for s in shares), "without a tilt, quality does not matter"


def met(case: Case, withdrawn: int, absent: int = 0) -> np.ndarray:
    """Return which claims of one quarter are met at fixed acceptance.

    The first ``withdrawn`` firms ask for nothing; the first ``absent`` do not even come.
    """
    with flight(case) as model:
        model.build_tables()
        live, places = model.live_rows()[absent:], model.places.count
        asks = np.full(len(live), 100_000, np.int64)
        asks[:withdrawn] = 0
        before = model.startups.data["stage"][live].copy()
        names = (
            "uid", "quality", "accelerated", "hq", "stage", "cash", "raised", "last_round", "last_foreign", "lead",
                "foreign_lead",
        )  # fmt: skip
        counts = [np.zeros(places, np.int64) for _ in range(4)]
        rounds.close_rounds(
            model.startup_table, np.uint64(5), 0, live, asks, *(model.startups.data[n] for n in names),
            np.full(places, 0.4), np.ones(places), np.full((4, places), 0.2),
            model.startup_tables.lead_cumulative(0, model.conditions), *counts,
        )  # fmt: skip
        assert counts[1].sum() + counts[3].sum() == (asks > 0).sum(), "every claim is met or counted as refused"
        return np.asarray(model.startups.data["stage"][live] > before)


def test_the_queue_has_no_order_a_withdrawn_claim_changes_no_other(case: Case) -> None:
    everybody, fewer = met(case, 0), met(case, 500)
    assert not fewer[:500].any()
    np.testing.assert_array_equal(everybody[500:], fewer[500:])
    assert 0.2 < everybody.mean() < 0.6


def test_firms_that_are_not_there_change_no_claim(case: Case) -> None:
    """A draw is a firm's own, whatever its position among the claims."""
    np.testing.assert_array_equal(met(case, 0)[500:], met(case, 0, absent=500))
