"""Elasticities of target rows from paired runs: the same luck with and without a shock (E1 and E3 of the targets).

The shock lasts from the first quarter on. Stocks are means over the years 5 to 10 after it, as E1 says; the standard
error in the notes comes from ten random groups of probe persons and says nothing about other worlds.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sim.evidence import Evidence
from sim.experiments.targets.watched_run import Persons, Shock, Watch, watch_run
from sim.model.geography import Geography
from sim.model.levers import Lever
from sim.model.start import Start
from sim.model.talents import SKILLS
from sim.settings import Settings
from sim.world import World

RISE = 1.1  # E1 raises 1 - tax by ten per cent
ARRIVAL_YEARS, TAX_YEARS = 3, 5
GROUPS = 10
DISTRICT = "lyon"
REGIONS = {"Ile-de-France": ("paris_sentier", "paris_rive_gauche", "paris_saclay"), "Lyon": ("lyon",)}
COUNTRIES = ("FR", "GB", "DE")


@dataclass(frozen=True)
class Measure:
    """A number, what stands behind it in words, and its standard error over luck; NaN: not known."""

    value: float
    note: str = ""
    error: float = math.nan


Counter = Callable[[Persons], np.ndarray]


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

    @property
    def geography(self) -> Geography:
        """Return the fixed geography."""
        return self.start.geography

    def run(self, shock: Shock, years: int | None = None) -> Watch:
        """Run the twin of ``base`` with a shock, for fewer years if asked."""
        length = min(years or self.settings.years, self.settings.years)
        settings = Settings(self.settings.talent_scale, self.settings.startup_scale, length, self.settings.threads)
        return watch_run(self.levers, self.world, self.evidence, self.start, settings, self.run_seed, shock)

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


def elasticities(lab: Laboratory) -> dict[str, Measure]:
    """Return the measures of all rows that need paired runs."""
    return country_rows(lab) | {
        "M06": arrival_row(lab),
        "M16": region_row(lab),
        "F01": profit_tax_row(lab),
        "F07": mobility_row(lab),
    }


def _probes(watch: Watch) -> Persons:
    if watch.persons is None:
        raise ValueError("elasticities of small groups need probe persons: prepare the start with with_probes")
    return watch.persons


def country_rows(lab: Laboratory) -> dict[str, Measure]:
    """M01 and M08: everyone's net pay in one country up by ten per cent, for France, the UK and Germany in turn."""
    base = _probes(lab.base)
    home = lab.geography.country[base.origin]
    top = base.skill == SKILLS.index("top")
    foreign: dict[str, tuple[float, float]] = {}
    tenth: dict[str, tuple[float, float]] = {}
    for code in COUNTRIES:
        where = lab.country(code)
        shocked = _probes(lab.run(Shock(where, net_pay=RISE)))
        others = top & (home != lab.geography.countries.index(code))
        everyone = np.ones(len(top), dtype=bool)
        for found, who in ((foreign, others), (tenth, everyone)):
            pair = (stock_weights(persons, who, where, lab.first) for persons in (base, shocked))
            found[code] = grouped(*pair)
    mean = float(np.mean([value for value, _ in tenth.values()]))
    return {
        "M01": Measure(foreign["FR"][0], _each(foreign), foreign["FR"][1]),
        "M08": Measure(mean, _each(tenth), _error_of_mean(tenth)),
    }


def _error_of_mean(found: dict[str, tuple[float, float]]) -> float:
    """Return the standard error of the mean of numbers with errors of their own."""
    return float(np.sqrt(np.sum([error**2 for _, error in found.values()])) / len(found))


def _each(found: dict[str, tuple[float, float]]) -> str:
    return ", ".join(f"{name} {value:.2f} (± {error:.2f})" for name, (value, error) in found.items())


def arrival_row(lab: Laboratory) -> Measure:
    """M06: arrivals of highly paid foreigners in France over three years in which they keep ten per cent more."""
    where = lab.country("FR")
    shocked = _probes(lab.run(Shock(where, net_pay_arrivals=RISE), ARRIVAL_YEARS))
    base = _probes(lab.base)
    moments = len(shocked.place)
    base = Persons(base.origin, base.skill, base.weight, base.place[:moments], base.entry[:moments], base.pay[:moments])
    who = ~lab.geography.is_french[base.origin]
    value, error = grouped(arrivals(base, who, where), arrivals(shocked, who, where))
    return Measure(value, f"standard error {error:.2f}", error)


def region_row(lab: Laboratory) -> Measure:
    """M16: top class of French origin in a French region; mean of two regions, one large and one middle-sized."""
    base = _probes(lab.base)
    who = (base.skill == SKILLS.index("top")) & lab.geography.is_french[base.origin]
    found: dict[str, tuple[float, float]] = {}
    for name, places in REGIONS.items():
        where = lab.named(places)
        shocked = _probes(lab.run(Shock(where, net_pay=RISE)))
        found[name] = grouped(*(stock_weights(persons, who, where, lab.first) for persons in (base, shocked)))
    mean = float(np.mean([value for value, _ in found.values()]))
    return Measure(mean, _each(found), _error_of_mean(found))


def profit_tax_row(lab: Laboratory) -> Measure:
    """F01: per cent change per point of French profit tax in foundings by foreigners living abroad, five years."""
    shocked = lab.run(Shock(lab.country("FR"), profit_tax_points=1.0), TAX_YEARS)
    before = float(lab.base.foreign_foundings[: len(shocked.foreign_foundings)].sum())
    value = 100.0 * (float(shocked.foreign_foundings.sum()) / before - 1.0)
    return Measure(value, f"expected foundings, {before:.0f} over five years without the shock")


def mobility_row(lab: Laboratory) -> Measure:
    """F07: ten-year elasticity of firms over that of talents, to ten per cent more value of the same district."""
    where = lab.named((DISTRICT,))
    firms = lab.run(Shock(where, startup_value=RISE))
    people = lab.run(Shock(where, net_pay=RISE))

    def last_year(watch: Watch, column: str) -> np.ndarray:
        series = watch.series[watch.series["place"] == DISTRICT]
        return series[column].to_numpy()[-4:]

    of_firms = stock_elasticity(last_year(lab.base, "startups"), last_year(firms, "startups"))
    of_people = stock_elasticity(last_year(lab.base, "talents"), last_year(people, "talents"))
    return Measure(of_firms / of_people, f"{DISTRICT.title()}: firms {of_firms:.2f}, talents {of_people:.2f}")
