"""R1: label and network the districts, in waves."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field, model_validator

from sim.model.levers.lever import Charge, Lever, Quarter, Reached
from sim.quarters import parse_quarter

if TYPE_CHECKING:
    from sim.model.conditions import Conditions
    from sim.model.flight import FlightModel


class LabelNetwork(Lever):
    """Flag (visibility only), network (partners' ecosystem counts), premises (labelled m2 at a bounded rent)."""

    key: ClassVar[str] = "label_network"
    number: ClassVar[str] = "R1"
    title: ClassVar[str] = "Label and network districts of excellence"
    provenance: ClassVar[str] = "A, R"
    moves: ClassVar[tuple[str, ...]] = ("labelled", "awareness", "network_strength", "premises_discount")
    payer: ClassVar[str] = "state (programme office), city (premises)"

    start: Quarter = Field("2013Q3", description="first wave of the label")
    flag: bool = Field(True, description="labelled districts gain visibility, nothing else")
    network: bool = Field(True, description="partners' ecosystem counts in proportion to a meeting rate")
    premises: bool = Field(True, description="a share of the labelled district's premises at a bounded rent")
    label_dates: dict[str, Quarter] | None = Field(
        None, description="fixes who is labelled, and when; none: the label rule, applied wave by wave"
    )

    call: bool = Field(True, description="cities may answer the call for labels (none is open if label_dates fixes it)")

    @model_validator(mode="after")
    def _dates_name_places(self) -> LabelNetwork:
        if self.label_dates is not None and self.places is not None:
            raise ValueError("label_dates already names the places: leave 'places' out")
        return self

    def holders(self, model: FlightModel) -> np.ndarray:
        """Return who holds the label this quarter, shape (places,), bool: fixed by dates or by the label rule."""
        held = np.zeros(model.places.count, dtype=bool)
        if self.intensity(model.quarter) <= 0.0:
            return held
        if self.label_dates is not None:
            for place, first in self.label_dates.items():
                held[model.places.index(place)] = model.quarter >= parse_quarter(first)
            return held
        wave = int(self.parameter(model.world, "wave_quarters"))
        memory = self.memory(model)
        if "held" in memory and (model.quarter - parse_quarter(self.start)) % wave != 0:
            return np.asarray(memory["held"])
        held = model.places.meets_label_rule(model.world)
        return held if self.places is None else held & (model.places.mask(self.places) > 0.0)

    def open_to(self, model: FlightModel) -> np.ndarray:
        """Return the districts whose city may answer a call for labels this quarter, shape (places,), bool."""
        open_now = self.call and self.label_dates is None and self.intensity(model.quarter) > 0.0
        listed = model.places.is_district if self.places is None else model.places.mask(self.places) > 0.0
        return np.asarray(model.places.is_district & listed & open_now)

    def apply(self, conditions: Conditions, model: FlightModel) -> None:
        strength = self.intensity(model.quarter)
        # Decided once a quarter, on prices and stocks of its start.
        held = self.memory(model)["held"] = self.holders(model)
        conditions.labelled |= held
        world = model.world
        if self.flag:
            gain = strength * self.parameter(world, "visibility") * held
            conditions.awareness += gain * (1.0 - conditions.awareness)
        if self.network:
            conditions.network_strength += strength * self.parameter(world, "network_strength")
        if self.premises:
            share = self.parameter(world, "premises_share")
            discount = self.parameter(world, "premises_discount")
            conditions.premises_discount += strength * share * discount * held

    def reach(self, model: FlightModel) -> Reached | None:
        if not self.premises or self.intensity(model.quarter) <= 0.0:
            return None  # visibility and meetings name no receiver
        firms = model.acting
        return Reached(startups=firms.present & self.memory(model)["held"][firms.ops])

    def charges(self, model: FlightModel) -> list[Charge]:
        strength = self.intensity(model.quarter)
        held = self.memory(model)["held"]
        office = self.parameter(model.world, "office_meur_per_year") / 4.0
        charges = [Charge("programme office", "state", strength * office * float(held.any()))]
        if self.premises:
            share = self.parameter(model.world, "premises_share") * self.parameter(model.world, "premises_discount")
            m2 = model.places.startup_m2(model.world)
            rent = float(np.sum(held * m2 * model.places.office_rent)) / 4.0 / 1e6
            charges.append(Charge("bounded rents", "city", strength * share * rent))
        return charges
