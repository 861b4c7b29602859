"""The engine does what ODD says: a plain model written from ODD alone gives the same people, firms and prices."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from sim.settings import Settings
from tests.twin.runs import CASES, SCENARIOS, TINY, first_differences

HERE = Path(__file__).parent
HARNESS = ("runs.py", "comparing.py", "short_form.py")
POLICIES = sorted(
    path.relative_to(SCENARIOS).with_suffix("").as_posix()
    for path in SCENARIOS.rglob("*.toml")
    if path.stem != "baseline" and path.parent.name != "sweeps"  # designs of many runs, not scenarios
)
# Fields of levers that no scenario of the project uses.
CASES_OF_FIELDS = sorted(path.stem for path in CASES.glob("*.toml"))


@pytest.mark.parametrize(("world", "quarters"), [("central", 12), ("busy", 16), (1, 8)])
def test_baseline_is_the_same(world, quarters):
    assert first_differences(quarters, world) is None


@pytest.mark.parametrize("scenario", POLICIES)
def test_policies_are_the_same(scenario):
    assert first_differences(10, "busy", scenario) is None


@pytest.mark.parametrize("scenario", [None, "all_eight_rivals", *CASES_OF_FIELDS])
@pytest.mark.parametrize("world", ["busy", "central"])
def test_tiny_worlds_are_the_same(world, scenario):
    """So few agents that rules may go on as plain Python: the first that changes of rules meet (tests/mutants)."""
    assert first_differences(8, world, scenario, settings=TINY) is None


@pytest.mark.torture
@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("world", ["central", "busy", 2])
@pytest.mark.parametrize("scenario", [None, *POLICIES, *CASES_OF_FIELDS])
def test_policies_are_the_same_over_ten_years(scenario, world, seed):
    assert first_differences(40, world, scenario, seed) is None


@pytest.mark.torture
@pytest.mark.parametrize("scenario", [None, "all_eight_rivals"])
def test_larger_populations_are_the_same(scenario):
    settings = Settings(talent_scale=100, startup_scale=5, years=10)
    assert first_differences(12, "busy", scenario, settings=settings) is None


def imports_of(path):
    """Return the modules a file imports."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append(node.module or "")
    return found


def rules_of_the_twin():
    return [path for path in sorted(HERE.glob("**/*.py")) if path.name not in HARNESS and "test_" not in path.name]


SHARED = {"draws.py": {"sim.model.randomness", "numpy"}, "arithmetic.py": {"sim.model.arithmetic"}}


def test_rules_of_the_twin_share_only_draws_and_logarithm_with_the_engine():
    for path in rules_of_the_twin():
        shared = [name for name in imports_of(path) if name.startswith("sim") or name == "numpy"]
        assert set(shared) <= SHARED.get(path.name, set()), path.name
