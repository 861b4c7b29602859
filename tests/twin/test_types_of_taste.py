"""The types of taste that constants are fitted with are those of ODD 5.3."""

from __future__ import annotations

import numpy as np

from sim.model.conditions import conditions_2013
from sim.model.constants import taste_types
from sim.model.geography import read_geography
from sim.model.places import PlaceColumns
from sim.model.tables import TalentTables
from tests.twin.geography import make_geography
from tests.twin.runs import evidence, world_named
from tests.twin.test_talents_of_2013 import types_of_taste


def test_types_are_the_same_and_standardised():
    world, geography = world_named("central"), read_geography(evidence())
    places, conditions = PlaceColumns(evidence(), world, geography), conditions_2013(evidence(), world, geography)
    types = taste_types(TalentTables(evidence(), world, geography).build(places, conditions))
    np.testing.assert_allclose(types, types_of_taste(world, make_geography(evidence())), rtol=1e-12)
    np.testing.assert_allclose(types.mean(axis=0), 0.0, atol=1e-12)
