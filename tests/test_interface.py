"""``import sim``: twelve names, loaded when asked for, whose examples run and whose runs are the command's."""

from __future__ import annotations

import doctest
import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import sim
from sim.experiments.running.executors import SerialExecutor
from sim.interface import choosing, one_model, running
from tests.test_house import ROOT, trespassing

MAIN = ROOT / "results" / "reference"
SMALL = {"world": "central", "worlds": 1, "years": 1, "talent_scale": 400, "startup_scale": 20}


@pytest.fixture
def kept_starts(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the tests of this process share the start of the central world."""
    monkeypatch.setenv("TALENT_FLIGHT_STARTS", str(tmp_path_factory.getbasetemp() / "interface_starts"))


def loaded_by(code: str) -> list[str]:
    """Modules that a new interpreter has loaded after some code."""
    code += "\nimport json, sys; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout.splitlines()[-1]))


def test_there_are_a_dozen_names_and_each_can_be_had() -> None:
    assert sim.__all__ == sorted(sim.__all__)
    assert len(sim.__all__) <= 12
    assert dir(sim) == sim.__all__
    for name in sim.__all__:
        assert getattr(sim, name) is not None
    with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
        sim.nonsense  # noqa: B018
    assert (ROOT / "sim" / "py.typed").is_file()


def test_reading_results_loads_no_model() -> None:
    code = f"import sim; f = sim.read({str(MAIN)!r}); f.runs; f.comparison; f.worlds; f.describe()"
    assert trespassing(loaded_by(code)) == []
    assert loaded_by("import sim").count("pandas") == 0


def test_twin_the_model_would_be_found() -> None:
    assert trespassing(["mesa", "numba.core", "sim.model.levers", "sim.interface"]) == [
        "mesa", "numba.core", "sim.model.levers",
    ]  # fmt: skip


def test_frames_say_their_units() -> None:
    runs = sim.read(MAIN).runs
    outcomes = [name for name in runs if name not in ("run", "scenario", "world", "replicate")]
    assert set(runs.attrs["units"]) == set(outcomes)
    assert runs.attrs["better"]["startup_flight_rate"] == "lower"


def test_scenarios_by_name_file_and_content(tmp_path: Path) -> None:
    named = sim.load_scenario("r4_seed_acceleration")
    assert sim.load_scenario(ROOT / "scenarios" / "r4_seed_acceleration.toml") == named
    assert sim.load_scenario(named) is named
    assert sim.load_scenario("drivers/equal_taxation").name == "equal_taxation"
    with pytest.raises(sim.InputError, match=r"levers.placebbo: unknown lever; did you mean 'placebo'"):
        sim.load_scenario({**named.content, "levers": {"placebbo": {}}})
    with pytest.raises(sim.InputError, match="no such file"):
        sim.load_scenario("baselin")


@pytest.mark.parametrize("subject", ["scenarios", "levers", "outcomes", "parameters", "places"])
def test_every_subject_is_a_frame(subject: str) -> None:
    frame = sim.describe(subject)
    assert len(frame) >= 14
    assert frame.index.equals(pd.RangeIndex(len(frame)))


def test_wrong_arguments_are_one_sentence(tmp_path: Path) -> None:
    out = {"out": tmp_path / "o"}
    for call, sentence in (
        (lambda: sim.describe("leverz"), "describe subjects: unknown subject 'leverz'; did you mean 'levers'?"),
        (lambda: sim.run("baseline", **out, world="centrl"), "world: found 'centrl', allowed are central"),
        (
            lambda: sim.run("baseline", **out, years=0, world="prior"),
            "--years: found 0, allowed are whole",
        ),
        (lambda: sim.run(**out, world="prior"), "run: found no scenario"),
        (lambda: sim.run("baseline", "baseline", **out), "run: two scenarios are called 'baseline'"),
        (lambda: sim.start_model(number=-1), "start_model: found number -1"),
        (lambda: sim.start_model(number=1), "start_model: found number 1, allowed is 0"),
        (lambda: sim.start_model(number="1"), "number: found '1', allowed are whole numbers."),
        (lambda: sim.load_scenario(3), "scenario: found int 3, allowed is a name"),
        (lambda: sim.load_scenario(None), "scenario: found NoneType None, allowed is a name"),
        (
            lambda: sim.run(["baseline", "placebo"], **out),
            "scenario: found list .* its own",
        ),
        (lambda: sim.run("baseline", out=None), "out: found None, allowed is a folder."),
        (lambda: sim.describe("levers", 3), "describe: name: found 3, allowed is a text."),
        (lambda: sim.extend(3), "extend: found int 3, allowed is a file or a name."),
        (lambda: sim.run("baseline", **out, worlds="3"), "worlds: found '3', allowed are whole numbers."),
        (lambda: sim.run("baseline", **out, worlds=1.5), "worlds: found 1.5, allowed are whole numbers."),
        (lambda: sim.run("baseline", **out, years=True), "years: found True, allowed are whole numbers."),
        (
            lambda: sim.run("baseline", **out, workers="2"),
            "workers: found '2', allowed are whole numbers.",
        ),
        (
            lambda: sim.run("baseline", **out, workers=-3),
            "workers: found -3, allowed are whole",
        ),
    ):
        with pytest.raises(sim.InputError, match=f"^{sentence.partition(';')[0]}"):
            call()  # type: ignore[no-untyped-call]
    assert not (tmp_path / "o").exists()


def test_a_run_is_asked_for_as_by_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import numpy as np

    from sim.cli.stopping import Stop

    asked: list[tuple[list[str], int, int]] = []

    def carry_out(study: Any, evidence: Any, common: Any, **_: Any) -> int:
        asked.append(([scenario.name for scenario in study.scenarios], study.seed, common.settings.years))
        common.out.mkdir()
        if len(asked) == 2:
            raise Stop("Finished runs are kept.")
        return 2 if len(asked) == 3 else 0

    monkeypatch.setattr("sim.cli.study.carry_out", carry_out)
    monkeypatch.setattr("sim.analysis.frames.read", lambda folder: folder)
    monkeypatch.chdir(tmp_path)
    numbers = {"seed": np.int64(7), "years": np.int32(1), "worlds": np.int64(1), "world": "central", "workers": 0}
    mine = {**sim.load_scenario("baseline").content, "name": "mine"}
    for folder, error in (("baseline", None), ("stopped", KeyboardInterrupt), ("failed", RuntimeError)):
        if error is None:  # a folder of the name of a scenario hides no scenario
            sim.run("placebo", mine, "r2_paris_showcase", "baseline", out=folder, **numbers)
            continue
        with pytest.raises(error, match=r"Finished runs are kept|what was printed says why"):
            sim.run("placebo", mine, "r2_paris_showcase", "baseline", out=folder, **numbers)
    assert asked == [(["baseline", "r2_paris_showcase", "mine", "placebo"], 7, 1)] * 3
    assert [type(number) for number in asked[0][1:]] == [int, int]


@pytest.mark.usefixtures("kept_starts")
def test_the_examples_of_the_docstrings_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    for module in (choosing, one_model, running):
        found = doctest.testmod(module, optionflags=doctest.ELLIPSIS)
        assert found.failed == 0
        assert found.attempted >= 5, module.__name__


@pytest.mark.long
@pytest.mark.usefixtures("kept_starts")
def test_runs_are_those_of_the_command_and_of_one_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.cli import main

    made = sim.run("placebo", "baseline", out=tmp_path / "python", workers=0, **SMALL)
    options = [f"--{name.replace('_', '-')}={value}" for name, value in SMALL.items()]
    monkeypatch.setattr("sim.cli.study._report", lambda *_: None)
    monkeypatch.setattr("sim.experiments.running.runner.take_warm", lambda *_: SerialExecutor())  # as its tests say
    files = [str(ROOT / "scenarios" / f"{name}.toml") for name in ("baseline", "placebo")]
    assert main(["run", *files, *options, "--out", str(tmp_path / "command")]) == 0
    for name in ("runs.parquet", "series.parquet", "pairs.parquet", "comparison.csv"):
        assert (tmp_path / "python" / name).read_bytes() == (tmp_path / "command" / name).read_bytes()
    assert list(made.comparison["scenario"].unique()) == ["placebo"]

    settings = sim.Settings(talent_scale=400, startup_scale=20, years=1)
    model = sim.start_model("baseline", settings)
    for _ in range(4):
        model.step()
    run = made.runs.query("scenario == 'baseline'").iloc[0]
    measured = sim.measure(model)
    assert measured.to_dict() == {name: run[name] for name in measured.index}


def test_the_example_with_mesa_runs(capsys: pytest.CaptureFixture[str]) -> None:
    path = ROOT / "docs" / "examples" / "inspect_agents.py"
    spec = importlib.util.spec_from_file_location("inspect_agents", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    collector = module.main(2, sim.Settings(talent_scale=400, startup_scale=20))
    assert len(collector.get_agent_vars_dataframe()) == 40
    assert collector.get_model_vars_dataframe()["quarter"].tolist() == [1, 2]
    assert "dearest offices" in capsys.readouterr().out
