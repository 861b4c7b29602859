"""Relocation: firms consider moving their headquarters; founders live where the headquarters is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.model.compile import kernel
from sim.model.past import move_operations
from sim.model.randomness import Purpose, uniforms
from sim.model.startups import consider_headquarters

if TYPE_CHECKING:
    from sim.model.flight import FlightModel

P_FOUNDER_FOLLOWS = int(Purpose.FOUNDER_FOLLOWS)
FOUNDED, MOVED = 0, 1


@kernel
def founders_follow(seed, quarter, occasion, share, uid, out):
    """Draw which founders move with their firm: one agent stands for several people, one firm moves one of them.

    ``uid`` of the firms; ``occasion``: 0 when it is founded, 1 when it moves.
    """
    for n in range(uid.shape[0]):
        first, _ = uniforms(seed, P_FOUNDER_FOLLOWS, uid[n], quarter, occasion)
        out[n] = first < share


def move_founders(
    model: FlightModel, rows: np.ndarray, targets: np.ndarray, firms: np.ndarray, occasion: int = FOUNDED
) -> None:
    """Move founders (talent rows) to where their firm's headquarters is, and count the flows.

    ``firms``: uids; ``occasion``: FOUNDED or MOVED.
    """
    data, geography = model.talents.data, model.geography
    follows = np.zeros(len(rows), np.bool_)
    share = min(1.0, model.settings.startup_scale / model.settings.talent_scale)
    founders_follow(model.key, model.quarter, occasion, share, firms, follows)
    # Firms of one founder act in row order; the last one wins, as it does for the person.
    for row, target in zip(rows[follows].tolist(), targets[follows].tolist(), strict=True):
        here = int(data["place"][row])
        if here == target:
            continue
        data["place"][row] = target
        if geography.is_french[target] and not geography.is_french[here]:
            data["arrived"][row] = model.quarter
        french = 0 if geography.is_french[data["origin"][row]] else 1
        model.events.talent_flows[french, here, target] += 1


def founder_rows(model: FlightModel, firms: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (talent rows, which firms have a founder still active). Rows are found by slot and generation."""
    startups, talents = model.startups.data, model.talents
    slot = startups["founder_slot"][firms]
    known = slot >= 0
    rows = talents.rows_of(np.where(known, slot, slot[known][0] if known.any() else 0))
    active = known & (talents.data["generation"][rows] == startups["founder_generation"][firms])
    return rows[active], active


def relocate_startups(model: FlightModel) -> None:
    """Process: hazard from events and states, then nested logit over headquarters places."""
    data, live = model.startups.data, model.live_rows()
    movers, targets = np.empty(len(live), np.int64), np.empty(len(live), np.int64)
    moved = consider_headquarters(
        model.startup_table,
        model.key,
        model.population_key,
        model.quarter,
        live,
        data["uid"],
        data["founded"],
        data["origin"],
        data["french_founder"],
        data["hq"],
        data["stage"],
        data["last_foreign"],
        data["foreign_lead"],
        movers,
        targets,
    )
    movers, targets = movers[:moved], targets[:moved]
    origins = data["hq"][movers].astype(np.int64)
    french = model.geography.is_french[data["origin"][movers]]
    kind = np.where(french, 0, 1)
    np.add.at(model.events.startup_flows, (kind, origins, targets), 1)
    move_operations(model.geography, data, movers, targets)
    rows, active = founder_rows(model, movers)
    move_founders(model, rows, targets[active], data["uid"][movers[active]], MOVED)


__all__ = ["founder_rows", "move_founders", "relocate_startups"]
