"""The stopping rule: its looks, its pairs, and that its interval covers the truth although it chose when to stop."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.errors import InputError
from sim.experiments.designs.stopping_rule import FEWEST, Decision, StoppingRule, paired_differences

Draw = Callable[[np.random.Generator, int], np.ndarray]


def lognormal(sigma: float) -> Draw:
    mean = math.exp(sigma**2 / 2)
    spread = mean * math.sqrt(math.exp(sigma**2) - 1)
    return lambda luck, n: (luck.lognormal(0.0, sigma, n) - mean) / spread


# Differences of known mean 0 and standard deviation 1.
KNOWN: dict[str, Draw] = {
    "normal": lambda luck, n: luck.standard_normal(n),
    "gamma, skewness 1": lambda luck, n: (luck.gamma(4.0, size=n) - 4.0) / 2.0,
    "gamma, skewness -1": lambda luck, n: (4.0 - luck.gamma(4.0, size=n)) / 2.0,
    "lognormal, skewness 1.3": lognormal(0.4),
    "lognormal, skewness 1.75": lognormal(0.5),
    "t5": lambda luck, n: luck.standard_t(5, n) / math.sqrt(5 / 3),
}
TRUTH = 37.5
LEAST, MOST = 0.93, 0.97
REPEATS = 4000


@cache
def width_reached_at(n: int, level: float = 0.95) -> float:
    """Half width of the t interval of n worlds with standard deviation 1."""
    return float(stats.t.ppf(0.5 + level / 2, n - 1) / math.sqrt(n))


def stopped(rule: StoppingRule, differences: np.ndarray) -> Decision:
    """The first decision that is enough, else the last one."""
    for look in rule.looks():
        decision = rule.decide(differences[:look])
        if decision.enough:
            break
    return decision


def coverage(rule: StoppingRule, draw: Draw, repeats: int, seed: int) -> tuple[float, float]:
    """Share of repeats whose interval holds the truth at the moment of stopping, and mean number of worlds."""
    luck = np.random.default_rng(seed)
    held, worlds = 0, 0
    for _ in range(repeats):
        decision = stopped(rule, TRUTH + draw(luck, rule.most))
        held += decision.low <= TRUTH <= decision.high
        worlds += decision.n
    return held / repeats, worlds / repeats


def covers_badly(share: float, repeats: int) -> bool:
    """Whether coverage outside 93 to 97% is shown beyond 3.5 standard errors (false alarm below 0.03% a case)."""
    slack = 3.5 * math.sqrt(LEAST * (1 - LEAST) / repeats)
    return not LEAST - slack <= share <= MOST + slack


@dataclass(frozen=True)
class Hasty(StoppingRule):
    """Broken: looks after every world from the third on and reports Student's interval as if it had not."""

    def __post_init__(self) -> None:
        pass

    def looks(self) -> list[int]:
        return list(range(3, self.most + 1))

    def _half_width(self, deviations: np.ndarray, n: int) -> float:
        return float(np.sqrt((deviations**2).sum() / (n - 1)) * width_reached_at(n))


@dataclass(frozen=True)
class Plain(StoppingRule):
    """Broken: right looks, but Student's interval as it is."""

    def _half_width(self, deviations: np.ndarray, n: int) -> float:
        return float(np.sqrt((deviations**2).sum() / (n - 1)) * width_reached_at(n, self.level))


# --- coverage ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reached", [16, 60])
@pytest.mark.parametrize("name", ["normal", "gamma, skewness 1", "t5"])
def test_the_interval_covers_the_truth_when_it_stops(name: str, reached: int) -> None:
    share, _ = coverage(StoppingRule("y", "s", width_reached_at(reached), most=150), KNOWN[name], REPEATS, 5)
    assert not covers_badly(share, REPEATS), share


