"""Talents: digital workers, one row each, and the compiled loops over them."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from sim.model.arithmetic import EXP_LIMIT, exp
from sim.model.columns import Columns, Computed
from sim.model.compile import kernel
from sim.model.desk import LOT
from sim.model.employers import rank_of, startup_ranks, startup_share
from sim.model.lots import person_uid, talent_draws
from sim.model.randomness import Purpose, normals, talent_uid
from sim.model.row_agents import RowAgent

SKILLS = ("technician", "engineer", "star", "top")
NEVER = -32_000

P_ABILITY = np.int64(Purpose.ABILITY)
P_FOUND = np.int64(Purpose.FOUND)


# The last column is drawn when a run begins (see draw_startup_ranks); the others belong to the start of a world.
TALENT_TYPES: dict[str, Any] = {
    "slot": np.int32,
    "place": np.uint8,
    "origin": np.uint8,
    "skill": np.uint8,
    "generation": np.uint8,
    "entry": np.int16,
    "log_ability": np.float64,
    "firms": np.int16,
    "arrived": np.int16,
    "counts": np.uint8,
    "received": np.uint16,
    "startup_rank": np.float32,
}
DRAWN_IN_THE_RUN = "startup_rank"


class Talent(RowAgent):
    """A digital worker: origin, place, skill, ability, quarter of entry, firms founded that live."""

    @property
    def age(self) -> float:
        """Age in years."""
        model = self.model
        return float(model.world["talent.entry_age"] + (model.quarter - self.entry) / 4.0)

    @property
    def works_in_startup(self) -> bool:
        """Whether this person works in a startup this quarter."""
        return bool(self.startup_rank < startup_share(self.model)[self.place])

    def step(self) -> None:
        """Follow the employer or consider moving, by the rules of the loop (``one_agent.step_talent``)."""
        # Imported here: rules of one agent know the processes, and those know the columns.
        from sim.model.one_agent import step_talent

        step_talent(self.model, self.row)


class Talents(Columns):
    """All talents, one row each.

    Columns: slot, place, origin, skill, generation, entry, log_ability, firms, arrived, counts, received.
    ``entry``: quarter of leaving school; ``arrived``: quarter of the last entry into France; ``firms``: living firms
    founded; ``counts``: 0 for an inert agent that enters no stock, price or market; ``received``: a bit per lever. One
    more column in a run, ``startup_rank``: lasting; the lower, the sooner in a startup.
    """

    agent_class = Talent

    @property
    def uid(self) -> np.ndarray:
        """Unique ids of all rows: generation and slot, packed."""
        return (self.data["generation"].astype(np.uint64) << np.uint64(32)) | self.data["slot"].astype(np.uint64)

    def unique_id(self, row: int) -> int:
        """Return the unique id of one row."""
        return talent_uid(int(self.data["slot"][row]), int(self.data["generation"][row]))

    def limits(self, name: str) -> tuple[float, float] | None:
        """Return the lowest and highest value that the rules can work with, if a column has such."""
        if name in ("place", "origin"):
            return 0, self.model.places.count - 1
        # One quarter ahead: those who enter next.
        highest = {"skill": (0, len(SKILLS) - 1), "entry": (NEVER, self.model.quarter + 1)}
        return highest.get(name, (-EXP_LIMIT, EXP_LIMIT) if name == "log_ability" else None)

    def draw_startup_ranks(self, seed: np.uint64) -> None:
        """Add the column ``startup_rank``, drawn from the population seed."""
        self.data["startup_rank"] = startup_ranks(seed, self.uid)

    def ages(self) -> np.ndarray:
        """Return ages in years, float, one per row of this set."""
        return np.asarray(self.model.world["talent.entry_age"] + (self.model.quarter - self.get("entry")) / 4.0)

    def works_in_startup(self) -> np.ndarray:
        """Return who works in a startup this quarter, bool, one per row of this set: a rank below the place's share."""
        share = startup_share(self.model)
        return np.asarray(self.column("startup_rank") < share[self.column("place")])

    def rows_of(self, slots: np.ndarray) -> np.ndarray:
        """Return the rows of slots, whatever the order of rows."""
        kept = self.data["slot"]
        if np.array_equal(kept[slots], slots):
            return slots
        order = np.argsort(kept, kind="stable")
        return np.asarray(order[np.searchsorted(kept, slots, sorter=order)])

    computed: ClassVar[Computed] = {
        "age": ages,
        "works_in_startup": works_in_startup,
        "unique_id": lambda self: self.uid[self._index()],
    }


