"""Counts of people and firms by place: whole numbers, so neither order nor threads matter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.model.blocks import map_blocks
from sim.model.compile import kernel
from sim.model.recording import CHAMPION_HEADS, CHAMPION_RAISED

if TYPE_CHECKING:
    from sim.model.flight import FlightModel


@dataclass
class StartupCounts:
    """Living firms by place, agents (unscaled); ``real`` is ``by_place`` in real firms."""

    by_place: np.ndarray
    french: np.ndarray
    champions: np.ndarray
    champions_french: np.ndarray
    staff: np.ndarray
    young: np.ndarray
    real: np.ndarray


@kernel
def count_talents(start, stop, place, origin, counts, french, tallies, out_all, out_french):
    """Add agents of rows start..stop by place to ``out_all``, those of French origin to ``out_french``.

    ``tallies`` (4, 2, P): scratch, zeros.
    """
    # Four tallies in turn, so that one row need not wait for the sum of the row before it.
    for i in range(start, stop):
        if counts[i]:
            tallies[i % 4, 1 if french[origin[i]] else 0, place[i]] += 1
    for n in range(4):
        for j in range(out_all.shape[0]):
            out_all[j] += tallies[n, 0, j] + tallies[n, 1, j]
            out_french[j] += tallies[n, 1, j]


def count_people(model: FlightModel) -> tuple[np.ndarray, np.ndarray]:
    """Return talents by place, all and of French origin, (P,) each, agents."""
    places, columns = model.places.count, model.talents.table(("place", "origin", "counts"))

    def work(start: int, stop: int) -> np.ndarray:
        out = np.zeros((2, places), np.int64)
        tallies = np.zeros((4, 2, places), np.int64)
        count_talents(start, stop, *columns, model.geography.is_french, tallies, out[0], out[1])
        return out

    people, french = np.sum(map_blocks(work, model.talents.size, model.settings.threads), axis=0)
    return people, french


def count_startups(model: FlightModel, quarter: int) -> StartupCounts:
    """Return living firms by place; ``young`` is that of the quarter given."""
    data, live, places = model.startups.data, model.live_rows(), model.places.count
    hq, ops, heads = data["hq"][live], data["ops"][live], data["headcount"][live]
    french = model.geography.is_french[data["origin"][live]]
    champion = (heads >= CHAMPION_HEADS) | (data["raised"][live] >= CHAMPION_RAISED)
    away = data["away"][live]
    staff = np.zeros(places, np.int64)
    np.add.at(staff, ops, heads - away)
    np.add.at(staff, hq, away)
    young = quarter - data["founded"][live] < 4 * model.world["startup.young_years"]

    def tally(mask: np.ndarray, where: np.ndarray = hq) -> np.ndarray:
        return np.bincount(where[mask], minlength=places)

    by_place = np.bincount(hq, minlength=places)
    return StartupCounts(
        by_place=by_place,
        french=tally(french),
        champions=tally(champion),
        champions_french=tally(champion & french),
        staff=staff,
        young=tally(young, ops),
        real=by_place * float(model.settings.startup_scale),
    )
