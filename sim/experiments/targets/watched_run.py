"""A run that is watched: firms and probe persons photographed every quarter, with or without a shock.

Some target rows are about small groups (foreign star talents in Germany, graduates of one year). Probe persons make
them large enough to measure: they live and move by the model's own rules, but are inert (``counts`` is 0), so they
enter no stock, price, market or firm, and a run with them has the same history as a run without.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from sim.evidence import Evidence
from sim.model.adapter import forget
from sim.model.blocks import map_blocks
from sim.model.conditions import Conditions
from sim.model.desk import new_desk
from sim.model.flight import PROCESSES, FlightModel
from sim.model.founding import founder_factors, founding_choice
from sim.model.geography import Geography
from sim.model.levers import Lever
from sim.model.lives import live_so_far
from sim.model.places import PlaceColumns
from sim.model.population import whole_numbers
from sim.model.start import Start
from sim.model.startup_tables import StartupTables
from sim.model.tables import TalentTables, class_log_pay, class_shares
from sim.model.talents import NEVER, SKILLS
from sim.settings import Settings
from sim.world import World

PROBED = ("star", "top")  # the two classes that make the highest-paid tenth of talents
ABSENT = 255  # place of a firm not founded yet
FOREIGN_ABROAD = 2  # row of the founders' tables for foreigners who live abroad


@dataclass(frozen=True)
class Shock:
    """What a run changes against its twin, from the first quarter on. ``places`` (P,) bool: where.

    ``net_pay``: everyone's net pay there times this; ``net_pay_arrivals``: the same, but only in the eyes of a person
    of foreign origin who would arrive from abroad; ``startup_value``: value of the place to a startup times this;
    ``profit_tax_points``: percentage points added to the profit tax.
    """

    places: np.ndarray
    net_pay: float = 1.0
    net_pay_arrivals: float = 1.0
    startup_value: float = 1.0
    profit_tax_points: float = 0.0


@dataclass(frozen=True)
class Firms:
    """Firms by quarter; F firms, Q + 1 moments (0 is the start, q is after q steps). Rows before founding: absent."""

    origin: np.ndarray  # (F,) place of founding
    founded: np.ndarray  # (F,) quarter; negative before the start
    raised: np.ndarray  # (F,) euro raised by the end
    hq: np.ndarray  # (Q + 1, F); closed and sold firms keep their last place
    status: np.ndarray  # (Q + 1, F); 0 before founding
    stage: np.ndarray  # (Q + 1, F) rounds so far
    accelerated: np.ndarray  # (Q + 1, F)
    lead: np.ndarray  # (Q + 1, F) place of the last round's lead
    last_foreign: np.ndarray  # (Q + 1, F) quarter of the last round led from abroad


@dataclass(frozen=True)
class Persons:
    """Probe persons by quarter; n persons. ``weight``: real talents that each stands for."""

    origin: np.ndarray  # (n,)
    skill: np.ndarray  # (n,)
    weight: np.ndarray  # (n,)
    place: np.ndarray  # (Q + 1, n)
    entry: np.ndarray  # (Q + 1, n) quarter of leaving school; a change is a new person
    pay: np.ndarray  # (Q + 1, n) gross pay, euro a year


@dataclass(frozen=True)
class Watch:
    """All that a watched run leaves behind."""

    geography: Geography
    firms: Firms
    persons: Persons | None
    series: pd.DataFrame
    flows: pd.DataFrame
    foreign_foundings: np.ndarray  # (Q,) foundings expected in France by foreigners living abroad


class ShockedStartupTables(StartupTables):
    """The value of places for startups, with one term more."""

    shift: np.ndarray

    def log_value(
        self, places: PlaceColumns, conditions: Conditions, startups: np.ndarray, quarter: int
    ) -> dict[str, np.ndarray]:
        """Return the named terms of ln value, (P,), the shock among them."""
        return super().log_value(places, conditions, startups, quarter) | {"shock": self.shift}


@dataclass
class _Film:
    """Photographs so far."""

    firms: list[dict[str, np.ndarray]] = field(default_factory=list)
    persons: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = field(default_factory=list)
    foreign_foundings: list[float] = field(default_factory=list)


class WatchedFlight(FlightModel):
    """The model with a shock (or none), photographed after every step. Arguments: see :class:`FlightModel`."""

    def __init__(
        self,
        levers: tuple[Lever, ...],
        world: World,
        evidence: Evidence,
        start: Start,
        settings: Settings,
        run_seed: int,
        shock: Shock | None = None,
        probes: int = 0,
    ) -> None:
        super().__init__(levers, world, evidence, start, settings, run_seed)
        self.shock = shock or Shock(np.zeros(self.places.count, dtype=bool))
        self.probes = slice(self.talents.size - probes, self.talents.size)
        tables = ShockedStartupTables(evidence, world, self.geography)
        tables.remember_start(start.conditions)
        tables.moving = start.moving
        tables.shift = self.shock.places * np.log(self.shock.startup_value)
        self.startup_tables = tables
        self.film = _Film()
        self._photograph()

    def build_tables(self) -> None:
        """Build the quarter's tables, then add the shock to net pay.

        ln net pay is ln labour cost + ln(1 - average wedge), so a factor on labour cost is, for everybody and
        exactly, the same factor on 1 - average wedge.
        """
        super().build_tables()
        table, shock = self.talent_table, self.shock
        foreign = np.outer(~self.geography.is_french, shock.places)
        self.talent_table = table._replace(
            log_labour_cost=table.log_labour_cost + shock.places * np.log(shock.net_pay),
            entry=table.entry - table.rates.beta * np.log(shock.net_pay_arrivals) * foreign,
        )

    def step(self) -> None:
        """Advance one quarter and photograph."""
        super().step()
        self._photograph()

    def _photograph(self) -> None:
        firms = self.startups.data
        names = ("hq", "status", "stage", "accelerated", "lead", "last_foreign")
        self.film.firms.append({name: firms[name].copy() for name in names})
        people = {name: column[self.probes] for name, column in self.talents.data.items()}
        log_pay = class_log_pay(self.world)[people["skill"]] + people["log_ability"]
        pay = self.places.wage[people["place"]] * np.exp(log_pay)
        self.film.persons.append((people["place"].copy(), people["entry"].copy(), pay.astype(np.float32)))


def raise_profit_tax(model: Any) -> None:
    """Process: add the shock's points to the profit tax."""
    model.conditions.profit_rate = model.conditions.profit_rate + model.shock.places * (
        model.shock.profit_tax_points / 100.0
    )


