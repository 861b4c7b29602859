"""Cities: Mesa agents that own places. Their yearly decisions are not modelled yet (see docs/ODD.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mesa

from sim.model.places import Place

if TYPE_CHECKING:
    from sim.model.flight import FlightModel


class City(mesa.Agent):
    """One of 12 French or 10 foreign cities; ``places`` are the districts it owns."""

    def __init__(self, model: FlightModel, name: str, country: str, places: list[Place]) -> None:
        super().__init__(model)
        self.name = name
        self.country = country
        self.places = places
        for place in places:
            place.city = self

    @property
    def talents(self) -> float:
        """Digital workers in the city's places (real persons)."""
        return float(sum(place.talents for place in self.places))
