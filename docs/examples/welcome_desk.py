"""A lever of one's own: a desk in each district that helps talents from abroad with schools, flats and papers.

Try it: python run_sim.py compare scenarios/baseline.toml docs/examples/welcome_desk.toml --years 5 --out results/desk
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field

from sim.extensions import Extension
from sim.model.levers import Charge, Lever, Reached

if TYPE_CHECKING:
    from sim.model.conditions import Conditions
    from sim.model.flight import FlightModel

extension = Extension("welcome_desk")


@extension.lever
class WelcomeDesk(Lever):
    """Spares talents who arrive from another country a part of what settling costs them."""

    key: ClassVar[str] = "welcome_desk"
    title: ClassVar[str] = "A welcome desk for talents from abroad"
    provenance: ClassVar[str] = "own"
    moves: ClassVar[tuple[str, ...]] = ("settling",)  # named quantities: fields of sim.model.conditions.Conditions
    payer: ClassVar[str] = "city and state, in equal parts"

    # Fields are what a scenario may set; strength, start, end, ramp_quarters and places come with every lever.
    spared: float = Field(0.2, ge=0.0, le=0.9, description="share of the cost of moving in from abroad that it spares")
    eur_per_year: float = Field(400_000.0, ge=0.0, description="euro of 2013 a desk costs in a year")

    def _desks(self, model: FlightModel) -> np.ndarray:
        """Return 1 where there is a desk, by place, times strength and ramp in this quarter."""
        where = model.places.is_district if self.places is None else model.places.mask(self.places)
        return self.intensity(model.quarter) * where

    def apply(self, conditions: Conditions, model: FlightModel) -> None:
        """Raise the named quantity at the start of a quarter; times 0 it keeps every bit."""
        conditions.settling = np.maximum(conditions.settling, self.spared * self._desks(model))

    def charges(self, model: FlightModel) -> list[Charge]:
        """Say what it costs this quarter, in million euro, and who pays."""
        half = 0.5 * float(np.sum(self._desks(model) > 0.0)) * self.eur_per_year / 4e6
        return [Charge("welcome desks", "city", half), Charge("welcome desks", "state", half)]

    def reach(self, model: FlightModel) -> Reached | None:
        """Say whom it reached: talents who arrived this quarter from abroad in a district with a desk."""
        talents = model.talents.data
        arrived = talents["arrived"].astype(np.int64) == model.quarter
        return Reached(talents=arrived & (self._desks(model) > 0.0)[talents["place"]])
