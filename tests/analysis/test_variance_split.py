"""The split of variance finds components that were put in, and a split that forgets one is found out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtri

from sim.analysis.variance_split import (
    SOURCES,
    VARIANCE_COLUMNS,
    Components,
    components,
    share_intervals,
    shares,
    variance_table,
)

FALSE_ALARMS = 1e-3
"""Chance that a right split is rejected: two-sided, all components of a check together. Seeds are fixed."""
WORLDS, REPLICATES, STRUCTURES = 8, 2, 7
OF_STRUCTURES = np.array([-1.4, -0.8, -0.3, 0.1, 0.5, 0.7, 1.2])
TRUTHS = [(2.0, 1.0, 0.5, 0.5, 0.7), (1.0, 2.0, 1.5, 0.0, 0.5), (0.0, 0.0, 0.0, 0.0, 1.0)]
"""Standard deviations of parameters, structure, both, luck, luck by structure."""
Split = Callable[[np.ndarray], Components]


def effects(luck: np.random.Generator, repeats: int, truth: tuple[float, ...], worlds: int = WORLDS,
            replicates: int = REPLICATES) -> np.ndarray:  # fmt: skip
    """Effects with known components, (repeats, W, R, S), around a mean of 5; structures are the same every time."""
    world, structure, both, run, rest = truth
    n = (repeats, worlds, replicates, STRUCTURES)
    fixed = (OF_STRUCTURES - OF_STRUCTURES.mean()) / OF_STRUCTURES.std(ddof=1)
    return (
        5.0
        + world * luck.standard_normal((*n[:2], 1, 1))
        + structure * fixed
        + both * luck.standard_normal((*n[:2], 1, n[3]))
        + run * luck.standard_normal((*n[:3], 1))
        + rest * luck.standard_normal(n)
    )  # fmt: skip


def biased(split: Split, truth: tuple[float, ...], replicates: int = REPLICATES, repeats: int = 4000) -> list[str]:
    """Components whose mean over repeats is not the truth."""
    found = split(effects(np.random.default_rng(20130701), repeats, truth, replicates=replicates))
    put_in = np.square(truth)
    if replicates == 1:
        put_in = np.array([put_in[0] + put_in[3], put_in[1], put_in[2] + put_in[4], np.nan, np.nan])
    most = float(-ndtri(FALSE_ALARMS / 2 / len(put_in)))
    wrong = []
    for name, values, expected in zip(found._fields, found, put_in, strict=True):
        if np.isnan(expected):
            wrong += [] if np.isnan(values).all() else [name]
        elif abs(values.mean() - expected) > most * values.std(ddof=1) / np.sqrt(repeats):
            wrong.append(name)
    return wrong


@pytest.mark.parametrize("truth", TRUTHS)
@pytest.mark.parametrize("replicates", [1, 2, 3])
def test_components_are_unbiased(truth: tuple[float, ...], replicates: int) -> None:
    assert biased(components, truth, replicates) == []


def forgetting_interactions(values: np.ndarray) -> Components:
    """A structure's spread with what luck and worlds leave in it, and worlds alike: variances of plain means."""
    found, of_cell = components(values), values.mean(axis=-2)
    structure = of_cell.mean(axis=-2).var(axis=-1, ddof=1)
    return found._replace(structure=structure, parameters=of_cell.mean(axis=-1).var(axis=-1, ddof=1))


def crossing_replicates(values: np.ndarray) -> Components:
    """Replicates as if they were the same luck in every world."""
    found = components(values)
    return found._replace(luck=values.mean(axis=(-1, -3)).var(axis=-1, ddof=1))


def clipping(values: np.ndarray) -> Components:
    """Components below zero at zero before they are averaged."""
    return Components(*(np.maximum(part, 0.0) for part in components(values)))


