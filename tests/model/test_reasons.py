"""Why talents cross the border of France: triggers count the crossings, terms add up to differences of utility."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sim.model import blocks
from sim.model.compile import solver
from sim.model.events import ARRIVAL, DEPARTURE, TALENT_TERMS, TALENT_TRIGGERS, TERM_UNIT
from sim.model.flight import FlightModel
from sim.model.levers import LEVERS
from sim.model.migration import migrate_talents
from sim.model.talent_rules import TERMS, TalentTable, persistent_tastes, place_values, value_terms
from sim.settings import Settings
from tests.model.small_runs import Case, flight, frame_bytes, run, with_process

QUARTERS = 3


@pytest.fixture(scope="module")
def many(prepare: Callable[..., Case]) -> Case:
    return prepare(Settings(talent_scale=100, startup_scale=10, years=2))


@solver
def utilities(  # type: ignore[no-untyped-def]
    table, other, seed, uid, origin, place, skill, log_ability, age, desk, terms, values, sums, last
):
    """Write utilities (n, P) by ``table`` and the sums of terms (n, P) by ``other``, seen from each residence."""
    places = table.country.shape[0]
    tastes = desk.tastes
    for i in range(uid.shape[0]):
        persistent_tastes(table, seed, uid[i], desk)
        place_values(table, origin[i], place[i], skill[i], log_ability[i], age[i], tastes, values[i], desk.seen)
        for j in range(places):
            value_terms(other, origin[i], place[i], skill[i], log_ability[i], age[i], tastes, j, terms)
            sums[i, j] = terms.sum()
            if j == place[i]:
                last[i] = terms


def people(model: FlightModel, other: TalentTable | None = None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return utilities and sums of terms (rows, P) of all talents where they live, and the terms there (rows, 9)."""
    data, table = model.talents.data, model.talent_table
    rows, places = model.talents.size, model.places.count
    values, sums, last = np.zeros((rows, places)), np.zeros((rows, places)), np.zeros((rows, TERMS))
    age = model.quarter - data["entry"].astype(np.int64)
    utilities(
        table, other or table, model.population_key, model.talents.uid, data["origin"], data["place"], data["skill"],
        data["log_ability"], age, model.desk(), np.zeros(TERMS), values, sums, last,
    )  # fmt: skip
    return values, sums, last


def gap(model: FlightModel, other: TalentTable | None = None) -> float:
    """Return the largest gap between a difference of utility and the sum of differences of its terms."""
    values, sums, _ = people(model, other)
    here = np.arange(model.talents.size), model.talents.data["place"]
    return float(np.abs((values - values[here][:, None]) - (sums - sums[here][:, None])).max())


def test_terms_add_up_to_the_difference_of_utility(case: Case) -> None:
    levers = (LEVERS["attractive_taxation"](start="2013Q3"), LEVERS["simplification"](start="2013Q3", strength=0.5))
    with flight(case, *levers) as model:
        model.step()
        model.step()
        assert len(TALENT_TERMS) == TERMS
        assert (model.talent_table.relief > 0.0).any()
        assert gap(model) < 1e-11
        table = model.talent_table
        for name in ("entry", "affinity", "cost", "housing", "relief", "constants"):
            twin = table._replace(**{name: 0.5 * getattr(table, name)})
            assert gap(model, twin) > 1e-6, name


def test_each_term_is_what_its_name_says(case: Case) -> None:
    with flight(case) as model:
        model.build_tables()
        _, _, terms = people(model)
        data, table = model.talents.data, model.talent_table
        home = np.where(data["place"] == data["origin"], case.world["talent.home"], 0.0)
        by_name = dict(zip(TALENT_TERMS, terms.T, strict=True))
        np.testing.assert_array_equal(by_name["home"], home)
        np.testing.assert_array_equal(by_name["moving cost"], 0.0)
        np.testing.assert_array_equal(by_name["visa"], 0.0)
        np.testing.assert_allclose(
            by_name["housing"], -case.world["talent.beta"] * table.housing[data["place"]], rtol=1e-12
        )
        np.testing.assert_allclose(
            by_name["place and country"] + home, table.constants[data["origin"], data["place"]], atol=1e-12
        )


