"""What is switched on, for whom and how long: no run has an extension that it was not meant to have."""

from __future__ import annotations

import json
import os
import pickle
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import sim
from sim.analysis import foreign_outcomes
from sim.analysis.outcomes import OUTCOMES
from sim.cli import main
from sim.extensions.active import activate, active, deactivate
from sim.extensions.engine import current_engine, model_class
from sim.extensions.evidence import extended_evidence
from sim.extensions.naming import noted, recall
from sim.model.levers import LEVERS
from tests.test_house import ROOT

EXAMPLES = ROOT / "docs" / "examples"
DESK = EXAMPLES / "welcome_desk.py"
NOTES = {"label": "Gap", "unit": "ratio", "better": "lower"}
GAP = '''from sim.extensions import Extension
extension = Extension("{name}")
@extension.outcome("{name}", "Gap", "ratio", "none")
def gap(run):
    """Counts."""
    return {value}
'''


@pytest.fixture(autouse=True)
def none_left() -> Iterator[None]:
    deactivate()
    foreign_outcomes.forget()
    yield
    deactivate()
    foreign_outcomes.forget()


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[list[str]]:
    """What was on in each study that ``sim.run`` was asked for; nothing is run."""
    found: list[list[str]] = []

    def carry_out(*_: Any, **__: Any) -> int:
        found.append([source.name for source in active()])
        return 0

    monkeypatch.setattr("sim.cli.study.carry_out", carry_out)
    monkeypatch.setattr("sim.analysis.frames.read", lambda folder: SimpleNamespace(folder=folder))
    monkeypatch.chdir(tmp_path)
    return found


def run(*scenarios: Any) -> None:
    sim.run(*scenarios, out="out", world="central", worlds=1, workers=0)


def write(folder: Path, name: str, value: str = "1.0") -> Path:
    (file := folder / f"{name}.py").write_text(GAP.format(name=name, value=value), "utf-8")
    return file


def names() -> list[str]:
    return [source.name for source in active()]


def test_what_a_scenario_names_is_on_for_it_alone(runs: list[list[str]], tmp_path: Path) -> None:
    desk = sim.load_scenario(EXAMPLES / "welcome_desk.toml")
    assert names() == []
    assert "welcome_desk" not in LEVERS
    run("baseline")
    run("baseline", desk)
    run("baseline", EXAMPLES / "welcome_desk.toml")
    sim.extend(write(tmp_path, "gap"))
    run("baseline", desk)
    run("baseline")
    assert runs == [[], ["welcome_desk"], ["welcome_desk"], ["gap", "welcome_desk"], ["gap"]]
    assert names() == ["gap"]
    again = sim.load_scenario(EXAMPLES / "welcome_desk.toml")
    assert type(again.levers[0]) is type(desk.levers[0])  # one class, so that both travel to workers
    assert pickle.loads(pickle.dumps(desk)) == again


def test_a_scenario_that_is_refused_switches_nothing_on(tmp_path: Path) -> None:
    bad = {"name": "bad", "title": "t", "question": "q", "expected": "e", "extensions": [str(DESK)], "nonsense": 3}
    with pytest.raises(sim.InputError, match="nonsense: unknown key"):
        sim.load_scenario(bad)
    from sim.scenario import scenario_of

    with pytest.raises(sim.InputError, match="nonsense: unknown key"):
        scenario_of(bad, Path("bad.toml"), extended_evidence())
    assert names() == []


def test_a_command_inside_a_program_gives_back_what_was_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sim.extend(write(tmp_path, "gap"))
    assert main(["check", str(EXAMPLES / "welcome_desk.toml")]) == 0
    assert main(["describe", "outcomes", "--csv"]) == 0
    assert "gap," not in capsys.readouterr().out  # a command has what it names
    assert names() == ["gap"]
    assert "gap" in OUTCOMES