@pytest.mark.parametrize(
    ("twin", "named"),
    [
        (forgetting_interactions, ["parameters", "structure"]),
        (crossing_replicates, ["luck"]),
        (clipping, ["parameters", "structure", "both", "luck"]),
    ],
)
def test_twin_a_wrong_split_is_found(twin: Split, named: list[str]) -> None:
    assert set(named) <= {name for truth in TRUTHS for name in biased(twin, truth)}


def test_by_hand_without_noise() -> None:
    """Two worlds and two structures whose parts can be read off."""
    values = np.array([[[0.0, 2.0]], [[4.0, 6.0]]]).repeat(2, axis=1)
    found = components(values)
    assert [float(part) for part in found] == [8.0, 2.0, 0.0, 0.0, 0.0]
    assert shares(found).tolist() == [0.0, 0.8, 0.2, 0.0]
    assert np.isnan(shares(components(np.zeros((2, 2, 2))))).all()
    with pytest.raises(ValueError, match="two of each"):
        components(np.zeros((1, 2, 2)))


def test_drawing_worlds_again_adds_nothing_to_the_components() -> None:
    """Mean over many draws is what the sample itself gives; twin: without the correction it is not."""
    luck = np.random.default_rng(3)
    sample = effects(luck, 1, (1.0, 0.5, 1.5, 0.5, 0.5))[0]
    drawn = sample[luck.integers(0, WORLDS, (20_000, WORLDS))]
    truth = components(sample)
    most = float(-ndtri(FALSE_ALARMS / 2 / 5))
    for right in (True, False):
        found = components(drawn, drawn_again=right)
        off = [
            abs(part.mean() - value) / (part.std(ddof=1) / np.sqrt(len(part)))
            for part, value in zip(found, truth, strict=True)
        ]
        assert (max(off) < most) == right


def coverage(truth: tuple[float, ...], worlds: int, repeats: int, resamples: int) -> np.ndarray:
    """Share of studies whose intervals hold the true shares, (4,)."""
    squares = np.square(truth)
    share = np.array([squares[3] + squares[4], squares[0], squares[1], squares[2]]) / squares.sum()
    held = np.zeros(len(SOURCES))
    for nth, values in enumerate(effects(np.random.default_rng(1), repeats, truth, worlds)):
        low, high = share_intervals(values, seed=nth, resamples=resamples)
        held += (low <= share) & (share <= high)
    return held / repeats


def test_intervals_hold_the_shares_about_as_often_as_stated() -> None:
    """Bounds of the table in the module, widened by four standard errors of 150 repeats."""
    found = coverage(TRUTHS[0], worlds=12, repeats=150, resamples=199)
    assert (found > 0.80).all()
    assert found.mean() > 0.87


@pytest.mark.torture
@pytest.mark.parametrize(("worlds", "least"), [(8, 0.82), (12, 0.86), (24, 0.88), (48, 0.90)])
def test_coverage_table(worlds: int, least: float) -> None:
    sets = [(2.0, 1.0, 0.5, 0.5, 0.5), (1.0, 2.0, 0.5, 0.5, 0.5), (1.0, 0.3, 0.3, 1.0, 1.0)]
    found = np.array([coverage(truth, worlds, repeats=600, resamples=299) for truth in sets])
    print(f"{worlds} worlds: {100 * found.min():.1f} to {100 * found.max():.1f}")
    assert found.min() > least


def runs(values: np.ndarray, outcome: str = "startups_in_france") -> pd.DataFrame:
    """A table of runs whose paired effects are (W, R, S)."""
    rows = []
    for (world, replicate, structure), value in np.ndenumerate(values):
        level = 1000.0 * (structure + 1) + 10.0 * world + replicate
        keys = {"structure": f"s{structure}", "world": world, "replicate": replicate}
        rows.append({**keys, "run": 2 * len(rows), "scenario": "baseline", outcome: level})
        rows.append({**keys, "run": 2 * len(rows), "scenario": "r1", outcome: level + value})
    return pd.DataFrame(rows).sort_values("structure", kind="stable", ignore_index=True)


