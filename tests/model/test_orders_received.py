"""Whom open innovation reached: in the first quarter, before cities have built, all whose order came from it."""

from __future__ import annotations

import numpy as np

from sim.model.levers import LEVERS
from tests.model.small_runs import Case, flight


def test_every_order_of_the_first_quarter_is_the_levers(case: Case) -> None:
    lever = LEVERS["open_innovation"](strength=1.0, start="2013Q3", ramp_quarters=0)
    with flight(case, lever) as model:
        model.step()
        chance = model.startup_table.order_chance[model.acting.ops]
        assert chance.any()
        luck = np.random.default_rng(1).random(len(chance)) * 3.0 * chance  # so that a third has an order
        model.acting = model.acting._replace(order_draw=luck)
        reached = lever.reach(model).startups
        np.testing.assert_array_equal(reached, luck < chance)
        assert reached.sum() > 20
        # Of twice as many orders half are the lever's.
        model.conditions.orders = 2.0 * model.conditions.orders
        np.testing.assert_array_equal(lever.reach(model).startups, luck < 0.5 * chance)
