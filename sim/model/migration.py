"""Migration: talents consider moving, and choose among all places they see."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.model.blocks import map_blocks
from sim.model.talents import migrate_rows, renew_rows

if TYPE_CHECKING:
    from sim.model.flight import FlightModel


def migrate_talents(model: FlightModel) -> None:
    """Process: every talent decides on the state at the start of the process."""
    talents, geography, settings = model.talents, model.geography, model.settings
    places = model.places.count
    chance = model.world["talent.displaced_consider"]
    stock = np.maximum(model.talent_counts, 1) * float(settings.talent_scale)
    extra = np.minimum(chance * model.jobs_lost / stock, 0.5)
    tied = min(1.0, settings.startup_scale / settings.talent_scale)
    columns = talents.table(
        (
            "slot",
            "generation",
            "origin",
            "skill",
            "place",
            "entry",
            "log_ability",
            "firms",
            "arrived",
            "counts",
        )
    )

    def work(start: int, stop: int) -> np.ndarray:
        flows = np.zeros((2, places, places), np.int64)
        migrate_rows(
            model.talent_table,
            model.key,
            model.population_key,
            model.quarter,
            start,
            stop,
            extra,
            tied,
            *columns,
            geography.is_french,
            flows,
        )
        return flows

    for flows in map_blocks(work, talents.size, settings.threads):
        model.events.talent_flows += flows


def renew_talents(model: FlightModel) -> None:
    """Process: those who reach the end of their working life are replaced by a new person at home."""
    talents, table = model.talents, model.talent_table
    columns = talents.table(("slot", "generation", "origin", "place", "entry", "log_ability", "firms", "arrived"))

    def work(start: int, stop: int) -> int:
        return int(
            renew_rows(
                model.population_key,
                model.quarter,
                table.rates.career_quarters,
                model.world["talent.ability_sd"],
                start,
                stop,
                *columns,
            )
        )

    model.events.retired += sum(map_blocks(work, talents.size, model.settings.threads))
