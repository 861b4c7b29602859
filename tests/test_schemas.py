"""Schemas for editors are those of the loaders, take every shipped file, and refuse what the loaders refuse."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from sim.cli import main
from sim.cli.writing import schema_text
from sim.evidence import Evidence
from sim.experiments.designs import limits, study, sweep_file, sweep_policies, sweep_worlds
from sim.extensions.active import deactivate
from sim.model.levers import LEVERS
from sim.scenario import OPTIONAL, REQUIRED
from tests.test_house import ROOT

FOLDER = ROOT / "scenarios"
FILES = {
    "scenario": [*FOLDER.glob("*.toml"), *FOLDER.glob("drivers/*.toml"), *(ROOT / "docs/examples").glob("*.toml")],
    "sweep": [*FOLDER.glob("sweeps/*.toml")],
}
HEAD = 'name = "a"\ntitle = "t"\nquestion = "q"\nexpected = "e"\n'
SWEEP = 'name = "a"\ntitle = "t"\nquestion = "q"\n[policies]\nscenarios = ["baseline"]\n'
WRONG = {
    "scenario": [
        'title = "t"', f"{HEAD}nonsense = 1", f"{HEAD}[levers.placebbo]", f"{HEAD}[levers.placebo]\nstrength = 2.0",
        f"{HEAD}[levers.placebo]\nstart = '2012Q1'", f"{HEAD}[levers.placebo]\nplaces = ['london']",
        f"{HEAD}[levers.placebo]\nplaces = []", f"{HEAD}[levers.ultra_broadband]\nfibre = 'yes'",
        f"{HEAD}[levers.label_network.label_dates]\nlion = '2014Q1'", f"{HEAD}[world]\n'talent.beta' = 1e9",
        f"{HEAD}[world]\ntalent.betta = 1.0", f"{HEAD}[world.talent]\nbeta = 'x'", f"{HEAD}recommendation = 'R9'",
        f"{HEAD}provenance = 'B'", f"{HEAD}rivals_respond = 1", f"{HEAD}extensions = 'x.py'",
    ],
    "sweep": [
        'name = "a"', f"{SWEEP}nonsense = 1", f"{SWEEP}[worlds]\ndesign = 'sobool'", f"{SWEEP}[runs]\nyears = 0",
        f"{SWEEP}[worlds]\ndesign = 'sobol'\nsize = 0", f"{SWEEP}[keep]\nserious = true",
        f"{SWEEP}[worlds.parameters]\n'talent.beta' = {{ steps = 1 }}", f"{SWEEP}[limits]\nseconds_per_run = 0",
        f"{SWEEP}[[policies.variants]]\nscenario = 'baseline'",
        f"{SWEEP}[until]\noutcome = 'nothing'\nscenario = 'x'\nhalf_width = 1.0",
    ],
}  # fmt: skip
RIGHT = {
    "scenario": [
        f"{HEAD}[world]\ntalent.beta = 1.5\n'startup.cost_border' = 6.0", f"{HEAD}provenance = 'A8, R'",
        f"{HEAD}[levers.label_network]\nstart = '2013Q3'\nlabel_dates = {{ lyon = '2014Q4' }}",
        f"{HEAD}[levers.placebo]\nstrength = 1\nplaces = ['lyon']",
    ],
    "sweep": [
        f"{SWEEP}[worlds]\ndesign = 'sobol'\nsize = 8\nparameters = ['talent.*', 'startup.cost_border']",
        f"{SWEEP}[worlds]\ndesign = 'sobol'\nsize = 8\nparameters = 'assumed'\n[limits]\ndisk = '5 GB'",
        f"{SWEEP}[worlds]\ndesign = 'grid'\n[worlds.parameters]\n'talent.*' = {{ steps = 3 }}",
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def checkers() -> dict[str, Any]:
    contents = {kind: json.loads(schema_text(kind)) for kind in FILES}
    for content in contents.values():
        jsonschema.Draft7Validator.check_schema(content)
    return {kind: jsonschema.Draft7Validator(content) for kind, content in contents.items()}


@pytest.mark.parametrize("kind", FILES)
def test_the_committed_schema_is_the_generated_one(kind: str) -> None:
    path = FOLDER / "schemas" / f"{kind}.schema.json"
    renew = f"python run_sim.py schema {kind} --out {path.relative_to(ROOT)}"
    assert path.read_text("utf-8") == schema_text(kind), f"renew it: {renew}"


@pytest.mark.parametrize("kind", FILES)
def test_every_shipped_file_fits(kind: str, checkers: dict[str, Any]) -> None:
    assert len(FILES[kind]) >= 10
    deactivate()
    for path in FILES[kind]:
        if path.stem == "welcome_desk":  # its lever comes from an extension, as the next test shows
            continue
        problems = [error.message for error in checkers[kind].iter_errors(tomllib.loads(path.read_text("utf-8")))]
        assert problems == [], path


@pytest.mark.parametrize("kind", FILES)
def test_twin_wrong_files_do_not_fit_and_right_ones_do(kind: str, checkers: dict[str, Any]) -> None:
    for text in WRONG[kind]:
        assert not checkers[kind].is_valid(tomllib.loads(text)), text
    for text in RIGHT[kind]:
        assert [error.message for error in checkers[kind].iter_errors(tomllib.loads(text))] == [], text


def test_levers_of_extensions_are_in_the_schema(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    example = ROOT / "docs" / "examples" / "welcome_desk"
    out = tmp_path / "mine.schema.json"
    assert main(["schema", "--out", str(out), "--extension", f"{example}.py"]) == 0
    deactivate()
    content = tomllib.loads(example.with_suffix(".toml").read_text("utf-8"))
    assert jsonschema.Draft7Validator(json.loads(out.read_text("utf-8"))).is_valid(content)
    assert capsys.readouterr().out == f"  {out}\n"


def test_the_schemas_have_the_keys_of_the_loaders(evidence: Evidence, checkers: dict[str, Any]) -> None:
    scenario, sweep = (checkers[kind].schema["properties"] for kind in ("scenario", "sweep"))
    assert set(scenario) == {*REQUIRED, *OPTIONAL}
    assert set(scenario["levers"]["properties"]) == set(LEVERS)
    for key, lever in LEVERS.items():
        assert set(scenario["levers"]["properties"][key]["properties"]) == set(lever.model_fields)
    assert set(sweep) == set(sweep_file.KEYS)
    tables = {"policies": sweep_policies.KEYS, "worlds": sweep_worlds.KEYS, "runs": sweep_file.RUNS,
              "until": sweep_file.UNTIL, "keep": study.GRAINS, "limits": limits.KEYS}  # fmt: skip
    for name, keys in tables.items():
        assert set(sweep[name]["properties"]) == set(keys)
    for checker in checkers.values():
        assert set(checker.schema["definitions"]) == set(evidence.parameters)
        assert silent(checker.schema) == []


def silent(schema: dict[str, Any], where: str = "") -> list[str]:
    """Properties that say nothing to who hovers over them."""
    found = []
    for name, node in schema.get("properties", {}).items():
        if not node.get("description") and "$ref" not in node:
            found.append(f"{where}{name}")
        found += silent(node, f"{where}{name}.")
    return found


def test_twin_a_property_without_a_description_is_found() -> None:
    inner = {"properties": {"b": {"type": "string"}}, "description": "x"}
    assert silent({"properties": {"a": inner, "c": {}}}) == ["a.b", "c"]


@pytest.mark.parametrize("lever", [None, *LEVERS])
def test_a_new_scenario_is_accepted_with_and_without_its_comments(
    lever: str | None, tmp_path: Path, checkers: dict[str, Any], capsys: pytest.CaptureFixture[str], evidence: Evidence
) -> None:
    from sim.scenario import load_scenario

    asked = [] if lever is None else ["--lever", lever]
    assert main(["new-scenario", "mine", "--folder", str(tmp_path), *asked]) == 0
    path = tmp_path / "mine.toml"
    assert capsys.readouterr().out == f"  {path}\n"
    text = path.read_text("utf-8")
    assert text.startswith("#:schema file://")
    (built,) = load_scenario(path, evidence).levers
    assert built == LEVERS[lever or "simplification"]()
    filled = {line[2:].partition(" = ")[0] for line in text.splitlines() if line.startswith("# ") and " = " in line}
    assert set(LEVERS[built.key].model_fields) <= filled
    assert checkers["scenario"].is_valid(tomllib.loads(text))
    # Its comments are TOML, too: each line by itself is one that the loader takes.
    for line in text.splitlines():
        if line.startswith("# ") and " = " in line and not line.startswith("# end"):
            assert tomllib.loads(line[2:])


def test_a_new_scenario_never_takes_the_place_of_another(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.toml").write_text("mine", "utf-8")
    asked = ["new-scenario", "mine", "--folder", str(tmp_path), "--lever", "placebbo"]
    assert main(asked) == 2
    first, second = capsys.readouterr().err.splitlines()
    assert first == "--lever: unknown lever 'placebbo'; did you mean 'placebo'?"
    assert second == f"{tmp_path / 'mine.toml'}: there is such a file; give the scenario another name."
    assert (tmp_path / "mine.toml").read_text("utf-8") == "mine"
    assert main(["new-scenario", "Mine!", "--folder", str(tmp_path / "none")]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 2
