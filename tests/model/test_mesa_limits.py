"""What compiled loops look up without a check cannot be written: no place off the map, no number that is none."""

from __future__ import annotations

import pytest

from sim.model.flight import FlightModel
from sim.settings import Settings


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        ("talents", "place", 26),
        ("talents", "skill", 4),
        ("talents", "log_ability", float("nan")),
        ("talents", "entry", 100),
        ("startups", "hq", 26),
        ("startups", "quality", float("inf")),
        ("startups", "founded", 100),
    ],
)
def test_values_that_no_rule_knows_are_refused(kind: str, name: str, value: float) -> None:
    model = FlightModel.in_central_world(settings=Settings(talent_scale=1000, startup_scale=50))
    agents = getattr(model, kind)
    before = agents.get(name)
    with pytest.raises(ValueError, match=f"column '{name}': found"):
        agents.set(name, value)
    with pytest.raises(ValueError, match=f"column '{name}': found"):
        setattr(agents[0], name, value)
    assert (agents.get(name) == before).all()
    agents.set(name, before)
