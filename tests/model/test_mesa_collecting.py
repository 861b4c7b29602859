"""Mesa's DataCollector on the model, on a selection of talents or startups, on places and cities."""

from __future__ import annotations

import mesa
import numpy as np
import pandas as pd
import pytest

from sim.model.cities import City
from sim.model.flight import FlightModel
from sim.model.places import Place
from sim.model.startups import Startup
from sim.model.talents import Talent
from sim.model.watching import Watched
from tests.model.small_runs import Case, differences, flight, run

QUARTERS = 3


def net_wage(agent: Talent, share: float = 0.7) -> float:
    return share * float(agent.model.places.wage[agent.place])


class Collecting(FlightModel):
    """Collects as models of Mesa do: at the end of every step."""

    def step(self) -> None:
        if not hasattr(self, "datacollector"):
            self.datacollector = mesa.DataCollector(
                model_reporters={
                    "quarter": "quarter",  # by name
                    "living": lambda model: len(model.startups.living()),  # by function
                    "stars": self.stars,  # by method
                },
                agent_reporters={
                    "place": "place",
                    "wage": net_wage,
                    "age": lambda agent: agent.age,
                    "half": [net_wage, [0.5]],
                    "step": Talent.__repr__,
                },
                agenttype_reporters={Place: {"rent": "office_rent"}, City: {"saved": "saved"}},
            )
        super().step()
        top = self.talents.select(self.talents.get("skill") == 3, at_most=10)
        self.datacollector.collect(self.watching(top))

    def stars(self) -> int:
        return int((self.talents.get("skill") == 2).sum())


@pytest.fixture(scope="module")
def collected(case: Case) -> Collecting:
    with flight(case, kind=Collecting) as model:
        for _ in range(QUARTERS):
            model.step()
        return model


def test_model_reporters_by_name_function_and_method(collected: Collecting) -> None:
    frame = collected.datacollector.get_model_vars_dataframe()
    assert frame["quarter"].tolist() == [1, 2, 3]
    assert frame["living"].iloc[-1] == collected.startup_counts.by_place.sum()
    assert frame["stars"].iloc[-1] == collected.stars() > 0


def test_agent_reporters_on_a_selection_of_talents(collected: Collecting) -> None:
    frame = collected.datacollector.get_agent_vars_dataframe()
    assert len(frame) == 10 * QUARTERS
    last = frame.xs(QUARTERS, level="Step")
    top = collected.talents.select(collected.talents.get("skill") == 3, at_most=10)
    assert last.index.tolist() == top.get("unique_id").tolist()
    assert last["place"].tolist() == top.get("place").tolist()
    assert last["age"].tolist() == top.get("age").tolist()
    np.testing.assert_allclose(last["wage"], 0.7 * collected.places.wage[top.get("place")], rtol=0)
    np.testing.assert_allclose(last["half"], 0.5 * collected.places.wage[top.get("place")], rtol=0)
    assert last["step"].tolist() == [f"Talent({uid})" for uid in last.index]


def test_reporters_by_type_see_places_cities_and_the_selection(case: Case, collected: Collecting) -> None:
    rents = collected.datacollector.get_agenttype_vars_dataframe(Place)
    assert len(rents) == 26 * QUARTERS
    assert rents["rent"].xs(QUARTERS, level="Step").tolist() == collected.places.office_rent.tolist()
    assert len(collected.datacollector.get_agenttype_vars_dataframe(City)) == 22 * QUARTERS
    with flight(case) as model:
        collector = mesa.DataCollector(
            agenttype_reporters={Startup: {"staff": "headcount"}, Talent: {"at": "place"}, Place: {"wage": "wage"}}
        )
        collector.collect(model.watching(model.startups.select(at_most=4), model.talents.select(at_most=3)))
        for kind, number in ((Startup, 4), (Talent, 3), (Place, 26)):
            assert len(collector.get_agenttype_vars_dataframe(kind)) == number


def test_a_model_that_is_not_watched_shows_its_registered_agents(case: Case) -> None:
    collector = mesa.DataCollector(agent_reporters={"name": "name"}, agenttype_reporters={Talent: {"at": "place"}})
    with flight(case) as model:
        collector.collect(model)
        assert len(collector.get_agent_vars_dataframe()) == 48
        assert collector.get_agenttype_vars_dataframe(Talent)["at"].dropna().empty


def test_collecting_changes_no_byte_and_registers_nobody(case: Case, collected: Collecting) -> None:
    case = case.with_settings(years=1)
    assert differences(run(case), run(case, kind=Collecting)) == []
    assert len(collected.agents) == 48


def test_what_is_collected_stays_as_it_was(case: Case) -> None:
    with flight(case) as model:
        collector = mesa.DataCollector(model_reporters={"wages": lambda m: m.places.wage, "skill": skills})
        frames = []
        for _ in range(2):
            collector.collect(model.watching())
            frames.append(collector.get_model_vars_dataframe()["wages"].iloc[0].copy())
            model.step()
            model.places.wage[:] = 1.0
        assert (frames[0] == frames[1]).all()
        assert isinstance(collector.get_model_vars_dataframe(), pd.DataFrame)


def skills(model: Watched) -> dict[int, int]:
    counts: dict[int, int] = model.talents.groupby("skill").count()
    return counts
