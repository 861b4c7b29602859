"""A model as a collector shall see it: some talents or startups in the place of the registered agents."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import mesa

if TYPE_CHECKING:
    from sim.model.flight import FlightModel


class Watched:
    """Everything of the model, but ``agents`` are those given; ``mesa.DataCollector.collect`` takes it as a model.

    Talents and startups are rows, not registered agents: a collector would not see them, and seeing all of them
    would be slow. Nothing is registered or kept here.
    """

    def __init__(self, model: FlightModel, sets: Iterable[Iterable[mesa.Agent]]) -> None:
        self._model = model
        self.agents: list[Any] = [agent for some in sets for agent in some]
        watched: dict[type, list[Any]] = {}
        for agent in self.agents:
            watched.setdefault(type(agent), []).append(agent)
        self.agents_by_type: dict[type, Any] = {**model.agents_by_type, **watched}
        self.agent_types = list(self.agents_by_type)

    def __getattr__(self, name: str) -> Any:
        if name == "_model":  # an empty object, as made by copying
            raise AttributeError(name)
        return getattr(self._model, name)
