"""What a watched run changes against its twin, and how the change enters the law of the quarter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.model.conditions import Conditions
from sim.model.places import PlaceColumns
from sim.model.startup_tables import StartupTables


@dataclass(frozen=True)
class Shock:
    """What a run changes against its twin, from the first quarter on. ``places`` (P,) bool: where.

    ``net_pay``: everyone's net pay there times this; ``net_pay_arrivals``: the same, but only in the eyes of a person
    of foreign origin who would arrive from abroad; ``startup_value``: value of the place to a startup times this;
    ``profit_tax_points``: percentage points added to the profit tax; ``profit_net``: what the profit tax leaves, times
    this; ``founder_tax``: rate on founders' gains times this; ``fibre``: coverage is at least this share of premises;
    ``flat_rent``: rents of flats times this; ``hours_saved``: hours of travel to Paris or the airport; ``seats``:
    accelerator seats a quarter; ``without_jei``: no relief for young innovative firms, anywhere in France.
    """

    places: np.ndarray
    net_pay: float = 1.0
    net_pay_arrivals: float = 1.0
    startup_value: float = 1.0
    profit_tax_points: float = 0.0
    profit_net: float = 1.0
    founder_tax: float = 1.0
    fibre: float = 0.0
    flat_rent: float = 1.0
    hours_saved: float = 0.0
    seats: float = 0.0
    without_jei: bool = False


class ShockedStartupTables(StartupTables):
    """The value of places for startups, with one term more."""

    shift: np.ndarray

    def log_value(
        self, places: PlaceColumns, conditions: Conditions, startups: np.ndarray, quarter: int
    ) -> dict[str, np.ndarray]:
        """Return the named terms of ln value, (P,), the shock among them."""
        return super().log_value(places, conditions, startups, quarter) | {"shock": self.shift}


def shock_the_law(model: Any) -> None:
    """Process: change this quarter's named quantities as the shock says; what it leaves out keeps its exact value."""
    law, shock = model.conditions, model.shock
    where = shock.places
    law.profit_rate = law.profit_rate + where * (shock.profit_tax_points / 100.0)
    if shock.profit_net != 1.0:
        law.profit_rate = np.where(where, 1.0 - shock.profit_net * (1.0 - law.profit_rate), law.profit_rate)
    law.founder_exit_rate = np.where(where, law.founder_exit_rate * shock.founder_tax, law.founder_exit_rate)
    law.fibre = np.where(where, np.maximum(law.fibre, shock.fibre), law.fibre)
    law.flat_rent_factor = np.where(where, law.flat_rent_factor * shock.flat_rent, law.flat_rent_factor)
    law.hours_saved = law.hours_saved + where * shock.hours_saved
    law.accelerator_seats = law.accelerator_seats + where * shock.seats
    if shock.without_jei:
        law.jei_payroll_schedule = np.zeros_like(law.jei_payroll_schedule)
        law.jei_profit_share = 0.0
