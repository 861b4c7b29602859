"""What compiled loops look up without a check cannot be written: no place off the map, no number that is none."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from sim.model.adapter import forget
from sim.model.flight import FlightModel
from sim.model.migration import migrate_talents
from sim.settings import Settings

SETTINGS = Settings(talent_scale=1000, startup_scale=50)


@pytest.fixture(scope="module")
def central() -> Iterator[FlightModel]:
    """Return a model that no test may step: what is refused changes nothing, which the tests look at."""
    with np.errstate(all="raise"):
        model = FlightModel.in_central_world(settings=SETTINGS)
    yield model
    forget(model)


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
        ("startups", "headcount", 0),
        ("startups", "status", 4),
        ("startups", "lead", 26),
    ],
)
def test_values_that_no_rule_knows_are_refused(central: FlightModel, kind: str, name: str, value: float) -> None:
    agents = getattr(central, kind)
    before = agents.get(name)
    with pytest.raises(ValueError, match=f"column '{name}': found"):
        agents.set(name, value)
    with pytest.raises(ValueError, match=f"column '{name}': found"):
        setattr(agents[0], name, value)
    assert (agents.get(name) == before).all()
    agents.set(name, before)


def test_who_finds_no_place_of_any_worth_stays(central: FlightModel) -> None:
    """Written past the limits: no utility is a number, so nothing can be chosen."""
    model = FlightModel((), central.world, central.evidence, central.start, SETTINGS, 1)
    model.step()
    data = model.talents.data
    data["log_ability"][:] = np.nan
    data["entry"][:] = model.quarter  # everybody considers moving
    before = data["place"].copy()
    migrate_talents(model)
    assert (data["place"] == before).mean() > 0.99  # but for those who follow an employer
    assert data["place"].max() < model.places.count