@kernel
def ability_of(seed, uid, spread):
    """Return ln ability: normal with mean -spread**2 / 2, so that mean ability is 1."""
    z, _ = normals(seed, P_ABILITY, uid, 0, 0)
    return spread * z - 0.5 * spread * spread


@kernel
def renew_rows(
    population_seed,
    quarter,
    career,
    spread,
    start,
    stop,
    uid_slot,
    generation,
    origin,
    place,
    entry,
    log_ability,
    startup_rank,
    firms,
    arrived,
):
    """Replace those who retire by a new person at home: same slot, next generation. Lifetimes are exogenous."""
    renewed = 0
    for i in range(start, stop):
        if quarter + 1 - entry[i] >= career:
            generation[i] += 1
            entry[i] = quarter + 1
            place[i] = origin[i]
            firms[i] = 0
            arrived[i] = NEVER
            uid = person_uid(uid_slot[i], generation[i])
            log_ability[i] = ability_of(population_seed, uid, spread)
            startup_rank[i] = rank_of(population_seed, uid)
            renewed += 1
    return renewed


@kernel
def found_rows(
    run_seed,
    quarter,
    start,
    stop,
    draws,
    rate,
    class_factor,
    young_factor,
    young_quarters,
    uid_slot,
    generation,
    origin,
    skill,
    place,
    entry,
    counts,
    france,
    country,
    out_number,
):
    """Draw foundings of rows start..stop: Poisson by one uniform each; write their number to ``out_number``.

    ``out_number`` (stop - start,): zeros. ``draws``: scratch, (LOT,).
    ``rate`` (3, P): foundings a quarter of an engineer of 30 and more, by awareness group and residence.
    """
    most = 0.0
    for group in range(rate.shape[0]):
        for j in range(rate.shape[1]):
            most = max(most, rate[group, j])
    top = 0.0
    for factor in class_factor:
        top = max(top, factor)
    most = most * top * max(young_factor, 1.0)
    for at in range(start, stop, LOT):
        talent_draws(run_seed, P_FOUND, quarter, uid_slot, generation, at, stop, draws)
        for n in range(min(LOT, stop - at)):
            draw = draws[n]
            i = at + n
            if draw < 1.0 - most or not counts[i]:
                continue
            group = 0 if country[place[i]] == france else (1 if country[origin[i]] == france else 2)
            mean = rate[group, place[i]] * class_factor[skill[i]]
            if quarter - entry[i] < young_quarters:
                mean *= young_factor
            # Comparing one uniform with the Poisson distribution keeps k monotone in the mean; exp(-m) >= 1 - m, so
            # most rows need no exponential.
            if draw < 1.0 - mean:
                continue
            term = exp(-mean)
            cumulative = term
            k = 0
            while draw >= cumulative and k < 8:
                k += 1
                term *= mean / k
                cumulative += term
            out_number[i - start] = k


@kernel
def impatriate_pay(
    start,
    stop,
    quarter,
    since,
    quarters,
    country,
    france,
    pay,
    skill,
    place,
    log_ability,
    arrived,
    counts,
    out,
):
    """Add yearly gross pay (whole euro) of arrivals since ``since``, at most ``quarters`` ago, to ``out`` (S,)."""
    for i in range(start, stop):
        if counts[i] and arrived[i] >= since and quarter - arrived[i] < quarters and country[place[i]] == france:
            out[skill[i]] += int(pay[skill[i], place[i]] * exp(log_ability[i]))


__all__ = [
    "NEVER",
    "SKILLS",
    "Talent",
    "Talents",
    "found_rows",
    "impatriate_pay",
    "renew_rows",
]
