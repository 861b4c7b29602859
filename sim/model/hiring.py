"""Hiring: firms that wish to grow claim workers of a labour market and premises of a place; claims are rationed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.model.compile import kernel
from sim.model.randomness import Purpose, uniforms
from sim.model.rationing import whole_claims_met
from sim.model.startups import pick

P_HIRE = np.int64(Purpose.HIRE)


@dataclass
class GrowthClaims:
    """Claims of one quarter by place, agents: what was asked for, had and refused; shares of claims that are met."""

    workers: np.ndarray  # (P,) persons wanted
    premises: np.ndarray  # (P,) sites that wish to grow, each a claim for the space of its new staff
    workers_met: np.ndarray  # (P,) share
    premises_met: np.ndarray  # (P,) share
    hired: np.ndarray  # (P,) persons
    refused_workers: np.ndarray  # (P,) persons, at sites that had premises
    refused_premises: np.ndarray  # (P,) claims

    @classmethod
    def empty(cls, places: int) -> GrowthClaims:
        """Return no claims, and room for all."""
        z = [np.zeros(places, np.int64) for _ in range(5)]
        return cls(z[0], z[1], np.ones(places), np.ones(places), z[2], z[3], z[4])


@kernel
def claim_rows(live, ops, hq, wishes, out_workers, out_premises):
    """Add persons wanted and sites that wish to grow, by place; ``wishes`` (N, 2): operations, headquarters abroad."""
    for n in range(live.shape[0]):
        for site in range(2):
            wanted = wishes[n, site]
            if wanted > 0:
                place = ops[live[n]] if site == 0 else hq[live[n]]
                out_workers[place] += wanted
                out_premises[place] += 1


@kernel
def hire_rows(
    seed,
    quarter,
    live,
    uid,
    ops,
    hq,
    headcount,
    away,
    outgrown,
    wishes,
    workers_met,
    premises_met,
    out_hired,
    out_refused_workers,
    out_refused_premises,
):
    """Change staff: cuts as wished; growth of a site if its own draws bring premises, and as many workers as it finds.

    A firm refused premises at a site is outgrown until all its claims of a quarter are granted, or its headquarters
    moves.
    """
    for n in range(live.shape[0]):
        i = live[n]
        asked, granted = False, True
        for site in range(2):
            change = wishes[n, site]
            if change > 0:
                place = ops[i] if site == 0 else hq[i]
                first, second = uniforms(seed, P_HIRE, uid[i], quarter, site)
                asked = True
                if second >= premises_met[place]:
                    out_refused_premises[place] += 1
                    granted = False
                    continue
                wanted = change
                change = whole_claims_met(wanted, workers_met[place], first)
                out_refused_workers[place] += wanted - change
                out_hired[place] += change
            headcount[i] += change
            if site == 1:
                away[i] += change
        if asked:
            outgrown[i] = 0 if granted else 1


def claim(live: np.ndarray, data: dict[str, np.ndarray], wishes: np.ndarray, places: int) -> GrowthClaims:
    """Return the quarter's claims, nothing refused yet."""
    claims = GrowthClaims.empty(places)
    claim_rows(live, *pick(data, "ops hq"), wishes, claims.workers, claims.premises)
    return claims


def hire(
    key: np.uint64,
    quarter: int,
    live: np.ndarray,
    data: dict[str, np.ndarray],
    wishes: np.ndarray,
    claims: GrowthClaims,
) -> None:
    """Write what comes of the wishes to ``data``, and what was had and refused to ``claims``."""
    columns = pick(data, "uid ops hq headcount away outgrown")
    met = (claims.workers_met, claims.premises_met)
    counts = (claims.hired, claims.refused_workers, claims.refused_premises)
    hire_rows(key, quarter, live, *columns, wishes, *met, *counts)
