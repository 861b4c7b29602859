"""Paired runs: one world with the same luck, with and without a shock, and what an elasticity is (E1 to E3).

The shock lasts from the first quarter on. Stocks are means over the years 5 to 10 after it, as E1 says; standard
errors come from ten random groups of probe persons and say nothing about other worlds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np

from sim.evidence import Evidence
from sim.experiments.targets.film import Persons, Watch, no_firms
from sim.experiments.targets.shock import Shock
from sim.experiments.targets.watched_run import watch_run
from sim.model.geography import Geography
from sim.model.levers import Lever
from sim.model.places import PlaceColumns
from sim.model.start import Start
from sim.settings import Settings
from sim.world import World

RISE = 1.1  # E1 raises 1 - tax by ten per cent
GROUPS = 10


@dataclass(frozen=True)
class Measure:
    """A number, what stands behind it in words, and its standard error over luck; NaN: not known."""

    value: float
    note: str = ""
    error: float = math.nan


def stock_elasticity(base: np.ndarray, shocked: np.ndarray) -> float:
    """E1: ln(mean stock shocked / mean stock base) / ln 1.1; NaN if one of them is empty."""
    one, other = float(np.mean(base)), float(np.mean(shocked))
    return math.log(other / one) / math.log(RISE) if one > 0.0 and other > 0.0 else float("nan")


def grouped(base: np.ndarray, shocked: np.ndarray) -> tuple[float, float]:
    """Return (elasticity, standard error) of weights per person, (n,): the error from leaving out one group in turn."""
    whole = stock_elasticity(base, shocked)
    group = np.arange(len(base)) % GROUPS
    kept = [stock_elasticity(base[group != g], shocked[group != g]) for g in range(GROUPS)]
    return whole, math.sqrt((GROUPS - 1) * float(np.var(kept)))


def stock_weights(persons: Persons, who: np.ndarray, where: np.ndarray, first: int) -> np.ndarray:
    """Return each person's weight times the share of moments from ``first`` on spent in ``where`` (P,) bool, (n,)."""
    return np.asarray(persons.weight * who * where[persons.place[first:]].mean(axis=0))


def arrivals(persons: Persons, who: np.ndarray, where: np.ndarray) -> np.ndarray:
    """Return each person's weight times arrivals in ``where`` from outside it, renewals left out, (n,)."""
    inside = where[persons.place]
    same = persons.entry[1:] == persons.entry[:-1]
    return np.asarray(persons.weight * who * np.sum(~inside[:-1] & inside[1:] & same, axis=0))


@dataclass(frozen=True)
class Laboratory:
    """One world, ready for paired runs."""

    levers: tuple[Lever, ...]
    world: World
    evidence: Evidence
    start: Start
    settings: Settings
    run_seed: int
    base: Watch
    _kept: dict[tuple[object, ...], Watch] = field(default_factory=dict, repr=False)

    @property
    def geography(self) -> Geography:
        """Return the fixed geography."""
        return self.start.geography

    def run(self, shock: Shock, years: int | None = None, levers: tuple[Lever, ...] | None = None) -> Watch:
        """Run the twin of ``base`` with a shock, for fewer years or with other levers if asked."""
        length = min(years or self.settings.years, self.settings.years)
        settings = Settings(self.settings.talent_scale, self.settings.startup_scale, length, self.settings.threads)
        chosen = self.levers if levers is None else levers
        return watch_run(chosen, self.world, self.evidence, self.start, settings, self.run_seed, shock)

    def pay_rise(self, where: np.ndarray) -> Watch:
        """Return the twin in which everyone's net pay in some places is up by ten per cent; made once, without firms.

        Rows on people ask for the same few of these again and again.
        """
        key = (where.tobytes(),)
        if key not in self._kept:
            watch = self.run(Shock(where, net_pay=RISE))
            self._kept[key] = replace(watch, firms=no_firms(watch.firms))
        return self._kept[key]

    @property
    def population(self) -> np.ndarray:
        """Return inhabitants by place in 2013, (P,)."""
        return PlaceColumns(self.evidence, self.world, self.geography).population

    def nothing(self) -> Shock:
        """Return a shock that changes nothing, for twins that differ by their levers alone."""
        return Shock(np.zeros(len(self.geography.ids), dtype=bool))

    def country(self, code: str) -> np.ndarray:
        """Return which places lie in a country, (P,) bool."""
        return np.asarray(self.geography.country == self.geography.countries.index(code))

    def named(self, places: tuple[str, ...]) -> np.ndarray:
        """Return which places are listed, (P,) bool."""
        return np.isin(np.array(self.geography.ids), places)

    @property
    def first(self) -> int:
        """First moment of the years 5 to 10 (shorter runs: of their second half)."""
        return self.settings.quarters // 2 + 1


def probes_of(watch: Watch) -> Persons:
    """Return the probe persons of a run."""
    if watch.persons is None:
        raise ValueError("elasticities of small groups need probe persons: prepare the start with with_probes")
    return watch.persons


def error_of_mean(found: dict[str, tuple[float, float]]) -> float:
    """Return the standard error of the mean of numbers with errors of their own."""
    return float(np.sqrt(np.sum([error**2 for _, error in found.values()])) / len(found))
