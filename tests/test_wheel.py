"""The wheel: what it holds, here; that it runs in an empty environment far from the repository, by ``make torture``."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.test_house import ROOT, shipped_files

PARTS = ("sim", "scenarios", "setup.py", "pyproject.toml", "README.md", "LICENSE")


def copied(folder: Path) -> Path:
    """Return a copy of what a build needs: building in the checkout would leave its traces there."""
    for path in shipped_files():
        inside = path.relative_to(ROOT)
        if inside.parts[0] in PARTS:
            (folder / inside).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, folder / inside)
    return folder


def built(source: Path, out: Path) -> Path:
    """Build a wheel with the setuptools at hand; return it."""
    command = [sys.executable, "-W", "ignore", "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation",
               "--disable-pip-version-check", "--no-index", "--wheel-dir", str(out), "."]  # fmt: skip
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = out.glob("*.whl")
    return wheel


def missing(names: set[str]) -> list[str]:
    """Files of the project that a wheel with these names lacks, or has in a place where none belongs."""
    wanted = {
        f"sim/{path.relative_to(ROOT).as_posix()}" if top == "scenarios" else path.relative_to(ROOT).as_posix()
        for path in shipped_files()
        if (top := path.relative_to(ROOT).parts[0]) in ("sim", "scenarios")
    }
    strange = [name for name in names if not re.match(r"sim/|talent_flight-[^/]*\.dist-info/", name)]
    return sorted(wanted - names) + [f"not expected: {name}" for name in strange]


@pytest.mark.long
def test_the_wheel_holds_package_scenarios_and_command(tmp_path: Path) -> None:
    wheel = built(copied(tmp_path / "source"), tmp_path / "dist")
    version = re.search(r'__version__ = "(.*)"', (ROOT / "sim/__init__.py").read_text("utf-8"))
    assert version is not None
    assert wheel.name == f"talent_flight-{version[1]}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as held:
        names = set(held.namelist())
        (points,) = [held.read(name).decode() for name in names if name.endswith("entry_points.txt")]
    assert missing(names) == []
    assert "talent-flight = sim.cli:main" in points
    assert "sim/py.typed" in names
    assert "sim/scenarios/baseline.toml" in names


def test_twin_a_wheel_without_scenarios_or_with_tests_is_found_out() -> None:
    names = {path.relative_to(ROOT).as_posix() for path in shipped_files() if path.is_relative_to(ROOT / "sim")}
    assert "sim/scenarios/drivers/equal_taxation.toml" in missing(names)
    assert "not expected: tests/test_wheel.py" in missing({*names, "tests/test_wheel.py"})


def test_a_command_outside_a_checkout_finds_shipped_scenarios(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.shipped import SCENARIOS, shipped_file

    monkeypatch.chdir(tmp_path)
    for asked in ("baseline", "baseline.toml", "scenarios/baseline.toml"):
        assert shipped_file(Path(asked)) == SCENARIOS / "baseline.toml"
    assert shipped_file(Path("sweeps/screening")) == SCENARIOS / "sweeps" / "screening.toml"
    (tmp_path / "baseline.toml").touch()
    assert shipped_file(Path("baseline.toml")) == Path("baseline.toml")
    for asked in ("none.toml", "schemas/scenario.schema.json", "drivers"):
        assert shipped_file(Path(asked)) == Path(asked)


def test_the_console_command_is_the_one_of_run_sim() -> None:
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
    assert scripts == {"talent-flight": "sim.cli:main"}
    assert "from sim.cli import main" in (ROOT / "run_sim.py").read_text("utf-8")


EXAMPLES = """
import doctest, pathlib, sys
import sim
from sim.interface import choosing, one_model, running
assert "site-packages" in sim.__file__, sim.__file__
found = [doctest.testmod(m, optionflags=doctest.ELLIPSIS) for m in (choosing, one_model, running)]
sys.exit(sum(one.failed for one in found) or (sum(one.attempted for one in found) < 10))
"""


@pytest.mark.torture
def test_the_wheel_runs_in_an_empty_environment(tmp_path: Path) -> None:
    wheel = built(copied(tmp_path / "source"), tmp_path / "dist")
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "empty")], check=True)
    python, command = (tmp_path / "empty" / "bin" / name for name in ("python", "talent-flight"))
    constraints = ROOT / "constraints" / f"py{sys.version_info.major}{sys.version_info.minor}.txt"
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", str(wheel), "-c"]
    subprocess.run([*install, str(constraints)], check=True)
    (there := tmp_path / "elsewhere").mkdir()
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    environment["TALENT_FLIGHT_STARTS"] = str(tmp_path / "starts")

    def ran(*words: object) -> str:
        done = subprocess.run(
            [str(word) for word in words], cwd=there, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    size = ("--years", 1, "--talent-scale", 400, "--startup-scale", 20)
    assert "0.1.0" in ran(command, "--version")
    ran(command, *size, "--worlds", 2)
    assert (there / "results" / "main" / "report.html").is_file()
    assert "are the same to the byte" in ran(command, "verify", "results/main", "--runs", 2)
    ran(command, "new-scenario", "mine", "--lever", "zone_exemption")
    ran(command, "check", "mine.toml")
    ran(
        command, "compare", "baseline", "mine.toml", "--world", "central", "--worlds", 1, *size, "--out", "results/mine"
    )
    assert (there / "results" / "mine" / "rapport.html").is_file()
    ran(python, "-c", EXAMPLES)
    refused = subprocess.run([str(command), "calibrate"], cwd=there, capture_output=True, text=True, check=False)
    assert refused.returncode == 2
    assert refused.stderr == "'calibrate' reads and renews files of the project; run it in a checkout of its sources.\n"
