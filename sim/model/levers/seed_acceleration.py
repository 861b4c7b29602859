"""R4: identify and accelerate high-potential firms with public co-financing."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field

from sim.model.levers.lever import Charge, Lever, Reached
from sim.quarters import parse_quarter

if TYPE_CHECKING:
    from sim.model.conditions import Conditions
    from sim.model.flight import FlightModel


class SeedAcceleration(Lever):
    """Public money beside private investors, and accelerator seats with schooling; both limited by the budget."""

    key: ClassVar[str] = "seed_acceleration"
    number: ClassVar[str] = "R4"
    title: ClassVar[str] = "Seed money and acceleration"
    provenance: ClassVar[str] = "A, R"
    moves: ClassVar[tuple[str, ...]] = ("public_capital", "accelerator_seats")
    payer: ClassVar[str] = "state (part of it recoverable)"

    budget_meur: float = Field(200.0, ge=0.0, le=10_000.0, description="total budget, million euro")
    drawdown_quarters: int = Field(20, ge=1, le=80, description="quarters over which it is drawn")
    accelerator_share: float = Field(0.5, ge=0.0, le=1.0, description="share spent on accelerator seats")
    labelled_share: float = Field(0.8, ge=0.0, le=1.0, description="share reserved for labelled districts, if any")

    def _quarterly(self, quarter: int) -> float:
        since = quarter - parse_quarter(self.start)
        active = self.intensity(quarter) if 0 <= since < self.drawdown_quarters else 0.0
        return active * self.budget_meur / self.drawdown_quarters

    def _split(self, conditions: Conditions, model: FlightModel) -> np.ndarray:
        """Return each place's share of the money, shape (places,): by startups, favouring labelled districts."""
        french = model.places.is_french.astype(float) if self.places is None else model.places.mask(self.places)
        weight = french * np.maximum(model.startup_counts.by_place, 1)
        labelled = weight * conditions.labelled
        if labelled.sum() <= 0.0:
            return np.asarray(weight / weight.sum())
        reserved = self.labelled_share * labelled / labelled.sum()
        return np.asarray(reserved + (1.0 - self.labelled_share) * weight / weight.sum())

    def apply(self, conditions: Conditions, model: FlightModel) -> None:
        money = self._quarterly(model.quarter)
        memory = self.memory(model)
        zero = np.zeros(model.places.count)
        split = self._split(conditions, model)
        seat_cost = self.parameter(model.world, "seat_cost_eur") / 1e6
        # What was drawn too much or too little comes off, or on top of, the next offer.
        capital = memory.get("capital_left", zero) + money * (1.0 - self.accelerator_share) * split
        seats = memory.get("seats_left", zero) + money * self.accelerator_share * split / seat_cost
        memory["capital_left"], memory["seats_left"] = capital, seats
        if money > 0.0:  # after the drawdown, what was not drawn is not spent
            if self._quarterly(model.quarter + 1) <= 0.0:
                # No later offer can make good what the last one draws too much: keep two standard deviations back.
                seats = seats - 2.0 * np.sqrt(np.maximum(seats, 0.0) * model.settings.startup_scale)
            conditions.public_capital += np.maximum(capital, 0.0)
            conditions.accelerator_seats += np.maximum(seats, 0.0)

    def reach(self, model: FlightModel) -> Reached | None:
        if self._quarterly(model.quarter) <= 0.0:
            return None
        firms, data = model.acting, model.startups.data
        helped = (data["last_round"] == model.quarter) & (model.conditions.public_capital > 0.0)[firms.hq]
        return Reached(startups=firms.present & (helped | (data["accelerated"] != 0)))

    def charges(self, model: FlightModel) -> list[Charge]:
        memory, used = self.memory(model), model.funding
        memory["capital_left"] = memory["capital_left"] - used.public_invested_meur
        memory["seats_left"] = memory["seats_left"] - used.seats_used
        seats = float(used.seats_used.sum()) * self.parameter(model.world, "seat_cost_eur") / 1e6
        # The budget is a ceiling: in the last quarter private investors carry what a large round takes beyond it.
        left = memory.get("budget_left", self.strength * self.budget_meur)
        invested = max(min(float(used.public_invested_meur.sum()), left - seats), 0.0)
        memory["budget_left"] = left - seats - invested
        memory.setdefault("invested", {})[model.quarter] = invested
        lag = int(self.parameter(model.world, "recovery_quarters"))
        repaid = memory["invested"].get(model.quarter - lag, 0.0) * self.parameter(model.world, "recoverable_share")
        return [
            Charge("co-financing", "state", invested),
            Charge("accelerator seats", "state", seats),
            Charge("money back", "state", -repaid),
        ]
