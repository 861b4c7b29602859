"""Other processors, libraries and surroundings answer the same: to the last bit, or within the tolerance."""

from __future__ import annotations

import copy
import json
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sim.evidence import load_evidence
from sim.experiments.arithmetic import arithmetic
from sim.experiments.golden import TOLERANCE
from tests.experiments.environments import table
from tests.experiments.environments.answers import SMALL, small_cases
from tests.experiments.environments.comparing import compare
from tests.experiments.environments.environments import ENVIRONMENTS, GENERIC, OLDEST, Environment, answer


@pytest.fixture(scope="module")
def kept() -> dict[str, Any]:
    return table.kept_runs()


@pytest.mark.long
def test_an_old_processor_answers_within_the_tolerance(kept: dict[str, Any]) -> None:
    """One run in a process for which NumPy, linear algebra and C library forget what the processor can do."""
    variables = {name: value for name, value in OLDEST.items() if name not in GENERIC}  # compiled anew in the long form
    made = answer(Environment("old", variables), "--golden", "0", "--small", "1")
    found = compare(kept, made)
    assert found.runs == 1
    assert found.largest <= TOLERANCE, found
    assert made["arithmetic"]["sums"] == arithmetic()["sums"]
    if made["machine"] == kept["machine"] and kept["arithmetic"] == made["arithmetic"]:
        assert found.same


@pytest.mark.torture
def test_every_environment_keeps_its_promise(capsys: pytest.CaptureFixture[str]) -> None:
    code = table.main([])
    print(said := capsys.readouterr().out)
    assert code == 0, said


@pytest.mark.torture
def test_the_small_runs_are_those_kept(kept: dict[str, Any]) -> None:
    made = answer(ENVIRONMENTS[0], "--golden", "0")
    found = compare(kept, made)
    assert found.runs == SMALL
    assert found.same if made["arithmetic"] == kept["arithmetic"] else found.largest <= TOLERANCE


def test_the_small_runs_are_of_these_cases(kept: dict[str, Any]) -> None:
    cases = small_cases(load_evidence())
    assert len(cases) == SMALL
    assert [run["name"] for run in kept["runs"]] == [f"{case.stratum}: {case.what}" for case in cases]
    assert {case.settings.talent_scale for case in cases} >= {40, 1000}
    values = [value for run in kept["runs"] for value in run["outcomes"].values()]
    assert len(values) > 200
    assert all(math.isfinite(value) for value in values)


def test_twins_a_bit_a_table_or_a_missing_outcome_is_seen(kept: dict[str, Any]) -> None:
    assert compare(kept, kept).same
    other = copy.deepcopy(kept)
    run = other["runs"][1]
    name = next(name for name, value in run["outcomes"].items() if value > 0.0)
    run["outcomes"][name] = float(np.nextafter(run["outcomes"][name], math.inf))
    found = compare(kept, other)
    assert not found.same
    assert (set(found.outcomes), found.tables) == ({name}, 0)
    assert 0.0 < found.largest < 3e-16
    strict, lax = ENVIRONMENTS[0], replace(ENVIRONMENTS[0], same=False)
    assert table.broken(strict, found)
    assert not table.broken(lax, found)
    run["outcomes"][name] *= 1.0 + 1e-8
    assert table.broken(lax, compare(kept, other))
    del run["outcomes"][name]
    assert compare(kept, other).largest == math.inf
    other["runs"][2]["tables"]["series"] = "another"
    assert compare(kept, other).tables == 1
    assert table.broken(lax, compare(kept, {**other, "runs": []}))


def test_rounding_otherwise_is_told(kept: dict[str, Any]) -> None:
    other = {**kept, "arithmetic": {**kept["arithmetic"], "log": "another"}}
    assert compare(kept, other).rounds == ("log",)
    row = table.row(ENVIRONMENTS[0], compare(kept, other))
    assert row == ("as it is", str(len(kept["runs"])), "the same to the last bit", "", "log")


def test_the_file_of_small_runs_is_as_it_is_written(kept: dict[str, Any]) -> None:
    assert table.small_text(kept) == table.KEPT.read_text(encoding="utf-8")
    golden = {"name": "golden baseline 0", "outcomes": {}, "tables": {}}
    assert table.small_text({**kept, "runs": [*kept["runs"], golden]}) == table.small_text(kept)
    with pytest.raises(ValueError, match="not JSON compliant"):
        table.small_text({"runs": [], "x": math.nan})
    assert json.loads(table.KEPT.read_text(encoding="utf-8")) == kept
