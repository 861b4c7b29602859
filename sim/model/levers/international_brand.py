"""R3: make the districts known in France and abroad under one identity."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from sim.model.levers.lever import Charge, Lever
from sim.quarters import parse_quarter

if TYPE_CHECKING:
    from sim.model.conditions import Conditions
    from sim.model.flight import FlightModel


class InternationalBrand(Lever):
    """An awareness stock with carry-over and decay, fed by the promotion budget."""

    key: ClassVar[str] = "international_brand"
    number: ClassVar[str] = "R3"
    title: ClassVar[str] = "One international identity for the districts"
    provenance: ClassVar[str] = "A, R"
    moves: ClassVar[tuple[str, ...]] = ("awareness", "investor_awareness")
    payer: ClassVar[str] = "state"

    budget_meur: float = Field(10.0, ge=0.0, le=1000.0, description="promotion budget, million euro")
    spend_quarters: int = Field(8, ge=1, le=80, description="quarters over which the budget is spent")

    def _spend(self, quarter: int) -> float:
        since = quarter - parse_quarter(self.start)
        active = self.intensity(quarter) if 0 <= since < self.spend_quarters else 0.0
        return active * self.budget_meur / self.spend_quarters

    def apply(self, conditions: Conditions, model: FlightModel) -> None:
        memory = self.memory(model)
        decay = self.parameter(model.world, "carry_over")
        memory["stock"] = decay * memory.get("stock", 0.0) + self._spend(model.quarter)
        reach = 1.0 - math.exp(-self.parameter(model.world, "reach_per_meur") * memory["stock"])
        targets = model.places.is_district if self.places is None else model.places.mask(self.places)
        conditions.awareness[1:] += reach * targets * (1.0 - conditions.awareness[1:])
        conditions.investor_awareness += (
            self.parameter(model.world, "investor_weight") * reach * targets * (1.0 - conditions.investor_awareness)
        )

    def charges(self, model: FlightModel) -> list[Charge]:
        return [Charge("promotion", "state", self._spend(model.quarter))]
