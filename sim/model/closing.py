"""Closing: firms close or are sold; jobs lost make their holders consider moving next quarter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.model.relocation import founder_rows
from sim.model.startups import CLOSED, SOLD, close_or_sell

if TYPE_CHECKING:
    from sim.model.flight import FlightModel


def close_startups(model: FlightModel) -> None:
    """Process: closing by hazard (age, quality, cash), sale of some funded firms of four years and more."""
    data, live, world, places = model.startups.data, model.live_rows(), model.world, model.places.count
    close_or_sell(
        model.startup_table,
        model.key,
        model.quarter,
        live,
        data["uid"],
        data["founded"],
        data["quality"],
        data["cash"],
        data["stage"],
        data["status"],
        model.cash_flows,
    )
    status = data["status"][live]
    closed, sold = live[status == CLOSED], live[status == SOLD]
    events = model.events
    events.counts["closures"] += np.bincount(data["hq"][closed], minlength=places)
    french = closed[model.geography.is_french[data["origin"][closed]]]
    events.counts["closures_french"] += np.bincount(data["hq"][french], minlength=places)
    events.counts["exits"] += np.bincount(data["hq"][sold], minlength=places)
    # A sale pays founders a share of a multiple of the money raised; taxed where the headquarters is.
    gain = world["startup.exit_multiple"] * world["startup.exit_founder_share"]
    gains = (data["raised"][sold].astype(float) * gain).astype(np.int64)
    np.add.at(model.tax_base.exit_gains, data["hq"][sold], gains)
    gone = np.concatenate([closed, sold])
    rows, _ = founder_rows(model, gone)
    np.subtract.at(model.talents.data["firms"], rows, 1)
    lost = np.zeros(places, np.int64)
    np.add.at(lost, data["ops"][closed], data["headcount"][closed])
    model.jobs_lost = lost.astype(np.float64) * model.settings.startup_scale
