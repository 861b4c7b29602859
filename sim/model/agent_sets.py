"""Sets of registered agents: Mesa's AgentSet, which also answers a mask, an index and ``to_list`` in every version."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import TYPE_CHECKING, Any

import mesa
import numpy as np
from mesa.agent import AgentSet

if TYPE_CHECKING:
    from sim.model.adapter import GroupBy


class RegisteredAgents(AgentSet):
    """A ``mesa.agent.AgentSet`` of agents that the model holds, such as its cities."""

    def select(
        self,
        filter_func: np.ndarray | Sequence[bool] | Callable[[Any], bool] | None = None,
        at_most: float = float("inf"),
        inplace: bool = False,
        agent_type: type[mesa.Agent] | None = None,
    ) -> AgentSet:
        """Return the agents that meet a mask (bool, one per agent of this set) or a predicate on agents.

        Raises:
            ValueError: if a mask is not as long as this set or not of truth values.
        """
        if filter_func is not None and not callable(filter_func):
            mask = np.asarray(filter_func)
            if mask.dtype != bool or mask.shape != (len(self),):
                found = f"{mask.dtype.name} {mask.shape}"
                raise ValueError(f"select: found a mask of {found}, allowed is one of bool ({len(self)},).")
            chosen = {agent for agent, wanted in zip(self, mask, strict=True) if wanted}
            filter_func = chosen.__contains__
        return self._of_this_kind(super().select(filter_func, at_most, inplace, agent_type))

    def sort(self, key: str | Callable[[Any], Any], ascending: bool = False, inplace: bool = False) -> AgentSet:
        """Return the agents in order of an attribute or function, the highest first."""
        return self._of_this_kind(super().sort(key, ascending, inplace))

    def shuffle(self, inplace: bool = False) -> AgentSet:
        """Return the agents in an order drawn from the model's ``random``."""
        return self._of_this_kind(super().shuffle(inplace))

    def groupby(self, by: str | Callable[[Any], Any], result_type: str = "agentset") -> GroupBy:
        """Return the groups by value of an attribute or of a function: one set each, or lists of agents."""
        groups = super().groupby(by, result_type)
        if result_type == "agentset":
            groups.groups = {key: self._of_this_kind(group) for key, group in groups.groups.items()}
        return groups

    def _of_this_kind(self, agents: AgentSet) -> AgentSet:
        return agents if isinstance(agents, type(self)) else type(self)(agents, self.random)

    def to_list(self) -> list[Any]:
        """Return all agents."""
        return list(self)

    def __getitem__(self, item: int | slice) -> Any:
        """Return one agent, or a list of agents for a slice."""
        return list(self)[item]


class AnswersAsAgents:
    """The verbs of an AgentSet for an object that holds its agents' state in arrays: passed on to ``agents``."""

    agents: RegisteredAgents

    @property
    def random(self) -> Random:
        """The model's generator for Mesa's shuffles."""
        return self.agents.random  # type: ignore[no-any-return]

    def __len__(self) -> int:
        return len(self.agents)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.agents)

    def __contains__(self, agent: object) -> bool:
        return agent in self.agents

    def __getitem__(self, item: int | slice) -> Any:
        """Return one agent, or a list of agents for a slice."""
        return self.agents[item]

    def to_list(self) -> list[Any]:
        """Return all agents."""
        return self.agents.to_list()

    def select(self, *args: Any, **kwargs: Any) -> AgentSet:
        """Return the agents that meet a mask or a predicate, as an AgentSet."""
        if kwargs.get("inplace") or args[2:3] == (True,):
            raise ValueError("the places of a model stay in place: keep the set that is returned without 'inplace'.")
        return self.agents.select(*args, **kwargs)

    def sort(self, key: str | Callable[[Any], Any], ascending: bool = False) -> AgentSet:
        """Return the agents in order of an attribute or function, the highest first."""
        return self.agents.sort(key, ascending)

    def shuffle(self) -> AgentSet:
        """Return the agents in an order drawn from the model's ``random``."""
        return self.agents.shuffle()

    def groupby(self, by: str | Callable[[Any], Any], result_type: str = "agentset") -> GroupBy:
        """Return the groups by value of an attribute or of a function."""
        return self.agents.groupby(by, result_type)

    def get(self, attr_names: str | list[str], handle_missing: str = "error", default_value: Any = None) -> list[Any]:
        """Return one attribute as a list, several as a list per agent."""
        return list(self.agents.get(attr_names, handle_missing, default_value))

    def set(self, attr_name: str, value: Any) -> Any:
        """Write one value to an attribute of all agents; return this set."""
        self.agents.set(attr_name, value)
        return self

    def agg(self, attribute: str, func: Any) -> Any:
        """Return what a function makes of an attribute of all agents, or a list of what several do."""
        return self.agents.agg(attribute, func)

    def map(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> list[Any]:
        """Return the results of a method (by name) or function on each agent."""
        return list(self.agents.map(method, *args, **kwargs))

    def do(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Call a method (by name) or function on each agent; return this set."""
        self.agents.do(method, *args, **kwargs)
        return self

    def shuffle_do(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Call a method or function on each agent in the order of ``shuffle``; return this set."""
        self.agents.shuffle_do(method, *args, **kwargs)
        return self