@pytest.mark.parametrize("name", ["normal", "gamma, skewness 1"])
def test_twin_a_hasty_rule_covers_too_seldom(name: str) -> None:
    share, _ = coverage(Hasty("y", "s", width_reached_at(16), most=60), KNOWN[name], REPEATS, 5)
    assert covers_badly(share, REPEATS), share


@pytest.mark.torture
@pytest.mark.parametrize("growth", [1.05, 1.5, 2.0])
@pytest.mark.parametrize("reached", [8, 16, 20, 28, 40, 60, 100, 200, 1000])
@pytest.mark.parametrize("name", list(KNOWN))
def test_coverage_is_within_93_and_97_percent(name: str, reached: int, growth: float) -> None:
    """10,000 repeats, no slack: the least coverage, 93.6%, would fail with one seed in a hundred; it is fixed."""
    rule = StoppingRule("y", "s", width_reached_at(reached), growth=growth)
    share, worlds = coverage(rule, KNOWN[name], 10_000, 11)
    print(f"{name}; width of {reached} worlds; growth {growth}: {100 * share:.1f}% after {worlds:.0f} worlds")
    assert LEAST <= share <= MOST


@pytest.mark.torture
@pytest.mark.parametrize("level", [0.9, 0.99])
@pytest.mark.parametrize("name", list(KNOWN))
def test_other_levels_cover_as_well(name: str, level: float) -> None:
    """Errors at most twice and at least half as often as stated."""
    for reached in (16, 60, 150):
        rule = StoppingRule("y", "s", width_reached_at(reached, level), level=level)
        share, _ = coverage(rule, KNOWN[name], 10_000, 12)
        print(f"{name}; level {level}; width of {reached} worlds: {100 * share:.2f}%")
        assert 0.5 * (1 - level) <= 1 - share <= 2.0 * (1 - level)


@pytest.mark.torture
@pytest.mark.parametrize("name", ["lognormal, skewness 1.3", "lognormal, skewness 1.75"])
def test_twin_the_plain_interval_covers_skewed_differences_too_seldom(name: str) -> None:
    share, _ = coverage(Plain("y", "s", width_reached_at(60)), KNOWN[name], 10_000, 11)
    assert share < LEAST, share


# --- looks and decisions -----------------------------------------------------------------------------------


def test_looks_grow_to_the_last_one() -> None:
    assert StoppingRule("y", "s", 1.0).looks() == [16, 24, 36, 54, 81, 122, 183, 275, 400]
    assert StoppingRule("y", "s", 1.0, first=20, most=20).looks() == [20]
    assert StoppingRule("y", "s", 1.0, first=16, most=18, growth=1.001).looks() == [16, 17, 18]


@given(st.integers(FEWEST, 500), st.integers(0, 500), st.floats(1.01, 10.0))
def test_looks_ascend_from_first_to_most(first: int, more: int, growth: float) -> None:
    looks = StoppingRule("y", "s", 1.0, first=first, most=first + more, growth=growth).looks()
    assert looks[0] == first
    assert looks[-1] == first + more
    assert all(one < other for one, other in pairwise(looks))


def test_equal_differences_are_enough() -> None:
    assert StoppingRule("y", "s", 1e-9).decide(np.full(16, 2.5)) == Decision(2.5, 0.0, 16, True)


def test_at_the_cap_the_interval_stands_as_it_is() -> None:
    rule = StoppingRule("y", "s", 0.01, most=24)
    values = np.random.default_rng(1).normal(5.0, 1.0, 24)
    last = stopped(rule, values)
    assert (last.n, last.enough) == (24, False)
    assert last.half_width > 0.2
    assert last.low < 5.0 < last.high


def test_symmetric_differences_have_students_interval() -> None:
    values = np.concatenate([np.arange(1.0, 9.0), -np.arange(1.0, 9.0)])
    decision = StoppingRule("y", "s", 1.0).decide(values)
    assert decision.half_width == pytest.approx(values.std(ddof=1) * width_reached_at(16), rel=1e-12)


