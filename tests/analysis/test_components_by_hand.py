"""Components of one replicate are those of a two-way table, cell by cell; a variance has the square of the unit."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.variance_split import _row, components

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


@pytest.mark.parametrize("unit", [1.0, 1000.0])
def test_the_variance_of_a_row_is_that_of_its_components(unit: float) -> None:
    row, found = _row(unit * EFFECTS, 0, 20), components(unit * EFFECTS)
    parts = [float(part) for part in (found.parameters, found.structure, found.both)]
    assert row["variance"] == pytest.approx(sum(max(part, 0.0) for part in parts))
    assert row["effect"] == pytest.approx(unit * EFFECTS.mean())
