"""Who received a lever: a bit per lever in the column ``received`` of talents and startups. No decision reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.model.levers import LEVERS
from sim.model.operating import order_draws
from sim.model.startups import ALIVE, SOLD

if TYPE_CHECKING:
    from sim.model.flight import FlightModel

BITS = {key: np.uint16(1 << position) for position, key in enumerate(LEVERS)}


class Acting(NamedTuple):
    """Firms in this quarter, by row: whether they acted in it, and where they were when they did.

    Headquarters and operations before the quarter's relocations; what closed or was sold at its end did act.
    """

    present: np.ndarray  # bool
    hq: np.ndarray
    ops: np.ndarray
    order_draw: np.ndarray  # draw compared with the chance of an order; 1 where a firm can get none
    sold: np.ndarray  # bool: sold at the quarter's end


class Firms(NamedTuple):
    """Which firms live, and where they are, at the start of a quarter; copies."""

    alive: np.ndarray
    hq: np.ndarray
    ops: np.ndarray


def firms_now(model: FlightModel) -> Firms:
    """Return the firms before the quarter's processes."""
    data = model.startups.data
    return Firms(data["status"] == ALIVE, data["hq"].copy(), data["ops"].copy())


def firms_of_quarter(model: FlightModel, before: Firms) -> Acting:
    """Return the firms that acted in the quarter; those founded in it stand at the end and have not moved since."""
    data, known = model.startups.data, len(before.alive)
    present = np.concatenate([before.alive, np.ones(model.startups.size - known, bool)])
    hq, ops = (np.concatenate([old, data[name][known:]]) for name, old in (("hq", before.hq), ("ops", before.ops)))
    age = model.quarter - data["founded"].astype(np.int64)
    young = present & (age > 0) & (age < model.startup_table.rates.young_quarters)
    draw = np.ones(len(present))
    order_draws(model.key, model.quarter, model.startups.uid, young, draw)
    return Acting(present, hq, ops, draw, present & (data["status"] == SOLD))


def mark_received(model: FlightModel, before: Firms) -> None:
    """Mark those whom each lever reached this quarter, after the agents have acted.

    ``before``: the firms at the quarter's start.
    """
    model.acting = firms_of_quarter(model, before)
    talents, startups = model.talents.data["received"], model.startups.data["received"]
    # A new generation has received nothing yet.
    talents[model.talents.data["entry"] == model.quarter + 1] = 0
    for lever in model.levers:
        reached = lever.reach(model)
        if reached is None:
            continue
        for column, mask in ((talents, reached.talents), (startups, reached.startups)):
            if mask is not None:
                column[mask] |= BITS[lever.key]
