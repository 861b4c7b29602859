"""R6: attractive taxation, four separate switches."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field, field_validator

from sim.model.levers.lever import Charge, Lever, Quarter, Reached
from sim.quarters import parse_quarter

if TYPE_CHECKING:
    from sim.model.conditions import Conditions
    from sim.model.flight import FlightModel


class AttractiveTaxation(Lever):
    """JEI payroll relief, JEI profit relief, founder exit taxation, impatriate regime for arriving talents."""

    key: ClassVar[str] = "attractive_taxation"
    number: ClassVar[str] = "R6"
    title: ClassVar[str] = "Attractive taxation"
    provenance: ClassVar[str] = "A8"
    moves: ClassVar[tuple[str, ...]] = (
        "jei_payroll_schedule",
        "jei_profit_share",
        "founder_exit_rate",
        "impatriate_exempt_share",
        "impatriate_years",
        "impatriate_since",
    )
    payer: ClassVar[str] = "state (forgone revenue, computed from the simulated base)"

    start: Quarter = Field("2014Q1", description="first quarter in force, for switches without their own date")
    jei_payroll: bool = Field(True, description="JEI payroll relief at one rate for eight years")
    jei_payroll_start: Quarter | None = Field(None, description="own date of this switch")
    jei_payroll_exemption: float = Field(1.0, ge=0.0, le=1.0, description="share of the relief kept in every year")
    jei_profit: bool = Field(True, description="JEI profit-tax exemption")
    jei_profit_start: Quarter | None = Field(None, description="own date of this switch")
    jei_profit_exemption: float = Field(1.0, ge=0.0, le=1.0, description="share of a young firm's profit exempt")
    founder_exit: bool = Field(True, description="lower tax on founders' capital gains")
    founder_exit_start: Quarter | None = Field(None, description="own date of this switch")
    founder_exit_rate: float = Field(0.33, ge=0.0, le=0.9, description="all-in rate on founders' gains")
    impatriate: bool = Field(True, description="regime for talents arriving from abroad")
    impatriate_start: Quarter | None = Field(None, description="own date of this switch")
    impatriate_exempt_share: float = Field(0.5, ge=0.0, le=0.9, description="share of pay exempt from income tax")
    impatriate_years: int = Field(8, ge=0, le=20, description="years the exemption lasts")

    @field_validator("places")
    @classmethod
    def _national(cls, places: tuple[str, ...] | None) -> None:
        if places is not None:
            raise ValueError("tax law is national: leave 'places' out")

    def apply(self, conditions: Conditions, model: FlightModel) -> None:
        france = model.places.is_french
        quarter = model.quarter
        if self.jei_payroll:
            s = self.intensity(quarter, self.jei_payroll_start)
            gain = np.maximum(self.jei_payroll_exemption - conditions.jei_payroll_schedule, 0.0)
            conditions.jei_payroll_schedule += s * gain
        if self.jei_profit:
            s = self.intensity(quarter, self.jei_profit_start)
            conditions.jei_profit_share += s * max(self.jei_profit_exemption - conditions.jei_profit_share, 0.0)
        if self.founder_exit:
            s = self.intensity(quarter, self.founder_exit_start)
            conditions.founder_exit_rate += s * france * (self.founder_exit_rate - conditions.founder_exit_rate)
        if self.impatriate:
            s = self.intensity(quarter, self.impatriate_start)
            share, years = conditions.impatriate_exempt_share, conditions.impatriate_years
            conditions.impatriate_exempt_share += s * max(self.impatriate_exempt_share - share, 0.0)
            conditions.impatriate_years += s * max(self.impatriate_years - years, 0.0)
            if s > 0.0:
                conditions.impatriate_since = parse_quarter(self.impatriate_start or self.start)

    def charges(self, model: FlightModel) -> list[Charge]:
        """Forgone revenue: what the base would have paid under the law of July 2013, less what it pays now."""
        forgone = model.tax_base.forgone(model)
        return [Charge(item, "state", forgone[item] if active else 0.0) for item, active in self._switches()]

    def reach(self, model: FlightModel) -> Reached | None:
        """Young innovative firms, firms sold, arrivals of the regime (all: who takes it up is not drawn)."""
        now, law = model.conditions, model.startup_tables.conditions_2013
        firms, data, talents, french = model.acting, model.startups.data, model.talents.data, model.places.is_french
        relieved = self.jei_payroll * (now.jei_payroll_schedule > law.jei_payroll_schedule)
        relieved = relieved | (self.jei_profit and now.jei_profit_share > law.jei_profit_share)
        year = (model.quarter - data["founded"].astype(np.int64)) // 4
        young = firms.present & (data["jei"] != 0) & (year < len(relieved)) & french[firms.ops]
        startups = young & relieved[np.minimum(year, len(relieved) - 1)]
        if self.founder_exit:
            lower = french & (now.founder_exit_rate < law.founder_exit_rate)
            startups |= firms.sold & lower[data["hq"]]
        if not self.impatriate:
            return Reached(startups=startups)
        arrived = talents["arrived"].astype(np.int64)
        recent = (arrived >= now.impatriate_since) & (model.quarter - arrived < round(4 * now.impatriate_years))
        return Reached(recent & french[talents["place"]], startups)

    def _switches(self) -> list[tuple[str, bool]]:
        return [
            ("jei payroll relief", self.jei_payroll),
            ("jei profit relief", self.jei_profit),
            ("founder exit tax", self.founder_exit),
            ("impatriate regime", self.impatriate),
        ]
