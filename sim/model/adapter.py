"""The one place where Mesa's versions differ."""

from __future__ import annotations

from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

import mesa

try:
    from mesa.agentset import GroupBy
except ImportError:  # Mesa 3.3 keeps it with the agents
    from mesa.agent import GroupBy


class WeakCounters(WeakKeyDictionary[Any, Any]):
    """Counters of agents' ids by model, from 1, that do not keep a model alive."""

    def __getitem__(self, model: Any) -> Any:
        if model not in self:
            self[model] = count(1)
        return super().__getitem__(model)


# Mesa 3.3 keeps every model alive for ever, as a key of this class-level dictionary.
if hasattr(mesa.Agent, "_ids"):
    mesa.Agent._ids = WeakCounters(mesa.Agent._ids)


def forget(model: mesa.Model) -> None:
    """Let go of what Mesa's classes keep of a finished model."""
    ids = getattr(mesa.Agent, "_ids", None)
    if ids is not None:
        ids.pop(model, None)


def empty(model: mesa.Model) -> None:
    """Drop all that a finished model holds, now.

    Mesa's models hold themselves, so a dead one would wait for the garbage collector with all its columns: tens of
    them at a time.
    """
    vars(model).clear()


__all__ = ["GroupBy", "empty", "forget"]
