"""Estimates from packages: exact at the packages, between them in the middle, and an honest band around."""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd
import pytest

from sim.dashboard.board import Board, Choice, Policy
from sim.dashboard.estimate import Estimator, corner_weights
from sim.dashboard.instruments import FILES
from sim.report.package_results import PackageResults

OUTCOME = "startups_in_france"


def packages(told: bool = True) -> PackageResults:
    """256 packages: R1 adds 10, R2 takes 4, R1 and R4 together add 6 more; every interval is 3 to either side."""
    rows = []
    for mask in range(256):
        value = 10.0 * (mask & 1) - 4.0 * (mask >> 1 & 1) + 6.0 * (mask & 1) * (mask >> 3 & 1)
        half = 0.0 if mask == 0 else 3.0 if told else math.nan
        rows.append((mask, OUTCOME, "Startups", "startups", "higher", 500.0, value, value - half, value + half, 24, ""))
    names = [
        "mask",
        "outcome",
        "label",
        "unit",
        "better",
        "baseline_mean",
        "difference",
        "joint_low",
        "joint_high",
        "n",
    ]
    table = (
        pd.DataFrame(rows, columns=[*names, "reading"])
        .sample(frac=1.0, random_state=0)
        .assign(low=math.nan, high=math.nan)
    )
    none = pd.DataFrame()
    manifest = {"settings": {"years": 10}}
    return PackageResults(Path(), True, manifest, table, none, none, none, none, None, FILES)


def estimated(*choices, told=True, **board):
    return Estimator(packages(told)).of(Policy(choices), Board((Policy(choices),), **board))


def test_a_package_is_told_as_it_was_run():
    found = estimated(Choice("r1"), Choice("r4"))
    effect = found.effects[OUTCOME]
    assert (effect.difference, effect.low, effect.high, effect.n) == (16.0, 13.0, 19.0, 24)
    assert not found.interpolated
    assert found.levels[OUTCOME] == 500.0


def test_between_packages_the_value_is_weighed_and_the_band_holds_all_of_them():
    effect = estimated(Choice("r1", 0.5), Choice("r4")).effects[OUTCOME]
    assert effect.difference == pytest.approx(0.5 * 16.0 + 0.5 * 0.0)
    assert (effect.low, effect.high) == (-3.0, 19.0)  # of R4 alone, and of both
    effect = estimated(Choice("r1", 0.25), Choice("r2", 0.5)).effects[OUTCOME]
    assert effect.difference == pytest.approx(2.5 - 2.0)
    assert (effect.low, effect.high) == (-7.0, 13.0)


def test_a_package_that_moves_nothing_much_adds_its_value_to_the_band():
    found = packages()
    few = found.packages["mask"] == 8  # R4 alone: too few worlds differ
    found.packages.loc[few, ["joint_low", "joint_high"]] = math.nan
    found.packages.loc[few, "difference"] = 0.25
    policy = Policy((Choice("r1", 0.5), Choice("r4")))
    effect = Estimator(found).of(policy, Board((policy,))).effects[OUTCOME]
    assert (effect.low, effect.high) == (0.25, 19.0)
    policy = Policy((Choice("r4", 0.5),))
    assert Estimator(found).of(policy, Board((policy,))).effects[OUTCOME].verdict == "untold"


def test_outcomes_outside_the_family_have_the_interval_of_one_number():
    found = packages(told=False)
    found.packages["low"], found.packages["high"] = (
        found.packages["difference"] - 1.0,
        found.packages["difference"] + 1.0,
    )
    policy = Policy((Choice("r1"),))
    effect = Estimator(found).of(policy, Board((policy,))).effects[OUTCOME]
    assert (effect.low, effect.high, effect.verdict) == (9.0, 11.0, "up")


def test_weights_are_shares():
    weights = corner_weights({0: 0.25, 3: 0.5, 5: 1.0})
    assert sum(weights.values()) == pytest.approx(1.0)
    assert weights == {32: 0.375, 33: 0.125, 40: 0.375, 41: 0.125}
    assert corner_weights({}) == {0: 1.0}


def test_without_intervals_there_is_no_band():
    effect = estimated(Choice("r1", 0.5), told=False).effects[OUTCOME]
    assert math.isnan(effect.low)
    assert effect.verdict == "untold"


@pytest.mark.parametrize(
    ("choice", "board", "why"),
    [
        (Choice("r4", budget=100.0), {}, "settings"), (Choice("r1", start="2015Q1"), {}, "settings"),
        (Choice("r1", places=("lyon",)), {}, "settings"), (Choice("r1"), {"years": 9}, "years"),
        (Choice("r1"), {"rivals": True}, "world"), (Choice("r1"), {"world": (("talent.beta", 1.0),)}, "world"),
    ],
)  # fmt: skip
def test_what_no_package_holds_has_no_estimate(choice, board, why):
    assert estimated(choice, **board) is None
    assert Estimator(packages()).why_not(Policy((choice,)), Board((Policy((choice,)),), **board)) == why
