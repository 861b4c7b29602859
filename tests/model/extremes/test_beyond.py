"""Just beyond its ends every parameter, field of a lever and size of a run is refused with one sentence."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.cli import main
from sim.errors import MOST_PROBLEMS, InputError
from sim.evidence import Evidence
from sim.evidence.parameters import Parameter, column_problems
from sim.experiments.designs.structures import STRUCTURES
from sim.experiments.designs.study import BOUNDS, design
from sim.lever_tables import read_lever
from sim.model.levers import LEVERS
from sim.scenario import load_scenario
from sim.settings import Settings
from sim.shipped import SCENARIOS
from sim.world import central_world, override_problems
from tests.model.extremes.cases import lever_ends

HEAD = 'name = "far"\ntitle = "t"\nquestion = "q"\nexpected = "e"\n'
NUMBERS = [
    (key, name) for key, kind in LEVERS.items() for name, ends in lever_ends(kind).items() if ends[0] is not False
]


def beyond(parameter: Parameter) -> tuple[float, float]:
    """The numbers next to the two ends, outside; there is no number between."""
    return math.nextafter(parameter.low, -math.inf), math.nextafter(parameter.high, math.inf)


def far(parameter: Parameter) -> tuple[float, float]:
    """Numbers a millionth outside, which can be told from the ends when they are read."""
    step = 1e-6 * max(abs(parameter.low), abs(parameter.high), 1.0)
    return parameter.low - step, parameter.high + step


def test_every_parameter_takes_its_ends_and_nothing_beyond(evidence: Evidence) -> None:
    assert len(evidence.parameters) > 200
    for name, parameter in evidence.parameters.items():
        for value in (parameter.low, parameter.high):
            assert central_world(evidence, {name: value})[name] == value
        for value in (*beyond(parameter), *far(parameter), math.nan, math.inf, -math.inf, 10**400):
            (sentence,) = override_problems(evidence, {name: value})
            assert sentence.startswith(f"[world] '{name}': found "), sentence
            assert "allowed is" in sentence
            assert sentence.endswith(".")
            with pytest.raises(InputError):
                central_world(evidence, {name: value})


def test_a_posterior_beyond_the_priors_is_refused(evidence: Evidence) -> None:
    for name, parameter in evidence.parameters.items():
        inside = np.array([[parameter.low], [parameter.high]])
        assert column_problems(evidence.parameters, [name], inside, "posterior.csv") == []
        for value in (*beyond(parameter), math.nan):
            assert len(column_problems(evidence.parameters, [name], np.array([[value]]), "posterior.csv")) == 1


def test_a_scenario_file_beyond_all_ranges_has_a_sentence_each_and_exit_code_2(
    evidence: Evidence, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for side in (0, 1):
        values = {name: far(parameter)[side] for name, parameter in evidence.parameters.items()}
        for start in range(0, len(values), MOST_PROBLEMS):
            names = list(values)[start : start + MOST_PROBLEMS]
            world = "".join(f'"{name}" = {values[name]!r}\n' for name in names)
            (file := tmp_path / "far.toml").write_text(f"{HEAD}[world]\n{world}", encoding="utf-8")
            assert main(["check", str(file)]) == 2
            said = "".join(capsys.readouterr())
            assert all(said.count(f"'{name}': found") == 1 for name in names)


def test_every_field_of_a_lever_takes_its_ends_and_nothing_beyond(evidence: Evidence) -> None:
    assert len(NUMBERS) > 30
    for key, name in NUMBERS:
        low, high = (float(end) for end in lever_ends(LEVERS[key])[name])  # type: ignore[arg-type]
        whole = LEVERS[key].model_fields[name].annotation is int
        for value in (low, high):
            lever, problems = read_lever(key, {name: int(value) if whole else value}, LEVERS, evidence)
            assert lever is not None, problems
        outside = (int(low) - 1, int(high) + 1) if whole else (0.0 * low - 1e-12, math.nextafter(high, math.inf))
        for value in (*outside, math.nan, math.inf):
            lever, problems = read_lever(key, {name: value}, LEVERS, evidence)
            assert lever is None
            assert len(problems) == 1
            assert problems[0].startswith(f"levers.{key}.{name}: found "), problems


@pytest.mark.parametrize(
    ("field", "most"), [("talent_scale", 1000), ("startup_scale", 100), ("years", 100), ("threads", 64)]
)
def test_sizes_of_a_run_take_their_ends_and_nothing_beyond(field: str, most: int) -> None:
    for value in (1, most):
        assert getattr(Settings(**{field: value}), field) == value
    for value in (0, -1, most + 1, 2**63, 1.5, math.nan):
        with pytest.raises(InputError, match=f"--{field.replace('_', '-')}: found"):
            Settings(**{field: value})  # type: ignore[arg-type]


@pytest.mark.parametrize("name", BOUNDS)
def test_numbers_of_a_study_take_their_ends_and_nothing_beyond(evidence: Evidence, name: str) -> None:
    scenarios = [load_scenario(SCENARIOS / "baseline.toml", evidence)]
    low, high = BOUNDS[name]
    one: dict[str, Any] = {"seed": 1, "worlds": 1, "replicates": 1, "world_kind": "prior"}
    for value in (low - 1, high + 1):
        with pytest.raises(InputError, match=f"--{name}: found"):
            design(scenarios, Settings(years=1), **{**one, name: value})
    assert design(scenarios, Settings(years=1), **{**one, "seed": 0}).n_runs == 1
    assert design(scenarios, Settings(years=1), **{**one, "seed": 2**63 - 1}).n_runs == 1


def test_a_structure_may_lie_where_no_prior_reaches(evidence: Evidence) -> None:
    """Not a limit: a structure is another rule, and says so."""
    beyond_priors = {
        name
        for structure in STRUCTURES.values()
        for name, value in structure.of(central_world(evidence)).values.items()
        if not evidence.parameters[name].low <= value <= evidence.parameters[name].high
    }
    assert beyond_priors >= {"talent.nest", "startup.taste", "city.budget_eur_per_inhabitant"}
