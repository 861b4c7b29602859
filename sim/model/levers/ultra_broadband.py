"""R5: ultra-high-speed fixed and mobile broadband in the districts."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field

from sim.model.levers.lever import Charge, Lever, Reached

if TYPE_CHECKING:
    from sim.model.conditions import Conditions
    from sim.model.flight import FlightModel


class UltraBroadband(Lever):
    """Fixed (fibre) and 4G coverage paths, by district; both act on productivity only."""

    key: ClassVar[str] = "ultra_broadband"
    number: ClassVar[str] = "R5"
    title: ClassVar[str] = "Ultra-high-speed broadband in the districts"
    provenance: ClassVar[str] = "A8"
    moves: ClassVar[tuple[str, ...]] = ("fibre", "mobile")
    payer: ClassVar[str] = "state, city and private (per premise and per site)"

    ramp_quarters: int = Field(12, ge=0, le=80, description="quarters of roll-out")
    fibre: bool = Field(True, description="fibre to every premise of the district")
    mobile: bool = Field(True, description="4G everywhere in the district")

    def apply(self, conditions: Conditions, model: FlightModel) -> None:
        strength = self.intensity(model.quarter)
        targets = model.places.is_district if self.places is None else model.places.mask(self.places)
        for name, switched_on in (("fibre", self.fibre), ("mobile", self.mobile)):
            self._cover(conditions, model, name, strength * switched_on * targets)

    def _cover(self, conditions: Conditions, model: FlightModel, name: str, share: np.ndarray) -> None:
        """Close a share of the gap; coverage stays once built, and only what is built anew is paid."""
        memory, country = self.memory(model), getattr(conditions, name)
        before = np.maximum(memory.get(name, country), country)
        memory[name] = np.maximum(before, country + share * (1.0 - country))
        memory[f"{name}_built"] = memory[name] - before
        setattr(conditions, name, memory[name].copy())

    def reach(self, model: FlightModel) -> Reached | None:
        memory, firms = self.memory(model), model.acting
        built = (memory["fibre_built"] > 0.0) | (memory["mobile_built"] > 0.0)
        memory["served"] = memory.get("served", False) | built  # what is built stays
        return Reached(startups=firms.present & memory["served"][firms.ops])

    def charges(self, model: FlightModel) -> list[Charge]:
        memory = self.memory(model)
        premises = model.places.premises_count(model.world)
        fibre = float(np.sum(memory["fibre_built"] * premises)) * self.parameter(model.world, "eur_per_premise") / 1e6
        sites = (
            float(np.sum(memory["mobile_built"] * premises))
            / 1e3
            * self.parameter(model.world, "sites_per_thousand_premises")
        )
        mobile = sites * self.parameter(model.world, "eur_per_site") / 1e6
        public = self.parameter(model.world, "public_share")
        return [
            Charge("fibre", "state", 0.5 * public * fibre),
            Charge("fibre", "city", 0.5 * public * fibre),
            Charge("fibre", "private", (1.0 - public) * fibre),
            Charge("4G sites", "state", public * mobile),
            Charge("4G sites", "private", (1.0 - public) * mobile),
        ]
