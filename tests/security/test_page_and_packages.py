"""The page on security is true: its tests exist, its packages are those of the project, the dashboard is shut."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from sim.cli import main
from sim.cli.dashboard import LOOPBACK, QUIET
from tests.security.watching import watched

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "security.md"
TOUCHES = ("nothing", "files", "network", "processes", "the terminal", "pickles")
CALLS_HOME = "import socket\nwith socket.socket() as s:\n    s.settimeout(0.1)\n    s.connect_ex(('127.0.0.1', 9))\n"
SHUT = {
    "server.enableXsrfProtection": "true", "server.enableCORS": "true", "server.maxUploadSize": "1",
    "server.enableStaticServing": "false", "browser.gatherUsageStats": "false", "client.showErrorDetails": "none",
}  # fmt: skip


def packages_told(page: str) -> dict[str, str]:
    """Package -> what the page says it touches, of both tables."""
    section = page.partition("## Packages")[2].partition("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|\n ").split("|")] for line in section.splitlines() if "|" in line]
    return {row[0]: row[-1] for row in rows if row[0] not in ("package", "---") and len(row) in (3, 4) and all(row)}


def untold(asked: Iterable[str], told: Mapping[str, str]) -> list[str]:
    """Packages of the project without a reason and what they touch; lines about packages that are gone."""
    names = {re.split(r"[<>=!~ ]", item)[0] for item in asked}
    odd = [name for name, touches in told.items() if not touches.startswith(TOUCHES)]
    return [*sorted(names - told.keys()), *sorted(told.keys() - names), *odd]


def project() -> tuple[list[str], dict[str, list[str]]]:
    """Requirements of the project and of its extras."""
    content = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return content["dependencies"], content["optional-dependencies"]


def test_every_package_has_its_reason_and_what_it_touches_and_is_pinned() -> None:
    needed, extras = project()
    asked = [*needed, *(item for some in extras.values() for item in some)]
    told = packages_told(PAGE.read_text("utf-8"))
    assert len(told) > 30
    assert untold(asked, told) == []
    for file in (ROOT / "constraints").glob("py*.txt"):
        pinned = {line.partition("==")[0].replace("_", "-") for line in file.read_text().split()}
        assert {name.lower() for name in told} <= pinned, file.name


def test_twin_a_package_without_a_line_and_a_line_without_its_package_are_found() -> None:
    told = {"numpy": "files: starts", "gone": "nothing", "odd": "whatever"}
    assert untold(["numpy>=2", "new-one>=1,<2"], told) == ["new-one", "gone", "odd", "odd"]


def test_tests_named_on_the_page_are_there() -> None:
    found = re.findall(r"\[`([\w.]+)`\]\(\.\./(tests/[\w/.]+)\)", PAGE.read_text("utf-8"))
    assert len(found) >= 15
    assert [path for name, path in found if not (ROOT / path).is_file() or Path(path).name != name] == []


def test_the_dashboard_is_shut_whatever_a_users_own_settings_say() -> None:
    options = dict(word.removeprefix("--").split("=") for word in QUIET)
    assert {name: options.get(name) for name in SHUT} == SHUT
    assert int(options["server.maxMessageSize"]) <= 50
    assert LOOPBACK == "127.0.0.1"


def calls_of(code: str) -> list[str]:
    """Whom a piece of code calls, and what it starts, in a process of its own."""
    watch = (
        "import sys\nfrom tests.security.watching import watched\nwith watched() as watch:\n    exec(sys.argv[1])\n"
        "print(watch.calls + watch.starts)\n"
    )
    done = subprocess.run([sys.executable, "-c", watch, code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return list(filter(None, [done.stdout.splitlines()[-1].strip("[]")]))


def test_a_command_calls_nobody_and_starts_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with watched() as watch:
        assert main(["check", str(ROOT / "scenarios" / "all_eight.toml")]) == 0
    assert (watch.calls, watch.starts, watch.paths) == ([], [], [])


@pytest.mark.torture
def test_importing_any_module_calls_nobody() -> None:
    paths = sorted((ROOT / "sim").rglob("*.py"))
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in paths]
    assert calls_of(f"import importlib\nfor name in {names!r}:\n    importlib.import_module(name)") == []


@pytest.mark.torture
def test_twin_a_call_is_seen() -> None:
    assert "socket.connect" in calls_of(CALLS_HOME)[0]
