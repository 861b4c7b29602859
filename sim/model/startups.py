"""Startups: one row each. Money is whole euro, headcount whole persons."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from sim.model.arithmetic import EXP_LIMIT
from sim.model.columns import Columns, Computed
from sim.model.row_agents import RowAgent
from sim.model.startup_rules import NEVER, NO_ROUND

ALIVE, CLOSED, SOLD = 1, 2, 3
MOST_STAFF = 10_000_000  # one firm's, to be written by hand
STATUS = {ALIVE: "alive", CLOSED: "closed", SOLD: "sold"}

STARTUP_TYPES: dict[str, Any] = {
    "uid": np.uint64,
    "founder_slot": np.int64,
    "founder_generation": np.int16,
    "french_founder": np.uint8,
    "origin": np.uint8,
    "hq": np.uint8,
    "ops": np.uint8,
    "founded": np.int16,
    "quality": np.float64,
    "jei": np.uint8,
    "headcount": np.int64,
    "away": np.int64,
    "moved": np.int16,
    "outgrown": np.uint8,
    "customer": np.int16,
    "stage": np.uint8,
    "accelerated": np.uint8,
    "cash": np.int64,
    "raised": np.int64,
    "last_round": np.int16,
    "last_foreign": np.int16,
    "lead": np.uint8,
    "foreign_lead": np.uint8,
    "status": np.uint8,
    "received": np.uint16,
}


class Startup(RowAgent):
    """A young digital firm: founder, origin, headquarters, operations, quality, staff, stage, cash, status.

    ``headcount`` is all staff; ``away`` of them work at a headquarters that lies in another country than operations.
    """

    @property
    def alive(self) -> bool:
        """Whether the firm is active and independent."""
        return bool(self.status == ALIVE)

    def step(self) -> None:
        """Live one quarter, by the rules of the loops (``one_agent.step_startup``)."""
        # Imported here: rules of one agent know the processes, and those know the columns.
        from sim.model.one_agent import step_startup

        step_startup(self.model, self.row)


class Startups(Columns):
    """All startups ever founded in this run, closed ones included (``status``)."""

    agent_class = Startup
    computed: ClassVar[Computed] = {
        "alive": lambda self: self.column("status") == ALIVE,
        "unique_id": lambda self: self.column("uid").copy(),
    }

    def limits(self, name: str) -> tuple[float, float] | None:
        """Return the lowest and highest value that the rules can work with, if a column has such."""
        if name in ("hq", "ops", "origin", "lead", "foreign_lead"):
            return 0, self.model.places.count - 1
        allowed: dict[str, tuple[float, float]] = {
            "quality": (-EXP_LIMIT, EXP_LIMIT),
            "founded": (NEVER, self.model.quarter),
            "headcount": (1, MOST_STAFF),
            "away": (0, MOST_STAFF),
            "status": (ALIVE, SOLD),
        }
        return allowed.get(name)

    def living(self) -> Startups:
        """Return those of this set that live."""
        return self.select(self.column("status") == ALIVE)


def pick(data: dict[str, np.ndarray], names: str) -> tuple[np.ndarray, ...]:
    """Return columns for a compiled loop, in the order of ``names`` (separated by blanks)."""
    return tuple(data[name] for name in names.split())


__all__ = ["ALIVE", "CLOSED", "NEVER", "NO_ROUND", "SOLD", "STARTUP_TYPES", "Startup", "Startups", "pick"]