def test_a_model_steps_with_what_it_was_made_with(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found: list[list[str]] = []
    monkeypatch.setattr("sim.model.flight.FlightModel.step", lambda _: found.append(names()))
    monkeypatch.setattr("sim.model.flight.FlightModel.__init__", lambda *_: None)
    monkeypatch.setattr("sim.experiments.engine.ModelEngine.prepare", lambda *_: None)
    model = sim.start_model(EXAMPLES / "welcome_desk.toml")
    assert names() == []
    sim.extend(write(tmp_path, "gap"))
    model.step()
    sim.start_model("baseline").step()
    assert found == [["welcome_desk"], ["gap"]]
    assert names() == ["gap"]


def test_one_file_by_two_ways_is_one_extension(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder := tmp_path / "sub").mkdir()
    file = write(tmp_path, "gap")
    (link := tmp_path / "link").symlink_to(tmp_path)
    (tmp_path / "other.py").symlink_to(file)
    first = activate(str(file))
    assert all(
        activate(str(way)) == first for way in (folder / ".." / "gap.py", link / "gap.py", tmp_path / "other.py")
    )
    deactivate()
    assert activate(str(folder / ".." / "gap.py")).path == str(file.resolve())
    desk = tmp_path / "welcome_desk.py"
    desk.write_bytes(DESK.read_bytes())
    asked = ["new-scenario", "desk", "--folder", str(folder), "--lever", "welcome_desk", "--extension", str(desk)]
    assert main(asked) == 0
    assert main(["check", str(folder / "desk.toml"), "--extension", str(desk)]) == 0
    capsys.readouterr()


def test_an_edited_file_is_loaded_anew_when_it_is_asked_for_again(tmp_path: Path) -> None:
    first = write(tmp_path, "gap")
    sim.extend(first)
    sim.extend(write(tmp_path, "other"))
    write(tmp_path, "gap", "22.0")
    assert OUTCOMES["gap"].measure(None) == 1.0  # type: ignore[arg-type]
    sim.extend(first)
    assert OUTCOMES["gap"].measure(None) == 22.0  # type: ignore[arg-type]
    assert names() == ["other", "gap"]
    first.write_text("broken(", "utf-8")
    with pytest.raises(sim.InputError, match="line 1: not valid Python"):
        sim.extend(first)
    assert OUTCOMES["gap"].measure(None) == 22.0  # type: ignore[arg-type]


def test_an_extension_that_is_refused_leaves_the_other_one_whole(tmp_path: Path) -> None:
    activate(str(DESK))
    desk = sim.load_scenario(EXAMPLES / "welcome_desk.toml")
    (tmp_path / "welcome_desk.py").write_text("raise SystemExit('executed')\n", "utf-8")
    with pytest.raises(sim.InputError, match="another extension of the same file name is switched on"):
        activate(str(tmp_path / "welcome_desk.py"))
    (tmp_path / "other.py").write_text(DESK.read_text("utf-8"), "utf-8")
    with pytest.raises(sim.InputError, match="name: 'welcome_desk' is also the name of"):
        activate(str(tmp_path / "other.py"))
    assert pickle.loads(pickle.dumps(desk)) == desk


def test_a_package_that_was_edited_is_refused_and_not_run_under_the_new_digest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (package := tmp_path / "edited_package").mkdir()
    write(package, "gap").rename(package / "__init__.py")
    (info := tmp_path / "edited_package-1.dist-info").mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: edited-package\nVersion: 1\n", "utf-8")
    points = "[talent_flight]\nits-gap = edited_package:extension\nnothing = edited_package:nothing\n"
    (info / "entry_points.txt").write_text(points, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    activate("its-gap")  # any name that an entry point may have
    assert OUTCOMES["gap"].measure(None) == 1.0  # type: ignore[arg-type]
    deactivate()
    activate("its-gap")
    (package / "__init__.py").write_text(GAP.format(name="gap", value="22.0"), "utf-8")
    for _ in range(2):  # while it is on, and after
        with pytest.raises(sim.InputError, match="'its-gap': its sources have changed since; start anew"):
            activate("its-gap")
        deactivate()


def test_what_fails_in_a_package_is_said_with_its_file_and_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (package := tmp_path / "failing_package").mkdir()
    (package / "__init__.py").write_text("", "utf-8")
    (package / "inner.py").write_text("x = 1\n\n1 / 0\n", "utf-8")
    (package / "odd.py").write_text("x = 1\ndef f(:\n", "utf-8")
    (info := tmp_path / "failing_package-1.dist-info").mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: failing-package\nVersion: 1\n", "utf-8")
    points = "[talent_flight]\ninner = failing_package.inner:x\nodd = failing_package.odd:x\n"
    (info / "entry_points.txt").write_text(points, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    for name, said in (("inner", "inner.py: line 3: it cannot be loaded: Zero"), ("odd", "odd.py: line 2: not valid")):
        with pytest.raises(sim.InputError, match=f"^extension '{name}': {said}"):
            activate(name)


def test_results_execute_no_file_but_the_one_that_made_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, "gap")
    activate("gap.py")
    notes = noted()
    deactivate()
    recall(notes, tmp_path)
    assert names() == ["gap"]
    deactivate()
    Path("gap.py").write_text(
        "from pathlib import Path\nPath('executed').touch()\n" + GAP.format(name="gap", value="1")
    )
    with pytest.raises(sim.InputError, match=r"name it with --extension\.\nextension gap.py: its sources have changed"):
        recall(notes, tmp_path)
    with pytest.raises(sim.InputError, match="its sources have changed"):
        recall([{key: note[key] for key in ("name", "from", "digest")} for note in notes], tmp_path)
    assert not Path("executed").exists()


def test_a_folder_that_an_extension_made_is_not_written_anew_without_it(
    runs: list[list[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(tmp_path, "gap")
    (out := tmp_path / "out").mkdir()
    (out / "study.json").write_text(json.dumps({"extensions": [{"name": "gap", "from": "gap.py"}]}), "utf-8")
    with pytest.raises(sim.InputError, match=r"out: made with the extension 'gap' \(gap.py\); name it"):
        run("baseline")
    for command in (["sweep", "sweeps/screening"], ["run", "baseline"]):
        assert main([*command, "--out", str(out)]) == 2
        assert "made with the extension 'gap' (gap.py)" in capsys.readouterr().err
    assert runs == []
    sim.extend(file)
    run("baseline")
    assert runs == [["gap"]]


def test_a_folder_of_evidence_is_found_from_everywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    os.symlink(EXAMPLES / "rouen", "figures")
    text = 'from sim.extensions import Extension\nextension = Extension("r")\nextension.evidence("figures")\n'
    Path("rouen_here.py").write_text(text, "utf-8")
    activate("rouen_here.py")
    monkeypatch.chdir("/")
    assert "rouen" in extended_evidence().place_ids
    (tmp_path / "figures").unlink()
    with pytest.raises(sim.InputError, match=r"the folder .*figures is not there any more"):
        extended_evidence()


def test_outcomes_learnt_from_results_say_what_was_read_last_and_stay(tmp_path: Path) -> None:
    foreign_outcomes.learn(["gap"], {"gap": NOTES})
    foreign_outcomes.learn(["gap"], {"gap": NOTES | {"unit": "EUR", "better": "higher"}})
    assert (OUTCOMES["gap"].unit, OUTCOMES["gap"].better) == ("EUR", "higher")
    with pytest.raises(sim.InputError, match="no such file"):
        sim.extend(tmp_path / "nowhere.py")
    sim.load_scenario("baseline")
    assert OUTCOMES["gap"].unit == "EUR"
    file = write(tmp_path, "gap")
    sim.extend(file)  # who measures it says what it is
    foreign_outcomes.learn(["gap"], {"gap": NOTES | {"unit": "EUR"}})
    assert OUTCOMES["gap"].unit == "ratio"
    assert foreign_outcomes.learnt() == set()


def test_a_mapping_that_changes_later_changes_no_scenario(runs: list[list[str]]) -> None:
    content = {**sim.load_scenario("r1_label_network").content, "name": "half"}
    content["levers"] = {"label_network": {"strength": 0.5}}
    half = sim.load_scenario(content)
    content["levers"]["label_network"]["strength"] = 0.25
    assert half.content["levers"] == {"label_network": {"strength": 0.5}}
    half.content["levers"]["label_network"]["strength"] = 0.75
    with pytest.raises(sim.InputError, match="scenario 'half': its content was changed after it was loaded"):
        run("baseline", half)
    assert runs == []


def test_the_plain_model_is_the_model() -> None:
    from sim.model.flight import FlightModel

    assert model_class() is FlightModel
    activate(str(DESK))
    assert model_class().processes == FlightModel.processes
    assert current_engine().code_digest() != ""
