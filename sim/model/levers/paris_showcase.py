"""R2: consolidate Paris as digital metropolis and international showcase."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field

from sim.model.levers.lever import Charge, Lever

if TYPE_CHECKING:
    from sim.model.conditions import Conditions
    from sim.model.flight import FlightModel


class ParisShowcase(Lever):
    """Office and incubator m2 in Paris Rive Gauche, visibility of Paris, ties with the labelled districts."""

    key: ClassVar[str] = "paris_showcase"
    number: ClassVar[str] = "R2"
    title: ClassVar[str] = "Paris as digital metropolis and showcase"
    provenance: ClassVar[str] = "A8, R"
    moves: ClassVar[tuple[str, ...]] = ("office_m2_added", "awareness", "hub_ties")
    payer: ClassVar[str] = "city, state and private (m2 built)"

    ramp_quarters: int = Field(12, ge=0, le=80, description="quarters of building works")
    office_m2: float = Field(0.0, ge=0.0, le=1e6, description="m2 built; 0: the parameter's value")

    def _m2(self, model: FlightModel) -> float:
        return self.office_m2 or self.parameter(model.world, "office_m2")

    def _sites(self, model: FlightModel) -> list[int]:
        return [model.places.index(p) for p in (self.places or ("paris_rive_gauche",))]

    def apply(self, conditions: Conditions, model: FlightModel) -> None:
        strength = self.intensity(model.quarter)
        sites = self._sites(model)
        # What is built stays, and is paid as it is built.
        memory = self.memory(model)
        before = memory.get("built", 0.0)
        memory["built"] = max(before, strength)
        memory["works"] = memory["built"] - before
        conditions.office_m2_added[sites] += memory["built"] * self._m2(model) / len(sites)
        paris = model.places.in_region("ile_de_france")
        gain = strength * self.parameter(model.world, "visibility") * paris
        conditions.awareness += gain * (1.0 - conditions.awareness)
        conditions.hub_ties += strength * self.parameter(model.world, "hub_ties")

    def charges(self, model: FlightModel) -> list[Charge]:
        cost = self.memory(model)["works"] * self._m2(model) * self.parameter(model.world, "cost_eur_per_m2") / 1e6
        public = self.parameter(model.world, "public_share")
        running = self.intensity(model.quarter) * self.parameter(model.world, "running_meur_per_year") / 4.0
        shares = np.array([0.5 * public, 0.5 * public, 1.0 - public]) * cost
        return [
            Charge("m2 built", "state", float(shares[0])),
            Charge("m2 built", "city", float(shares[1])),
            Charge("m2 built", "private", float(shares[2])),
            Charge("showcase programme", "city", running),
        ]
