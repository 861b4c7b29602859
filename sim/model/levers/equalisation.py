"""Reference experiment: what drives the flight? France gets the mean abroad of one driver at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field

from sim.model.levers.lever import Charge, Lever

if TYPE_CHECKING:
    from sim.model.conditions import Conditions
    from sim.model.flight import FlightModel

_FIRM_TAXES = ("employer_rate", "profit_rate", "founder_exit_rate", "research_subsidy")


class Equalisation(Lever):
    """Sets quantities of French places to their mean over the foreign hubs; Rest of world does not count.

    Means weigh hubs by the stocks of 2013: what talents meet (wedge on wages, dwellings) by talents, what firms meet by
    startups. Nobody could decree this and nobody pays: it is a question put to the model, not a policy.
    """

    key: ClassVar[str] = "equalisation"
    title: ClassVar[str] = "Reference experiment: a driver as abroad"
    provenance: ClassVar[str] = "reference"
    moves: ClassVar[tuple[str, ...]] = (
        *_FIRM_TAXES,
        "wage_employer_rate",
        "tax_wedge",
        "fibre",
        "mobile",
        "hours_saved",
        "office_rent_factor",
        "flat_rent_factor",
        "capital_factor",
    )
    payer: ClassVar[str] = "nobody"

    taxation: bool = Field(True, description="contributions, taxes on profit, gains and wages, research subsidy")
    connectivity: bool = Field(True, description="fibre, 4G and the way to the airport")
    real_estate: bool = Field(True, description="rents of offices and of dwellings in July 2013")
    capital: bool = Field(True, description="private money on offer per startup of July 2013")

    def apply(self, conditions: Conditions, model: FlightModel) -> None:
        strength = self.intensity(model.quarter)
        targets = model.places.is_french if self.places is None else model.places.mask(self.places)
        hubs = np.array([record.kind == "hub" for record in model.evidence.places])
        firms = hubs * model.evidence.column("digital_startups")
        talents = hubs * model.places.talent_stock_2013
        share = strength * targets
        if self.taxation:
            for name in _FIRM_TAXES:
                _approach(getattr(conditions, name), firms, share)
            # Gross wages stay: what employers no longer owe is their gain, and leaves talents' labour cost with the
            # wedge on it. With the old labour cost the same contributions would be spared twice.
            _approach(conditions.wage_employer_rate, talents, share)
            for wedge in conditions.tax_wedge:
                _approach(wedge, talents, share)
        if self.connectivity:
            _approach(conditions.fibre, firms, share)
            _approach(conditions.mobile, firms, share)
            # How far a place lies from Paris is geography, a French advantage, and stays.
            hours = model.evidence.column("airport_minutes") / 60.0
            conditions.hours_saved += share * (hours - _mean(hours, firms))
        if self.real_estate:
            office, flat = model.places.office_rent_2013, model.places.flat_rent_2013
            conditions.office_rent_factor *= 1.0 + share * (_mean(office, firms) / office - 1.0)
            conditions.flat_rent_factor *= 1.0 + share * (_mean(flat, talents) / flat - 1.0)
        if self.capital:
            conditions.capital_factor *= 1.0 + share * (self._money_ratio(model, hubs) - 1.0)

    def _money_ratio(self, model: FlightModel, hubs: np.ndarray) -> float:
        """Return private money on offer this quarter per startup of 2013, hubs' mean over France's."""
        from sim.model.start import startup_perimeter
        from sim.model.startup_tables import money_received

        world, geography = model.world, model.geography
        growth = np.array([world[f"capital.growth.{c}"] for c in geography.countries])[geography.country]
        money = money_received(world, model.evidence) * growth ** (model.quarter / 4.0)
        startups = model.evidence.column("digital_startups") * startup_perimeter(world, model.evidence)
        french = geography.is_french
        abroad = money[hubs].sum() / startups[hubs].sum()
        return float(abroad / (money[french].sum() / startups[french].sum()))

    def charges(self, model: FlightModel) -> list[Charge]:
        return []


def _mean(values: np.ndarray, weights: np.ndarray) -> float:
    return float((values * weights).sum() / weights.sum())


def _approach(values: np.ndarray, weights: np.ndarray, share: np.ndarray) -> None:
    """Move values, in place, a share of the way to their weighted mean; a share of 0 leaves every bit."""
    values += share * (_mean(values, weights) - values)
