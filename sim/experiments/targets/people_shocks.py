"""Rows on how people respond to net pay, by paired runs: natives and foreigners, flows, small and large places."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import numpy as np
from scipy.stats import rankdata

from sim.experiments.targets.elasticities import COUNTRIES, REGIONS
from sim.experiments.targets.film import Persons, Watch
from sim.experiments.targets.laboratory import (
    GROUPS,
    RISE,
    Laboratory,
    Measure,
    error_of_mean,
    grouped,
    probes_of,
    stock_weights,
)
from sim.model.geography import Geography
from sim.model.talents import SKILLS

YEAR = 4
# The only French district with less than one per cent of the people of France.
SMALL_DISTRICT = "montpellier"
# Places of very different size; each is raised alone, so more of them take longer.
PLACES = ("london", "silicon_valley", "berlin", "lyon", "dublin", SMALL_DISTRICT)
PROBED_SHARE, ABLEST_SHARE = 0.10, 0.05  # of all talents: the two probed classes; the group of row M10

Pairs = dict[str, tuple[float, float]]


def people_rows(lab: Laboratory) -> dict[str, Measure]:
    """Return M02 to M20 as far as paired runs give them."""
    return country_rows(lab) | district_rows(lab) | region_flow_rows(lab)


def country_rows(lab: Laboratory) -> dict[str, Measure]:
    """M02, M04, M05, M09, M18: natives and foreigners when everyone's net pay in a country is up by ten per cent."""
    base = probes_of(lab.base)
    home = lab.geography.country[base.origin]
    top = base.skill == SKILLS.index("top")
    native: Pairs = {}
    foreign: Pairs = {}
    for code in COUNTRIES:
        where, own = lab.country(code), home == lab.geography.countries.index(code)
        shocked = probes_of(lab.pay_rise(where))
        for found, who in ((native, own), (foreign, ~own)):
            found[code] = grouped(*(stock_weights(persons, who, where, lab.first) for persons in (base, shocked)))
    where = lab.country("FR")
    french_top = top & (home == lab.geography.countries.index("FR"))
    shocked = probes_of(lab.pay_rise(where))
    of_top = grouped(*(stock_weights(persons, french_top, where, lab.first) for persons in (base, shocked)))
    natives, foreigners = _mean(native), _mean(foreign)
    return {
        "M02": Measure(of_top[0], "", of_top[1]),
        "M04": foreigners,
        "M05": natives,
        "M09": foreigners,
        "M18": quotient(foreigners, natives),
    }


def _mean(found: Pairs) -> Measure:
    note = ", ".join(f"{name} {value:.2f} (± {error:.2f})" for name, (value, error) in found.items())
    return Measure(float(np.mean([value for value, _ in found.values()])), note, error_of_mean(found))


def quotient(over: Measure, under: Measure) -> Measure:
    """Return a ratio with the standard error of independent parts; NaN where the lower part is no positive number."""
    if not under.value > 0.0 or not math.isfinite(over.value):
        return Measure(math.nan)
    value = over.value / under.value
    error = math.hypot(over.error / under.value, value * under.error / under.value)
    return Measure(value, "", error)


def jackknife(measure: Callable[[np.ndarray], float], persons: int) -> Measure:
    """Return a measure of a group of persons, and its standard error from leaving out one tenth in turn."""
    group = np.arange(persons) % GROUPS
    kept = [measure(group != g) for g in range(GROUPS)]
    return Measure(measure(np.ones(persons, dtype=bool)), "", math.sqrt((GROUPS - 1) * float(np.var(kept))))


def district_rows(lab: Laboratory) -> dict[str, Measure]:
    """M14: natives of the top class in a small district. M20: rank correlation of elasticities with size."""
    base = probes_of(lab.base)
    native_top = (base.skill == SKILLS.index("top")) & lab.geography.is_french[base.origin]
    everyone = np.ones(len(native_top), dtype=bool)
    found: Pairs = {}
    for place in PLACES:
        where = lab.named((place,))
        shocked = probes_of(lab.pay_rise(where))
        found[place] = grouped(*(stock_weights(persons, everyone, where, lab.first) for persons in (base, shocked)))
        if place == SMALL_DISTRICT:
            small = grouped(*(stock_weights(persons, native_top, where, lab.first) for persons in (base, shocked)))
    size = lab.population[[lab.geography.ids.index(place) for place in PLACES]]
    rank = rank_correlation(np.array([value for value, _ in found.values()]), size)
    return {"M14": Measure(small[0], "", small[1]), "M20": Measure(rank, _mean(found).note)}


