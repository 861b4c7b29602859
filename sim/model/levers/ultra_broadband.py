"""R5: ultra-high-speed fixed and mobile broadband in the districts."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field

from sim.model.levers.lever import Charge, Lever

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

    def _gains(self, conditions: Conditions, model: FlightModel) -> tuple[np.ndarray, np.ndarray]:
        strength = self.intensity(model.quarter)
        targets = model.places.is_district if self.places is None else model.places.mask(self.places)
        fibre = strength * self.fibre * targets * (1.0 - conditions.fibre)
        mobile = strength * self.mobile * targets * (1.0 - conditions.mobile)
        return fibre, mobile

    def apply(self, conditions: Conditions, model: FlightModel) -> None:
        memory = self.memory(model)
        gains = dict(zip(("fibre", "mobile"), self._gains(conditions, model), strict=True))
        # Coverage stays once built: pay for what exceeds all that was paid before.
        for name, gain in gains.items():
            paid = memory.get(name, np.zeros_like(gain))
            memory[f"{name}_built"] = np.maximum(gain - paid, 0.0)
            memory[name] = np.maximum(gain, paid)
        conditions.fibre = np.minimum(conditions.fibre + memory["fibre"], 1.0)
        conditions.mobile = np.minimum(conditions.mobile + memory["mobile"], 1.0)

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
