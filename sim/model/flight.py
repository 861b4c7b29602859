"""FlightModel: the step read aloud."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from typing import Any, Protocol, Self

import mesa
import numpy as np

from sim.evidence import Evidence
from sim.model.accounts import collect_revenue
from sim.model.adapter import empty, forget
from sim.model.agent_sets import RegisteredAgents
from sim.model.central import central_parts
from sim.model.cities import City, act_cities
from sim.model.city_menu import CityMenu
from sim.model.city_works import CityWorks
from sim.model.closing import close_startups
from sim.model.conditions import close_coverage_gap
from sim.model.counts import count_people, count_startups
from sim.model.desk import Desk, new_desk
from sim.model.events import Events
from sim.model.founding import found_startups
from sim.model.funding import FundingState, fund_startups
from sim.model.growth import TaxBase, grow_startups
from sim.model.hiring import GrowthClaims
from sim.model.levers import Lever
from sim.model.migration import migrate_talents, renew_talents
from sim.model.persons import persons_of
from sim.model.places import Place, PlaceColumns
from sim.model.processes import Process, name_of
from sim.model.receiving import Acting, firms_now, mark_received
from sim.model.recording import Recorder, Records
from sim.model.relocation import move_founders, relocate_startups
from sim.model.start import Start
from sim.model.startup_tables import StartupTables
from sim.model.startups import ALIVE, Startups
from sim.model.tables import TalentTables, diaspora_affinity
from sim.model.talents import Talents
from sim.model.watching import Watched
from sim.settings import Settings
from sim.world import World


def apply_policies(model: FlightModel) -> None:
    """Process: law and programmes of July 2013, then each lever in turn changes its named quantities."""
    model.conditions = model.start.conditions.copy()
    close_coverage_gap(model.conditions, model.world, model.quarter)
    model.city_works.cover(model.conditions)
    for lever in model.levers:
        lever.apply(model.conditions, model)
    model.places.structures_added = model.conditions.structures_added


def update_places(model: FlightModel) -> None:
    """Process: rents and wages respond to the stocks of the quarter's start; decision tables are built."""
    people = model.talent_counts * model.settings.talent_scale
    staff = model.startup_counts.staff * model.settings.startup_scale
    model.places.update_prices(people, staff, model.conditions, model.world)
    model.build_tables()


PROCESSES: tuple[Process, ...] = (
    apply_policies,
    act_cities,
    update_places,
    found_startups,
    fund_startups,
    grow_startups,
    relocate_startups,
    migrate_talents,
    close_startups,
    renew_talents,
)


