"""The one place where Mesa's versions differ."""

from __future__ import annotations

import mesa

try:
    from mesa.agentset import GroupBy
except ImportError:  # Mesa 3.3 keeps it with the agents
    from mesa.agent import GroupBy


def forget(model: mesa.Model) -> None:
    """Let a finished model be freed: Mesa 3.3 keeps every model alive through a class-level dictionary."""
    ids = getattr(mesa.Agent, "_ids", None)
    if ids is not None:
        ids.pop(model, None)


__all__ = ["GroupBy", "forget"]
