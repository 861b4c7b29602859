"""Ratios of means: Fieller's three cases, the coverage of his set also where the denominator is near zero."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from sim.analysis.ratios import Ratio, bootstrap_ratio, fieller
from tests.analysis.known_differences import SHAPES, correlated, covers_badly

# Mean gain in standard deviations of the gain over worlds: at 24 worlds, 0.2 is one standard error.
GAINS = {"clear": 2.0, "weak": 0.6, "near zero": 0.2, "zero": 0.0}


def closed_form(cost: np.ndarray, gain: np.ndarray, level: float = 0.95) -> tuple[float, float, str]:
    """Fieller's roots as in the books, without any correction."""
    n = len(cost)
    t2 = stats.t.ppf(0.5 + level / 2, n - 1) ** 2 / n
    (s11, s12), (_, s22) = np.cov(cost, gain)
    a = gain.mean() ** 2 - t2 * s22
    b = cost.mean() * gain.mean() - t2 * s12
    c = cost.mean() ** 2 - t2 * s11
    root = b * b - a * c
    if a < 0 and root < 0:
        return -math.inf, math.inf, "line"
    ends = sorted(((b - math.sqrt(root)) / a, (b + math.sqrt(root)) / a))
    return *ends, "bounded" if a > 0 else "complement"


def worlds(luck: np.random.Generator, name: str, mean: float, n: int) -> tuple[np.ndarray, np.ndarray, float]:
    """Cost, gain and the true ratio; cost of mean 3, correlated with the gain, both of one shape."""
    cost, gain = SHAPES[name](correlated(luck, n, 2, 0.5)).T
    return 3.0 + cost, mean + gain, 3.0 / mean if mean else math.inf


def held(found: Ratio, truth: float) -> bool:
    """Infinity is kept by all sets but bounded ones."""
    return found.holds(truth) if math.isfinite(truth) else found.kind != "bounded"


def ratio_coverage(name: str, mean: float, n: int, repeats: int, method: str) -> float:
    luck, count = np.random.default_rng(41), 0
    for repeat in range(repeats):
        cost, gain, truth = worlds(luck, name, mean, n)
        if method == "bootstrap":
            found = bootstrap_ratio(cost, gain, seed=repeat, resamples=499)
        elif method == "plain mean of ratios":  # broken
            with np.errstate(all="ignore"):
                each = cost / gain
                half = stats.t.ppf(0.975, n - 1) * each.std(ddof=1) / math.sqrt(n)
            found = Ratio(each.mean(), each.mean() - half, each.mean() + half, "bounded")
        else:
            found = fieller(cost, gain, corrected=method == "fieller")
        count += held(found, truth)
    return count / repeats


@pytest.mark.parametrize(("name", "mean"), [("normal", 2.0), ("normal", 0.2), ("normal", 0.0),
                                            ("exponential, skewness 2", 0.6), ("gamma, skewness 1", 0.0)])  # fmt: skip
def test_the_set_covers_the_ratio_also_where_the_denominator_is_near_zero(name: str, mean: float) -> None:
    share = ratio_coverage(name, mean, 24, 300, "fieller")
    assert not covers_badly(share, 300), share


def test_twin_the_interval_of_the_mean_of_ratios_is_caught() -> None:
    assert covers_badly(ratio_coverage("normal", 0.6, 24, 500, "plain mean of ratios"), 500)


@pytest.mark.torture
def test_measured_coverage_of_ratios() -> None:
    """Prints the table of the module; Fieller's corrected set within 93 and 97.5% for what it vouches for."""
    problems = []
    for name in ("normal", "gamma, skewness 1", "lognormal, skewness 1.75", "exponential, skewness 2",
                 "lognormal, skewness 3.3"):  # fmt: skip
        for n in (16, 24, 100):
            for label, mean in GAINS.items():
                shares = [ratio_coverage(name, mean, n, 1000, how) for how in ("fieller", "uncorrected")]
                if n == 24:
                    shares.append(ratio_coverage(name, mean, n, 500, "bootstrap"))
                print(f"{name}, {n} worlds, {label}:", *(f"{100 * share:.1f}" for share in shares))
                # Two in a hundred: Monte-Carlo slack of 1,000 repeats.
                problems += [] if 0.92 <= shares[0] <= 0.98 or "3.3" in name else [(name, n, label, shares[0])]
    assert problems == []


