"""From emulators to a posterior: implausibility, what is left, likelihood, posterior, identification, ranks."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.analysis.calibration.emulator import Check, Emulator
from sim.analysis.calibration.history_matching import remaining
from sim.analysis.calibration.identification import correlations, identification, profiles
from sim.analysis.calibration.likelihood import (
    Aims,
    aims,
    emulated,
    implausibility,
    log_likelihood,
    observe,
    second_worst,
    slope_of_log_likelihood,
)
from sim.analysis.calibration.posterior import posterior
from sim.analysis.calibration.simulation_based import ranks_of

NAMES = ("a", "b", "c")


def plane(column: int) -> Emulator:
    """An emulator that is one input, exactly: its doubt is nothing."""
    points = np.array([[0.0], [1.0]])
    linear = 1.0
    covariance = linear * (points - 0.5) @ (points - 0.5).T + 1e-10 * np.eye(2)
    factor = np.linalg.cholesky(covariance)
    weights = np.linalg.solve(covariance, points[:, 0] - 0.5)
    return Emulator(
        np.array([column]), points, np.array([1.0]), 0.0, linear, 0.5, 1.0, weights, factor, 1e-12,
        Check(1.0, 0.95, 1.0, 2),
    )  # fmt: skip


EMULATORS = emulated({"X": plane(0), "Y": plane(1), "Z": plane(2)}, ("X", "Y", "Z"), NAMES)


def goal(spread: float, value: float = 0.5) -> Aims:
    return Aims(("X", "Y", "Z"), np.full(3, value), np.full(3, spread), np.zeros(3, bool))


def test_the_share_that_is_left_is_that_of_two_rows_of_three_within_the_cut() -> None:
    inside = 6 * 0.02  # of each input, three spreads either side
    expected = 3 * inside**2 * (1 - inside) + inside**3
    left = remaining(goal(0.02), EMULATORS, 300, np.random.default_rng(1))
    assert left.cut == 3.0
    assert abs(left.share[0] - expected) < 4 * left.share[1]
    assert second_worst(implausibility(goal(0.02), *EMULATORS.predict(left.points))).max() < 3.0


def test_what_is_nearly_ruled_out_is_found_by_lowering_the_cut() -> None:
    inside = 6 * 0.0015
    expected = 3 * inside**2 * (1 - inside) + inside**3
    left = remaining(goal(0.0015), EMULATORS, 100, np.random.default_rng(2))
    assert left.cut == 3.0
    assert expected / 2 < left.share[0] < expected * 2
    assert len(left.points) == 100


def test_what_is_left_in_part_is_counted_as_it_is_and_filled_up() -> None:
    inside = 6 * 0.004
    expected = 3 * inside**2 * (1 - inside) + inside**3  # some 137 of the 80,000 points looked at
    left = remaining(goal(0.004), EMULATORS, 200, np.random.default_rng(3))
    assert left.cut == 3.0
    assert abs(left.share[0] - expected) < 4 * left.share[1]
    assert left.points.shape == (200, 3)
    assert second_worst(implausibility(goal(0.004), *EMULATORS.predict(left.points))).max() < 3.0


def test_slope_of_the_likelihood_is_its_derivative() -> None:
    mean, variance = np.array([[0.3, 0.6, 0.9]]), np.array([[0.01, 0.02, 0.0]])
    slope = slope_of_log_likelihood(goal(0.1), mean, variance)
    for row in range(3):
        step = np.zeros((1, 3))
        step[0, row] = 1e-6
        up, down = (log_likelihood(goal(0.1), mean + sign * step, variance) for sign in (1, -1))
        assert slope[0, row] == pytest.approx(float((up - down)[0]) / 2e-6, rel=1e-5)


def test_rows_of_one_fact_weigh_as_one() -> None:
    whole = Aims(("R01", "R02"), np.zeros(2), np.ones(2), np.zeros(2, bool))
    alone = Aims(("R01", "B45"), np.zeros(2), np.ones(2), np.zeros(2, bool))
    assert whole.shared.tolist() == [2.0, 2.0]
    assert alone.shared.tolist() == [1.0, 1.0]


def test_ratios_are_met_as_logarithms() -> None:
    table = pd.DataFrame(
        {"row": ["F07", "B45"], "unit": ["ratio", "share"], "target": [2.0, 0.8], "tolerance": [0.4, 0.02],
         "discrepancy": [0.3, 0.08]}
    )  # fmt: skip
    made = aims(table)
    assert made.value.tolist() == [np.log(2.0), 0.8]
    assert made.spread[0] == pytest.approx(0.25)
    seen = made.read(pd.DataFrame({"F07": [2.0, -1.0], "B45": [0.7, 0.9]}))
    assert seen[0].tolist() == [np.log(2.0), 0.7]
    assert np.isnan(seen[1, 0])


def test_the_posterior_is_the_tail_of_t_inside_the_cube() -> None:
    draws = posterior(goal(0.05, 0.3), EMULATORS, np.random.default_rng(0).random((64, 3)), 512,
                      np.random.default_rng(3))  # fmt: skip
    assert draws.settled
    # Student's t with 4 degrees of freedom around 0.3: its middle half is 0.741 spreads wide on either side.
    low, high = np.quantile(draws.points[:, 0], [0.25, 0.75])
    assert low == pytest.approx(0.3 - 0.741 * 0.05, abs=0.012)
    assert high == pytest.approx(0.3 + 0.741 * 0.05, abs=0.012)


def test_what_is_narrow_is_identified_and_what_is_the_prior_is_not() -> None:
    luck = np.random.default_rng(5)
    tied = luck.random(800)
    draws = np.column_stack([0.4 + 0.05 * luck.standard_normal(800), luck.random(800), tied, 1 - tied])
    table = identification(("narrow", "prior", "tied", "back"), np.clip(draws, 0, 1)).set_index("parameter")
    assert table["verdict"].to_dict() == {
        "narrow": "identified", "prior": "not identified", "tied": "not identified", "back": "not identified",
    }  # fmt: skip
    pairs = correlations(("narrow", "prior", "tied", "back"), draws)
    assert pairs[["parameter", "with"]].to_numpy().tolist() == [["tied", "back"]]
    assert pairs["correlation"][0] == pytest.approx(-1.0)
    profile = profiles(("narrow",), draws[:, :1], -100 * (draws[:, 0] - 0.4) ** 2).set_index("share")["drop"]
    assert profile[0.45] < profile[0.25]


@pytest.mark.parametrize(("factor", "uniform"), [(1.0, True), (0.4, False)])
def test_ranks_of_known_truths_are_uniform_and_those_of_a_wrong_likelihood_are_not(factor, uniform) -> None:
    luck = np.random.default_rng(6)
    truths = luck.random((100, 3))
    wide = goal(0.15)
    observed = observe(wide, *EMULATORS.predict(truths), luck)
    ranks = ranks_of(wide, EMULATORS, truths, observed, luck, factor)
    assert ranks.is_uniform is uniform
    coverage = ranks.covered.mean()
    assert bool(0.85 < coverage < 0.95) is uniform
