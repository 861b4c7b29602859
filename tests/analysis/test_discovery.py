"""A box that is there is found, one that is not is not; the peeling agrees with another implementation."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from sim.analysis.discovery import FOUND, LIMIT_COLUMNS, NOTHING, TOO_FEW, Box, choose, discover, paste, peel, prune


def worlds(n: int, p: int, seed: int) -> pd.DataFrame:
    return pd.DataFrame(np.random.default_rng(seed).random((n, p)), columns=[f"p{i}" for i in range(p)])


def in_corner(table: pd.DataFrame, seed: int = 1, inside: float = 0.95, outside: float = 0.1) -> pd.Series:
    """Failures with high probability where p0 > 0.6 and p1 < 0.5."""
    corner = (table["p0"] > 0.6) & (table["p1"] < 0.5)
    luck = np.random.default_rng(seed + 1000).random(len(table))
    return pd.Series(luck < np.where(corner, inside, outside), index=table.index)


def by_chance(table: pd.DataFrame, seed: int) -> pd.Series:
    return pd.Series(np.random.default_rng(seed + 2000).random(len(table)) < 0.3, index=table.index)


def test_a_box_that_is_there_is_found() -> None:
    table = worlds(400, 8, 1)
    found = discover(table, in_corner(table))
    assert found.reading == FOUND
    assert tuple(found.limits.columns) == LIMIT_COLUMNS
    limits = found.limits.set_index("parameter")
    assert limits.loc["p0", "low"] == pytest.approx(0.6, abs=0.08)
    assert limits.loc["p1", "high"] == pytest.approx(0.5, abs=0.08)
    assert limits.loc[["p0", "p1"], "share_of_folds"].tolist() == pytest.approx([1.0, 1.0])
    assert found.density.low > found.overall
    assert found.density.value > 0.7
    assert found.coverage.value > 0.5
    again = discover(table, in_corner(table))
    pd.testing.assert_frame_equal(found.limits, again.limits)


def test_where_nothing_is_nothing_is_found_though_the_box_looks_dense() -> None:
    """20 studies of failures by chance at 5%: more than 4 false finds have a probability below 0.3%."""
    finds, dense = 0, 0
    for seed in range(20):
        table = worlds(120, 10, seed)
        found = discover(table, by_chance(table, seed))
        finds += found.reading == FOUND
        peeled = peel(table.to_numpy(), by_chance(table, seed).to_numpy())
        dense += max(box.density for box in peeled if box.coverage >= 0.4) > 1.25 * found.overall
        assert found.reading in (FOUND, NOTHING)
    assert finds <= 4
    assert dense >= 18  # the twin: judged on the worlds it was found in, nearly everything is something


@pytest.mark.torture
@pytest.mark.parametrize(("n", "p"), [(200, 40), (120, 10)])
def test_measured_false_finds_and_finds(n: int, p: int) -> None:
    repeats, finds, dense, real = 100, 0, [], 0
    for seed in range(repeats):
        table = worlds(n, p, seed)
        found = discover(table, by_chance(table, seed))
        finds += found.reading == FOUND
        dense.append(found.box.density / found.overall if found.box else math.nan)
        real += discover(table, in_corner(table, seed)).reading == FOUND
    print(f"{n} worlds, {p} parameters: false {finds}, found {real} of {repeats}; dense {np.nanmean(dense):.2f}")
    assert finds <= 11  # 5% and 2.8 standard errors
    assert real >= 90


def test_too_few_failures_are_not_looked_for() -> None:
    table = worlds(100, 5, 2)
    for fails in (table["p0"] < 0.1, table["p0"] < 0.95):
        found = discover(table, fails)
        assert (found.reading, found.box) == (TOO_FEW, None)
        assert math.isnan(found.p_value)
    with pytest.raises(KeyError):
        discover(table, pd.Series([True], index=[100]))


def test_peeling_by_hand() -> None:
    """One parameter 0 to 9, failures from 6 on: a tenth is cut off the low end until only failures are left."""
    x, fails = np.arange(10.0)[:, None], np.arange(10) >= 6
    boxes = peel(x, fails, alpha=0.1, least_mass=0.3)
    assert [box.low[0] for box in boxes[:7]] == [-math.inf, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    assert [box.density for box in boxes[:7]] == pytest.approx([0.4, 4 / 9, 0.5, 4 / 7, 2 / 3, 0.8, 1.0])
    assert [box.mass for box in boxes] == pytest.approx([1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3])
    assert choose(boxes, 10).low[0] == 6.0
    assert (choose(boxes, 10).coverage, choose(boxes, 10).density) == (1.0, 1.0)


def test_the_laws_of_a_trajectory() -> None:
    table = worlds(300, 6, 3)
    x, fails = table.to_numpy(), in_corner(table).to_numpy()
    boxes = peel(x, fails, alpha=0.05)
    for one, other in pairwise(boxes):
        assert (other.low >= one.low).all()
        assert (other.high <= one.high).all()
        assert other.mass < one.mass
        assert other.coverage <= one.coverage
    for box in boxes:
        inside = box.inside(x)
        assert box.mass == pytest.approx(inside.mean())
        assert box.density == pytest.approx(fails[inside].mean())
        assert box.coverage == pytest.approx(fails[inside].sum() / fails.sum())
        assert box.mass >= 0.1
        wider = paste(box, x, fails)
        assert wider.density >= box.density
        assert wider.mass >= box.mass


def test_order_of_worlds_does_not_matter_and_equal_values_go_together() -> None:
    x = np.random.default_rng(4).integers(0, 4, (200, 3)).astype(float)
    fails = (x[:, 1] >= 2) & (x[:, 0] > 0)
    order = np.random.default_rng(5).permutation(200)
    one, other = peel(x, fails), peel(x[order], fails[order])
    assert len(one) == len(other)
    for box, twin in zip(one, other, strict=True):
        np.testing.assert_array_equal(box.low, twin.low)
        np.testing.assert_array_equal(box.high, twin.high)
    best = choose(one, 200, 0.9)
    assert best.density == 1.0
    assert (best.low[1], best.low[0]) == (2.0, 1.0)


def test_bad_shares_are_refused() -> None:
    x, fails = np.zeros((5, 1)), np.zeros(5, bool)
    for alpha, mass in ((0.0, 0.1), (1.0, 0.1), (0.1, 0.0)):
        with pytest.raises(ValueError, match="are shares"):
            peel(x, fails, alpha, mass)
    with pytest.raises(ValueError, match="5 worlds with parameters, 4 with results"):
        peel(x, fails[:4])
    assert len(peel(x, fails)) == 1  # nothing varies: nothing to cut


def test_limits_that_chance_drew_are_pruned_and_true_ones_stay() -> None:
    table = worlds(400, 8, 6)
    x, fails = table.to_numpy(), in_corner(table).to_numpy()
    loose = Box(np.full(8, -np.inf), np.full(8, np.inf), 0.0, 0.0, 0.0)
    loose.low[[0, 5]], loose.high[[1, 6]] = (0.6, 0.05), (0.5, 0.9)
    found = prune(loose, x, fails)
    assert np.flatnonzero(found.restricted).tolist() == [0, 1]
    assert (found.low[0], found.high[1]) == (0.6, 0.5)
    assert not prune(loose, x, by_chance(table, 6).to_numpy()).restricted.any()


def test_a_limit_that_holds_nothing_out_goes() -> None:
    x, fails = np.arange(10.0)[:, None], np.arange(10) >= 6
    tight = Box(np.array([7.0]), np.array([9.0]), 0.0, 0.0, 0.0)
    found = paste(tight, x, fails, alpha=0.1)
    assert (found.low[0], found.high[0]) == (6.0, math.inf)
    assert (found.coverage, found.density, found.mass) == (1.0, 1.0, 0.4)


@pytest.mark.filterwarnings("ignore")  # theirs, not ours
def test_peeling_agrees_with_the_workbench() -> None:
    """Densities along the way against those of the EMA Workbench, where it is installed (it is no dependency)."""
    prim = pytest.importorskip("ema_workbench.analysis.prim")
    table = worlds(400, 5, 6)
    fails = in_corner(table)
    twin = prim.Prim(table, fails.to_numpy(), threshold=0.1, peel_alpha=0.05, mass_min=0.1,
                     obj_function=prim.PRIMObjectiveFunctions.ORIGINAL).find_box()  # fmt: skip
    theirs = twin.peeling_trajectory
    ours = peel(table.to_numpy(), fails.to_numpy(), alpha=0.05)
    # As many worlds are cut off at each step, and, until the first tie, the same ones.
    for name in ("mass", "density", "coverage"):
        assert [getattr(box, name) for box in ours[:20]] == pytest.approx(theirs[name].tolist()[:20], abs=1e-12)