def expect_foundings(model: Any) -> None:
    """Process: note how many firms foreigners living abroad are expected to found in France this quarter.

    The expectation of what ``found_startups`` draws next: a change of a few per cent would drown in counts.
    """
    world, geography, fitted = model.world, model.geography, model.start.founding
    terms = model.startup_tables.log_value(model.places, model.conditions, model.startup_counts.real, model.quarter)
    value = sum(terms.values()) + model.startup_tables.start_cost(model.conditions)
    value = world["startup.beta_found"] * value + fitted.place
    logsum, law = founding_choice(world, geography, value, model.startup_tables.cost, model.conditions.awareness)
    people = model.talents.data
    weight = founder_factors(world)[people["skill"]] * model.settings.talent_scale
    young = model.quarter - people["entry"] < 4 * (30 - world["talent.entry_age"])
    weight = weight * np.where(young, world["startup.founding_young"], 1.0)
    abroad = (people["counts"] > 0) & ~geography.is_french[people["origin"]] & ~geography.is_french[people["place"]]
    weights = np.bincount(people["place"][abroad], weights=weight[abroad], minlength=model.places.count)
    rate = fitted.rate * np.exp(world["startup.entry_elasticity"] * (logsum - fitted.logsum))
    share = law[FOREIGN_ABROAD][:, geography.is_french].sum(axis=1)
    model.film.foreign_foundings.append(float(np.sum(weights * rate[FOREIGN_ABROAD] * share)))