def test_the_table_splits_paired_effects() -> None:
    values = effects(np.random.default_rng(5), 1, TRUTHS[0], worlds=10)[0]
    table = variance_table(runs(values), resamples=99)
    assert tuple(table.columns) == VARIANCE_COLUMNS
    (row,) = table.to_dict("records")
    assert (row["worlds"], row["replicates"], row["structures"], row["reading"]) == (10, 2, 7, "")
    found = shares(components(values))
    assert [row[name] for name in SOURCES] == pytest.approx(found.tolist())
    assert sum(row[name] for name in SOURCES) == pytest.approx(1.0)
    assert all(0.0 <= row[f"{name}_low"] <= row[f"{name}_high"] <= 1.0 for name in SOURCES)
    assert row["effect"] == pytest.approx(values.mean())
    assert row["variance"] == pytest.approx(sum(max(float(part), 0.0) for part in components(values)))
    assert row["below_zero"] == " ".join(n for n, p in components(values)._asdict().items() if p < 0.0)
    again = variance_table(runs(values).sample(frac=1.0, random_state=1).sort_values("structure"), resamples=99)
    pd.testing.assert_frame_equal(table, again)


def test_below_zero_is_named_and_stands_at_zero() -> None:
    values = effects(np.random.default_rng(8), 1, (0.0, 0.0, 0.0, 0.0, 1.0), worlds=9)[0]
    (row,) = variance_table(runs(values), resamples=49).to_dict("records")
    assert row["below_zero"]
    for name in set(row["below_zero"].split()) & set(SOURCES) - {"luck"}:
        assert row[name] == 0.0


def test_what_cannot_be_told_is_said() -> None:
    values = effects(np.random.default_rng(5), 1, TRUTHS[0], worlds=9)[0]
    (row,) = variance_table(runs(values[:, :1]), resamples=49).to_dict("records")
    assert "one replicate" in row["reading"]
    assert np.isnan(row["luck"])
    assert row["parameters"] + row["structure"] + row["both"] == pytest.approx(1.0)
    (row,) = variance_table(runs(values[:7]), resamples=49).to_dict("records")
    assert row["reading"] == "only 7 worlds: no interval"
    assert np.isnan(row["luck_low"])
    (row,) = variance_table(runs(values[:7, :1]), resamples=49).to_dict("records")
    assert row["reading"] == "one replicate: luck is inside parameters and both; only 7 worlds: no interval"
    (row,) = variance_table(runs(0.0 * values), resamples=49).to_dict("records")
    assert (row["reading"], row["variance"]) == ("no effect in any world", 0.0)
    held = runs(values)
    held = held[~((held["world"] == 3) & (held["structure"] == "s2") & (held["replicate"] == 1))]
    (row,) = variance_table(held, resamples=49).to_dict("records")
    assert (row["worlds"], row["reading"]) == (8, "")  # the world that is not complete does not count


def test_two_structures_and_two_worlds_are_split_and_one_is_not() -> None:
    values = effects(np.random.default_rng(5), 1, TRUTHS[0], worlds=9)[0]
    for part in (values[:, :, :2], values[:2]):
        (row,) = variance_table(runs(part), resamples=49).to_dict("records")
        assert (row["worlds"], row["structures"]) == (part.shape[0], part.shape[2])
        assert row["variance"] == pytest.approx(sum(max(float(share), 0.0) for share in components(part)))
    for part, worlds, structures in ((values[:, :, :1], 9, 1), (values[:1], 1, 7)):
        (row,) = variance_table(runs(part), resamples=49).to_dict("records")
        assert row["reading"] == f"{worlds} complete worlds and {structures} structures: nothing to split"
        assert np.isnan(row["variance"])
        with pytest.raises(ValueError, match=f"found {worlds} worlds and {structures} structures"):
            components(part)
