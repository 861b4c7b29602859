"""Fields of a lever from outside: those that a file can hold, and how schema, tables and new scenarios write them."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.cli import main
from sim.errors import InputError
from sim.extensions.active import activate, deactivate
from sim.lever_tables import allowed
from sim.model.levers import LEVERS
from tests.extensions.test_refused import HEAD, lever

MORE = "from enum import Enum\nfrom typing import Annotated, Literal\nfrom pydantic import Field\n"
MODE = "class Mode(Enum):\n    A = 'a'\n"
GOOD = """
    cap: float = Field(float("inf"), description="cap")
    kind: Literal["point", "line"] = Field("point", description="kind")
    most: float | None = Field(None, description="most")
    towns: Annotated[tuple[str, ...], Field(strict=False)] = Field(("a",), description="towns")
    table: dict[str, float] = Field({"a b": 1.0}, description="table")
    made: dict[str, float] = Field(default_factory=dict, description="made")
    kick_start: float = Field(1.5, description="a number")
"""
BAD = {
    "budget: float = Field(ge=0.0)": "budget: no default; with one for every field [levers.mine] alone is a policy.",
    "mode: Mode = Mode.A": "mode: found the default <Mode.A: 'a'>; allowed are numbers, true or false",
    "mode: Mode | None = None": "found fields of the kind Mode; allowed are numbers",
    "towns: Annotated[tuple[str, ...], Field(strict=False)] = ['a']": "towns: found the default ['a']; allowed are num",
    "share: float = 'a half'": "share: found the default 'a half'; allowed are numbers",
    "towns: tuple[str, ...] = ('a',)": "towns: found the default ('a',); allowed are numbers",
}


@pytest.fixture(autouse=True)
def none_left() -> Iterator[None]:
    deactivate()
    yield
    deactivate()


def written(folder: Path, fields: str) -> Path:
    text = lever().removeprefix(HEAD).replace("    def apply", f"    {fields.strip()}\n    def apply")
    (file := folder / "mine.py").write_text(HEAD + MORE + MODE + text, "utf-8")
    return file


@pytest.mark.parametrize("field", BAD)
def test_a_field_that_no_file_can_hold_is_refused(field: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        activate(str(written(tmp_path, field)))
    (problem,) = refused.value.problems
    assert f"lever 'mine': {BAD[field]}" in problem


def test_all_that_toml_holds_is_written_as_toml_and_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path, GOOD)
    activate(str(file))
    takes = {name: allowed(info, name) for name, info in LEVERS["mine"].model_fields.items()}
    assert takes["kind"] == 'one of "point", "line"'
    assert [takes[name] for name in ("cap", "most", "kick_start")] == ["a number"] * 3
    assert (takes["towns"], takes["table"], takes["start"]) == (
        "a list", "a table", 'a quarter in quotes, such as "2014Q1"',
    )  # fmt: skip
    assert main(["schema", "--extension", str(file)]) == 0
    said = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    fields = said["properties"]["levers"]["properties"]["mine"]["properties"]
    assert "default" not in fields["cap"]
    assert fields["kick_start"]["type"] == "number"
    assert (fields["made"]["default"], fields["towns"]["default"]) == ({}, ["a"])
    assert main(["describe", "levers", "mine", "--csv", "--extension", str(file)]) == 0
    assert "Undefined" not in capsys.readouterr().out

    asked = ["new-scenario", "desk", "--folder", str(tmp_path), "--lever", "mine", "--extension", str(file)]
    assert main(asked) == 0
    text = (tmp_path / "desk.toml").read_text("utf-8")
    assert "#:schema" not in text.splitlines()[0].split(";")[0]  # the shipped one does not know this lever
    lines = text[text.index("[levers.mine]") :].splitlines()[1:]
    held = tomllib.loads("\n".join(line.removeprefix("# ") for line in lines if "none: to the" not in line))
    assert held["cap"] == float("inf")
    assert held["table"] == {"a b": 1.0}
    assert main(["check", str(tmp_path / "desk.toml")]) == 0
    capsys.readouterr()


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (["dashboard"], "'dashboard' is about the project's own model; leave"),
        (["describe", "levers", "--page", "page.md"], "--page: writes a page about the project's own model"),
    ],
)
def test_what_shows_the_own_levers_refuses_others(
    command: list[str],
    sentence: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = written(tmp_path, "some: float = 1.0")
    monkeypatch.chdir(tmp_path)
    assert main(["--extension", str(file), *command]) == 2
    assert sentence in capsys.readouterr().err
    assert not Path("page.md").exists()
