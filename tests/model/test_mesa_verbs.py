"""Talents, startups, places and cities answer Mesa's verbs as a real AgentSet of plain agents does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import mesa
import numpy as np
import pytest
from mesa.agent import AgentSet

from sim.model.adapter import GroupBy
from sim.model.cities import City
from sim.model.columns import Columns
from sim.model.flight import FlightModel
from sim.model.places import Place
from sim.model.row_agents import RowAgent
from sim.model.startups import Startup
from sim.model.talents import Talent, Talents
from tests.model.small_runs import Case, flight

# Of each set: the agents' class; what names an agent, groups few, is a number, a small whole number; what can be set.
FACES = {
    "talents": (Talent, ("slot", "skill", "log_ability", "place", "firms")),
    "startups": (Startup, ("uid", "stage", "quality", "headcount", "jei")),
    "places": (Place, ("index", "kind", "wage", "is_district", "wage")),
    "cities": (City, ("name", "country", "population", "budget", "saved")),
}
SIXTY = 60


class Plain(mesa.Agent):
    """An ordinary agent with the attributes it is given."""

    def __init__(self, model: mesa.Model, values: dict[str, Any]) -> None:
        super().__init__(model)
        vars(self).update(values)


def some(model: FlightModel, name: str) -> Any:
    """Return the places, the cities, or sixty talents or startups in a mixed order."""
    agents = getattr(model, name)
    return agents.shuffle().select(at_most=SIXTY) if isinstance(agents, Columns) else agents


def plain_twins(agents: Any, attributes: tuple[str, ...]) -> tuple[AgentSet, list[Plain]]:
    """Return a real AgentSet with the same values, and its agents, which it does not hold itself."""
    model = mesa.Model(rng=1)
    twins = [Plain(model, {name: getattr(agent, name) for name in attributes}) for agent in agents]
    return AgentSet(twins, random=model.random), twins


Verb = Callable[[Any, str, str, str, str, str, type], Any]
# a: the set; n: names an agent; g: groups; f: a number; s: a small number; w: can be written; kind: class of agents
VERBS: dict[str, Verb] = {
    "len": lambda a, n, g, f, s, w, kind: len(a),
    "iter": lambda a, n, g, f, s, w, kind: list(a),
    "first": lambda a, n, g, f, s, w, kind: a.select(at_most=1),
    "contains": lambda a, n, g, f, s, w, kind: [agent in a.select(at_most=3) for agent in a],
    "contains another": lambda a, n, g, f, s, w, kind: [None in a, 3 in a, mesa.Agent(mesa.Model(rng=1)) in a],
    "select all": lambda a, n, g, f, s, w, kind: a.select(),
    "select function": lambda a, n, g, f, s, w, kind: a.select(lambda x: getattr(x, f) > np.median(a.get(f))),
    "select by name": lambda a, n, g, f, s, w, kind: a.select(filter_func=lambda x: getattr(x, s) > 0),
    "select none": lambda a, n, g, f, s, w, kind: a.select(lambda x: False),
    "select few": lambda a, n, g, f, s, w, kind: a.select(lambda x: getattr(x, f) != 0.0, at_most=4),
    "select share of": lambda a, n, g, f, s, w, kind: a.select(lambda x: getattr(x, s) > 0, at_most=0.2),
    **{
        f"at most {most}": lambda a, n, g, f, s, w, kind, most=most: a.select(at_most=most)
        for most in (0, 1, 7, 1000, -1, 0.0, 0.5, 0.99, 1.0, 2.5, float("inf"), np.float64(0.3))
    },
    "own type": lambda a, n, g, f, s, w, kind: a.select(agent_type=kind),
    "any type": lambda a, n, g, f, s, w, kind: a.select(agent_type=mesa.Agent, at_most=3),
    "other type": lambda a, n, g, f, s, w, kind: a.select(lambda x: True, agent_type=_Other),
    "get": lambda a, n, g, f, s, w, kind: [a.get(name) for name in (n, g, f, s)],
    "get several": lambda a, n, g, f, s, w, kind: a.get([f, s, g]),
    "get of none": lambda a, n, g, f, s, w, kind: [a.select(at_most=0).get(f), a.select(at_most=0).get([f, g])],
    "get nothing": lambda a, n, g, f, s, w, kind: a.get([]),
    "get missing": lambda a, n, g, f, s, w, kind: a.get("weather"),
    "get several missing": lambda a, n, g, f, s, w, kind: a.get([f, "weather"]),
    "get default": lambda a, n, g, f, s, w, kind: a.get("weather", handle_missing="default", default_value=-1),
    "get None": lambda a, n, g, f, s, w, kind: a.get([f, "weather"], "default"),
    "get unknown option": lambda a, n, g, f, s, w, kind: a.get(f, handle_missing="ignore"),
    "agg": lambda a, n, g, f, s, w, kind: [a.agg(f, function) for function in (np.mean, min, max, sum, len, np.std)],
    "agg several": lambda a, n, g, f, s, w, kind: a.agg(s, [min, max, sum]),
    "agg of sums": lambda a, n, g, f, s, w, kind: a.agg(s, lambda values: sum(10**9 * value for value in values)),
    "agg missing": lambda a, n, g, f, s, w, kind: a.agg("weather", sum),
    "groupby": lambda a, n, g, f, s, w, kind: a.groupby(g),
    "groupby function": lambda a, n, g, f, s, w, kind: a.groupby(lambda x: getattr(x, f) > np.median(a.get(f))),
    "groupby pair": lambda a, n, g, f, s, w, kind: a.groupby(lambda x: (getattr(x, g), getattr(x, s))).groups,
    "groupby mixed": lambda a, n, g, f, s, w, kind: a.groupby(lambda x: None if getattr(x, s) else "no").count(),
    "groupby lists": lambda a, n, g, f, s, w, kind: a.groupby(g, result_type="list").groups,
    "groupby lists agg": lambda a, n, g, f, s, w, kind: a.groupby(g, result_type="list").agg(f, sum),
    "group count": lambda a, n, g, f, s, w, kind: a.groupby(g).count(),
    "group len": lambda a, n, g, f, s, w, kind: len(a.groupby(g)),
    "group iter": lambda a, n, g, f, s, w, kind: dict(iter(a.groupby(g))),
    "group agg": lambda a, n, g, f, s, w, kind: a.groupby(g).agg(f, np.mean),
    "group map": lambda a, n, g, f, s, w, kind: a.groupby(g).map(len),
    "group map verb": lambda a, n, g, f, s, w, kind: a.groupby(g).map("agg", f, max),
    "group do": lambda a, n, g, f, s, w, kind: [a.groupby(g).do(seen := Seen(n)), sorted(seen.names)],
    "group do verb": lambda a, n, g, f, s, w, kind: [a.groupby(g).do("do", seen := Seen(n)), sorted(seen.names)],
    "do": lambda a, n, g, f, s, w, kind: [a.do(seen := Seen(n)), seen.names],
    "do is self": lambda a, n, g, f, s, w, kind: a.do("advance") is a,
    "do with words": lambda a, n, g, f, s, w, kind: a.do(setattr, w, 1),
    "do missing": lambda a, n, g, f, s, w, kind: a.do("rain"),
    "map": lambda a, n, g, f, s, w, kind: a.map(lambda x, by, plus=0: getattr(x, f) * by + plus, 2.0, plus=1.0),
    "map method": lambda a, n, g, f, s, w, kind: a.map("advance"),
    **{
        f"sort {by} {ascending}": lambda a, n, g, f, s, w, kind, by=by, ascending=ascending: a.sort(
            {"f": f, "s": s, "g": lambda x: getattr(x, g), "pair": lambda x: (getattr(x, s), getattr(x, n))}[by],
            ascending=ascending,
        )
        for by in ("f", "s", "g", "pair")
        for ascending in (False, True)
    },
    "sort by default": lambda a, n, g, f, s, w, kind: a.sort(s),
    "shuffle": lambda a, n, g, f, s, w, kind: a.shuffle(),
    "shuffle_do": lambda a, n, g, f, s, w, kind: [a.shuffle_do(seen := Seen(n)), seen.names],
    "draws": lambda a, n, g, f, s, w, kind: a.random.random(),
    "set": lambda a, n, g, f, s, w, kind: [a.set(w, 2) is a, a.get(w)],
    "set part": lambda a, n, g, f, s, w, kind: [a.select(at_most=0.5).set(w, 3).get(w), a.get(w)],
}  # fmt: skip


class _Other(mesa.Agent):
    """A class of which there is no agent."""


class Seen:
    """Notes the names of agents it is called with."""

    def __init__(self, name: str) -> None:
        self.name, self.names = name, []

    def __call__(self, agent: Any) -> None:
        self.names.append(getattr(agent, self.name) if isinstance(agent, mesa.Agent) else len(agent))


def answer(verb: Verb, agents: Any, attributes: tuple[str, ...], kind: type) -> Any:
    """Return what a verb answers in plain values: agents by name, an error by its class."""
    agents.random.seed(5)
    try:
        return told(verb(agents, *attributes, kind), attributes[0])
    except Exception as error:
        return type(error).__name__


def told(value: Any, name: str) -> Any:
    if isinstance(value, GroupBy):
        value = value.groups
    if isinstance(value, dict):
        return sorted(((told(key, name), told(group, name)) for key, group in value.items()), key=repr)
    if isinstance(value, mesa.Agent):
        return ("agent", getattr(value, name))
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, (str, int, float, bool, type(None))):
        return value
    return [told(part, name) for part in value]


def disagreements(agents: Any, kind: type, attributes: tuple[str, ...]) -> list[str]:
    """Return the verbs that a set answers in another way than a real AgentSet of plain agents with its values."""
    twins, held = plain_twins(agents, attributes)
    found = []
    for name, verb in VERBS.items():
        ours, theirs = answer(verb, agents, attributes, kind), answer(verb, twins, attributes, Plain)
        if ours != theirs and not (_numbers(ours) and ours == pytest.approx(theirs, rel=1e-12)):
            found.append(f"{name}: {ours} is not {theirs}")
    assert len(held) == len(agents)
    return found


def _numbers(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(part, float | int) for part in value)


@pytest.fixture(scope="module")
def model(case: Case) -> Iterator[FlightModel]:
    with flight(case) as built:
        yield built


@pytest.mark.parametrize("name", FACES)
def test_every_verb_answers_as_mesas_own_set(model: FlightModel, name: str) -> None:
    kind, attributes = FACES[name]
    agents = some(model, name)
    assert all(type(agent) is kind for agent in agents)
    assert disagreements(agents, kind, attributes) == []


class TiesTurned(Talents):
    """A twin whose equals change their order when sorted the highest first."""

    def sort(self, key: Any, ascending: bool = False, inplace: bool = False) -> Any:
        order = super().sort(key, True, inplace)
        return order if ascending else order._part(order.rows[::-1])


class Wrapping(Talents):
    """A twin that gives small whole numbers as they are kept."""

    def _attribute(self, name: str, fill: tuple[Any, ...]) -> Any:
        return self.column(name) if name in self.data else super()._attribute(name, fill)


class KeysOnly(Talents):
    """A twin whose groups are a dictionary."""

    def groupby(self, by: Any, result_type: str = "agentset") -> Any:
        return super().groupby(by, result_type).groups


class ShareOfFound(Talents):
    """A twin that takes a share of those found, not of the set."""

    def select(self, filter_func: Any = None, at_most: float = float("inf"), *more: Any, **words: Any) -> Any:
        found = super().select(filter_func, float("inf"), *more, **words)
        return Talents.select(found, None, at_most)


@pytest.mark.parametrize(
    ("kind", "verbs"),
    [
        (TiesTurned, {"sort s False", "sort by default"}),
        (Wrapping, {"agg of sums"}),
        (KeysOnly, {"group count", "group agg"}),
        (ShareOfFound, {"select share of"}),
    ],
)
def test_twin_a_verb_of_its_own_kind_is_reported(model: FlightModel, kind: type[Talents], verbs: set[str]) -> None:
    rows = some(model, "talents").rows
    with np.errstate(all="ignore"):
        found = disagreements(kind(model, model.talents.data, rows), *FACES["talents"])
    assert verbs <= {line.split(":")[0] for line in found}


@pytest.mark.parametrize("name", FACES)
def test_an_index_and_a_list_answer_in_every_version(model: FlightModel, name: str) -> None:
    agents = some(model, name)
    listed = agents.to_list()
    assert listed == list(agents)
    assert (agents[0], agents[-1], agents[2:5]) == (listed[0], listed[-1], listed[2:5])
    assert agents[np.int64(1)] == listed[1]
    with pytest.raises(IndexError):
        agents[len(agents)]


@pytest.mark.parametrize("name", FACES)
def test_a_mask_selects_as_the_same_function_does(model: FlightModel, name: str) -> None:
    agents, number = some(model, name), FACES[name][1][2]
    mask = np.asarray(agents.get(number)) > np.median(agents.get(number))
    by_function = agents.select(lambda agent: getattr(agent, number) > np.median(agents.get(number)))
    for wanted in (mask, mask.tolist()):
        assert list(agents.select(wanted)) == list(by_function)
        assert list(agents.select(wanted, at_most=4)) == list(by_function)[:4]
    part = agents.select(mask)
    assert list(part.select(np.ones(len(part), bool))) == list(part)
    for wrong in (mask[:-1], mask.astype(int), np.flatnonzero(mask), mask[:, None]):
        with pytest.raises(ValueError, match="found a mask of"):
            agents.select(wrong)


@pytest.mark.parametrize("name", ["talents", "startups", "places"])
def test_the_rows_of_a_model_stay_in_place(model: FlightModel, name: str) -> None:
    agents = getattr(model, name)
    before = agents.to_list()
    with pytest.raises(ValueError, match="stay in place"):
        agents.select(lambda agent: False, inplace=True)
    assert agents.to_list() == before
    if name != "places":
        part = agents.select(at_most=10)
        assert part.select(lambda agent: agent.row > 4, inplace=True) is part
        assert part.sort(lambda agent: agent.row, inplace=True) is part
        assert part.map(lambda agent: agent.row) == [9, 8, 7, 6, 5]
        assert part.shuffle(inplace=True) is part


def test_what_is_got_is_a_snapshot_and_a_view_is_not(model: FlightModel) -> None:
    talents = model.talents.select(at_most=5)
    got, view = model.talents.get("log_ability"), model.talents.column("log_ability")
    before = got.copy()
    talents.set("log_ability", 9.0)
    assert (got == before).all()
    assert (view[:5] == 9.0).all()
    talents.set("log_ability", before[:5])


def test_computed_attributes_are_those_of_each_agent(model: FlightModel) -> None:
    for agents in (model.talents.shuffle().select(at_most=SIXTY), model.startups.shuffle().select(at_most=SIXTY)):
        for name in agents.computed:
            assert agents.get(name).tolist() == [getattr(agent, name) for agent in agents], name
    talents = model.talents
    assert set(talents.computed) == {"age", "works_in_startup", "unique_id"}
    assert len(np.unique(talents.get("unique_id"))) == len(talents)
    assert 20 < talents.agg("age", np.mean) < 60


def test_a_column_refuses_what_it_cannot_keep(model: FlightModel) -> None:
    talents = model.talents.select(at_most=3)
    for value in (0.5, 300, -1, [1, 2, 256], "lyon", float("nan")):
        with pytest.raises(ValueError, match="column 'skill' holds uint8, which cannot keep"):
            talents.set("skill", value)
        if not isinstance(value, list):
            with pytest.raises(ValueError, match="column 'skill' holds uint8"):
                talents[0].skill = value
    with pytest.raises(AttributeError, match="no column 'weather' to set"):
        talents.set("weather", 1)


def test_places_are_written_through_their_agents(case: Case) -> None:
    with flight(case) as model, flight(case) as other:
        before = model.places.wage.copy()
        model.places.select(model.places.is_french).set("wage", 50_000.0)
        assert (model.places.wage[model.places.is_french] == 50_000.0).all()
        assert (model.places.wage[~model.places.is_french] == before[~model.places.is_french]).all()
        model.places[3].vacancy = 0.5  # evidence, which is read-only and shared
        assert model.places.vacancy[3] == 0.5
        assert (other.places.wage == before).all()
        assert other.places.vacancy[3] != 0.5
        with pytest.raises(AttributeError, match="fixed by geography"):
            model.places[0].is_french = False
        assert "is_french" not in vars(model.places[0])


def test_row_agents_are_mesa_agents_bound_to_their_row(model: FlightModel) -> None:
    assert all(issubclass(kind, RowAgent) and issubclass(kind, mesa.Agent) for kind in (Talent, Startup))
    one, same, other = model.talents[4], model.talents[4], model.talents[5]
    assert one == same
    assert hash(one) == hash(same)
    assert len({one, same, other}) == 2
    assert one != other
    assert one != model.startups[4]
    assert list(AgentSet([one, other], random=model.random)) == [one, other]
