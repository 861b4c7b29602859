"""Births of 2013 are shared among the talents of a place by how often they found: by skill, and below thirty."""

from __future__ import annotations

import numpy as np
import pytest

from sim.model.start import startup_perimeter
from tests.model.small_runs import Case

THIRTY = 30.0


def test_rates_times_weights_are_births(case: Case) -> None:
    start, evidence, world = case.start, case.evidence, case.world
    factor = evidence.column("births_perimeter_factor") * startup_perimeter(world, evidence)
    births = evidence.column("startup_births_per_year") * factor / 4.0
    talents = start.talents
    of_skill = np.array([world["startup.founding_technician"], 1.0, world["startup.founding_star"],
                         world["startup.founding_top"]])  # fmt: skip
    age = world["talent.entry_age"] - talents["entry"] / 4.0
    weight = of_skill[talents["skill"]] * np.where(age < THIRTY, world["startup.founding_young"], 1.0)
    assert 0.1 < np.mean(age < THIRTY) < 0.9
    assert world["startup.founding_young"] != 1.0
    for place, number in enumerate(births):
        living = float(weight[talents["place"] == place].sum()) * case.settings.talent_scale
        assert start.founding.rate[place] * living == pytest.approx(number, rel=1e-9)
