"""Placebo: one rent in one district moved by nothing that matters, to see how much of a count is noise."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from sim.model.levers.lever import Charge, Lever

if TYPE_CHECKING:
    from sim.model.conditions import Conditions
    from sim.model.flight import FlightModel


class Placebo(Lever):
    """Raises the office rent of one district by a ten-thousandth; its gross counts show how far luck decouples."""

    key: ClassVar[str] = "placebo"
    title: ClassVar[str] = "Placebo: one rent moved by 0.01%"
    provenance: ClassVar[str] = "reference"
    moves: ClassVar[tuple[str, ...]] = ("office_rent_factor",)
    payer: ClassVar[str] = "nobody"

    rent_change: float = Field(1e-4, gt=0.0, le=0.01, description="relative change of the office rent")

    def apply(self, conditions: Conditions, model: FlightModel) -> None:
        treated = model.places.mask(self.places or ("paris_rive_gauche",))
        conditions.office_rent_factor *= 1.0 + self.intensity(model.quarter) * self.rent_change * treated

    def charges(self, model: FlightModel) -> list[Charge]:
        return []
