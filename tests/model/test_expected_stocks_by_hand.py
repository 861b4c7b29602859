"""Expected stocks of three places are those of a Markov chain in a few lines; probabilities are nested logit."""

from __future__ import annotations

import numpy as np
import pytest

from sim.model.choice import nested_probabilities
from sim.model.constants import expected_stocks
from sim.model.talent_rules import TalentRates, TalentTable

COUNTRY, SIZE, NEST = np.array([0, 0, 1]), np.array([2, 1]), 0.6
RATES = TalentRates(
    beta=1.0, nest=NEST, taste_country=0.5, taste_place=0.5, school_cost=1.0, older_cost=1.0, hazard_young=0.2,
    hazard_older=0.05, hazard_abroad=1.5, france=0, young_quarters=4, career_quarters=9, home=0.0,
)  # fmt: skip


def table() -> TalentTable:
    by_place, square = np.zeros(3), np.zeros((3, 3))
    found = {name: by_place for name in TalentTable._fields}
    found |= {"rates": RATES, "country": COUNTRY, "nest_size": SIZE, "relief": np.zeros((2, 3))}
    found |= {name: square for name in ("constants", "affinity", "cost", "crossing", "entry", "awareness")}
    return TalentTable(**found)


def nested(value: np.ndarray, seen: np.ndarray | None = None) -> np.ndarray:
    """Nested logit by its formula, among the places that are seen."""
    seen = np.ones(len(value), bool) if seen is None else seen
    scale = np.where(SIZE > 1, NEST, 1.0)
    weight = np.exp(value / scale[COUNTRY]) * seen
    inside = np.bincount(COUNTRY, weights=weight)
    of_nest = inside**scale / (inside**scale).sum()
    return of_nest[COUNTRY] * weight / np.where(inside > 0.0, inside, 1.0)[COUNTRY]


def test_probabilities_average_over_what_is_seen() -> None:
    value, aware = np.array([0.3, -0.2, 0.9]), np.array([2.0, 0.25, 0.7])
    found = np.zeros(3)
    logsum = nested_probabilities(value, aware, COUNTRY, SIZE, NEST, found)
    # The draw of what is seen: below 0.25 all, to 0.7 the first and the last, above only the first.
    parts = [(0.25, [1, 1, 1]), (0.45, [1, 0, 1]), (0.3, [1, 0, 0])]
    np.testing.assert_allclose(found, sum(w * nested(value, np.array(s, bool)) for w, s in parts), rtol=1e-12)
    top = [np.log(np.exp(0.3 / NEST) + np.exp(-0.2 / NEST)) * NEST, 0.3]
    expected = 0.25 * np.logaddexp(top[0], 0.9) + 0.45 * np.logaddexp(top[1], 0.9) + 0.3 * top[1]
    assert logsum == pytest.approx(expected, rel=1e-12)


def test_stocks_are_those_of_the_chain() -> None:
    luck = np.random.default_rng(3)
    values, types = luck.standard_normal((3, 2, 3, 3, 3)), luck.standard_normal((2, 3))
    constants, persons, share = luck.standard_normal((3, 3)), np.array([100.0, 50.0, 80.0]), np.array([0.7, 0.3])
    ages = np.array([0, 1, RATES.young_quarters], dtype=np.int64)
    out = np.full((3, 3), 7.0)
    expected_stocks(table(), constants, types, share, persons, ages, values, np.full_like(values, 2.0), out)

    by_hand = np.zeros((3, 3))
    for origin in range(3):
        for skill in range(2):
            for k in range(2):
                moves = np.zeros((3, 3, 3))
                for band, hazard in enumerate((1.0, RATES.hazard_young, RATES.hazard_older)):
                    for here in range(3):
                        away = band > 0 and COUNTRY[here] != COUNTRY[origin]
                        chance = hazard * (RATES.hazard_abroad if away else 1.0)
                        law = nested(values[origin, skill, band, here] + constants[origin] + types[k])
                        moves[band, here] = chance * law + (1.0 - chance) * np.eye(3)[here]
                at = np.eye(3)[origin]
                for age in range(RATES.career_quarters):
                    by_hand[origin] += persons[origin] * share[skill] / 2 / RATES.career_quarters * at
                    at = at @ moves[0 if age == 0 else 1 if age < RATES.young_quarters else 2]
    np.testing.assert_allclose(out, by_hand, rtol=1e-12)
    np.testing.assert_allclose(out.sum(axis=1), persons, rtol=1e-12)