@pytest.mark.parametrize("mean", [2.0, 0.5, 0.2, 0.05, 0.0, -0.3, -2.0])
def test_without_correction_the_set_is_fiellers(mean: float) -> None:
    kinds = set()
    for seed in range(12):
        cost, gain, _ = worlds(np.random.default_rng(seed), "normal", mean, 24)
        for level_cost in (cost, cost - 3.0, -cost):
            low, high, kind = closed_form(level_cost, gain)
            found = fieller(1e6 * level_cost, gain, corrected=False)
            kinds.add(kind)
            assert found.kind == kind
            assert (found.low / 1e6, found.high / 1e6) == pytest.approx((low, high), rel=1e-6)
            assert found.value == pytest.approx(1e6 * level_cost.mean() / gain.mean(), rel=1e-9)
            assert found.holds(found.value)
    assert "bounded" in kinds or abs(mean) < 0.5


def test_all_three_kinds_occur() -> None:
    luck = np.random.default_rng(3)
    sure, unsure = 5.0 + luck.standard_normal(24), luck.standard_normal(24)
    unsure -= unsure.mean() - 0.05
    assert fieller(sure, sure + luck.standard_normal(24)).kind == "bounded"
    assert fieller(sure, unsure).kind == "complement"
    assert fieller(luck.standard_normal(24), unsure).kind == "line"


def test_the_ratio_turned_over_has_the_set_turned_over() -> None:
    luck = np.random.default_rng(4)
    cost = 50.0 + luck.gamma(2.0, 10.0, 30)
    gain = 0.1 * cost + luck.gamma(1.0, 4.0, 30)
    one, other = fieller(cost, gain), fieller(gain, cost)
    assert (1 / other.value, 1 / other.high, 1 / other.low) == pytest.approx(one[:3], rel=1e-6)


def test_the_set_and_the_interval_of_the_denominator_agree() -> None:
    """A bounded set says: the denominator is not 0."""
    from sim.analysis.intervals import mean_interval

    for seed in range(40):
        luck = np.random.default_rng(seed)
        gain = luck.gamma(1.0, size=24) - 0.55
        low, high = mean_interval(gain)[1:3]
        found = fieller(3.0 + luck.standard_normal(24), gain)
        assert (found.kind == "bounded") == (not low <= 0.0 <= high)


def test_bootstrap_is_near_fieller_with_many_worlds_and_knows_infinity() -> None:
    cost, gain, _ = worlds(np.random.default_rng(5), "normal", 1.0, 400)
    one, other = fieller(cost, gain), bootstrap_ratio(cost, gain)
    assert other[:3] == pytest.approx(one[:3], rel=0.05)
    assert other == bootstrap_ratio(cost, gain)
    assert other != bootstrap_ratio(cost, gain, seed=1)
    cost, gain, _ = worlds(np.random.default_rng(6), "normal", 0.0, 24)
    assert bootstrap_ratio(cost, gain - gain.mean()).kind == "complement"


def test_a_cost_that_is_the_same_everywhere() -> None:
    gain = np.random.default_rng(7).gamma(3.0, size=24)
    found = fieller(np.full(24, 9.5), gain)
    from sim.analysis.intervals import mean_interval

    reach = mean_interval(gain)
    assert (found.low, found.high) == pytest.approx((9.5 / reach.high, 9.5 / reach.low), rel=1e-6)
    assert fieller(np.full(24, 9.5), np.full(24, 2.0))[:3] == pytest.approx((4.75, 4.75, 4.75))


def test_what_has_no_ratio_is_refused() -> None:
    with pytest.raises(ValueError, match="3 worlds, found 2"):
        fieller(np.ones(2), np.ones(2))
    with pytest.raises(ValueError, match="0 in every world"):
        fieller(np.zeros(9), np.zeros(9))
