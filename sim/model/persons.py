"""Everyone of a run at its horizon, one row each: what the accounting person by person needs, and no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.model.startups import ALIVE, SOLD
from sim.person_states import ABROAD, FRANCE, LAST_STAGE, NOWHERE, STARTUP, TALENT, Persons
from sim.person_states import CLOSED as STATE_CLOSED
from sim.person_states import SOLD as STATE_SOLD

if TYPE_CHECKING:
    from sim.model.flight import FlightModel


def persons_of(model: FlightModel) -> Persons:
    """Return talents and startups of a run, sorted by uid; each row stands for ``talent_scale`` or ``startup_scale``.

    Startups are all that were ever founded, closed and sold ones included. Talents are those of today: who retired left
    every run in the same quarter, lifetimes being exogenous. Inert agents count in no total and are left out.
    """
    french = model.geography.is_french
    talents, firms = model.talents.data, model.startups.data
    counted = talents["counts"] != 0
    alive = firms["status"] == ALIVE
    uid = np.concatenate([model.talents.uid[counted], firms["uid"]])
    origin = np.concatenate([talents["origin"][counted], firms["origin"]])
    place = np.concatenate([talents["place"][counted], np.where(alive, firms["hq"], NOWHERE)]).astype(np.uint8)
    gone = np.where(firms["status"] == SOLD, STATE_SOLD, STATE_CLOSED)
    living = np.concatenate([np.ones(int(counted.sum()), bool), alive])
    at_home = french[np.where(living, place, 0)]
    ended = np.concatenate([np.zeros(int(counted.sum()), np.int64), gone])
    state = np.where(living, np.where(at_home, FRANCE, ABROAD), ended).astype(np.uint8)
    group = np.concatenate([talents["skill"][counted], np.minimum(firms["stage"], LAST_STAGE)]).astype(np.uint8)
    kind = np.repeat(np.array([TALENT, STARTUP], np.uint8), [int(counted.sum()), len(alive)])
    order = np.argsort(uid, kind="stable")
    return Persons(
        uid=uid[order],
        kind=kind[order],
        origin=origin[order],
        french=french[origin][order],
        founder_french=np.concatenate([french[talents["origin"][counted]], firms["french_founder"] != 0])[order],
        state=state[order],
        received=np.concatenate([talents["received"][counted], firms["received"]])[order],
        group=group[order],
        place=place[order],
    )
