"""Agents on demand: bound to their row, cheap, not registered; what Mesa offers and a row cannot do says so."""

from __future__ import annotations

import copy
import sys
import tracemalloc
from collections.abc import Iterator

import mesa
import numpy as np
import pytest

from sim.model.flight import FlightModel
from sim.model.startups import Startup
from sim.model.talents import Talent
from tests.model.small_runs import Case, flight


@pytest.fixture
def model(case: Case) -> Iterator[FlightModel]:
    with flight(case) as built:
        yield built


def test_an_agent_stays_bound_when_rows_are_appended(model: FlightModel) -> None:
    held = [model.startups[0], model.startups.select(np.arange(len(model.startups)) % 7 == 3)[5], model.startups[-1]]
    before = [(firm.unique_id, firm.founder_slot, firm.quality) for firm in held]
    part, size = model.startups.select(at_most=5), model.startups.size
    for _ in range(4):
        model.step()
    assert model.startups.size > size + 100
    assert [(firm.unique_id, firm.founder_slot, firm.quality) for firm in held] == before
    assert len(part) == 5
    held[0].quality = 77.0
    assert model.startups.data["quality"][0] == part[0].quality == model.startups[0].quality == 77.0
    assert all(firm in model.startups for firm in held)
    assert model.startups[size] not in part


def test_twin_an_agent_of_copied_columns_is_left_behind(model: FlightModel) -> None:
    apart = type(model.startups)(model, dict(model.startups.data))
    firm = apart[0]
    model.step()
    model.startups.set("quality", 0.5)
    assert firm.quality != model.startups[0].quality
    assert firm not in model.startups


def test_a_renewed_row_belongs_to_the_next_person(case: Case) -> None:
    with flight(case) as model:
        oldest = model.talents.sort("age")[0]
        uid, slot = oldest.unique_id, oldest.slot
        oldest.entry = -(10**4)
        model.step()
        assert oldest.slot == slot
        assert oldest.unique_id != uid
        assert oldest.unique_id == model.talents.uid[oldest.row]
        assert oldest.age < 25


def test_unique_ids_are_those_of_the_columns(model: FlightModel) -> None:
    model.talents.data["generation"][:9] = 3
    for agents in (model.talents, model.startups):
        few = agents.select(at_most=20)
        assert few.map(lambda agent: agent.unique_id) == agents.uid[:20].tolist() == few.get("unique_id").tolist()


def test_what_a_row_cannot_do_is_said_in_a_sentence(model: FlightModel) -> None:
    talent, firm = model.talents[0], model.startups[0]
    with pytest.raises(TypeError, match="a talent cannot be removed: rows are appended and renewed by"):
        talent.remove()
    with pytest.raises(TypeError, match="a startup cannot be removed"):
        firm.remove()
    for kind in (Talent, Startup):
        with pytest.raises(TypeError, match="cannot be created"):
            kind.create_agents(model, 3)
        with pytest.raises(TypeError, match="cannot be created"):
            kind.from_dataframe(model, None)
    assert not hasattr(talent, "pos")
    with pytest.raises(AttributeError, match="a talent has no 'pos': there is no grid"):
        _ = talent.pos
    with pytest.raises(AttributeError, match="a startup has no 'pos'"):
        firm.pos = (1, 2)
    with pytest.raises(AttributeError):
        firm.unique_id = 3
    assert len(model.agents) == 48


def test_mesas_other_attributes_are_there(model: FlightModel) -> None:
    talent = model.talents[0]
    assert talent.model is model
    assert talent.random is model.random
    assert talent.rng is model.rng
    assert isinstance(talent, mesa.Agent)
    assert repr(talent) == f"Talent({talent.unique_id})"


def test_a_copy_is_the_same_row(model: FlightModel) -> None:
    talent = model.talents[3]
    talent.note = "seen"
    twin = copy.copy(talent)
    assert twin == talent
    assert (twin.row, twin.note) == (3, "seen")
    twin.skill = 2
    assert talent.skill == 2


def test_a_column_of_ones_own_is_an_attribute(model: FlightModel) -> None:
    model.talents.data["mood"] = np.zeros(len(model.talents))
    model.talents.select(model.talents.get("skill") == 2).set("mood", 0.5)
    assert model.talents.groupby("skill").agg("mood", np.mean)[2] == 0.5
    talent = model.talents[0]
    talent.mood = 0.25
    assert model.talents.get("mood")[0] == 0.25
    model.step()
    assert talent.mood == 0.25


def test_agents_are_cheap(model: FlightModel) -> None:
    """Some 70 bytes each, 200 at most; and the model registers none of them."""
    talents = model.talents
    number, registered = len(talents), len(model.agents)
    made = talents.to_list()
    assert len(model.agents) == registered
    tracemalloc.start()
    try:
        again = talents.to_list()
        size = tracemalloc.get_traced_memory()[0] / number
    finally:
        tracemalloc.stop()
    assert len(again) == len(made) == number > 10_000
    assert size < 200
    assert sys.getsizeof(made[0]) < 100
