"""A process of one's own: an agreement lifts wages in French districts by one percent a year."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.extensions import Extension

if TYPE_CHECKING:
    from sim.model.flight import FlightModel

extension = Extension("raise_wages")


@extension.process(before="found_startups")  # after rents and wages of the quarter are known
def raise_wages(model: FlightModel) -> None:
    """Multiply the wage that firms pay and talents expect; decision tables are built anew from it."""
    lifted = np.where(model.places.is_district, 1.01 ** (model.quarter / 4.0), 1.0)
    model.places.wage = model.places.wage * lifted
    model.build_tables()
