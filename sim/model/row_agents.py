"""Agents on demand: a ``mesa.Agent`` bound to one row of columns, made when asked for and forgotten when let go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import mesa
import numpy as np

if TYPE_CHECKING:
    from sim.model.columns import Columns
    from sim.model.flight import FlightModel

NO_SPACE = "there is no grid; where it is stands in its columns of places"
NOT_ONE_BY_ONE = (
    "rows are appended and renewed by processes, not one by one: change the row's columns, or add a process to the"
    " model that does it for all"
)


class RowAgent(mesa.Agent):
    """One row of columns as a ``mesa.Agent``: reads and writes that row, is not registered with the model.

    The agent holds the columns and the number of its row, nothing else, so it stays right when columns grow. A row
    that is renewed belongs to the next person: ``unique_id`` is the one of whoever holds the row now.
    """

    __slots__ = ("columns", "row")

    columns: Columns
    row: int

    def __init__(self, columns: Columns, row: int) -> None:
        # Not calling the parent's __init__ keeps the agent out of the model's registry: cheap, made on demand.
        _bind_columns(self, columns)
        _bind_row(self, row)

    @property
    def model(self) -> FlightModel:
        """The model whose columns these are."""
        return self.columns.model

    @property
    def unique_id(self) -> int:
        """Unique id of who holds the row now: apart from all others of its kind, in every run of the same world."""
        return self.columns.unique_id(self.row)

    def __getattr__(self, name: str) -> Any:
        # Only called for names that the agent itself does not have. An empty agent, as made by copying, has no row.
        if not name.startswith("_") and name not in RowAgent.__slots__:
            column = self.columns.data.get(name)
            if column is not None:
                return column[self.row].item()
        kind = type(self).__name__.lower()
        raise AttributeError(f"a {kind} has no 'pos': {NO_SPACE}" if name == "pos" else f"a {kind} has no '{name}'")

    def __setattr__(self, name: str, value: Any) -> None:
        column = self.columns.data.get(name)
        if column is not None:
            column[self.row] = fitting(name, column.dtype, value, self.columns.limits(name))
        elif name == "pos":
            raise AttributeError(f"a {type(self).__name__.lower()} has no 'pos': {NO_SPACE}")
        else:
            super().__setattr__(name, value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RowAgent) and other.row == self.row and other.columns.data is self.columns.data

    def __hash__(self) -> int:
        return hash((id(self.columns.data), self.row))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.columns, self.row), vars(self) or None

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.unique_id})"

    def remove(self) -> None:
        """Refuse: a row has no way out but those of the rules."""
        raise TypeError(f"a {type(self).__name__.lower()} cannot be removed: {NOT_ONE_BY_ONE}.")

    @classmethod
    def create_agents(cls, *_: Any, **__: Any) -> Any:
        """Refuse: rows come from the start of a world and from processes."""
        raise TypeError(f"a {cls.__name__.lower()} cannot be created: {NOT_ONE_BY_ONE}.")

    from_dataframe = create_agents


# The slots' own setters: binding is what an agent costs.
_bind_columns, _bind_row = vars(RowAgent)["columns"].__set__, vars(RowAgent)["row"].__set__


def fitting(name: str, kind: np.dtype[Any], value: Any, limits: tuple[float, float] | None = None) -> Any:
    """Return a value or array as it will stand in a column of a type.

    Raises:
        ValueError: if the column cannot hold it unchanged, as 0.5 or 300 in a column of small whole numbers, or if
            it lies outside ``limits`` (lowest, highest).
    """
    given = np.asarray(value)
    with np.errstate(all="ignore"):  # the comparison below says what a cast has lost
        try:
            kept = given.astype(kind)
            same = bool(np.array_equal(kept, given, equal_nan=given.dtype.kind == "f"))
        except (TypeError, ValueError, OverflowError):
            same = False
    if not same:
        shown = value if given.ndim == 0 else "these values"
        raise ValueError(f"column '{name}' holds {kind.name}, which cannot keep {shown!r} unchanged.")
    if limits is not None and not np.all((limits[0] <= kept) & (kept <= limits[1])):
        shown = value if given.ndim == 0 else "some of these values"
        raise ValueError(f"column '{name}': found {shown!r}, allowed is {limits[0]} to {limits[1]}.")
    return kept
