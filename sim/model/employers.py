"""Who works in a startup, and what employers do to them: a state of a person, without matching people to firms.

A talent works in a startup if a lasting rank of its own lies below the share of startup staff among the talents of its
labour market. So the same persons do in every scenario, unless the share changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.model.compile import kernel
from sim.model.randomness import Purpose, uniforms

if TYPE_CHECKING:
    from sim.model.flight import FlightModel

P_STARTUP_JOB = np.int64(Purpose.STARTUP_JOB)


class EmployerEvents(NamedTuple):
    """Chances of the talents of a place this quarter; those of the last two hold for who works in a startup."""

    share: np.ndarray  # (P,) works in a startup
    loses_job: np.ndarray  # (P,)
    follows: np.ndarray  # (P, P) residence x destination, cumulated over destinations


@kernel
def rank_of(seed, uid):
    """Return a person's lasting rank in (0, 1): the lower, the sooner in a startup."""
    first, _ = uniforms(seed, P_STARTUP_JOB, uid, 0, 0)
    return first


@kernel
def write_ranks(seed, uid, out):
    """Write the ranks of ``uid`` (rows,) to ``out`` (rows,)."""
    for i in range(uid.shape[0]):
        out[i] = rank_of(seed, uid[i])


def startup_ranks(seed: np.uint64, uid: np.ndarray) -> np.ndarray:
    """Return the lasting ranks of persons, float32 in [0, 1], from the population seed and their uids."""
    out = np.empty(len(uid), np.float32)
    write_ranks(seed, uid, out)
    return out


def startup_share(model: FlightModel) -> np.ndarray:
    """Return startup staff over talents of the labour market at the start of the quarter, (P,), at most 1."""
    places = model.places
    staff, people = places.market_total(places.startup_staff), places.market_total(places.talents)
    return np.asarray(np.minimum(staff / np.maximum(people, 1.0), 1.0))


def employer_events(model: FlightModel) -> EmployerEvents:
    """Return the chances from ``model.jobs_lost`` and ``model.following`` (real persons, by workplace).

    Staff live somewhere in the labour market of the workplace, so all chances are by labour market. Who follows
    inside one labour market commutes and does not move house.
    """
    places, market = model.places, model.geography.market
    staff = np.maximum(places.market_total(places.startup_staff), 1.0)
    lost = np.minimum(places.market_total(model.jobs_lost) / staff, 1.0)
    elsewhere = np.where(market[:, None] == market, 0.0, model.following)
    follow = np.column_stack([places.market_total(column) for column in elsewhere.T]) / staff[:, None]
    follow /= np.maximum(follow.sum(axis=1, keepdims=True), 1.0)
    return EmployerEvents(startup_share(model), lost, np.cumsum(follow, axis=1))
