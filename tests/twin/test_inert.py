"""Agents that do not count: engine and twin agree on them, and they found nothing."""

from __future__ import annotations

import dataclasses

import numpy as np

from sim.model.flight import FlightModel
from tests.twin.comparing import differences, state_of_engine, state_of_twin
from tests.twin.model import PlainModel
from tests.twin.runs import TINY, arguments


def test_tiny_worlds_with_inert_people_are_the_same():
    levers, world, evidence, start, settings, key, rivals = arguments("busy", None, 1, TINY)
    counts = np.where(np.arange(len(start.talents["slot"])) % 2 == 0, 0, 1).astype(start.talents["counts"].dtype)
    start = dataclasses.replace(start, talents=start.talents | {"counts": counts})
    given = (levers, world, evidence, start, settings, key, rivals)
    engine, twin = FlightModel(*given), PlainModel(*given)
    before = len(engine.startups.data["uid"])
    for _ in range(6):
        engine.step()
        twin.step()
        assert differences(state_of_engine(engine), state_of_twin(twin)) == []
    founders = engine.startups.data["founder_slot"][before:]
    assert len(founders) > 3
    assert counts[founders].all(), "nobody who does not count has founded"
