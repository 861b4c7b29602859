"""What is wrong with an extension is one sentence and exit code 2, before anything runs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from sim.cli import main
from sim.errors import InputError
from sim.extensions.active import activate, active, deactivate
from sim.extensions.declaring import MOST_LEVERS, OF_CITIES, PROCESSES
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
    "lever of cities": (lever(key="rival_cities"), "lever 'rival_cities': under this name stands what cities spend"),
    "lever fact as a field": (
        lever().replace("title: ClassVar[str]", "title: str"),
        "lever Mine: title: found a field of scenarios; write title: ClassVar[str] = ...",
    ),
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
    "process timed by the model": (
        HEAD + "@extension.process\ndef record(model): pass\n",
        "process 'record': the model has a process of this name; give it another.",
    ),
    "process name": (
        HEAD + "@extension.process\ndef act_cities(model): pass\n",
        "the model has a process of this name",
    ),
    "module": (
        "import sys, pathlib\nsys.path.insert(0, str(pathlib.Path(__file__).parent))\nimport broken_one\n",
        "broken_one.py: line 2: not valid Python: invalid syntax.",
    ),
    "nothing but bytes": ("x = '\0'\n", "null bytes"),
    "its own exception": (
        "class Own(BaseException): pass\n\nraise Own('so')\n",
        "line 3: it cannot be loaded: Own: so.",
    ),
    "itself": (
        "import sim\nsim.extend(__file__)\n",
        "it switches itself on; leave that to those who use it.",
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
    (tmp_path / "broken_one.py").write_text("x = 1\n1 +* 2\n", "utf-8")
    assert main(["--extension", str(file), "check"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    (line,) = said.err.splitlines()
    assert line.startswith(f"--extension: extension {file}: ")
    assert sentence in line
    assert active() == ()


def test_good_pieces_are_taken(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for subject, source in (("levers", lever()), ("outcomes", outcome())):  # so that what is refused above is refused
        (file := tmp_path / "mine.py").write_text(source, "utf-8")  # for what is wrong with it
        assert main(["describe", subject, "--csv", "--extension", str(file)]) == 0
        assert "mine," in capsys.readouterr().out


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


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="a file of the kernel that can be opened, not read")
def test_a_file_beside_an_extension_that_cannot_be_read_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder := tmp_path / "more").mkdir()
    (file := tmp_path / "mine.py").write_text(HEAD + f"extension.evidence({str(folder)!r})\n", "utf-8")
    (folder / "places.csv").symlink_to("/proc/self/mem")
    assert main(["describe", "places", "--extension", str(file)]) == 2
    (sentence,) = capsys.readouterr().err.splitlines()
    assert "more/places.csv" in sentence


def test_wrong_cells_are_said_by_the_line_of_their_own_file(tmp_path: Path) -> None:
    (folder := tmp_path / "more").mkdir()
    (file := tmp_path / "mine.py").write_text(HEAD + f"extension.evidence({str(folder)!r})\n", "utf-8")
    head = "place,variable,value,unit,year,status,source\n"
    rows = ["\n", "lyon,nothing_like_it,1,EUR,2013,ESTIMATE,x\n", "lyon,nothing_like_it,2,EUR,2013,ESTIMATE,x\n"]
    (folder / "places.csv").write_text(head + "".join(rows), "utf-8-sig")
    (folder / "parameters.toml").write_text(
        '[new.one]\nvalue = "x"\n[talent]\nx = 1\n[startup.x.y.z]\nx = 1\n', "utf-8"
    )
    with pytest.raises(InputError) as refused:
        activate(str(file))
    assert refused.value.problems == [
        f"extension {file}: more/places.csv line 4: lyon nothing_like_it: there is a row for it above.",
        f"extension {file}: more/parameters.toml [talent]: a group and a parameter cannot share a name;"
        " give it another.",
    ]
    (folder / "places.csv").write_text(head + "".join(rows[:2]), "utf-8-sig")
    (folder / "parameters.toml").write_text('["new"."one"]\nvalue = "x"\n', "utf-8")
    with pytest.raises(InputError) as refused:
        activate(str(file))
    assert any("more/places.csv line 3 variable: found 'nothing_like_it'" in one for one in refused.value.problems)
    assert any("more/parameters.toml [new.one]" in one for one in refused.value.problems)
    assert all(": more/" in one for one in refused.value.problems)
    (folder / "places.csv").write_bytes(head.encode() + "lyon,é,1\n".encode("latin-1"))
    (folder / "parameters.toml").write_text('[ "talent" . beta ]\nvalue = 1.0\n', "utf-8")
    with pytest.raises(InputError) as refused:
        activate(str(file))
    assert [one.split(": more/")[1] for one in refused.value.problems] == [
        "places.csv line 2: not UTF-8 text; save the file as UTF-8.",
        "parameters.toml [talent.beta]: there is a parameter of this name; give it another.",
    ]
    (folder / "places.csv").write_text(f"{head}lyon,startups,1,count,{'9' * 5000},ESTIMATE,x\n", "utf-8")
    (folder / "parameters.toml").unlink()
    with pytest.raises(InputError) as refused:
        activate(str(file))
    assert [one.split(": more/")[1] for one in refused.value.problems] == [
        "places.csv line 2: found a cell of 5000 signs, allowed are 2000.",
    ]


def test_what_is_spelt_out_is_that_of_the_model() -> None:
    from sim.analysis.run_record import CITIES
    from sim.model.cities import LEVER, RIVALS
    from sim.model.flight import PROCESSES as THERE
    from sim.model.receiving import BITS

    assert [process.__name__ for process in THERE] == [*PROCESSES]
    assert (LEVER, RIVALS) == OF_CITIES
    assert CITIES in OF_CITIES
    assert np.iinfo(type(next(iter(BITS.values())))).bits == MOST_LEVERS


def test_what_is_printed_while_an_extension_loads_is_not_in_a_schema(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (file := tmp_path / "mine.py").write_text(lever() + "print('loading')\n", "utf-8")
    assert main(["schema", "--extension", str(file)]) == 0
    said = capsys.readouterr()
    assert "mine" in json.loads(said.out)["properties"]["levers"]["properties"]
    assert said.err == "loading\n"


def test_more_levers_than_there_are_bits_are_refused_whole(tmp_path: Path) -> None:
    from sim.model.levers import LEVERS
    from sim.model.receiving import BITS

    kinds = [lever(key=f"mine{n}").removeprefix(HEAD).replace("class Mine", f"class Mine{n}") for n in range(6)]
    (file := tmp_path / "many.py").write_text(HEAD + "".join(kinds[:5]), "utf-8")
    activate(str(file))
    assert list(BITS) == list(LEVERS)
    deactivate()
    file.write_text(HEAD + "".join(kinds), "utf-8")
    with pytest.raises(InputError, match="found 6 levers, allowed are 5 beside the 11 that are there"):
        activate(str(file))
    assert list(BITS) == list(LEVERS)
    assert len(LEVERS) == 11


def test_before_a_process_and_in_its_place_go_together_in_either_order(tmp_path: Path) -> None:
    from sim.extensions.engine import model_class

    found = []
    for name, place in (("first", "before"), ("other", "replaces")):
        text = HEAD.replace("mine", name) + f"@extension.process({place}='found_startups')\ndef {name}(model): pass\n"
        (tmp_path / f"{name}.py").write_text(text, "utf-8")
    for order in (("first", "other"), ("other", "first")):
        deactivate()
        for name in order:
            activate(str(tmp_path / f"{name}.py"))
        found.append([process.__name__ for process in model_class().processes])
    assert found[0] == found[1]
    assert found[0][3:5] == ["first", "other"]
