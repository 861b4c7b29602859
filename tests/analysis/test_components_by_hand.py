"""Components are those of an analysis of variance, cell by cell; a variance has the square of the unit."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.variance_split import _row, components, share_intervals

EFFECTS = np.random.default_rng(4).normal(size=(6, 1, 3)) + np.arange(6.0)[:, None, None] + np.array([0.0, 2.0, -1.0])


def test_one_replicate_by_hand() -> None:
    table = EFFECTS[:, 0, :]
    worlds, structures = table.shape
    middle = table.mean()
    of_world = structures * sum((row.mean() - middle) ** 2 for row in table) / (worlds - 1)
    of_structure = worlds * sum((column.mean() - middle) ** 2 for column in table.T) / (structures - 1)
    rest = sum(
        (table[w, s] - table[w].mean() - table[:, s].mean() + middle) ** 2
        for w in range(worlds) for s in range(structures)
    ) / ((worlds - 1) * (structures - 1))  # fmt: skip
    found = components(EFFECTS)
    assert float(found.parameters) == pytest.approx((of_world - rest) / structures)
    assert float(found.structure) == pytest.approx((of_structure - rest) / worlds)
    assert float(found.both) == pytest.approx(rest)
    assert np.isnan(found.luck)
    assert np.isnan(found.luck_by_structure)


def test_three_replicates_by_hand() -> None:
    values = np.random.default_rng(6).normal(size=(4, 3, 2)) + np.arange(4.0)[:, None, None] * [1.0, 2.0]
    worlds, replicates, structures = values.shape
    middle, of_world, of_structure = values.mean(), values.mean(axis=(1, 2)), values.mean(axis=(0, 1))
    of_cell, of_run = values.mean(axis=1), values.mean(axis=2)
    world = structure = cell = run = rest = 0.0
    for w in range(worlds):
        for r in range(replicates):
            run += structures * (of_run[w, r] - of_world[w]) ** 2
            for s in range(structures):
                inside = of_cell[w, s] - of_world[w]
                world += (of_world[w] - middle) ** 2
                structure += (of_structure[s] - middle) ** 2
                cell += (inside - of_structure[s] + middle) ** 2
                rest += (values[w, r, s] - of_run[w, r] - inside) ** 2
    world, structure = world / (worlds - 1), structure / (structures - 1)
    cell, run = cell / ((worlds - 1) * (structures - 1)), run / (worlds * (replicates - 1))
    rest /= worlds * (replicates - 1) * (structures - 1)
    found = components(values)
    assert float(found.luck_by_structure) == pytest.approx(rest)
    assert float(found.luck) == pytest.approx((run - rest) / structures)
    assert float(found.both) == pytest.approx((cell - rest) / replicates)
    assert float(found.structure) == pytest.approx((structure - cell) / (worlds * replicates))
    assert float(found.parameters) == pytest.approx((world - cell - run + rest) / (replicates * structures))


def test_shares_of_tiny_effects_are_those_of_large_ones() -> None:
    values = np.random.default_rng(7).normal(size=(9, 2, 3)) + np.arange(9.0)[:, None, None]
    plain = share_intervals(values, 3, 40)
    for unit in (1e-200, 1e-3, 1e3):
        row = _row(unit * values, 3, 40)
        ends = [[row[f"{name}_{end}"] for name in ("luck", "parameters", "structure", "both")]
                for end in ("low", "high")]  # fmt: skip
        np.testing.assert_allclose(ends, plain, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("unit", [1.0, 1000.0])
def test_the_variance_of_a_row_is_that_of_its_components(unit: float) -> None:
    row, found = _row(unit * EFFECTS, 0, 20), components(unit * EFFECTS)
    parts = [float(part) for part in (found.parameters, found.structure, found.both)]
    assert row["variance"] == pytest.approx(sum(max(part, 0.0) for part in parts))
    assert row["effect"] == pytest.approx(unit * EFFECTS.mean())
