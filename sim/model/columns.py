"""Columns with Mesa's AgentSet verbs: many agents, one NumPy array per attribute, agent objects made on demand.

The verbs answer as those of a ``mesa.agent.AgentSet`` of plain agents with the same values would, but for this: a
single attribute comes as an array, a selection may be asked for by mask, a value may be one per row, groups come in
order of key, and the rows of the model itself are neither reordered nor dropped (``inplace``).
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from random import Random
from typing import TYPE_CHECKING, Any, ClassVar, Self

import mesa
import numpy as np

from sim.model.groups import ColumnGroups, rows_by_key
from sim.model.row_agents import RowAgent, fitting

if TYPE_CHECKING:
    from sim.model.flight import FlightModel

Computed = Mapping[str, Callable[[Any], np.ndarray]]
Call = str | Callable[..., Any]  # a method of the agent by name, or a function of the agent


class Columns:
    """A set of agents kept as columns. ``rows`` restricts it to some rows, in that order (sharing the data)."""

    agent_class: type[RowAgent] = RowAgent
    # Attributes of an agent that are no column, computed for all rows of a set at once.
    computed: ClassVar[Computed] = {}

    def __init__(self, model: FlightModel, data: dict[str, np.ndarray], rows: np.ndarray | None = None) -> None:
        self.model = model
        self.data = data
        self.rows = rows

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(self.data)

    @property
    def uid(self) -> np.ndarray:
        """Unique ids of all rows, uint64."""
        return self.data["uid"]

    def unique_id(self, row: int) -> int:
        """Return the unique id of one row."""
        return int(self.data["uid"][row])

    @property
    def size(self) -> int:
        """Number of rows of the columns, whatever is selected."""
        return len(next(iter(self.data.values())))

    @property
    def random(self) -> Random:
        """The model's generator for Mesa's shuffles; no process of the model draws from it."""
        return self.model.random  # type: ignore[no-any-return]

    def _index(self) -> np.ndarray:
        return np.arange(self.size) if self.rows is None else self.rows

    def _part(self, rows: np.ndarray) -> Self:
        return type(self)(self.model, self.data, rows)

    def _changed(self, rows: np.ndarray, inplace: bool) -> Self:
        if not inplace:
            return self._part(rows)
        if self.rows is None:
            raise ValueError("the rows of a model stay in place: keep the set that is returned without 'inplace'.")
        self.rows = rows
        return self

    # ---- a collection ----------------------------------------------------------------------------------------------

    def __len__(self) -> int:
        return self.size if self.rows is None else len(self.rows)

    def __iter__(self) -> Iterator[Any]:
        kind, rows = self.agent_class, range(self.size) if self.rows is None else map(int, self.rows)
        return (kind(self, row) for row in rows)

    def __getitem__(self, item: int | slice) -> Any:
        """Return one agent, or a list of agents for a slice."""
        rows = range(self.size) if self.rows is None else self.rows
        if isinstance(item, slice):
            return [self.agent_class(self, int(row)) for row in rows[item]]
        return self.agent_class(self, int(rows[operator.index(item)]))

    def __contains__(self, agent: object) -> bool:
        if not isinstance(agent, RowAgent) or agent.columns.data is not self.data:
            return False
        return agent.row < self.size if self.rows is None else bool(np.any(self.rows == agent.row))

    def to_list(self) -> list[Any]:
        """Return all agents as objects."""
        return list(self)

    # ---- parts and orders ------------------------------------------------------------------------------------------

    def select(
        self,
        filter_func: np.ndarray | Sequence[bool] | Callable[[Any], bool] | None = None,
        at_most: float = float("inf"),
        inplace: bool = False,
        agent_type: type[mesa.Agent] | None = None,
    ) -> Self:
        """Return the agents that meet a mask (bool, one per agent of this set) or a predicate on agents.

        ``at_most``: a number of agents, or a share of this set if it is a float of at most 1: the first ones.

        Raises:
            ValueError: if a mask is not as long as this set or not of truth values.
        """
        share = isinstance(at_most, float) and at_most <= 1.0
        most = len(self) * at_most // 1 if share else math.inf if at_most == math.inf else math.ceil(at_most)
        index = self._index()
        if agent_type is not None and not issubclass(self.agent_class, agent_type):
            index = index[:0]
        elif callable(filter_func):
            index = np.array(list(self._meeting(filter_func, most)), dtype=index.dtype)
        elif filter_func is not None:
            mask = np.asarray(filter_func)
            if mask.dtype != bool or mask.shape != index.shape:
                found = f"{mask.dtype.name} {mask.shape}"
                raise ValueError(f"select: found a mask of {found}, allowed is one of bool ({len(self)},).")
            index = index[mask]
        if most < len(index):
            index = index[: max(int(most), 0)]
        return self._changed(index, inplace)

    def _meeting(self, predicate: Callable[[Any], bool], most: float) -> Iterator[int]:
        found = 0
        for agent in self:
            if found >= most:
                return
            if predicate(agent):
                found += 1
                yield agent.row

    def sort(self, key: str | Callable[[Any], Any], ascending: bool = False, inplace: bool = False) -> Self:
        """Return the agents in order of an attribute or function, the highest first; ties keep their order."""
        values = self._keys(key)
        if isinstance(values, np.ndarray) and ascending:
            order = np.argsort(values, kind="stable")
        elif isinstance(values, np.ndarray):  # backwards twice: the highest first, equals as they stood
            order = (len(self) - 1 - np.argsort(values[::-1], kind="stable"))[::-1]
        else:
            places = sorted(range(len(self)), key=values.__getitem__, reverse=not ascending)
            order = np.array(places, dtype=np.intp)
        return self._changed(self._index()[order], inplace)

    def shuffle(self, inplace: bool = False) -> Self:
        """Return the agents in an order drawn from the model's ``random``, the one that Mesa would draw."""
        order = list(range(len(self)))
        self.random.shuffle(order)
        return self._changed(self._index()[np.array(order, dtype=np.intp)], inplace)

    def groupby(self, by: str | Callable[[Any], Any], result_type: str = "agentset") -> ColumnGroups:
        """Return the groups by value of an attribute or of a function: one set each, or lists of agents."""
        sets = {key: self._part(rows) for key, rows in rows_by_key(self._keys(by), self._index()).items()}
        return ColumnGroups(sets if result_type == "agentset" else {key: part.to_list() for key, part in sets.items()})

    def _keys(self, by: str | Callable[[Any], Any]) -> Any:
        if not isinstance(by, str):
            return [by(agent) for agent in self]
        return self.column(by) if by in self.data else self.get(by)  # a column as it is kept: the fastest to sort

    # ---- attributes ------------------------------------------------------------------------------------------------

    def get(self, attr_names: str | list[str], handle_missing: str = "error", default_value: Any = None) -> Any:
        """Return one attribute as an array of its own (a list if values are no numbers), several as a list per agent.

        Small whole numbers come as int64, so that sums and differences do not wrap. ``handle_missing``: ``"error"``,
        or ``"default"`` for ``default_value`` where there is no such attribute.

        Raises:
            AttributeError: if an agent has no such attribute.
            ValueError: if ``handle_missing`` is neither.
        """
        if handle_missing not in ("error", "default"):
            raise ValueError(f"Unknown handle_missing option: {handle_missing}, should be one of 'error' or 'default'")
        fill = () if handle_missing == "error" else (default_value,)
        if isinstance(attr_names, str):
            return self._attribute(attr_names, fill)
        columns = [self._attribute(name, fill) for name in attr_names]
        return [list(row) for row in zip(*(_plain(column) for column in columns), strict=True)] or [[] for _ in self]

    def _attribute(self, name: str, fill: tuple[Any, ...]) -> Any:
        if name in self.data:
            column = self.column(name)
            return column.astype(np.int64) if column.dtype.kind in "iu" and column.itemsize < 8 else column.copy()
        if name in self.computed:
            return self.computed[name](self)
        values = [getattr(agent, name, *fill) for agent in self]
        kinds = {type(value) for value in values}
        return np.array(values) if len(kinds) == 1 and kinds <= {bool, int, float} else values

    def set(self, attr_name: str, value: Any) -> Self:
        """Write one value, or one per agent, to a column.

        Raises:
            AttributeError: if there is no such column.
            ValueError: if the column cannot keep a value unchanged, or the rules cannot work with it (``limits``).
        """
        if attr_name not in self.data:
            kept = ", ".join(self.data)
            raise AttributeError(f"{type(self).__name__.lower()} have no column '{attr_name}' to set, only: {kept}")
        column = self.data[attr_name]
        column[slice(None) if self.rows is None else self.rows] = fitting(
            attr_name, column.dtype, value, self.limits(attr_name)
        )
        return self

    def agg(self, attribute: str, func: Callable[[Any], Any] | Iterable[Callable[[Any], Any]]) -> Any:
        """Return what a function such as ``np.sum`` makes of an attribute, or a list of what several do."""
        values = self.get(attribute)
        return func(values) if callable(func) else [function(values) for function in func]

    def limits(self, name: str) -> tuple[float, float] | None:
        """Return the lowest and highest value of a column, if any: compiled loops look rows up by it, unchecked."""
        return None

    # ---- calls -----------------------------------------------------------------------------------------------------

    def map(self, method: Call, *args: Any, **kwargs: Any) -> list[Any]:
        """Return the results of a method (by name) or function on each agent."""
        if isinstance(method, str):
            return [getattr(agent, method)(*args, **kwargs) for agent in self]
        return [method(agent, *args, **kwargs) for agent in self]

    def do(self, method: Call, *args: Any, **kwargs: Any) -> Self:
        """Call a method (by name) or function on each agent; return this set."""
        for agent in self:
            if isinstance(method, str):
                getattr(agent, method)(*args, **kwargs)
            else:
                method(agent, *args, **kwargs)
        return self

    def shuffle_do(self, method: Call, *args: Any, **kwargs: Any) -> Self:
        """Call a method or function on each agent in the order of ``shuffle``; return this set."""
        self.shuffle().do(method, *args, **kwargs)
        return self

    # ---- for the processes -----------------------------------------------------------------------------------------

    def column(self, name: str) -> np.ndarray:
        """Return a column restricted to this set's rows (a view of all rows if there is no selection)."""
        return self.data[name] if self.rows is None else self.data[name][self.rows]

    def append(self, new: dict[str, np.ndarray]) -> None:
        """Add rows at the end; every column must be given."""
        missing = set(self.data) ^ set(new)
        if missing:
            raise KeyError(f"columns given and columns kept differ: {sorted(missing)}")
        for name, kept in self.data.items():
            self.data[name] = np.concatenate([kept, np.asarray(new[name], dtype=kept.dtype)])

    def table(self, names: tuple[str, ...]) -> tuple[np.ndarray, ...]:
        """Return whole columns (not the selection) for the compiled loops."""
        return tuple(self.data[name] for name in names)


def _plain(values: np.ndarray | list[Any]) -> list[Any]:
    return list(values.tolist()) if isinstance(values, np.ndarray) else values
