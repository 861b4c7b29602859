"""The house itself: files, names, imports, packaging and documents agree with what CONTRIBUTING.md says."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parent.parent
MOST_LINES = 300
LONG_FILES: dict[str, str] = {}  # file in sim/ above 300 lines: the reason why it stays one file
VAGUE_NAMES = {"utils", "util", "base", "misc", "common", "helpers"}
NEVER_IN_RESULTS_READERS = ("sim.model", "mesa", "numba")
# Written in pieces, so that this file does not find itself.
FORBIDDEN_TEXT = {
    "host of a package registry": re.compile(
        "|".join(["pypi" + r"\.org", "pythonhosted" + r"\.org", "anaconda" + r"\.org", "npmjs" + r"\.(org|com)"])
    ),
    "path of one machine": re.compile(r"(?<![\w.:/~}-])/(" + "home|Users|root|work|tmp|opt|mnt" + r")/\w"),
}


def sources() -> list[Path]:
    """Python files of the package, run_sim.py and the tests."""
    return [
        ROOT / "run_sim.py",
        *sorted((ROOT / "sim").rglob("*.py")),
        *sorted((ROOT / "tests").rglob("*.py")),
        *sorted((ROOT / "benchmarks").rglob("*.py")),
    ]


def shipped_files() -> list[Path]:
    """Files that git tracks or would track; without git, the files of the top folders."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
            cwd=ROOT, capture_output=True, text=True, check=True,
        ).stdout.split("\0")  # fmt: skip
        return [ROOT / name for name in listed if name and (ROOT / name).is_file()]
    except (OSError, subprocess.CalledProcessError):
        tops = ["sim", "tests", "scenarios", "docs", "benchmarks", "constraints", ".ci"]
        inside = [path for top in tops for path in (ROOT / top).rglob("*") if path.is_file()]
        return [path for path in ROOT.iterdir() if path.is_file()] + [p for p in inside if p.suffix != ".pyc"]


# --- checks: plain values in, one sentence per problem out -------------------------------------------------


def too_long(lines: Mapping[str, int], allowed: Mapping[str, str]) -> list[str]:
    """Files above the limit without a reason, and reasons no longer needed."""
    problems = [
        f"{name}: {count} lines, allowed {MOST_LINES}"
        for name, count in lines.items()
        if count > MOST_LINES and not allowed.get(name)
    ]
    stale = [name for name in allowed if lines.get(name, 0) <= MOST_LINES]
    return problems + [f"{name}: listed as long, but is not" for name in stale]


def vague(names: Iterable[str]) -> list[str]:
    """Module or folder names that say nothing."""
    return [name for name in names if VAGUE_NAMES & {part.removesuffix(".py") for part in Path(name).parts}]


def forbidden(text: str) -> list[str]:
    """Kinds of forbidden text found, with the text."""
    return [f"{kind}: {found[0]!r}" for kind, rule in FORBIDDEN_TEXT.items() if (found := rule.search(text))]


def imported_by(modules: Iterable[str]) -> set[str]:
    """Everything in ``sys.modules`` after importing ``modules`` in a new interpreter."""
    code = (
        "import importlib, json, sys\n"
        f"for name in {list(modules)!r}: importlib.import_module(name)\n"
        "print(json.dumps(sorted(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


def trespassing(loaded: Iterable[str]) -> list[str]:
    """Loaded modules that a reader of results must never need."""
    return [
        name
        for name in loaded
        if any(name == never or name.startswith(never + ".") for never in NEVER_IN_RESULTS_READERS)
    ]


def unnamed(words: Iterable[str], document: str) -> list[str]:
    """Commands or options that a document does not name in code type."""
    return [word for word in words if not re.search(rf"`[^`\n]*(?<![\w-]){re.escape(word)}(?![\w-])[^`\n]*`", document)]


def modules_in(folder: str) -> list[str]:
    """Dotted names of all modules in a folder of the package."""
    paths = sorted((ROOT / folder).rglob("*.py"))
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in paths]
    return [name.removesuffix(".__init__") for name in names]


def command_line() -> tuple[list[str], list[str]]:
    """Names of the commands, and of the long options of the main job and of every command."""
    import typer.main

    from sim.cli.app import app

    group = typer.main.get_command(app)
    commands: dict[str, object] = getattr(group, "commands")  # noqa: B009 (typer does not type it)
    owners = [group, *commands.values()]
    options = {
        option
        for owner in owners
        for parameter in getattr(owner, "params")  # noqa: B009
        for option in parameter.opts
        if option.startswith("--") and option not in {"--help", "--install-completion", "--show-completion"}
    }
    return sorted(commands), sorted(options)


# --- the house ---------------------------------------------------------------------------------------------


def test_files_are_short():
    paths = sorted((ROOT / "sim").rglob("*.py"))
    lines = {str(p.relative_to(ROOT)): len(p.read_text(encoding="utf-8").splitlines()) for p in paths}
    assert len(lines) > 20  # the check has something to look at
    assert too_long(lines, LONG_FILES) == []


