"""What cities have built so far, by place, and how it acts on the quarter's conditions."""

from __future__ import annotations

import copy

import numpy as np

from sim.model.city_menu import FIBRE, INCUBATOR, ITEMS, PREMISES, SCHOOLING, SHUTTLE, CityMenu
from sim.model.conditions import Conditions
from sim.model.places import PlaceColumns


class CityWorks:
    """Units built, whole numbers (items, P); they only grow. Coverage is kept as the level reached."""

    def __init__(self, places: PlaceColumns, menu: CityMenu) -> None:
        self.menu = menu
        self.units = np.zeros((len(ITEMS), places.count), np.int64)
        self.coverage = np.zeros(places.count)  # fibre coverage reached when a city last built

    @property
    def structures(self) -> np.ndarray:
        """Open-innovation structures opened, (P,)."""
        return np.asarray(self.units[INCUBATOR].astype(float))

    @property
    def m2(self) -> np.ndarray:
        """Offices built, m2, (P,)."""
        return np.asarray(self.units[PREMISES] * self.menu.m2)

    @property
    def minutes(self) -> np.ndarray:
        """Minutes saved on the way to the airport, and on the way to the station, (P,)."""
        return np.asarray(self.units[SHUTTLE] * self.menu.minutes)

    @property
    def settling(self) -> np.ndarray:
        """Share of the cost of moving in from another country that schooling spares, (P,)."""
        return np.asarray(self.units[SCHOOLING] * self.menu.settling)

    def add(self, units: np.ndarray, fibre: np.ndarray) -> None:
        """Build ``units`` (items, P); ``fibre`` (P,) is the coverage of the quarter that new fibre adds to."""
        self.units = self.units + units
        reached = np.minimum(fibre + units[FIBRE] * self.menu.fibre_step, 1.0)
        self.coverage = np.where(units[FIBRE] > 0, np.maximum(reached, self.coverage), self.coverage)

    def cover(self, conditions: Conditions) -> None:
        """Lay the fibre that cities built: before the levers act, so that none of them pays for it again."""
        conditions.fibre = np.maximum(conditions.fibre, self.coverage)

    def apply(self, conditions: Conditions, places: PlaceColumns) -> None:
        """Change the quarter's conditions, and what the label rule reads of the places, by all that stands."""
        self.cover(conditions)
        conditions.structures_added = conditions.structures_added + self.structures
        conditions.orders = conditions.orders + self.structures * self.menu.orders_per_year / 4.0
        conditions.office_m2_added = conditions.office_m2_added + self.m2
        conditions.hours_saved = conditions.hours_saved + hours_saved(places, self.minutes)
        conditions.settling = conditions.settling + self.settling
        places.structures_added, places.minutes_saved = conditions.structures_added, self.minutes

    def as_if_built(self, places: PlaceColumns, conditions: Conditions, extra: np.ndarray) -> PlaceColumns:
        """Return the columns of places as the label rule would read them with ``extra`` units (items, P) more.

        Called before :meth:`apply`. Offices of earlier quarters stand in ``places.office_m2`` already; new ones lower
        the rent along the supply curve.
        """
        seen = copy.copy(places)
        seen.structures_added = conditions.structures_added + self.structures + extra[INCUBATOR]
        seen.minutes_saved = self.minutes + extra[SHUTTLE] * self.menu.minutes
        seen.office_m2 = places.office_m2 + extra[PREMISES] * self.menu.m2
        stock = seen.office_m2 / places.office_m2
        seen.office_rent = places.office_rent * stock ** -places.lasting_office_response(self.menu.world)
        return seen


def hours_saved(places: PlaceColumns, minutes: np.ndarray) -> np.ndarray:
    """Return hours saved on the way to the airport plus on the way to Paris by train, never more than there are."""
    train = np.nan_to_num(places.train_minutes, nan=0.0)
    return np.asarray((np.minimum(minutes, places.airport_minutes) + np.minimum(minutes, train)) / 60.0)