def problems(case: Case, process: Callable[[FlightModel], None] = migrate_talents) -> set[str]:
    """Return which accounts of crossings do not add up in a run; founders who move with their firm are apart."""
    found: set[str] = set()

    def watched(model: FlightModel) -> None:
        events, french = model.events, model.geography.is_french
        before = model.talents.data["place"].copy()
        flows, triggers = events.talent_flows.copy(), events.talent_triggers.copy()
        values, _, _ = people(model)
        process(model)
        flows, triggers = events.talent_flows - flows, events.talent_triggers - triggers
        crossing = np.zeros((2, 2), np.int64)
        crossing[:, DEPARTURE] = flows[:, french][:, :, ~french].sum(axis=(1, 2))
        crossing[:, ARRIVAL] = flows[:, ~french][:, :, french].sum(axis=(1, 2))
        if not np.array_equal(triggers.sum(axis=2), crossing):
            found.add("triggers are not the flows across the border")
        if triggers[:, :, TALENT_TRIGGERS.index("with own firm")].any():
            found.add("a founder was counted here")
        # No employer moves in this test, so each crossing is a choice and its terms add up to what it gained.
        after, rows = model.talents.data["place"], np.arange(model.talents.size)
        gained = values[rows, after] - values[rows, before]
        kind = np.where(french[model.talents.data["origin"]], 0, 1)
        direction = np.where(french[after], ARRIVAL, DEPARTURE)
        crossed = french[before] != french[after]
        total = np.zeros((2, 2))
        np.add.at(total, (kind[crossed], direction[crossed]), gained[crossed])
        rounding = 0.5 * TERMS * crossing.max()
        if (np.abs(events.talent_terms.sum(axis=2) - total / TERM_UNIT) > rounding + 1.0).any():
            found.add("terms are not the differences of utility")

    with flight(case, kind=with_process("migrate_talents", watched)) as model:
        for _ in range(QUARTERS):
            model.following = np.zeros_like(model.following)
            model.step()
    return found


def quiet(model: FlightModel) -> None:
    """Migrate without employers that move, whatever startups do."""
    model.following = np.zeros_like(model.following)
    migrate_talents(model)


def test_triggers_are_the_flows_and_terms_the_gains(many: Case) -> None:
    assert problems(many, quiet) == set()


@pytest.mark.long
def test_twins_are_reported(many: Case) -> None:
    def counts_everyone_twice(model: FlightModel) -> None:
        quiet(model)
        model.events.talent_triggers *= 2

    def forgets_taxes(model: FlightModel) -> None:
        quiet(model)
        model.events.talent_terms[:, :, TALENT_TERMS.index("taxes")] = 0

    assert "triggers are not the flows across the border" in problems(many, counts_everyone_twice)
    assert "terms are not the differences of utility" in problems(many, forgets_taxes)


def test_reasons_do_not_depend_on_blocks_and_threads(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    reference = run(case).reasons
    assert (reference["count"] > 0).any()
    monkeypatch.setattr(blocks, "BLOCK_ROWS", 257)
    assert frame_bytes(run(case.with_settings(threads=2)).reasons) == frame_bytes(reference)


def test_what_decided_is_counted_by_age(case: Case) -> None:
    with flight(case) as model:
        model.build_tables()
        entry, place = model.talents.data["entry"], model.talents.data["place"]
        start = place.copy()
        limit = model.talent_table.rates.young_quarters
        for age, name in ((0, "school"), (limit - 1, "young"), (limit, "older")):
            entry[:], place[:] = -age, start
            model.events.talent_triggers[:] = 0
            migrate_talents(model)
            counts = model.events.talent_triggers.sum(axis=(0, 1))
            assert counts.sum() == counts[TALENT_TRIGGERS.index(name)] > 0, name
