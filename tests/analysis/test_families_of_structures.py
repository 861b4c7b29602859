"""Changes between structures are held at once within their family: headlines together, all others together."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.analysis.intervals import arms, moments
from sim.analysis.simultaneous import critical_value
from sim.analysis.structures import structure_table

HEADLINE, OTHER = "startups_in_france", "startup_births"


def test_each_family_has_its_own_quantile() -> None:
    luck = np.random.default_rng(1)
    names = [(structure, scenario, outcome) for structure in ("reference", "other") for scenario in ("r1", "r2")
             for outcome in (HEADLINE, OTHER)]  # fmt: skip
    names.append(("other", "r3", OTHER))
    columns = pd.MultiIndex.from_tuples(names, names=["structure", "scenario", "outcome"])
    effects = pd.DataFrame(10.0 + luck.normal(size=(12, 9)), columns=columns)
    effects["reference", "r3", OTHER] = luck.normal(size=12)
    table = structure_table(effects, ("r1", "r2")).set_index(["structure", "scenario", "outcome"])
    for family, outcome, scenarios in (("headlines", HEADLINE, ["r1", "r2"]), ("others", OTHER, ["r1", "r2", "r3"])):
        changes = np.stack([effects["other", s, outcome] - effects["reference", s, outcome] for s in scenarios], axis=1)
        found = moments(changes)
        below, above = arms(found.n, found.skewness, critical_value(changes).value)
        rows = table.loc[[("other", s, outcome) for s in scenarios]]
        assert set(rows["family"]) == {family}
        np.testing.assert_allclose(rows["change"], changes.mean(axis=0))
        np.testing.assert_allclose(rows["change_joint_low"], found.mean - found.spread * below)
        np.testing.assert_allclose(rows["change_joint_high"], found.mean + found.spread * above)
    assert table["change_joint_low"].isna().sum() == 5  # the reference itself
