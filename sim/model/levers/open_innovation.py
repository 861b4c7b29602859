"""R7: structures that favour open innovation between large firms, schools, labs and young firms."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field

from sim.model.levers.lever import Charge, Lever, Reached

if TYPE_CHECKING:
    from sim.model.conditions import Conditions
    from sim.model.flight import FlightModel


class OpenInnovation(Lever):
    """Named customers: first orders per structure and year, shared among the young firms nearby."""

    key: ClassVar[str] = "open_innovation"
    number: ClassVar[str] = "R7"
    title: ClassVar[str] = "Open-innovation structures"
    provenance: ClassVar[str] = "A, I"
    moves: ClassVar[tuple[str, ...]] = ("structures_added", "orders")
    payer: ClassVar[str] = "state, city and private (per structure and year)"

    ramp_quarters: int = Field(8, ge=0, le=80, description="quarters to open the structures")
    structures_per_place: int = Field(0, ge=0, le=1000, description="structures per district; 0: the parameter's value")

    def _structures(self, model: FlightModel) -> np.ndarray:
        targets = model.places.is_district if self.places is None else model.places.mask(self.places)
        number = self.structures_per_place or self.parameter(model.world, "structures_per_place")
        return self.intensity(model.quarter) * number * targets

    def apply(self, conditions: Conditions, model: FlightModel) -> None:
        structures = self._structures(model)
        conditions.structures_added += structures
        conditions.orders += structures * self.parameter(model.world, "orders_per_structure_year") / 4.0

    def reach(self, model: FlightModel) -> Reached | None:
        structures = self._structures(model)
        if not (structures > 0.0).any():
            return None
        # Cities' structures bring orders too: of a place's orders, the lever's share.
        orders = structures * self.parameter(model.world, "orders_per_structure_year") / 4.0
        chance = model.startup_table.order_chance * orders / np.maximum(model.conditions.orders, 1e-12)
        return Reached(startups=model.acting.order_draw < chance[model.acting.ops])

    def charges(self, model: FlightModel) -> list[Charge]:
        structures = float(self._structures(model).sum())
        cost = structures * self.parameter(model.world, "eur_per_structure_year") / 4.0 / 1e6
        public = self.parameter(model.world, "public_share")
        return [
            Charge("structures", "state", 0.5 * public * cost),
            Charge("structures", "city", 0.5 * public * cost),
            Charge("structures", "private", (1.0 - public) * cost),
        ]
