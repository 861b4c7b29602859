"""R8: make life easier for entrepreneurs, investors and foreign talents."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field

from sim.model.levers.lever import Charge, Lever, Reached

if TYPE_CHECKING:
    from sim.model.conditions import Conditions
    from sim.model.flight import FlightModel


class Simplification(Lever):
    """Days and cost to start a firm; cost of entry for talents from outside the European Union."""

    key: ClassVar[str] = "simplification"
    number: ClassVar[str] = "R8"
    title: ClassVar[str] = "Simplification: one-stop shop and visas"
    provenance: ClassVar[str] = "R, I (visas)"
    moves: ClassVar[tuple[str, ...]] = ("start_cost_days", "visa_cost")
    payer: ClassVar[str] = "state (staff and systems)"

    ramp_quarters: int = Field(4, ge=0, le=80, description="quarters to open the service")
    one_stop_shop: bool = Field(True, description="fewer days and lower cost to start a firm")
    visas: bool = Field(True, description="lower cost of entry for talents from outside the European Union")

    def _targets(self, model: FlightModel) -> np.ndarray:
        return model.places.is_french if self.places is None else model.places.mask(self.places)

    def apply(self, conditions: Conditions, model: FlightModel) -> None:
        strength = self.intensity(model.quarter)
        targets = self._targets(model)
        if self.one_stop_shop:
            cut = strength * self.parameter(model.world, "days_cut_share") * targets
            conditions.start_cost_days *= 1.0 - cut
        if self.visas:
            cut = strength * self.parameter(model.world, "visa_cut_share") * targets
            conditions.visa_cost *= 1.0 - cut

    def reach(self, model: FlightModel) -> Reached | None:
        """Firms founded this quarter where the shop is open, and talents who came with a visa."""
        if self.intensity(model.quarter) <= 0.0:
            return None
        from sim.model.tables import visa_applies  # here: levers load without the compiled rules

        firms, data, talents = model.acting, model.startups.data, model.talents.data
        served = self._targets(model) > 0.0
        founded = firms.present & (data["founded"] == model.quarter) & served[data["origin"]]
        visa = visa_applies(model.geography)[talents["origin"], talents["place"]]
        came = (talents["arrived"] == model.quarter) & served[talents["place"]] & visa
        return Reached(came if self.visas else None, founded if self.one_stop_shop else None)

    def charges(self, model: FlightModel) -> list[Charge]:
        strength = self.intensity(model.quarter)
        shop = self.parameter(model.world, "shop_meur_per_year") / 4.0 * self.one_stop_shop
        visas = self.parameter(model.world, "visa_meur_per_year") / 4.0 * self.visas
        return [Charge("one-stop shop", "state", strength * shop), Charge("visas", "state", strength * visas)]