def rank_correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Return Spearman's rank correlation of two arrays (n,); NaN if a number is missing or all are equal."""
    if not (np.isfinite(one).all() and np.isfinite(other).all()):
        return math.nan
    ranks = np.array([rankdata(one), rankdata(other)])
    if (np.ptp(ranks, axis=1) == 0.0).any():
        return math.nan
    return float(np.corrcoef(ranks)[0, 1])


def region_flow_rows(lab: Laboratory) -> dict[str, Measure]:
    """M10, M13, M17: moves between French places when net pay in a region is up; mean of the two regions of M16."""
    g, base = lab.geography, probes_of(lab.base)
    flows: Pairs = {}
    stocks: Pairs = {}
    choices: Pairs = {}
    native_top = (base.skill == SKILLS.index("top")) & g.is_french[base.origin]
    for name, places in REGIONS.items():
        where, twin = lab.named(places), lab.pay_rise(lab.named(places))
        runs = [(probes_of(watch), ablest(probes_of(watch), watch, g)) for watch in (lab.base, twin)]
        moves = [region_moves(persons, able, g, where) for persons, able in runs]
        flows[name] = _pair(jackknife(partial(flow_elasticity, *moves), len(native_top)))
        held = [persons.weight * (able[lab.first :] & where[persons.place[lab.first :]]).mean(axis=0)
                for persons, able in runs]  # fmt: skip
        stocks[name] = grouped(*held)
        of_top = [region_moves(persons, np.broadcast_to(native_top, able.shape), g, where) for persons, able in runs]
        choices[name] = _pair(jackknife(partial(choice_response, *of_top), len(native_top)))
    return {"M10": _mean(flows), "M13": quotient(_mean(stocks), _mean(flows)), "M17": _mean(choices)}


def _pair(measure: Measure) -> tuple[float, float]:
    return measure.value, measure.error


def ablest(persons: Persons, watch: Watch, geography: Geography) -> np.ndarray:
    """Return who is of the ablest twentieth of talents at each moment, (Q + 1, n) bool: by pay over local wages."""
    wage = watch.series.pivot(index="quarter", columns="place", values="wage")[list(geography.ids)].to_numpy(float)
    relative = persons.pay / np.take_along_axis(wage, persons.place.astype(np.int64), axis=1)
    order = np.argsort(relative[0])
    below = np.cumsum(persons.weight[order]) / persons.weight.sum()
    cut = relative[0][order[np.searchsorted(below, 1.0 - ABLEST_SHARE / PROBED_SHARE)]]
    return np.asarray(relative >= cut)


def region_moves(persons: Persons, able: np.ndarray, geography: Geography, where: np.ndarray) -> np.ndarray:
    """Return each person's yearly transitions among French places, weighted, (5, n).

    Rows: moved into the region; stayed in a place outside it; moved out of it; stayed in a place inside; moved between
    places outside. ``able`` (Q + 1, n) bool: who is looked at.
    """
    found = np.zeros((5, persons.place.shape[1]))
    for q in range(0, len(persons.place) - YEAR, YEAR):
        old, new = persons.place[q], persons.place[q + YEAR]
        seen = able[q] & (persons.entry[q] == persons.entry[q + YEAR]) & (persons.entry[q] <= q)
        seen = seen & geography.is_french[old] & geography.is_french[new]
        inside, after, stayed = where[old], where[new], old == new
        kinds = (~inside & after, ~inside & stayed, inside & ~after, inside & stayed, ~inside & ~after & ~stayed)
        for row, kind in enumerate(kinds):
            found[row] += seen & kind
    return np.asarray(found * persons.weight)


def flow_elasticity(base: np.ndarray, shocked: np.ndarray, kept: np.ndarray) -> float:
    """M10: change of the log odds to move into the region rather than stay, and against moving out, per ln net pay.

    Both directions are weighted by their moves without the shock. ``kept`` (n,) bool: persons counted.
    """
    one, other = base[:, kept].sum(axis=1), shocked[:, kept].sum(axis=1)
    if (one[:4] <= 0.0).any() or (other[:4] <= 0.0).any():
        return math.nan
    change = np.log(other[:4]) - np.log(one[:4])
    into, out = change[0] - change[1], change[2] - change[3]
    return float((one[0] * into - one[2] * out) / (one[0] + one[2])) / math.log(RISE)


def choice_response(base: np.ndarray, shocked: np.ndarray, kept: np.ndarray) -> float:
    """M17: among movers from outside, percentage points more who choose the region, per per cent of net pay."""
    chosen = []
    for moves in (base, shocked):
        into, elsewhere = moves[0, kept].sum(), moves[4, kept].sum()
        if into + elsewhere <= 0.0:
            return math.nan
        chosen.append(100.0 * into / (into + elsewhere))
    return float(chosen[1] - chosen[0]) / (100.0 * (RISE - 1.0))
