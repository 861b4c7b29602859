"""What one quarter's decisions read: tables by place, built from prices, conditions and counts at its start."""

from __future__ import annotations

import numpy as np

from sim.evidence import Evidence
from sim.model.conditions import Conditions
from sim.model.geography import Geography
from sim.model.places import PlaceColumns
from sim.model.talent_rules import TalentRates, TalentTable
from sim.model.talents import SKILLS
from sim.world import World

# Years over which an arriving talent weighs a time-limited exemption.
RELIEF_HORIZON_YEARS = 8.0


def class_log_pay(world: World) -> np.ndarray:
    """Return ln pay by skill class over an engineer's, shape (S,)."""
    return np.log([1.0 if s == "engineer" else world[f"talent.pay_{s}"] for s in SKILLS])


def class_shares(world: World) -> np.ndarray:
    """Return the share of each skill class, shape (S,): engineers are the rest."""
    shares = {s: world[f"talent.share_{s}"] for s in SKILLS if s != "engineer"}
    shares["engineer"] = 1.0 - sum(shares.values())
    return np.array([shares[s] for s in SKILLS])


def moving_cost(world: World, geography: Geography, kind: str) -> np.ndarray:
    """Return the cost of moving between places, (P, P), for ``kind`` "talent" or "startup"."""
    same_country = geography.country[:, None] == geography.country
    paris = geography.market[:, None] == geography.market
    step = np.where(
        same_country,
        np.where(paris, world[f"{kind}.cost_paris"], world[f"{kind}.cost_district"]),
        world[f"{kind}.cost_border"],
    )
    cost = step + world[f"{kind}.cost_distance"] * np.log1p(geography.km / 100.0)
    np.fill_diagonal(cost, 0.0)
    return np.asarray(cost)


def visa_applies(geography: Geography) -> np.ndarray:
    """Return whether people of origin o need a visa in place j, (P, P) bool: one is outside free movement."""
    inside = geography.free[:, None] & geography.free
    same = geography.country[:, None] == geography.country
    return np.asarray(~inside & ~same)


def arrival_relief(conditions: Conditions, world: World, geography: Geography, employer: np.ndarray) -> np.ndarray:
    """Return tax spared on arrival, as points of labour cost, (S, P): France's impatriate regime.

    Exempt share x marginal income tax x take-up, weighted by how much of the horizon the exemption covers.
    """
    covered = min(1.0, conditions.impatriate_years / RELIEF_HORIZON_YEARS)
    marginal = np.array([world[f"law.impatriate_marginal.{s}"] for s in SKILLS])
    share = conditions.impatriate_exempt_share * world["law.impatriate_take_up"] * covered
    return np.outer(marginal * share, geography.is_french / (1.0 + employer))


class TalentTables:
    """Builds a :class:`TalentTable` each quarter; the parts that never change are computed once."""

    def __init__(self, evidence: Evidence, world: World, geography: Geography) -> None:
        self.world, self.geography = world, geography
        self._average_wage = evidence.column("average_wage_2013")
        self._cost = moving_cost(world, geography, "talent")
        self._abroad = geography.country[:, None] != geography.country
        self._visa = visa_applies(geography)
        self._home = world["talent.home"] * np.eye(len(geography.ids))

    def build(
        self,
        places: PlaceColumns,
        conditions: Conditions,
        fitted: np.ndarray | None = None,
        affinity: np.ndarray | None = None,
    ) -> TalentTable:
        """Return the table; ``fitted`` (P, P) origin x place and ``affinity`` (P, P) default to zero."""
        world, geography = self.world, self.geography
        zero = np.zeros_like(self._home)
        rates = TalentRates(
            beta=world["talent.beta"],
            nest=world["talent.nest"],
            taste_country=world["talent.taste_country"],
            taste_place=world["talent.taste_place"],
            school_cost=world["talent.cost_school"],
            older_cost=world["talent.cost_older"],
            hazard_young=world["talent.hazard_young"],
            hazard_older=world["talent.hazard_older"],
            hazard_abroad=world["talent.hazard_abroad"],
            france=geography.france,
            young_quarters=int(4 * (30 - world["talent.entry_age"])),
            career_quarters=int(4 * world["talent.career_years"]),
            home=world["talent.home"],
        )
        return TalentTable(
            rates=rates,
            country=geography.country,
            nest_size=geography.nest_size,
            # Not the rate of firms: exemptions of one zone reach firms only.
            log_labour_cost=np.log(places.wage * (1.0 + conditions.wage_employer_rate)),
            wage_ratio=places.wage / self._average_wage,
            wedge_100=conditions.tax_wedge[0],
            wedge_167=conditions.tax_wedge[1],
            top_rate=conditions.tax_wedge[2],
            housing=world["talent.housing_share"] * np.log(places.flat_rent),
            constants=self._home + (zero if fitted is None else fitted),
            affinity=zero if affinity is None else affinity,
            crossing=self._abroad.astype(np.float64),
            cost=self._cost * (1.0 - self._abroad * conditions.settling),
            entry=self._visa * conditions.visa_cost,
            awareness=conditions.awareness,
            relief=arrival_relief(conditions, world, geography, conditions.wage_employer_rate),
            class_log_pay=class_log_pay(world),
            class_cost=np.array([1.0 if s == "engineer" else world[f"talent.cost_{s}"] for s in SKILLS]),
        )


def diaspora_affinity(
    world: World,
    geography: Geography,
    french: np.ndarray,
    french_start: np.ndarray,
    jobs: np.ndarray,
    jobs_start: np.ndarray,
) -> np.ndarray:
    """Return the pull of fellow nationals abroad and of startup jobs, (P, P) origin x place, zero at the start."""
    jobs_pull = world["talent.startup_jobs_pull"] * np.log((jobs + 100.0) / (jobs_start + 100.0))
    nationals = world["talent.diaspora_pull"] * np.log((french + 100.0) / (french_start + 100.0))
    abroad = np.where(geography.is_french, 0.0, nationals)
    return np.asarray(jobs_pull[None, :] + np.outer(geography.is_french, abroad))
