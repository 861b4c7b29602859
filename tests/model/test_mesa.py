"""The model is a Mesa model: registered places and cities, columns with an AgentSet's verbs, free to subclass."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import mesa
import numpy as np
import pytest
from mesa.agent import AgentSet

from sim.model.cities import City
from sim.model.columns import Columns
from sim.model.flight import PROCESSES, FlightModel, simulate
from sim.model.levers import Simplification
from sim.model.migration import migrate_talents
from sim.model.places import Place
from sim.model.startups import ALIVE, Startup
from sim.model.talents import Talent
from tests.model.small_runs import Case, differences, flight, policy, run, with_process


@pytest.fixture
def model(case: Case) -> Iterator[FlightModel]:
    with flight(case) as built:
        yield built


def test_places_and_cities_are_registered_mesa_agents(model: FlightModel) -> None:
    assert isinstance(model, mesa.Model)
    places, cities = model.agents_by_type[Place], model.agents_by_type[City]
    assert isinstance(places.select(lambda place: place.is_french), AgentSet)
    assert (len(places), len(cities), len(model.agents)) == (26, 22, 48)
    assert all(isinstance(agent, mesa.Agent) and agent.model is model for agent in model.agents)
    assert sorted(agent.unique_id for agent in model.agents) == list(range(1, 49))


def test_cities_own_their_places_and_the_two_rests_have_no_city(model: FlightModel) -> None:
    owned = [place for city in model.agents_by_type[City] for place in city.places]
    assert len(owned) == len(set(owned)) == 24
    assert all(place in place.city.places for place in owned)
    homeless = {place.name for place in model.agents_by_type[Place] if place.city is None}
    assert homeless == {"Rest of France", "Rest of world"}
    paris = list(model.agents_by_type[City].select(lambda city: len(city.places) > 1))
    ids = [model.places.ids[place.index] for place in paris[0].places]
    assert ids == ["paris_sentier", "paris_rive_gauche", "paris_saclay"]
    assert len(paris) == 1
    assert sum(city.country == "FR" for city in model.agents_by_type[City]) == 12
    assert paris[0].talents == sum(place.talents for place in paris[0].places)


def test_a_place_reads_its_row(model: FlightModel) -> None:
    lyon = next(place for place in model.agents_by_type[Place] if place.index == model.places.index("lyon"))
    assert lyon.wage == model.places.wage[model.places.index("lyon")]
    model.places.wage[lyon.index] = 12_345.0
    assert lyon.wage == 12_345.0
    assert lyon.is_french is True
    with pytest.raises(AttributeError, match="no 'weather'"):
        _ = lyon.weather


@pytest.mark.parametrize("name", ["talents", "startups"])
def test_columns_answer_the_verbs_of_an_agent_set(model: FlightModel, name: str) -> None:
    agents: Columns = getattr(model, name)
    key = "ability" if name == "talents" else "quality"
    key = "log_ability" if key == "ability" else key
    where = "place" if name == "talents" else "hq"
    values = agents.get(key)
    assert len(agents) == len(values) == agents.size
    first = next(iter(agents))
    assert isinstance(first, Talent if name == "talents" else Startup)
    assert first in agents

    able = agents.select(values > 0.0)
    assert len(able) == int((values > 0.0).sum())
    assert able.agg(key, np.min) > 0.0
    same = agents.select(lambda agent: getattr(agent, key) > 0.0)
    np.testing.assert_array_equal(same.get(key), able.get(key))
    assert len(agents.select(at_most=10)) == 10
    assert len(agents.select(at_most=0.5)) == len(agents) // 2
    assert len(agents.select(values > 0.0, at_most=7)) == 7
    assert len(able.select(able.get(where) == 0).select(at_most=3)) == 3

    two = agents.get([key, where])  # as in Mesa: a list per agent
    np.testing.assert_array_equal([row[0] for row in two], values)
    np.testing.assert_array_equal([row[1] for row in two], agents.get(where))
    groups = agents.groupby(where)
    assert list(groups) == sorted(groups)
    assert sum(len(group) for group in groups.values()) == len(agents)
    assert all((group.get(where) == place).all() for place, group in groups.items())
    few = agents.select(at_most=20)
    assert set(few.groupby(lambda agent: agent.row % 2).groups) == {0, 1}

    ordered = agents.sort(key, ascending=True)
    np.testing.assert_array_equal(ordered.get(key), np.sort(values))
    assert agents.sort(key).get(key)[0] == values.max()
    assert few.sort(lambda agent: agent.row).get(key)[0] == few.get(key)[-1]

    assert few.map(lambda agent: agent.row) == list(range(20))
    seen: list[int] = []
    assert few.do(lambda agent: seen.append(agent.row)) is few
    assert seen == list(range(20))
    uid = few.column("uid" if name == "startups" else "slot")
    assert [agent.unique_id for agent in few.to_list()] == uid.tolist()

    few.set(key, 0.25)
    assert (agents.get(key)[:20] == 0.25).all()
    assert (agents.get(key)[20:] == values[20:]).all()
    few.set(key, np.arange(20.0))
    assert agents.get(key)[19] == 19.0


def test_a_selection_is_not_the_whole(model: FlightModel) -> None:
    part = model.talents.select(model.talents.get("skill") == 3)
    outside = next(agent for agent in model.talents if agent.skill != 3)
    assert outside in model.talents
    assert outside not in part
    assert len(model.startups.living()) == int((model.startups.get("status") == ALIVE).sum())
    model.startups.select(at_most=3).set("status", 2)
    assert len(model.startups.select(at_most=10).living()) == 7


def test_row_agents_read_and_write_their_row_and_are_not_registered(model: FlightModel) -> None:
    registered = len(model.agents)
    talent = model.talents.select(at_most=1).to_list()[0]
    firm = model.startups.select(at_most=1).to_list()[0]
    assert isinstance(talent, mesa.Agent)
    assert isinstance(firm, mesa.Agent)
    assert talent.model is model
    assert len(model.agents) == registered
    assert Talent not in model.agents_by_type
    talent.skill = 2
    assert model.talents.data["skill"][0] == 2
    model.talents.data["skill"][0] = 1
    assert talent.skill == 1
    talent.note = "seen"  # an attribute that is no column stays with the object
    assert talent.note == "seen"
    assert 15.0 < talent.age < 80.0
    assert firm.alive
    firm.status = 2
    assert not firm.alive
    with pytest.raises(AttributeError, match="talent has no 'salary'"):
        _ = talent.salary


def test_append_needs_every_column(model: FlightModel) -> None:
    with pytest.raises(KeyError, match="skill"):
        model.talents.append({k: v[:1] for k, v in model.talents.data.items() if k != "skill"})


def test_a_mesa_data_collector_works(model: FlightModel) -> None:
    collector = mesa.DataCollector(
        model_reporters={
            "quarter": "quarter",
            "living": lambda m: len(m.startups.living()),
            "mean_ability": lambda m: float(np.exp(m.talents.get("log_ability")).mean()),
        },
        agenttype_reporters={Place: {"wage": "wage", "name": "name"}},
    )
    collector.collect(model)
    for _ in range(2):
        model.step()
        collector.collect(model)
    frame = collector.get_model_vars_dataframe()
    assert frame["quarter"].tolist() == [0, 1, 2]
    assert frame["living"].iloc[-1] == model.startup_counts.by_place.sum()
    assert 0.9 < frame["mean_ability"].iloc[0] < 1.1
    assert len(collector.get_agenttype_vars_dataframe(Place)) == 3 * 26


def test_a_subclass_can_replace_a_process_without_touching_the_model(case: Case) -> None:
    def nobody_moves(model: FlightModel) -> None:
        """Process: all stay (but founders, who follow their firms)."""

    still = run(case, kind=with_process("migrate_talents", nobody_moves))
    usual = run(case)
    moved = [frame["count"][frame["kind"].str.startswith("talent")].sum() for frame in (still.flows, usual.flows)]
    assert moved[0] < 0.1 * moved[1]
    assert FlightModel.processes == PROCESSES
    assert "migrate_talents" in still.timings
    assert differences(usual, run(case, kind=with_process("migrate_talents", lambda m: migrate_talents(m)))) == []


def alive_after(work: object) -> int:
    """Return how many models are still in memory after some work and a collection."""
    refs: list[weakref.ref[FlightModel]] = []

    class Noted(FlightModel):
        pass

    original = FlightModel.__init__

    def noting(self: FlightModel, *args: object, **kwargs: object) -> None:
        refs.append(weakref.ref(self))
        original(self, *args, **kwargs)

    FlightModel.__init__ = noting  # type: ignore[method-assign]
    try:
        work()  # type: ignore[operator]
    finally:
        FlightModel.__init__ = original  # type: ignore[method-assign]
    gc.collect()
    return sum(ref() is not None for ref in refs)


def test_models_are_freed_after_simulate(case: Case) -> None:
    case = case.with_settings(years=1)

    def three_runs() -> None:
        for seed in range(3):
            simulate(policy(Simplification()), case.world, case.evidence, case.start, case.settings, seed)

    assert alive_after(three_runs) == 0


def test_twin_a_model_that_somebody_keeps_is_reported(case: Case) -> None:
    kept: list[FlightModel] = []

    def keep_one() -> None:
        with flight(case) as model:
            kept.append(model)

    assert alive_after(keep_one) == 1
