"""The choice of place is exactly nested logit, and an agent can only switch to the place that improved.

All frequency checks together raise a false alarm once in 10,000 (Bonferroni).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy import integrate, stats

from sim.model.choice import nested_choice, nested_probabilities
from sim.model.compile import kernel
from sim.model.desk import padded
from sim.model.geography import read_geography
from tests.model.small_runs import Case

FALSE_ALARM, N, SEED = 1e-4, 40_000, np.uint64(77)
NESTS = (0.25, 0.5, 0.8, 1.0)
COUNTRY = np.array([0, 0, 0, 1, 2, 2, 3], dtype=np.int64)
SIZE = np.bincount(COUNTRY).astype(np.int64)
VALUE = np.array([0.4, -0.2, 0.1, 0.6, 0.0, -0.5, -0.3])
ALL_SEEN = np.full(7, 2.0)
PARTLY = np.array([2.0, 0.9, 0.35, 0.6, 0.35, 0.0, 1.0])
CHECKS = 4 * 2 + 2
Choose = Callable[[np.ndarray, np.ndarray, float], np.ndarray]


@kernel
def choices(value, seen_from, country, nest_size, nest, seed, noise, shared, out):  # type: ignore[no-untyped-def]
    for uid in range(out.shape[0]):
        out[uid] = nested_choice(value, seen_from, country, nest_size, nest, seed, uid, 5, 6, 7, 8, noise, shared)


def choose(value: np.ndarray, seen: np.ndarray, nest: float) -> np.ndarray:
    """Return what N agents choose."""
    out = np.empty(N, np.int64)
    choices(value, seen, COUNTRY, SIZE, nest, SEED, np.empty(padded(len(value))), np.empty(padded(len(SIZE))), out)
    return out


def exact(value: np.ndarray, seen: np.ndarray, nest: float) -> tuple[np.ndarray, float]:
    """Return probabilities and expected logsum by the textbook formula, averaged over every choice set in turn."""
    edges = np.unique(np.concatenate([[0.0, 1.0], np.clip(seen, 0.0, 1.0)]))
    total, expected = np.zeros(len(value)), 0.0
    for low, high in itertools.pairwise(edges):
        shown = (low + high) / 2.0 < seen
        inclusive, inside = {}, np.zeros(len(value))
        for c in set(COUNTRY[shown].tolist()):
            scale = nest if SIZE[c] > 1 else 1.0
            members = shown & (c == COUNTRY)
            weight = np.where(members, np.exp(value / scale), 0.0)
            inside += weight / weight.sum()
            inclusive[c] = scale * math.log(weight.sum())
        denominator = sum(math.exp(i) for i in inclusive.values())
        nests = np.array([math.exp(inclusive[c]) / denominator if c in inclusive else 0.0 for c in COUNTRY])
        total += (high - low) * inside * nests
        expected += (high - low) * math.log(denominator)
    return total, expected


def model_law(value: np.ndarray, seen: np.ndarray, nest: float) -> tuple[np.ndarray, float]:
    out = np.empty(len(value))
    return out, nested_probabilities(value, seen, COUNTRY, SIZE, nest, out)


def frequency_p(chosen: np.ndarray, law: np.ndarray) -> float:
    """Return the p-value of the chosen places under a law; places of probability 0 must not be chosen at all."""
    counts = np.bincount(chosen, minlength=len(law))
    possible = law > 0.0
    if counts[~possible].any():
        return 0.0
    with np.errstate(under="ignore"):
        return float(stats.chisquare(counts[possible], law[possible] / law[possible].sum() * len(chosen)).pvalue)


@pytest.mark.parametrize("seen", [ALL_SEEN, PARTLY], ids=["all seen", "partly seen"])
@pytest.mark.parametrize("nest", NESTS)
def test_frequencies_and_probabilities_are_nested_logit(nest: float, seen: np.ndarray) -> None:
    law, expected = exact(VALUE, seen, nest)
    probabilities, logsum = model_law(VALUE, seen, nest)
    np.testing.assert_allclose(probabilities, law, rtol=1e-12, atol=1e-15)
    assert math.isclose(probabilities.sum(), 1.0, rel_tol=1e-13)
    assert math.isclose(logsum, expected, rel_tol=1e-12)
    assert frequency_p(choose(VALUE, seen, nest), probabilities) >= FALSE_ALARM / CHECKS


def test_twin_wrong_scale_or_forgotten_awareness_is_reported() -> None:
    law, _ = model_law(VALUE, PARTLY, 0.5)
    limit = FALSE_ALARM / CHECKS
    assert frequency_p(choose(1.1 * VALUE, PARTLY, 0.5), law) < limit
    assert frequency_p(choose(VALUE, PARTLY, 0.6), law) < limit
    assert frequency_p(choose(VALUE, np.clip(PARTLY, 0.01, 2.0), 0.5), law) < limit


@pytest.mark.parametrize("nest", NESTS)
def test_the_expected_logsum_is_the_mean_of_the_best_utility(nest: float) -> None:
    """McFadden (1978): the best utility has the extreme-value distribution function integrated here."""

    def above(x: float) -> float:
        inner = 0.0
        for c in range(len(SIZE)):
            scale = nest if SIZE[c] > 1 else 1.0
            inner += float(np.sum(np.exp((VALUE[c == COUNTRY] - x) / scale))) ** scale
        return math.exp(-inner)

    mean = integrate.quad(lambda x: 1.0 - above(x), 0.0, 30.0)[0] - integrate.quad(above, -4.0, 0.0)[0]
    _, logsum = model_law(VALUE, ALL_SEEN, nest)
    assert math.isclose(mean, logsum + np.euler_gamma, rel_tol=1e-7)


def test_probabilities_hold_for_extreme_values() -> None:
    value = np.array([500.0, 499.0, -800.0, 498.0, -20.0, 0.0, 30.0])
    probabilities, logsum = model_law(value, ALL_SEEN, 0.3)
    assert math.isclose(probabilities.sum(), 1.0, rel_tol=1e-12)
    assert 500.0 <= logsum < 501.0


# ---- the switching law ----------------------------------------------------------------------------------------


def wrong_switches(rule: Choose, nest: float, improved: int, better: np.ndarray, shown: np.ndarray) -> int:
    """Return how many agents switched to a place other than the improved one; fail if nobody switched to it."""
    before, after = rule(VALUE, PARTLY, nest), rule(better, shown, nest)
    switched = before != after
    assert (after[switched] == improved).any(), "the improvement moved nobody"
    return int(np.sum(switched & (after != improved)))


def improvements() -> list[tuple[int, np.ndarray, np.ndarray]]:
    cases = []
    for place in (0, 2, 3, 5):
        better, shown = VALUE.copy(), PARTLY.copy()
        if PARTLY[place] > 0.0:
            better[place] += 0.4
            cases.append((place, better, PARTLY))
        if PARTLY[place] < 1.0:
            shown[place] += 0.3
            cases.append((place, VALUE, shown))
    return cases


@pytest.mark.parametrize("nest", NESTS)
def test_only_the_improved_place_gains_switchers(nest: float) -> None:
    for place, better, shown in improvements():
        assert wrong_switches(choose, nest, place, better, shown) == 0


def two_stages(value: np.ndarray, seen: np.ndarray, nest: float) -> np.ndarray:
    """Draw the nest first, then the place in it: the right frequencies, with the wrong people."""
    uniform = np.random.default_rng(5).random((N, 3))
    out = np.empty(N, np.int64)
    for level in np.unique(np.clip(seen, 0.0, 1.0)):
        # All draws of awareness between two levels see the same places.
        rows = (np.clip(seen, 0.0, 1.0)[None, :] > uniform[:, 2:]).sum(axis=1)
        same = rows == int((np.clip(seen, 0.0, 1.0) >= level).sum())
        if not same.any():
            continue
        shown = np.where(np.clip(seen, 0.0, 1.0) >= level, 2.0, 0.0)
        law, _ = exact(value, shown, nest)
        by_nest = np.bincount(COUNTRY, weights=law)
        nests = np.searchsorted(np.cumsum(by_nest), uniform[same, 0]).clip(max=len(by_nest) - 1)
        chosen = np.empty(len(nests), np.int64)
        for c in range(len(by_nest)):
            members = np.flatnonzero(c == COUNTRY)
            if by_nest[c] > 0.0:
                inside = np.cumsum(law[members]) / by_nest[c]
                mine = nests == c
                chosen[mine] = members[np.searchsorted(inside, uniform[same, 1][mine]).clip(max=len(members) - 1)]
        out[same] = chosen
    return out


def test_twin_two_stage_sampling_fails_the_switching_law_only() -> None:
    law, _ = model_law(VALUE, PARTLY, 0.5)
    assert frequency_p(two_stages(VALUE, PARTLY, 0.5), law) >= FALSE_ALARM / CHECKS
    wrong = sum(wrong_switches(two_stages, 0.5, *improvement) for improvement in improvements())
    assert wrong > 100


def test_only_the_improved_place_gains_switchers_among_the_26_places(case: Case) -> None:
    geography = read_geography(case.evidence)
    places = len(geography.ids)
    value = np.random.default_rng(1).normal(size=places)
    seen = np.where(geography.is_french, 0.5, 2.0)
    out = [np.empty(N, np.int64), np.empty(N, np.int64)]
    for place in (0, 6, places - 1):
        better = value + 0.5 * (np.arange(places) == place)
        for utility, chosen in zip((value, better), out, strict=True):
            nests = geography.country, geography.nest_size, 0.6
            choices(utility, seen, *nests, SEED, np.empty(padded(places)), np.empty(padded(places)), chosen)
        switched = out[0] != out[1]
        assert switched.sum() > 50
        assert (out[1][switched] == place).all()
