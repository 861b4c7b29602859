"""What may be written into columns of agents: places that there are, quarters that were, and no more."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from sim.model.arithmetic import EXP_LIMIT
from sim.model.startups import ALIVE, MOST_STAFF, NEVER, SOLD, Startups
from sim.model.talents import NEVER as NEVER_ENTERED
from sim.model.talents import Talents

HERE: Any = SimpleNamespace(model=SimpleNamespace(places=SimpleNamespace(count=30), quarter=7))


def test_limits_of_firms() -> None:
    for name in ("hq", "ops", "origin", "lead", "foreign_lead"):
        assert Startups.limits(HERE, name) == (0, 29)
    assert Startups.limits(HERE, "quality") == (-EXP_LIMIT, EXP_LIMIT)
    assert Startups.limits(HERE, "founded") == (NEVER, 7)
    assert Startups.limits(HERE, "headcount") == (1, MOST_STAFF)
    assert Startups.limits(HERE, "away") == (0, MOST_STAFF)
    assert Startups.limits(HERE, "status") == (ALIVE, SOLD)
    assert Startups.limits(HERE, "cash") is None


def test_limits_of_talents() -> None:
    for name in ("place", "origin"):
        assert Talents.limits(HERE, name) == (0, 29)
    assert Talents.limits(HERE, "skill") == (0, 3)
    assert Talents.limits(HERE, "entry") == (NEVER_ENTERED, 8)
    assert Talents.limits(HERE, "log_ability") == (-EXP_LIMIT, EXP_LIMIT)
    assert Talents.limits(HERE, "firms") is None
