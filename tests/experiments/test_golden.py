"""Golden values: a few small runs made again, to the last bit; and what is told of one that moved."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.evidence import Evidence
from sim.evidence.posterior import Posterior, load_posterior
from sim.experiments.designs.structures import Structure
from sim.experiments.designs.study import Study
from sim.experiments.engine import ModelEngine
from sim.experiments.golden import (
    complaint,
    golden_study,
    golden_text,
    golden_values,
    moved,
    posterior_digest,
    table_digest,
)

GOLDEN = Path(__file__).parents[2] / "results" / "reference" / "golden.json"


class Keeping(ModelEngine):
    """The model, which keeps the starts of its worlds by their draw: most of the time goes there."""

    starts: dict[int, Any] = {}  # noqa: RUF012 (of this module's tests alone)

    def prepare(self, evidence: Any, world: Any, settings: Any, seed: int, draw: int) -> Any:
        if draw not in self.starts:
            self.starts[draw] = super().prepare(evidence, world, settings, seed, draw)
        return self.starts[draw]


@pytest.fixture(scope="module")
def kept() -> dict[str, Any]:
    return dict(json.loads(GOLDEN.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def study(evidence: Evidence, kept: dict[str, Any]) -> Study:
    posterior = load_posterior(evidence) if kept["worlds"] == "posterior" else None
    return golden_study(evidence, kept["worlds"], posterior)


@pytest.fixture(scope="module")
def first(study: Study, evidence: Evidence, kept: dict[str, Any]) -> tuple[Study, dict[str, Any]]:
    """The first world alone."""
    study = study.with_points(study.points.first(1))
    return study, kept | {"runs": [run for run in kept["runs"] if run["world"] == 0]}


def test_golden_values_are_made_again_to_the_bit(study: Study, evidence: Evidence, kept: dict[str, Any]) -> None:
    said = complaint(kept, golden_values(study, evidence, Keeping()))
    assert not said, said


@pytest.mark.parametrize("parameter", ["talent.beta", "startup.cost_border"])
def test_twin_a_parameter_changed_by_a_hundredth_is_seen(
    first: tuple[Study, dict[str, Any]], evidence: Evidence, parameter: str
) -> None:
    study, kept = first
    changed = replace(study, structure=Structure("changed", "a twin", factors={parameter: 1.01}))
    found = moved(kept, golden_values(changed, evidence, Keeping()))
    assert len({sentence.partition(",")[0] for sentence in found}) == len(study.scenarios)


def test_they_are_of_the_posterior_as_soon_as_there_is_one(kept: dict[str, Any]) -> None:
    wanted = "prior" if posterior_digest() is None else "posterior"
    renew = f"run_sim.py reference --only golden --world {wanted}"
    assert kept["worlds"] == wanted, f"the golden values are of the {kept['worlds']}: {renew}"


def test_who_moved_them_is_told_what_changed_and_what_to_do(kept: dict[str, Any]) -> None:
    assert complaint(kept, copy.deepcopy(kept)) == ""
    made = copy.deepcopy(kept)
    made["digests"]["model"] = made["digests"]["posterior"] = "other"
    assert complaint(kept, made) == ""  # values decide
    old = made["runs"][1]["outcomes"]["startup_jobs"]
    made["runs"][1]["outcomes"]["startup_jobs"] = new = float(np.nextafter(old, np.inf))
    scenario = made["runs"][1]["scenario"]
    assert complaint(kept, made) == (
        "Golden values moved: 1. Changed since they were made: the model, the posterior.\n"
        f"  {scenario}, world 0: startup_jobs was {old!r}, is {new!r}\n"
        f"If results are meant to change: make reference (quick: run_sim.py reference --only golden --world "
        f"{kept['worlds']}), with a line 'Results change:' in CHANGELOG.md."
    )
    made["digests"] = kept["digests"]
    assert "Nothing that they were made of has changed." in complaint(kept, made)
    told = {key: value for key, value in kept.items() if key != "arithmetic"}
    assert "Nothing that they were made of has changed." in complaint(told, made | {"arithmetic": {}})


@pytest.mark.parametrize("other", [{"machine": "another"}, {"arithmetic": {"log": "rounds otherwise"}}])
def test_other_arithmetic_may_differ_in_the_last_bits(kept: dict[str, Any], other: dict[str, Any]) -> None:
    kept = kept | {"arithmetic": {"log": "rounds so"}}
    made = copy.deepcopy(kept) | other
    run = made["runs"][0]
    run["tables"]["series"] = "other"
    run["outcomes"]["startup_jobs"] *= 1.0 + 1e-12
    assert moved(kept, made) == []
    run["outcomes"]["startup_jobs"] *= 1.0 + 1e-8
    assert len(moved(kept, made)) == 1
    del run["outcomes"]["startup_jobs"]
    assert moved(kept, made)[0].endswith("is not there")
    assert moved(kept, made | {"runs": made["runs"][1:]}) == ["the golden runs are others: other scenarios or worlds"]


def test_numbers_keep_their_bits_in_the_file_and_no_nonsense_is_kept() -> None:
    value = 0.1 + 2.0**-54
    assert json.loads(golden_text({"x": value}))["x"].hex() == value.hex()
    with pytest.raises(ValueError, match="not JSON compliant"):
        golden_text({"x": float("nan")})


def test_a_digest_of_a_table_sees_every_bit_name_and_order() -> None:
    table = pd.DataFrame({"place": ["lyon", "lille"], "count": [1, 2], "rent": [0.5, 0.25]})
    same = table.astype({"place": "category", "count": "int32"})
    others = [
        table.assign(rent=[0.5, np.nextafter(0.25, 1.0)]), table.assign(count=[1, 3]), table.iloc[::-1],
        table.assign(place=["lyon", "lilles"]), table.rename(columns={"count": "counts"}), table.iloc[:1],
    ]  # fmt: skip
    assert table_digest(same) == table_digest(table)
    assert len({table_digest(one) for one in [table, *others]}) == 7


def test_worlds_of_the_posterior_are_the_first_of_the_study_seed(evidence: Evidence) -> None:
    posterior = Posterior(("talent.beta",), np.array([[1.5], [1.6], [1.7], [1.8]]), {})
    study = golden_study(evidence, "posterior", posterior)
    assert [plan.draw for plan in study.worlds] == [0, 1, 2]
    values = [plan.overrides["talent.beta"] for plan in study.worlds]
    assert values == posterior.values[posterior.rows(2013, 3), 0].tolist()
