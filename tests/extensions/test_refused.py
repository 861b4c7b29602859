"""What is wrong with an extension is one sentence and exit code 2, before anything runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.cli import main
from sim.extensions.active import active, deactivate
from sim.extensions.declaring import PROCESSES
from sim.extensions.loading import GROUP

HEAD = """from sim.extensions import Extension
from sim.model.levers import Lever
from typing import ClassVar
extension = Extension("mine")
"""
LEVER = """
@extension.lever
class Mine(Lever):
    key: ClassVar[str] = "{key}"
    title: ClassVar[str] = "{title}"
    provenance: ClassVar[str] = "own"
    moves: ClassVar[tuple[str, ...]] = ("{moves}",)
    payer: ClassVar[str] = "state"
    def apply(self, conditions, {model}):
        pass
{charges}
"""
CHARGES = "    def charges(self, model):\n        return []\n"


def lever(
    key: str = "mine", moves: str = "fibre", model: str = "model", charges: str = CHARGES, title: str = "Mine"
) -> str:
    return HEAD + LEVER.format(key=key, moves=moves, model=model, charges=charges, title=title)


OUTCOME = (
    HEAD
    + """
@extension.outcome("{name}", "A label", "{unit}", "{better}")
def measure({run}):
    {doc}
    return 1.0
"""
)


def outcome(
    name: str = "mine", unit: str = "ratio", better: str = "none", run: str = "run", doc: str = '"""Counts."""'
) -> str:
    return OUTCOME.format(name=name, unit=unit, better=better, run=run, doc=doc)


BAD = {
    "no extension": ("x = 1\n", "'extension': found none, allowed is an Extension"),
    "not an extension": ("extension = 3\n", "'extension': found int, allowed is an Extension"),
    "import": ("import nowhere_to_be_found\n", "line 1: it cannot be loaded: ModuleNotFoundError: No module named"),
    "error": ("\nraise KeyError('x')\n", "line 2: it cannot be loaded: KeyError: 'x'."),
    "exit": ("import sys\nsys.exit(3)\n", "line 2: it cannot be loaded: SystemExit: 3."),
    "syntax": ("a = (\n", "line 1: not valid Python: '(' was never closed."),
    "name": ('from sim.extensions import Extension\nextension = Extension("My Own")\n', "allowed is a name of small"),
    "lever clash": (lever(key="placebo"), "lever 'placebo': there is a lever of this name."),
    "lever key": (lever(key="No Key"), "key: found 'No Key', allowed are small letters"),
    "lever title": (lever(title=""), "lever Mine: title: found '', allowed is a text."),
    "lever moves": (lever(moves="fibr"), "lever 'mine': moves: no named quantity 'fibr'; did you mean 'fibre'?"),
    "lever signature": (lever(model="*, world"), "lever 'mine': apply: found the arguments"),
    "lever abstract": (lever(charges=""), "lever 'mine': charges: missing; every lever has apply and charges."),
    "lever kind": (HEAD + "extension.lever(int)\n", "lever int: allowed is a subclass of sim.model.levers.Lever."),
    "outcome clash": (outcome("public_cost"), "outcome 'public_cost': there is an outcome of this name."),
    "outcome key": (outcome("world"), "outcome 'world': a column of every table of runs has this name."),
    "outcome better": (outcome(better="more"), "better: found 'more', allowed are higher, lower, none."),
    "outcome unit": (outcome(unit=" "), "outcome 'mine': unit: found ' ', allowed is a text."),
    "outcome signature": (outcome(run="run, places"), "outcome 'mine': found the arguments (run, places), allowed are"),
    "outcome silent": (outcome(doc="pass"), "outcome 'mine': description: missing"),
    "process place": (
        HEAD + '@extension.process(before="found_startup")\ndef p(model): pass\n',
        "process: before: no process 'found_startup'; did you mean 'found_startups'?",
    ),
    "process signature": (HEAD + "@extension.process\ndef p(): pass\n", "process 'p': found the arguments (), allowed"),
    "process name": (
        HEAD + "@extension.process\ndef act_cities(model): pass\n",
        "the model has a process of this name",
    ),
    "evidence": (HEAD + 'extension.evidence("nowhere")\n', "evidence: 'nowhere' is no folder"),
}


@pytest.fixture(autouse=True)
def none_left() -> Iterator[None]:
    deactivate()
    yield
    deactivate()


@pytest.mark.parametrize("what", BAD)
def test_a_wrong_extension_is_one_sentence(what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, sentence = BAD[what]
    (file := tmp_path / "mine.py").write_text(source, "utf-8")
    assert main(["--extension", str(file), "check"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    (line,) = said.err.splitlines()
    assert line.startswith(f"--extension: extension {file}: ")
    assert sentence in line
    assert active() == ()


def test_good_pieces_are_taken(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for source in (lever(), outcome()):  # so that what is refused above is refused for what is wrong with it
        (file := tmp_path / "mine.py").write_text(source, "utf-8")
        assert main(["describe", "levers", "--csv", "--extension", str(file)]) == 0
        assert [source.name for source in active()] == ["mine"]
    capsys.readouterr()


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("docs/examples/welcome_des.py", "no such file; did you mean 'welcome_desk.py'?"),
        ("welcome_desk", f"no entry point of this name in the group {GROUP}; installed are none. A file ends in .py."),
        ("docs/examples", "no such file, allowed is a file .py or the name of an entry point"),
    ],
)
def test_what_is_not_there_is_one_sentence(asked: str, sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["describe", "levers", "--extension", asked]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert sentence in line


def test_commands_about_the_own_model_refuse_extensions(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--extension", "docs/examples/raise_wages.py", "validate"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line == ("--extension: 'validate' is about the project's own model; leave docs/examples/raise_wages.py out.")


def test_a_scenario_that_names_what_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    head = 'name = "mine"\ntitle = "t"\nquestion = "q"\nexpected = "e"\n'
    (file := tmp_path / "mine.toml").write_text(f'{head}extensions = ["gone.py"]\n[levers.gone]\n', "utf-8")
    assert main(["check", str(file)]) == 2
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith(f"{file}: extensions: extension {tmp_path / 'gone.py'}: no such file")
    assert second.startswith(f"{file}: levers.gone: unknown lever")
    file.write_text(f"{head}extensions = 3\n", "utf-8")
    assert main(["check", str(file)]) == 2
    assert "extensions: found 3, allowed is a list of files and names" in capsys.readouterr().err


def test_wrong_tables_of_evidence_are_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder := tmp_path / "more").mkdir()
    (file := tmp_path / "mine.py").write_text(HEAD + f"extension.evidence({str(folder)!r})\n", "utf-8")
    (folder / "geography.csv").write_text(
        "place,name,short_name,city,country,kind,region,labour_market\nlyon,a,b,lyon,FR,district,c,d\n", "utf-8"
    )
    (folder / "parameters.toml").write_text("[talent.beta]\nvalue = 1.0\n", "utf-8")
    assert main(["describe", "places", "--extension", str(file)]) == 2
    said = capsys.readouterr().err
    assert "more/geography.csv line 2: there is a place 'lyon'; give it another name." in said
    assert "more/parameters.toml [talent.beta]: there is a parameter of this name; give it another." in said


def test_the_processes_are_those_of_the_model() -> None:
    from sim.model.flight import PROCESSES as THERE

    assert [process.__name__ for process in THERE] == [*PROCESSES]
