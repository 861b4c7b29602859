"""What can be named is described: public names, commands, levers, outcomes, processes, parameters, docstrings."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable

import pytest
import yaml

import sim
from sim.analysis.outcomes import OUTCOMES
from sim.evidence import Evidence
from sim.extensions.declaring import PROCESSES, Extension
from sim.model.levers import LEVERS
from tests.test_house import ROOT, command_line, unnamed

DOCS = ROOT / "docs"


def bare(source: str, where: str) -> list[str]:
    """Public modules, classes, functions and methods of a source that have no docstring.

    Methods that a base class describes (``apply``, ``charges``, ``reach`` of levers) are left out by their class.
    """
    tree = ast.parse(source)
    found = [] if ast.get_docstring(tree) else [where]

    def look(node: ast.AST, inside: str, inherits: bool) -> None:
        for child in ast.iter_child_nodes(node):
            if not isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            told = ast.get_docstring(child) or any(_name(one) == "overload" for one in child.decorator_list)
            method = inherits and isinstance(child, ast.FunctionDef)
            if not child.name.startswith("_") and not told and not method:
                found.append(f"{inside}.{child.name}")
            if isinstance(child, ast.ClassDef) and not child.name.startswith("_"):
                look(child, f"{inside}.{child.name}", any(_name(base) == "Lever" for base in child.bases))

    look(tree, where, False)
    return found


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def guides() -> str:
    """All documents that are written by hand or by a command, one after the other."""
    paths = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.rglob("*.md"))]
    return "\n".join(path.read_text("utf-8") for path in paths)


def untold(words: Iterable[str], text: str) -> list[str]:
    """Words that a text does not hold in code type."""
    spans = "\n".join(re.findall(r"`([^`\n]+)`", text))
    told = set(re.findall(r"[\w.-]+", spans))
    return [word for word in words if word not in told]


def test_every_public_piece_has_a_docstring() -> None:
    paths = sorted((ROOT / "sim").rglob("*.py"))
    assert len(paths) > 300
    found = [one for path in paths for one in bare(path.read_text("utf-8"), path.relative_to(ROOT).as_posix())]
    assert found == []


@pytest.mark.parametrize("name", ["run", "compare", "load_scenario", "describe", "extend", "start_model", "measure"])
def test_twin_a_deleted_docstring_is_found(name: str) -> None:
    for path in (ROOT / "sim" / "interface").glob("*.py"):
        source = path.read_text("utf-8")
        tree = ast.parse(source)
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name == name:
                node.body = node.body[1:] or [ast.Pass()]
                assert bare(ast.unparse(tree), "x") == [f"x.{name}"]
                return
    pytest.fail(f"{name} is nowhere")


def test_public_names_are_in_the_guide_and_say_what_they_do() -> None:
    guide = (DOCS / "python.md").read_text("utf-8")
    assert unnamed([f"sim.{name}" for name in sim.__all__], guide) == []
    for name in sim.__all__:
        thing = getattr(sim, name)
        assert name == "__version__" or len((thing.__doc__ or "").strip()) > 40, name
    for name in ("run", "compare", "load_scenario", "describe", "extend", "start_model", "measure"):
        doc = getattr(sim, name).__doc__
        assert ">>> " in doc, f"{name}: no example"
        arguments = [word for word in getattr(sim, name).__annotations__ if word != "return"]
        assert [word for word in arguments if f"{word}:" not in doc.replace("*", "") and word != "name"] == []


def test_twin_a_name_that_the_guide_lacks_is_found() -> None:
    assert unnamed(["sim.read", "sim.write"], "use `sim.read(folder)` or sim.write") == ["sim.write"]
    assert untold(["talent.beta", "talent.b"], "| `talent.beta` | talent.b |") == ["talent.b"]


def test_levers_outcomes_processes_parameters_and_commands_are_told(evidence: Evidence) -> None:
    text = guides()
    for names in (LEVERS, OUTCOMES, PROCESSES, evidence.parameters, command_line()[0]):
        assert len([*names]) > 5
        assert untold(names, text) == []
    for lever in LEVERS.values():
        assert lever.__doc__
        assert all(field.description for field in lever.model_fields.values()), lever.key
    assert all(outcome.description for outcome in OUTCOMES.values())
    assert all(parameter.label and parameter.source for parameter in evidence.parameters.values())


def test_the_command_line_explains_itself() -> None:
    import typer.main

    from sim.cli.app import app

    group = typer.main.get_command(app)
    for name, command in {"main job": group, **getattr(group, "commands")}.items():  # noqa: B009
        assert command.help, name
        for option in command.params:
            assert getattr(option, "help", None) or option.param_type_name == "argument", f"{name} {option.name}"
    assert unnamed(command_line()[1], guides()) == []


def test_the_guide_to_extensions_names_every_kind_and_example() -> None:
    guide = (DOCS / "extending.md").read_text("utf-8")
    kinds = [name for name, value in vars(Extension).items() if callable(value) and not name.startswith("_")]
    assert sorted(kinds) == ["evidence", "lever", "outcome", "process"]
    assert untold(PROCESSES, guide) == []
    for path in (DOCS / "examples").glob("*.py"):
        assert f"(examples/{path.name})" in guide


def test_citation_names_the_version_and_what_the_format_asks_for() -> None:
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert cited["cff-version"] == "1.2.0"
    assert {"message", "title", "authors", "type", "license", "version"} <= cited.keys()
    assert cited["version"] == sim.__version__
    assert all("name" in author or "family-names" in author for author in cited["authors"])
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["name"] in cited["title"]
    assert project["license"] == cited["license"]


def test_hooks_are_local_and_those_of_the_make_target() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"]
    assert [repository["repo"] for repository in hooks] == ["local"]
    assert [hook["id"] for hook in hooks[0]["hooks"]] == ["ruff", "ruff-format", "mypy"]
    assert all(hook["entry"].startswith(".venv/bin/python -m ") for hook in hooks[0]["hooks"])


COMPLETE = """
import os, sys
from sim.cli import main
sys.argv = ["talent-flight", "--version"]  # which is all that happens where nothing is completed
for asked in ("source_bash", "source_zsh", "complete_bash"):
    os.environ["_TALENT_FLIGHT_COMPLETE"] = asked
    assert main() == 0
"""


def test_a_shell_completes_the_installed_command() -> None:
    words = {"COMP_WORDS": "talent-flight new", "COMP_CWORD": "1"}
    done = subprocess.run(
        [sys.executable, "-c", COMPLETE], cwd=ROOT, capture_output=True, text=True, check=False,
        env={**os.environ, **words},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "complete -o" in done.stdout
    assert "#compdef talent-flight" in done.stdout
    assert done.stdout.splitlines()[-1] == "new-scenario"
