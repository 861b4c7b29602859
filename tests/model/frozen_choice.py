"""Choice alone at the prices of July 2013: what the fitted constants and the Markov chain say, for the tests."""

from __future__ import annotations

import numpy as np
from scipy import stats

from sim.model.constants import _BAND_AGES, band_values, expected_stocks
from sim.model.places import PlaceColumns
from sim.model.tables import TalentTables, class_shares
from sim.model.talent_rules import TalentTable
from tests.model.small_runs import Case

# No tastes, equal abilities, no pull of others: the Markov chain of one person is known exactly.
CHOICE_ALONE = {
    "talent.taste_country": 0.0,
    "talent.taste_place": 0.0,
    "talent.ability_sd": 0.0,
    "talent.diaspora_drift": 0.0,
    "talent.diaspora_pull": 0.0,
    "talent.startup_jobs_pull": 0.0,
}


def analytic(case: Case, weights: np.ndarray | None = None) -> np.ndarray:
    """Return expected stocks by origin and place, (P, P), of agents without tastes; ``weights``: agents by origin."""
    table = frozen_table(case)
    places = len(table.country)
    shares = class_shares(case.world)
    if weights is None:
        weights = np.bincount(case.start.talents["origin"], minlength=places).astype(float)
    values = np.zeros((places, len(shares), _BAND_AGES, places, places))
    seen = np.zeros_like(values)
    ages = np.array([0, 1, table.rates.young_quarters], dtype=np.int64)
    for origin in range(places):
        for skill in range(len(shares)):
            band_values(table, skill, origin, ages, np.zeros(places), values[origin, skill], seen[origin, skill])
    out = np.zeros((places, places))
    zero = np.zeros((places, places))
    expected_stocks(table, zero, np.zeros((1, places)), shares, weights, ages, values, seen, out)
    return out


def frozen_table(case: Case) -> TalentTable:
    """Return the talents' table of July 2013 with the fitted constants."""
    places = PlaceColumns(case.evidence, case.world, case.start.geography)
    tables = TalentTables(case.evidence, case.world, case.start.geography)
    return tables.build(places, case.start.conditions, case.start.constants)


def stock_p(expected: np.ndarray, found: np.ndarray) -> float:
    """Return the p-value of stocks by origin and place: one multinomial per origin, cells below 8 pooled.

    Agents of one origin differ by skill in known numbers, so counts vary a little less than this allows.
    """
    statistic, freedom = 0.0, 0
    for row, counts in zip(expected, found, strict=True):
        large = row >= 8.0
        cells = np.append(row[large], row[~large].sum())
        seen = np.append(counts[large], counts[~large].sum())
        if cells[-1] < 8.0:
            cells[-2] += cells[-1]
            seen[-2] += seen[-1]
            cells, seen = cells[:-1], seen[:-1]
        statistic += float(np.sum((seen - cells) ** 2 / cells))
        freedom += len(cells) - 1
    with np.errstate(under="ignore"):
        return float(stats.chi2.sf(statistic, freedom))
