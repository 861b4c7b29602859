"""From runs to tables: what is explained, what is not, and what then is written."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.analysis.sensitivity.outputs import Output, outputs_of, unit_cube
from sim.analysis.sensitivity.tables import TABLES, Job, explain, tables
from tests.analysis.sensitivity.known_functions import additive, parameter

WORLDS = 240
NAMES = [f"group.p{n}" for n in range(8)]


@pytest.fixture(scope="module")
def cube() -> np.ndarray:
    from scipy.stats import qmc

    return qmc.LatinHypercube(len(NAMES), rng=np.random.default_rng(1)).random(WORLDS)


def job(cube: np.ndarray, values: np.ndarray, seed: int = 1) -> Job:
    output = Output("r4", "startup_jobs", "effect", np.arange(len(values)), values)
    return Job(output, cube, tuple(parameter(name, 1.0, 3.0) for name in NAMES), seed)


@pytest.fixture(scope="module")
def found(cube: np.ndarray) -> dict[str, pd.DataFrame]:
    luck = np.random.default_rng(2).standard_normal(WORLDS)
    return tables([explain(job(cube, additive(cube) + 0.1 * luck))])


def order_problems(table: pd.DataFrame, column: str) -> list[str]:
    """Parameters that are not where their slopes put them."""
    return [f"{n}: {name}" for n, name in enumerate(table["parameter"].head(3)) if name != NAMES[n]] + [
        f"{n}: not sorted" for n in range(1, len(table)) if table[column].iloc[n] > table[column].iloc[n - 1]
    ]


def test_the_strongest_input_comes_first_in_every_table(found: dict[str, pd.DataFrame]) -> None:
    for name, column in (("morris", "mu_star"), ("sobol", "total")):
        assert order_problems(found[name], column) == []
        assert list(found[name].columns) == list(TABLES[name])
    row = found["tornado"].iloc[0]
    assert (row["parameter"], row["low"], row["high"]) == (NAMES[0], 1.1, 2.9)
    assert row["at_high"] - row["at_low"] == pytest.approx(0.9 * 4.0, abs=0.2)
    assert row["at_low_low"] < row["at_low"] < row["at_low_high"] < row["at_high_low"] < row["at_high_high"]
    first = found["sobol"].iloc[0]
    assert first["first_low"] < 16 / 21 < first["first_high"] + 0.02
    assert (found["sobol"]["reading"] == "").all()
    assert (found["sobol"]["status"] == "assumed").all()


def test_twin_swapped_columns_of_the_design_are_found(cube: np.ndarray) -> None:
    made = tables([explain(job(cube[:, [1, 0, *range(2, 8)]], additive(cube)))])
    assert order_problems(made["sobol"], "total") == [f"0: {NAMES[1]}", f"1: {NAMES[0]}"]


def test_noise_gets_a_sentence_and_no_index(cube: np.ndarray) -> None:
    made = tables([explain(job(cube, np.random.default_rng(3).standard_normal(WORLDS)))])
    assert made["emulators"]["q2"].iloc[0] < 0.7
    for name in ("morris", "sobol", "tornado"):
        (row,) = made[name].to_dict("records")
        assert row["reading"].startswith("emulator explains only ")
        assert row["reading"].endswith("% of the variance: no indices")
        numbers = [column for column in TABLES[name] if column not in ("n", "q2", "reading", *TABLES["emulators"][:5])]
        assert made[name][numbers].isna().all().all()


def test_a_share_just_below_is_not_rounded_up(monkeypatch: pytest.MonkeyPatch, cube: np.ndarray) -> None:
    from dataclasses import replace

    from sim.analysis.sensitivity import tables as module

    monkeypatch.setattr(module, "emulate", lambda *given: replace(emulated, q2=0.699))
    emulated = module.Emulated(_plane(cube), "none", 1.0, 1.0, 1.0)
    (row,) = tables([explain(job(cube, additive(cube)))])["sobol"].to_dict("records")
    assert row["reading"] == "emulator explains only 69% of the variance: no indices"


def _plane(cube: np.ndarray) -> object:
    from sim.analysis.calibration.emulator import fit

    return fit(cube[:60], additive(cube[:60]))


def test_what_never_moves_and_too_few_worlds_are_said(cube: np.ndarray) -> None:
    made = tables([explain(job(cube, np.zeros(WORLDS))), explain(job(cube[:20], additive(cube[:20])))])
    assert list(made["sobol"]["reading"]) == [
        "the same in every world: nothing to explain", "only 20 worlds: no emulator",
    ]  # fmt: skip
    assert made["sobol"]["parameter"].isna().all()


def test_inputs_that_act_together_have_larger_totals(cube: np.ndarray) -> None:
    made = tables([explain(job(cube, 4.0 * (cube[:, 0] - 0.3) * (cube[:, 1] - 0.3)))])
    rows = made["sobol"].set_index("parameter").loc[NAMES[:2]]
    assert (rows["total"] > rows["first"] + 0.1).all()


def runs() -> pd.DataFrame:
    rows = [(0, "baseline", 0, 10.0), (1, "r1", 0, 13.0), (2, "baseline", 1, 20.0), (3, "r1", 1, 19.0),
            (4, "baseline", 2, 5.0)]  # fmt: skip
    table = pd.DataFrame(rows, columns=["run", "scenario", "world", "startup_jobs"])
    return table.assign(replicate=0, public_cost=0.0)


def test_levels_and_paired_effects_world_by_world() -> None:
    level, cost, effect, _ = outputs_of(runs())
    assert (level.scenario, level.what, level.outcome) == ("baseline", "level", "startup_jobs")
    assert (level.worlds.tolist(), level.values.tolist()) == ([0, 1, 2], [10.0, 20.0, 5.0])
    assert (effect.scenario, effect.what) == ("r1", "effect")
    assert (effect.worlds.tolist(), effect.values.tolist()) == ([0, 1], [3.0, -1.0])  # unpaired world 2 is left out
    assert cost.outcome == "public_cost"


def test_values_become_shares_of_their_priors() -> None:
    parameters = {"a": parameter("a", 2.0, 6.0), "b": parameter("b", 1.0, 100.0, "loguniform")}
    worlds = pd.DataFrame(
        {"world": [0, 0, 0, 7, 7, 7], "parameter": ["a", "b", "fixed"] * 2, "value": [3.0, 10.0, 1.0, 6.0, 1.0, 1.0]}
    )
    cube = unit_cube(worlds, parameters)
    assert cube.index.tolist() == [0, 7]
    np.testing.assert_allclose(cube.to_numpy(), [[0.25, 0.5], [1.0, 0.0]])
    for name, known in parameters.items():
        u = unit_cube(pd.DataFrame({"world": [0], "parameter": [name], "value": [known.quantile(0.3)]}), {name: known})
        assert u[name].iloc[0] == pytest.approx(0.3)
