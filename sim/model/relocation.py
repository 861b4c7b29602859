"""Relocation: headquarters move, staff follow over two years; founders live where the headquarters is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.model.compile import kernel
from sim.model.events import ARRIVAL, DEPARTURE, TALENT_TRIGGERS, TERM_UNIT
from sim.model.headquarters import Moves, consider, explain, follow, move_headquarters
from sim.model.randomness import Purpose, uniforms

if TYPE_CHECKING:
    from sim.model.flight import FlightModel

P_FOUNDER_FOLLOWS = np.int64(Purpose.FOUNDER_FOLLOWS)
FOUNDED, MOVED = 0, 1
OWN_FIRM = TALENT_TRIGGERS.index("with own firm")


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
        was, now = bool(geography.is_french[here]), bool(geography.is_french[target])
        if was != now:
            model.events.talent_triggers[french, ARRIVAL if now else DEPARTURE, OWN_FIRM] += 1


def founder_rows(model: FlightModel, firms: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (talent rows, which firms have a founder still active). Rows are found by slot and generation."""
    startups, talents = model.startups.data, model.talents
    slot = startups["founder_slot"][firms]
    known = slot >= 0
    rows = talents.rows_of(np.where(known, slot, slot[known][0] if known.any() else 0))
    active = known & (talents.data["generation"][rows] == startups["founder_generation"][firms])
    return rows[active], active


def relocate_startups(model: FlightModel) -> None:
    """Process: hazard from events and states, then nested logit over headquarters places; staff follow earlier moves.

    All decide on the state at its start: who moves now is followed from next quarter on.
    """
    data, live, geography = model.startups.data, model.live_rows(), model.geography
    moves = consider(model.startup_table, model.key, model.population_key, model.quarter, live, data)
    followers = follow(model.startup_table, model.key, model.quarter, live, data)
    kind = np.where(geography.is_french[data["origin"][moves.rows]], 0, 1)
    np.add.at(model.events.startup_flows, (kind, moves.origins, moves.targets), 1)
    _note_reasons(model, moves, kind)
    carried = move_headquarters(geography, data, moves, model.quarter)
    model.following = (followers + carried) * float(model.settings.startup_scale)
    rows, active = founder_rows(model, moves.rows)
    move_founders(model, rows, moves.targets[active], data["uid"][moves.rows[active]], MOVED)


def _note_reasons(model: FlightModel, moves: Moves, kind: np.ndarray) -> None:
    """Count what triggered moves across the border of France, and sum the terms of utility that decided."""
    french = model.geography.is_french
    across = french[moves.origins] != french[moves.targets]
    direction = np.where(french[moves.origins], DEPARTURE, ARRIVAL)[across]
    kind, events = kind[across], model.events
    np.add.at(events.startup_triggers, (kind, direction, moves.triggers[across]), 1)
    terms = explain(model.startup_table, model.population_key, model.quarter, moves, model.startups.data)
    np.add.at(events.startup_terms, (kind, direction), np.rint(terms[across] / TERM_UNIT).astype(np.int64))


__all__ = ["founder_rows", "move_founders", "relocate_startups"]
