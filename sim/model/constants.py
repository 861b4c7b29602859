"""Fitted constants of talents' choice: place, origin country x country; solved once per world, before the start.

With levers off and prices at their start, expected stocks by place and by origin country x country stay where the
evidence puts them. Solved by damped fixed point on the Markov chains of a few taste types (no simulated stock enters),
so the result is deterministic and never responds to policy. Not a controller: controllers on simulated stocks do not
converge.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm, qmc

from sim.model.choice import nested_probabilities
from sim.model.compile import solver
from sim.model.talent_rules import TalentTable, consider_hazard, place_values

TASTE_TYPES = 16
TOLERANCE = 2e-3
MAX_ITERATIONS = 60
_BAND_AGES = 3  # leaving school, young, older


@dataclass(frozen=True)
class FittedConstants:
    """``place`` (P,), ``country`` (C, C) origin country x country, and what remains unexplained."""

    place: np.ndarray
    country: np.ndarray
    residual: float
    iterations: int


@solver
def band_values(table, skill, origin, ages, tastes, values, seen):
    """Write utilities without constants for each age band and residence: values (3, P, P), seen (3, P, P)."""
    places = table.country.shape[0]
    for band in range(ages.shape[0]):
        for residence in range(places):
            place_values(
                table,
                origin,
                residence,
                skill,
                0.0,
                ages[band],
                tastes,
                values[band, residence],
                seen[band, residence],
            )


@solver
def expected_stocks(table, constants, types, class_share, persons, ages, values, seen, out):
    """Write the expected stock by origin and place, (P, P), over a whole career, to ``out``.

    Args:
        table: rules and prices at the start.
        constants: (P, P) origin x place.
        types: (K, P) persistent tastes of the K types.
        class_share: (S,) share of each skill class.
        persons: (P,) people by origin.
        ages: (3,) age in quarters that stands for each band.
        values: (P, S, 3, P, P) from ``band_values``.
        seen: the same for awareness.
        out: (P, P), overwritten.
    """
    places = table.country.shape[0]
    rows = np.zeros((3, places, places))
    v = np.zeros(places)
    law = np.zeros(places)
    after = np.zeros(places)
    for origin in range(places):
        for j in range(places):
            out[origin, j] = 0.0
        for skill in range(class_share.shape[0]):
            for k in range(types.shape[0]):
                for band in range(3):
                    for residence in range(places):
                        if band == 0 and residence != origin:
                            continue
                        for j in range(places):
                            v[j] = values[origin, skill, band, residence, j] + constants[origin, j] + types[k, j]
                        nested_probabilities(
                            v,
                            seen[origin, skill, band, residence],
                            table.country,
                            table.nest_size,
                            table.rates.nest,
                            rows[band, residence],
                        )
                        abroad = table.country[residence] != table.country[origin]
                        hazard = consider_hazard(table.rates, ages[band], abroad)
                        for j in range(places):
                            rows[band, residence, j] *= hazard
                        rows[band, residence, residence] += 1.0 - hazard
                weight = persons[origin] * class_share[skill] / types.shape[0] / table.rates.career_quarters
                for j in range(places):
                    law[j] = 0.0
                law[origin] = 1.0
                for age in range(table.rates.career_quarters):
                    for j in range(places):
                        out[origin, j] += weight * law[j]
                    band = 0 if age == 0 else (1 if age < table.rates.young_quarters else 2)
                    for j in range(places):
                        after[j] = 0.0
                    for residence in range(places):
                        share = law[residence]
                        if share > 0.0:
                            for j in range(places):
                                after[j] += share * rows[band, residence, j]
                    for j in range(places):
                        law[j] = after[j]


def taste_types(table: TalentTable, number: int = TASTE_TYPES) -> np.ndarray:
    """Return ``number`` persistent taste vectors, (K, P), from scrambled Sobol points and their mirror images."""
    places, countries = len(table.country), len(table.nest_size)
    points = qmc.Sobol(places + countries, scramble=True, rng=np.random.default_rng(20130701)).random(number // 2)
    z = norm.ppf(np.clip(points, 1e-6, 1.0 - 1e-6))
    z = np.concatenate([z, -z])
    # Standardised by dimension: with few types the taste spread must still be the population's.
    z /= np.maximum(z.std(axis=0), 1e-9)
    return np.asarray(
        table.rates.taste_place * z[:, :places] + table.rates.taste_country * z[:, places:][:, table.country]
    )


def fit_constants(
    table: TalentTable,
    class_share: np.ndarray,
    persons: np.ndarray,
    by_country: np.ndarray,
    by_place: np.ndarray,
    number_of_types: int = TASTE_TYPES,
) -> FittedConstants:
    """Solve the constants so that expected stocks match the evidence.

    Args:
        table: rules and prices at the start; its ``constants`` hold what is not fitted (the home term).
        class_share: (S,) shares of skill classes.
        persons: (P,) people by place of origin.
        by_country: (C, C) target stock by origin country x country, rows summing to people by origin country.
        by_place: (P,) target stock by place.
        number_of_types: taste types K (even).
    """
    places, countries = len(table.country), len(table.nest_size)
    ages = np.array([0, 1, table.rates.young_quarters], dtype=np.int64)
    values = np.zeros((places, len(class_share), _BAND_AGES, places, places))
    seen = np.zeros_like(values)
    zero = np.zeros(places)
    for origin in range(places):
        for skill in range(len(class_share)):
            band_values(table, skill, origin, ages, zero, values[origin, skill], seen[origin, skill])
    types = taste_types(table, number_of_types)
    of = np.eye(countries)[table.country]
    place, country = np.zeros(places), np.zeros((countries, countries))
    expected = np.zeros((places, places))
    residual, iteration = np.inf, 0
    while iteration < MAX_ITERATIONS:
        iteration += 1
        constants = place[None, :] + country[table.country][:, table.country]
        expected_stocks(table, constants, types, class_share, persons, ages, values, seen, expected)
        model_country = of.T @ expected @ of
        model_place = expected.sum(axis=0)
        gap_country = np.log(by_country / model_country)
        gap_place = np.log(by_place / model_place)
        residual = float(max(np.abs(gap_country).max(), np.abs(gap_place).max()))
        if residual < TOLERANCE:
            break
        # Between countries per origin group, own country as reference; within a country per place.
        country += 0.9 * (gap_country - np.diag(gap_country)[:, None])
        within = gap_place - (of @ (of.T @ (gap_place * by_place) / (of.T @ by_place)))
        place += 0.8 * table.rates.nest * within
    return FittedConstants(place, country, residual, iteration)
