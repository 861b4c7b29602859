"""Reference experiment: a tax exemption in one district, the design of French enterprise zones."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field

from sim.model.levers.lever import Charge, Lever, Reached

if TYPE_CHECKING:
    from sim.model.conditions import Conditions
    from sim.model.flight import FlightModel


class ZoneExemption(Lever):
    """Exempts the firms of one district from employer contributions and profit tax."""

    key: ClassVar[str] = "zone_exemption"
    title: ClassVar[str] = "Reference experiment: exemption in one district"
    provenance: ClassVar[str] = "reference"
    moves: ClassVar[tuple[str, ...]] = ("employer_rate", "profit_rate")
    payer: ClassVar[str] = "state (forgone revenue, computed from the simulated base)"

    payroll_exemption: float = Field(1.0, ge=0.0, le=1.0, description="share of employer contributions exempt")
    profit_exemption: float = Field(1.0, ge=0.0, le=1.0, description="share of profit tax exempt")

    def _targets(self, model: FlightModel) -> np.ndarray:
        return model.places.mask(self.places or ("paris_rive_gauche",))

    def apply(self, conditions: Conditions, model: FlightModel) -> None:
        cut = self.intensity(model.quarter) * self._targets(model)
        conditions.employer_rate *= 1.0 - cut * self.payroll_exemption
        conditions.profit_rate *= 1.0 - cut * self.profit_exemption

    def reach(self, model: FlightModel) -> Reached | None:
        if self.intensity(model.quarter) <= 0.0:
            return None
        firms = model.acting
        return Reached(startups=firms.present & (self._targets(model) > 0.0)[firms.ops])

    def charges(self, model: FlightModel) -> list[Charge]:
        forgone = model.tax_base.forgone(model)
        return [
            Charge("employer contributions", "state", forgone["employer contributions"]),
            Charge("profit tax", "state", forgone["profit tax"]),
        ]