def test_skewness_widens_the_interval_whatever_its_sign_and_more_after_the_first_look() -> None:
    values = np.random.default_rng(2).gamma(1.0, size=24)
    rule = StoppingRule("y", "s", 1.0)
    one, other = rule.decide(values), rule.decide(-values)
    plain = values.std(ddof=1) * width_reached_at(24)
    assert one.half_width == pytest.approx(other.half_width, rel=1e-12)
    first = StoppingRule("y", "s", 1.0, first=24).decide(values)
    assert one.half_width - plain == pytest.approx(1.5 * (first.half_width - plain), rel=1e-9)
    quantile = stats.t.ppf(0.975, 23)
    shift = abs(stats.skew(values)) * values.std(ddof=1) * (1 + 2 * quantile**2) / (6 * 24)
    assert first.half_width == pytest.approx(plain + shift, rel=1e-12)


@pytest.mark.parametrize("unit", [1e-200, 1e-9, 1e9, 1e200])
def test_units_do_not_matter(unit: float) -> None:
    values = np.random.default_rng(3).gamma(2.0, size=30)
    rule = StoppingRule("y", "s", 1.0)
    assert rule.decide(values * unit).half_width == pytest.approx(rule.decide(values).half_width * unit, rel=1e-9)


@pytest.mark.parametrize("values", [[], [1.0], [1.0, math.nan], [1.0, math.inf, 2.0]])
def test_what_cannot_be_measured_is_never_enough(values: list[float]) -> None:
    decision = StoppingRule("y", "s", 1.0).decide(np.array(values))
    assert not decision.enough
    assert decision.half_width == math.inf
    assert decision.n == len(values)


def test_bad_numbers_are_one_sentence_each() -> None:
    with pytest.raises(InputError) as caught:
        StoppingRule("y", "s", -1.0, first=3, most=400, growth=1.0, level=95.0)
    half_width, first, growth, level = caught.value.problems
    assert half_width == "until.half_width: found -1, allowed are numbers above 0, in the unit of the outcome."
    assert first == "until.first: found 3, allowed are whole numbers from 16 to most (400), or most itself."
    assert growth == "until.growth: found 1, allowed are numbers above 1."
    assert level == "until.level: found 95, allowed are numbers from 0.5 to below 1."
    with pytest.raises(InputError):
        StoppingRule("y", "s", math.nan)


# --- pairs -------------------------------------------------------------------------------------------------


def some_runs() -> pd.DataFrame:
    """Two replicates in world 3, one in world 1; worlds 5 and 7 without one side; another scenario."""
    rows = [
        ("a", 3, 0, 10.0), ("a", 3, 1, 20.0), ("baseline", 3, 0, 1.0), ("baseline", 3, 1, 5.0),
        ("a", 1, 0, 7.0), ("baseline", 1, 0, 4.0), ("a", 1, 1, 99.0), ("a", 5, 0, 1.0), ("baseline", 7, 0, 2.0),
        ("b", 1, 0, 100.0),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["scenario", "world", "replicate", "public_cost"]).assign(run=range(len(rows)))


def test_one_difference_a_world_replicates_averaged_first() -> None:
    runs = some_runs()
    for frame in (runs, runs.sample(frac=1.0, random_state=4), runs.astype({"scenario": "category"})):
        found = paired_differences(frame, "public_cost", "a", "baseline")
        np.testing.assert_array_equal(found, [3.0, 12.0])
        assert found.dtype == np.float64


def test_nothing_in_common_is_no_difference() -> None:
    assert len(paired_differences(some_runs(), "public_cost", "a", "nobody")) == 0


def test_an_unknown_outcome_is_named() -> None:
    with pytest.raises(
        InputError, match="found 'public_costs', which the runs do not have; did you mean 'public_cost'"
    ):
        paired_differences(some_runs(), "public_costs", "a", "baseline")