# The shock to the law follows the policies; the expectation is read just before foundings are drawn.
WatchedFlight.processes = (PROCESSES[0], raise_profit_tax, PROCESSES[1], expect_foundings, *PROCESSES[2:])


def with_probes(start: Start, evidence: Evidence, world: World, settings: Settings, number: int) -> Start:
    """Return a start with ``number`` probe persons of each probed class appended, lives so far included.

    Origins are those of the population in proportion; tastes and abilities are drawn as everybody's.
    """
    places = PlaceColumns(evidence, world, start.geography)
    table = TalentTables(evidence, world, start.geography).build(places, start.conditions, start.constants)
    people = np.bincount(start.talents["origin"], minlength=places.count).astype(float)
    by_origin = whole_numbers(people, number)
    size, first = number * len(PROBED), len(start.talents["slot"])
    origin = np.tile(np.repeat(np.arange(places.count), by_origin), len(PROBED)).astype(np.uint8)
    new = {
        "slot": np.arange(first, first + size),
        "place": origin.copy(),
        "origin": origin,
        "skill": np.repeat([SKILLS.index(name) for name in PROBED], number),
        "arrived": np.full(size, NEVER),
    }
    columns = {
        name: np.ascontiguousarray(new.get(name, np.zeros(size)), dtype=kept.dtype)
        for name, kept in start.talents.items()
    }
    lived = tuple(columns[n] for n in ("slot", "origin", "skill", "place", "entry", "log_ability", "arrived"))
    key, spread = np.uint64(start.population_seed), world["talent.ability_sd"]

    def live(begin: int, end: int) -> None:
        live_so_far(table, key, spread, begin, end, new_desk(len(table.country), len(table.nest_size)), *lived)

    map_blocks(live, size, settings.threads)
    talents = {name: np.concatenate([kept, columns[name]]) for name, kept in start.talents.items()}
    return dataclasses.replace(start, talents=talents)


def watch_run(
    levers: tuple[Lever, ...],
    world: World,
    evidence: Evidence,
    start: Start,
    settings: Settings,
    run_seed: int,
    shock: Shock | None = None,
) -> Watch:
    """Run to the horizon and return the photographs. Probes are the inert talents at the end of ``start``."""
    probes = int(np.sum(start.talents["counts"] == 0))
    model = WatchedFlight(levers, world, evidence, start, settings, run_seed, shock, probes)
    try:
        for _ in range(settings.quarters):
            model.step()
        records = model.records()
        return Watch(
            model.geography,
            _firms(model),
            _persons(model) if probes else None,
            records.series,
            records.flows,
            np.array(model.film.foreign_foundings),
        )
    finally:
        forget(model)


def _firms(model: WatchedFlight) -> Firms:
    data, film = model.startups.data, model.film.firms
    empty = {"hq": ABSENT, "status": 0, "stage": 0, "accelerated": 0, "lead": ABSENT, "last_foreign": -30_000}
    frames: dict[str, np.ndarray] = {}
    for name, missing in empty.items():
        frames[name] = np.full((len(film), len(data["hq"])), missing, data[name].dtype)
        for moment, photograph in enumerate(film):
            frames[name][moment, : len(photograph[name])] = photograph[name]
    return Firms(data["origin"].copy(), data["founded"].copy(), data["raised"].copy(), **frames)


def _persons(model: WatchedFlight) -> Persons:
    data, film = model.talents.data, model.film.persons
    skill = data["skill"][model.probes]
    real = model.settings.talent_scale * float(np.sum(data["counts"])) * class_shares(model.world)
    weight = (real / np.maximum(np.bincount(skill, minlength=len(SKILLS)), 1))[skill]
    place, entry, pay = (np.array([moment[part] for moment in film]) for part in range(3))
    return Persons(data["origin"][model.probes].copy(), skill.copy(), weight, place, entry, pay)