def test_twin_long_file_and_stale_reason_are_found():
    assert too_long({"a.py": 301, "b.py": 300}, {}) == ["a.py: 301 lines, allowed 300"]
    assert too_long({"a.py": 301}, {"a.py": "one table"}) == []
    assert too_long({"b.py": 300}, {"b.py": "one table"}) == ["b.py: listed as long, but is not"]


def test_names_say_something():
    assert vague(str(path.relative_to(ROOT)) for path in sources()) == []


def test_twin_vague_names_are_found():
    assert vague(["sim/utils.py", "sim/base/rent.py", "sim/model/database.py"]) == [
        "sim/utils.py",
        "sim/base/rent.py",
    ]


def test_no_machine_path_and_no_registry_host():
    problems = []
    for path in shipped_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # pictures, parquet
        problems += [f"{path.relative_to(ROOT)}: {problem}" for problem in forbidden(text)]
    assert problems == []


@pytest.mark.parametrize("text", ["see https://pypi" + ".org/x", "open('/ho" + "me/ann/x')", "/wo" + "rk/data"])
def test_twin_forbidden_text_is_found(text):
    assert forbidden(text)


@pytest.mark.parametrize("text", ["https://example.org/home/page", "results/work/x", "$TMP/x", "and/or", "../opt/x"])
def test_harmless_text_passes(text):
    assert forbidden(text) == []


def test_readers_of_results_never_import_the_model():
    modules = modules_in("sim/analysis") + modules_in("sim/report") + modules_in("sim/dashboard")
    assert len(modules) > 3
    assert trespassing(imported_by(modules)) == []


def test_twin_an_import_of_the_model_is_found():
    found = trespassing(imported_by(["sim.model.flight"]))
    assert {"sim.model", "mesa", "numba"} <= set(found)
    assert trespassing(["numbagg", "mesa_reader", "sim.modelling"]) == []


def test_every_module_has_a_docstring():
    bare = [str(p.relative_to(ROOT)) for p in sources() if not ast.get_docstring(ast.parse(p.read_text("utf-8")))]
    assert bare == []


def test_documents_name_every_command():
    commands, options = command_line()
    assert {"run", "compare", "check", "describe"} <= set(commands)
    reference = (ROOT / "docs" / "commands.md").read_text("utf-8")
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert unnamed(commands, reference) == []
    assert unnamed(options, reference) == []
    assert unnamed(commands, changelog) == []


def test_twin_unnamed_command_is_found():
    assert unnamed(["run", "check"], "run it, `run_sim.py check` or `runner`") == ["run"]
    assert unnamed(["--worlds"], "`--worlds-of-mine 3`") == ["--worlds"]


def test_readme_names_every_make_target():
    targets = re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text("utf-8"), flags=re.MULTILINE)
    assert {
        "help",
        "setup",
        "run",
        "test",
        "lint",
        "format",
        "torture",
        "coverage",
        "mutations",
        "mutants",
        "bench",
        "reference",
        "docs",
        "clean",
    } == set(targets)
    documents = (ROOT / "README.md").read_text("utf-8") + (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    assert unnamed([f"make {target}" for target in targets], documents) == []


def test_continuous_integration_runs_the_readme_command():
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & 0o111
    assert script.read_text("utf-8").splitlines()[-1] == "exec make test"
    assert "make test" in (ROOT / "README.md").read_text("utf-8")


@pytest.mark.parametrize("name", ["py311.txt", "py313.txt"])
def test_constraints_are_names_and_versions_and_cover_the_dependencies(name):
    lines = (ROOT / "constraints" / name).read_text("utf-8").split()
    assert all(re.fullmatch(r"[a-z0-9_.-]+==[0-9][\w.]*", line) for line in lines)
    pinned = {line.split("==")[0].replace("_", "-") for line in lines}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = project["dependencies"] + project["optional-dependencies"]["test"]
    assert {re.split(r"[<>=]", item)[0] for item in asked} <= pinned


def test_data_files_are_part_of_the_package():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
    patterns = settings["package-data"]["*"]
    inside = [path for path in shipped_files() if path.is_relative_to(ROOT / "sim") and path.suffix != ".py"]
    assert inside
    assert [path.name for path in inside if not any(path.match(pattern) for pattern in patterns)] == []


def test_reference_results_are_small():
    files = [path for path in (ROOT / "results" / "reference").rglob("*") if path.is_file()]
    most = {path: 5_000_000 if path.suffix == ".html" else 2_000_000 for path in files}  # a page holds its figures
    assert [path.name for path in files if path.stat().st_size >= most[path]] == []
    assert sum(path.stat().st_size for path in files) < 12_000_000


# --- the tests' own ground ---------------------------------------------------------------------------------


def test_arithmetic_is_strict():
    with pytest.raises(FloatingPointError):
        np.array([1.0]) / np.array([0.0])
    with pytest.raises(FloatingPointError):
        np.exp(np.array([1000.0]))


def test_warnings_are_errors():
    import warnings

    with pytest.raises(UserWarning, match="loud"):
        warnings.warn("loud", stacklevel=1)
