"""Groups of rows by a key, answering as Mesa's GroupBy does."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from sim.model.adapter import GroupBy


class ColumnGroups(GroupBy):
    """Mesa's groups of an AgentSet, in order of key if keys have one; sets of columns are aggregated whole."""

    groups: dict[Any, Any]

    def agg(self, attr_name: str, func: Callable[[Any], Any] | Iterable[Callable[[Any], Any]]) -> dict[Any, Any]:
        """Return for each key what a function, or several, make of an attribute of the group."""
        if any(isinstance(group, list) for group in self.groups.values()):
            return dict(super().agg(attr_name, func))
        functions = func if callable(func) else list(func)
        return {key: group.agg(attr_name, functions) for key, group in self.groups.items()}

    def keys(self) -> Iterable[Any]:
        """Return the keys."""
        return self.groups.keys()

    def values(self) -> Iterable[Any]:
        """Return the groups."""
        return self.groups.values()

    def items(self) -> Iterable[tuple[Any, Any]]:
        """Return pairs of key and group."""
        return self.groups.items()


def rows_by_key(keys: np.ndarray | list[Any], rows: np.ndarray) -> dict[Any, np.ndarray]:
    """Return key -> the rows with it, in the order given; keys in order if they are of one kind that has one."""
    if isinstance(keys, np.ndarray):
        order = np.argsort(keys, kind="stable")
        values, first = np.unique(keys[order], return_index=True)
        parts = np.split(rows[order], first[1:]) if len(values) else []
        return dict(zip(values.tolist(), parts, strict=True))
    found: dict[Any, list[int]] = {}
    for key, row in zip(keys, rows.tolist(), strict=True):
        found.setdefault(key, []).append(row)
    alike = {type(key) for key in found}
    if len(alike) == 1 and alike <= {bool, int, float, str}:
        found = dict(sorted(found.items()))
    return {key: np.array(group, dtype=rows.dtype) for key, group in found.items()}
