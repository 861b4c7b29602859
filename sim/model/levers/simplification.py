"""R8: make life easier for entrepreneurs, investors and foreign talents."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from sim.model.levers.lever import Charge, Lever

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

    def apply(self, conditions: Conditions, model: FlightModel) -> None:
        strength = self.intensity(model.quarter)
        targets = model.places.is_french if self.places is None else model.places.mask(self.places)
        if self.one_stop_shop:
            cut = strength * self.parameter(model.world, "days_cut_share") * targets
            conditions.start_cost_days *= 1.0 - cut
        if self.visas:
            cut = strength * self.parameter(model.world, "visa_cut_share") * targets
            conditions.visa_cost *= 1.0 - cut

    def charges(self, model: FlightModel) -> list[Charge]:
        strength = self.intensity(model.quarter)
        shop = self.parameter(model.world, "shop_meur_per_year") / 4.0 * self.one_stop_shop
        visas = self.parameter(model.world, "visa_meur_per_year") / 4.0 * self.visas
        return [Charge("one-stop shop", "state", strength * shop), Charge("visas", "state", strength * visas)]
