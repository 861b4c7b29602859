"""Sign flips of whole worlds counted one by one; quantiles, levels and errors of the table; what is next to nothing."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from sim.analysis.intervals import keyed_luck
from sim.analysis.simultaneous import FLIP_WORLDS, comparison_intervals, critical_value, pairing_gain


def test_the_quantile_of_the_largest_mean_is_that_of_flipped_worlds() -> None:
    worlds, flips, seed = FLIP_WORLDS + 6, 60, 9
    values = np.random.default_rng(1).gamma(2.0, size=(worlds, 4)) * [1.0, 50.0, 0.01, 1.0]
    values[[3, 40, 41], 1] = math.nan
    values[:, 3] = 7.0  # without spread: not among those compared
    signs = keyed_luck(seed, "sign flips", str(worlds), "3").integers(0, 2, (flips, worlds)) * 2 - 1
    assert set(np.unique(signs)) == {-1, 1}
    largest = []
    for sign in signs:
        found = []
        for column in values[:, :3].T:
            there = np.isfinite(column)
            flipped = sign[there] * (column[there] - column[there].mean())
            found.append(abs(flipped.mean()) / (flipped.std(ddof=1) / math.sqrt(there.sum())))
        largest.append(max(found))
    told = critical_value(values, 0.9, seed, flips)
    assert told.method == "sign flips"
    assert told.value == pytest.approx([sorted(largest)[math.ceil(0.9 * (flips - 1))]] * 4, rel=1e-6)


def some_runs() -> pd.DataFrame:
    luck = np.random.default_rng(2)
    level, gain = luck.normal(500.0, 80.0, 20), luck.gamma(2.0, size=20) * 7.0
    rows = [(name, world, 0, level[world] + extra * gain[world]) for name, extra in (("baseline", 0), ("a", 1))
            for world in range(20)]  # fmt: skip
    return pd.DataFrame(rows, columns=["scenario", "world", "replicate", "startup_jobs"]).reset_index(names="run")


def test_quantiles_levels_and_errors_of_a_row() -> None:
    runs = some_runs()
    row = comparison_intervals(runs).iloc[0]
    before, after = (runs[runs["scenario"] == name]["startup_jobs"].to_numpy() for name in ("baseline", "a"))
    gain = after - before
    for name, share in (("q05", 0.05), ("q25", 0.25), ("median", 0.5), ("q75", 0.75), ("q95", 0.95)):
        assert row[name] == pytest.approx(np.quantile(gain, share), rel=1e-12), name
    assert row["mc_error"] == pytest.approx(gain.std(ddof=1) / math.sqrt(20), rel=1e-12)
    assert (row["baseline_mean"], row["scenario_mean"]) == pytest.approx((before.mean(), after.mean()), rel=1e-12)
    assert row["difference"] == pytest.approx(gain.mean(), rel=1e-12)


def test_a_deviation_next_to_nothing_is_nothing() -> None:
    level = np.array([1.0, -1.0] * 4 + [1e-200])
    other = level + np.array([0.5, -0.5, 0.5, -0.5, -0.5, 0.5, -0.5, 0.5, 0.0])
    assert pairing_gain(level, other).value == pytest.approx((8.0 + 10.0) / 2.0)


def test_the_gain_of_pairing_knows_no_unit() -> None:
    luck = np.random.default_rng(4)
    level, change = luck.normal(size=12), 0.3 * luck.normal(size=12)
    plain = pairing_gain(level, level + change)
    assert 1.0 < plain.low < plain.value < plain.high
    for unit in (1e-200, 1e150):
        assert pairing_gain(unit * level, unit * (level + change)) == pytest.approx(plain, rel=1e-9)
