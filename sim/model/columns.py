"""Columns with Mesa's AgentSet verbs: many agents, one NumPy array per attribute, agent objects made on demand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import mesa
import numpy as np

if TYPE_CHECKING:
    from sim.model.flight import FlightModel


class RowAgent(mesa.Agent):
    """A ``mesa.Agent`` bound to one row of the columns: reads and writes that row, is not registered one by one."""

    def __init__(self, model: FlightModel, columns: Columns, row: int) -> None:
        # Not calling the parent's __init__ keeps the agent out of the model's registry: cheap, made on demand.
        self.__dict__.update(model=model, columns=columns, row=row, unique_id=int(columns.uid[row]))

    def __getattr__(self, name: str) -> Any:
        columns = self.__dict__["columns"]
        if name in columns.names:
            return columns.data[name][self.row].item()
        raise AttributeError(f"a {type(self).__name__.lower()} has no '{name}'")

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self.columns.names:
            self.columns.data[name][self.row] = value
        else:
            self.__dict__[name] = value

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.unique_id})"


class Columns:
    """A set of agents kept as columns. ``rows`` restricts it to some rows (a selection shares the data)."""

    agent_class: type[RowAgent] = RowAgent

    def __init__(self, model: FlightModel, data: dict[str, np.ndarray], rows: np.ndarray | None = None) -> None:
        self.model = model
        self.data = data
        self.names = tuple(data)
        self.rows = rows

    @property
    def uid(self) -> np.ndarray:
        """Unique ids of all rows, uint64."""
        return self.data["uid"]

    @property
    def size(self) -> int:
        """Number of rows of the columns, whatever is selected."""
        return len(self.data[self.names[0]])

    def _index(self) -> np.ndarray:
        return np.arange(self.size) if self.rows is None else self.rows

    def __len__(self) -> int:
        return self.size if self.rows is None else len(self.rows)

    def __iter__(self) -> Iterator[RowAgent]:
        return (self.agent_class(self.model, self, int(row)) for row in self._index())

    def __contains__(self, agent: object) -> bool:
        return isinstance(agent, self.agent_class) and agent.columns.data is self.data and agent.row in self._index()

    def column(self, name: str) -> np.ndarray:
        """Return a column restricted to this set's rows (a view of all rows if there is no selection)."""
        return self.data[name] if self.rows is None else self.data[name][self.rows]

    def select(
        self, condition: np.ndarray | Callable[[RowAgent], bool] | None = None, at_most: float = float("inf")
    ) -> Columns:
        """Return the rows that meet a boolean mask (as long as this set) or a predicate on agents.

        ``at_most``: a number of rows, or a share of this set if it is a float of at most 1 (as in Mesa).
        """
        index = self._index()
        if callable(condition):
            predicate = condition
            index = index[np.fromiter((predicate(agent) for agent in self), dtype=bool, count=len(self))]
        elif condition is not None:
            index = index[np.asarray(condition, dtype=bool)]
        if isinstance(at_most, float) and at_most <= 1.0:
            at_most = int(len(self) * at_most)
        if at_most < len(index):
            index = index[: int(at_most)]
        return type(self)(self.model, self.data, index)

    def get(self, names: str | list[str]) -> Any:
        """Return one column as an array, or several as a list of arrays in the order asked for."""
        return self.column(names) if isinstance(names, str) else [self.column(name) for name in names]

    def set(self, name: str, value: Any) -> Columns:
        """Write one value, or one per row, to a column."""
        self.data[name][self._index()] = value
        return self

    def agg(self, name: str, function: Callable[[np.ndarray], Any]) -> Any:
        """Apply a function such as ``np.sum`` to a column."""
        return function(self.column(name))

    def groupby(self, by: str | Callable[[RowAgent], Any]) -> dict[Any, Columns]:
        """Return one set per value of a column (or of a function of the agent), in order of value."""
        keys = self.column(by) if isinstance(by, str) else np.array([by(agent) for agent in self])
        index = self._index()
        return {key.item(): type(self)(self.model, self.data, index[keys == key]) for key in np.unique(keys)}

    def do(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> Columns:
        """Call a method by name, or a function, on each agent."""
        for agent in self:
            if isinstance(method, str):
                getattr(agent, method)(*args, **kwargs)
            else:
                method(agent, *args, **kwargs)
        return self

    def map(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> list[Any]:
        """Return the results of a method or function on each agent."""
        if isinstance(method, str):
            return [getattr(agent, method)(*args, **kwargs) for agent in self]
        return [method(agent, *args, **kwargs) for agent in self]

    def sort(self, key: str | Callable[[RowAgent], Any], ascending: bool = False) -> Columns:
        """Return the rows in order of a column or function; ties keep their order."""
        values = self.column(key) if isinstance(key, str) else np.array([key(agent) for agent in self])
        order = np.argsort(values, kind="stable")
        return type(self)(self.model, self.data, self._index()[order if ascending else order[::-1]])

    def to_list(self) -> list[RowAgent]:
        """Return all agents as objects."""
        return list(self)

    def append(self, new: dict[str, np.ndarray]) -> None:
        """Add rows at the end; every column must be given."""
        missing = set(self.names) ^ set(new)
        if missing:
            raise KeyError(f"columns given and columns kept differ: {sorted(missing)}")
        for name in self.names:
            kept = self.data[name]
            self.data[name] = np.concatenate([kept, np.asarray(new[name], dtype=kept.dtype)])

    def table(self, names: tuple[str, ...]) -> tuple[np.ndarray, ...]:
        """Return whole columns (not the selection) for the compiled loops."""
        return tuple(self.data[name] for name in names)