class FlightModel(mesa.Model):
    """Talents, startups and cities among 26 places, one quarter a step.

    Args:
        levers: the policy; empty is the baseline.
        world: uncertain parameters.
        evidence: facts of 2013.
        start: prepared by :func:`sim.model.start.prepare_start` for the same world, evidence and scales.
        settings: scales, horizon, threads.
        run_seed: 64-bit seed from :func:`sim.model.randomness.run_seed`.
        rivals_respond: foreign cities match what French levers spend.
    """

    processes: tuple[Process, ...] = PROCESSES

    def __init__(
        self,
        levers: tuple[Lever, ...],
        world: World,
        evidence: Evidence,
        start: Start,
        settings: Settings,
        run_seed: int,
        rivals_respond: bool = False,
    ) -> None:
        # Mesa's own generator is seeded for completeness; no process draws from it.
        super().__init__(rng=run_seed)
        self.levers, self.world, self.evidence = levers, world, evidence
        self.start, self.settings = start, settings
        self.rivals_respond = rivals_respond
        # Keys of the draws, as the compiled loops want them.
        self.key, self.population_key = np.uint64(run_seed), np.uint64(start.population_seed)
        self.geography = start.geography
        self.quarter = 0
        self.lever_memory: dict[str, dict[str, Any]] = {}
        self.places = PlaceColumns(evidence, world, self.geography)
        self.talents = Talents(self, {name: column.copy() for name, column in start.talents.items()})
        self.talents.draw_startup_ranks(self.population_key)
        self.startups = Startups(self, {name: column.copy() for name, column in start.startups.items()})
        self.conditions = start.conditions.copy()
        self.talent_tables = TalentTables(evidence, world, self.geography)
        self.startup_tables = StartupTables(evidence, world, self.geography)
        self.startup_tables.remember_start(start.conditions)
        self.startup_tables.moving = start.moving
        self.constants = self._constants()
        self.funding = FundingState.empty(self.places.count)
        self.tax_base = TaxBase.empty(self.places.count)
        self.growth_claims = GrowthClaims.empty(self.places.count)
        self.cash_flows = np.zeros(0, np.int64)
        self.jobs_lost: np.ndarray = np.zeros(self.places.count)
        self.dwellings_met: np.ndarray = np.ones(self.places.count)  # share of claims met when last rationed
        # Real persons who follow their employer's headquarters this quarter, workplace x headquarters.
        self.following = np.zeros((self.places.count, self.places.count))
        self.acting: Acting  # firms of the quarter, once they have acted; levers ask whom they reached
        self.events = Events(self.places.count)
        self.past_year: list[Events] = []  # of the last four quarters, oldest first
        self.city_works = CityWorks(self.places, CityMenu(self.places, world))
        self.timings = {name_of(process): 0.0 for process in self.processes}
        self._desks: dict[int, Desk] = {}
        self._create_agents()
        self.count()
        people = self.talent_counts * settings.talent_scale
        self.places.remember_start(people, self.startup_counts.staff * settings.startup_scale)
        self._french_start = self.talent_counts_french * float(settings.talent_scale)
        self._staff_start = self.startup_counts.staff * float(settings.startup_scale)
        self.recorder = Recorder(self.geography.ids)
        self.recorder.record(self, 0)

    @classmethod
    def in_central_world(cls, *levers: Lever, settings: Settings | None = None, seed: int = 2013) -> Self:
        """Return a model of the central world; its start is prepared first (seconds). ``seed``: of the study."""
        return cls(levers, *central_parts(settings, seed))

    def _create_agents(self) -> None:
        """Create places and the cities that own them, as ordinary Mesa agents."""
        self.place_agents = [Place(self, record.index, record.name, record.kind) for record in self.evidence.places]
        owned: dict[str, list[Place]] = {}
        for record, place in zip(self.evidence.places, self.place_agents, strict=True):
            if record.city:
                owned.setdefault(record.city, []).append(place)
        countries = {record.city: record.country for record in self.evidence.places}
        cities = [City(self, name, countries[name], places) for name, places in owned.items()]
        self.cities = RegisteredAgents(cities, self.random)
        self.places.agents = RegisteredAgents(self.place_agents, self.random)

    def _constants(self) -> np.ndarray:
        """Return fitted constants, (P, P), with the diaspora's drift: French people's pull abroad from the start on."""
        abroad = np.outer(self.geography.is_french, ~self.geography.is_french)
        return self.start.constants + self.world["talent.diaspora_drift"] * abroad

    def step(self) -> None:
        """Advance one quarter: each process in order, timed; then count, collect revenue, mark, charge and record."""
        self.past_year = [*self.past_year, self.events][-4:]
        self.events = Events(self.places.count)
        before = firms_now(self) if self.levers else None
        for process in self.processes:
            begun = time.perf_counter()
            process(self)
            self.timings[name_of(process)] += time.perf_counter() - begun
        begun = time.perf_counter()
        self.count(self.quarter + 1)
        collect_revenue(self)
        if before is not None:  # without levers there is nothing to mark
            mark_received(self, before)
        for lever in self.levers:
            for charge in lever.charges(self):
                self.recorder.charge(self.quarter + 1, lever.key, charge.item, charge.payer, charge.meur)
        self.quarter += 1
        self.recorder.record(self, self.quarter)
        self.timings["record"] = self.timings.get("record", 0.0) + time.perf_counter() - begun

    def build_tables(self) -> None:
        """Build what this quarter's decisions read."""
        counts, scale = self.startup_counts, self.settings.startup_scale
        affinity = diaspora_affinity(
            self.world,
            self.geography,
            self.talent_counts_french * float(self.settings.talent_scale),
            self._french_start,
            counts.staff * float(scale),
            self._staff_start,
        )
        self.talent_table = self.talent_tables.build(self.places, self.conditions, self.constants, affinity)
        value = self.startup_tables.log_value(self.places, self.conditions, counts.real, self.quarter)
        self.startup_table = self.startup_tables.build(self.places, self.conditions, value, counts.young * float(scale))

    def desk(self) -> Desk:
        """Return the scratch of this thread for the compiled loops."""
        thread = threading.get_ident()
        if thread not in self._desks:
            self._desks[thread] = new_desk(self.places.count, len(self.geography.nest_size))
        return self._desks[thread]

    def live_rows(self) -> np.ndarray:
        """Return rows of living firms."""
        return np.flatnonzero(self.startups.data["status"] == ALIVE)

    def count(self, quarter: int = 0) -> None:
        """Count people and firms by place at the start of ``quarter`` (see :mod:`sim.model.counts`)."""
        self.talent_counts, self.talent_counts_french = count_people(self)
        self.startup_counts = count_startups(self, quarter)

    def move_founders(self, rows: np.ndarray, targets: np.ndarray, firms: np.ndarray) -> None:
        """Move founders to where their new firm is (see :func:`sim.model.relocation.move_founders`)."""
        move_founders(self, rows, targets, firms)

    def watching(self, *sets: Iterable[mesa.Agent]) -> Watched:
        """Return the model as a collector shall see it: with these talents or startups as its agents."""
        return Watched(self, sets)

    def records(self) -> Records:
        """Return the frames of the run so far, and everyone as they are now."""
        return self.recorder.records(persons_of(self), dict(self.timings), dict(self.start.facts))


class Policy(Protocol):
    """Whatever carries levers: a scenario, or a test's stand-in."""

    @property
    def levers(self) -> tuple[Lever, ...]:
        """The levers, in the order in which they act."""


def simulate(
    policy: Policy, world: World, evidence: Evidence, start: Start, settings: Settings, run_seed: int
) -> Records:
    """Run one experiment to its horizon and return its records.

    ``policy``: a scenario, or anything with ``levers`` and, if foreign cities match them, ``rivals_respond``.
    """
    rivals = bool(getattr(policy, "rivals_respond", False))
    model = FlightModel(tuple(policy.levers), world, evidence, start, settings, run_seed, rivals)
    try:
        for _ in range(settings.quarters):
            model.step()
        records = model.records()
        empty(model)
        return records
    finally:
        forget(model)
