"""The priced menu of cities: what one unit is, what it costs the city and what private partners add."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.world import World

if TYPE_CHECKING:
    from sim.model.places import PlaceColumns

# Order of the menu: it breaks ties.
ITEMS = ("incubator", "premises", "fibre", "shuttle", "schooling")
INCUBATOR, PREMISES, FIBRE, SHUTTLE, SCHOOLING = range(len(ITEMS))
ROUNDING = 1e-9  # of a unit


class CityMenu:
    """Prices and sizes of units by place; bought in whole units, lasting once built.

    An incubator is one open-innovation structure; premises are m2 fit for young firms; fibre is a step of coverage;
    a shuttle cuts the minutes to the airport and to the station; schooling spares a part of the cost of moving in from
    another country. Unit costs of the first three, and the public share that the city pays of them, are those of the
    levers R7, R2 and R5; private partners pay the rest. Shuttles and schooling are the city's alone.
    """

    def __init__(self, places: PlaceColumns, world: World) -> None:
        self.world = world
        self.m2 = world["city.premises_m2"]
        self.vacancy_limit = world["city.vacancy_limit"]
        self.fibre_step = world["city.fibre_step"]
        self.minutes = world["city.shuttle_minutes"]
        self.settling = world["city.schooling_step"]
        self.orders_per_year = world["lever.open_innovation.orders_per_structure_year"]
        self._most = {SHUTTLE: int(world["city.shuttle_lines"]), SCHOOLING: int(world["city.schooling_lots"])}
        total, share = np.zeros((len(ITEMS), places.count)), np.ones(len(ITEMS))
        total[INCUBATOR] = world["lever.open_innovation.eur_per_structure_year"] * world["city.incubator_years"]
        share[INCUBATOR] = world["lever.open_innovation.public_share"]
        total[PREMISES] = world["lever.paris_showcase.cost_eur_per_m2"] * self.m2
        share[PREMISES] = world["lever.paris_showcase.public_share"]
        total[FIBRE] = world["lever.ultra_broadband.eur_per_premise"] * places.premises_count(world) * self.fibre_step
        share[FIBRE] = world["lever.ultra_broadband.public_share"]
        total[SHUTTLE] = world["city.shuttle_eur_per_inhabitant"] * places.population
        total[SCHOOLING] = world["city.schooling_eur_per_talent"] * places.talent_stock_2013
        self.price = total * share[:, None]  # (items, P) euro a unit, paid by the city
        self.private = total * (1.0 - share[:, None])  # (items, P) euro a unit, paid by private partners

    def units_left(self, item: int, built: int, coverage: float, offices: float, vacant: float) -> int:
        """Return how many more units of an item a district may take.

        Given units built, its fibre coverage, and its offices, all and vacant, m2: no city builds premises where that
        leaves more than a share of offices empty.
        """
        if item in self._most:
            return max(self._most[item] - built, 0)
        if item == FIBRE:
            return max(int((1.0 - coverage) / self.fibre_step + ROUNDING), 0)
        if item == PREMISES:
            most = (self.vacancy_limit * offices - vacant) / (1.0 - self.vacancy_limit) / self.m2
            return max(int(most + ROUNDING), 0)
        return 1_000_000
