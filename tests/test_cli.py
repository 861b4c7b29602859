"""The command line: what it writes, prints and refuses, with a stand-in for the model."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

import sim.report
import sim.report.page
from sim.cli import main, options
from sim.cli.headlines import comparison_table, intervals_told, number, reference_levels
from sim.cli.stopping import Stop
from sim.cli.study import PAGES, carry_out, compare_again
from sim.errors import InputError
from sim.evidence import Evidence
from sim.experiments.designs.study import Study, design
from sim.model.levers import LEVERS
from sim.settings import Settings
from sim.typed import installing, program
from tests.experiments.fake_model import FakeEngine, scenario

ROOT = Path(__file__).parents[1]
BAD = """name = "bad"
title = "t"
question = "q"
expected = "e"
[levers.simplificaton]
[levers.seed_acceleration]
budget_meur = -5
[levers.ultra_broadband]
fibre = "yes"
places = ["lion"]
"""


@pytest.fixture(autouse=True)
def report_writer(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Stand in for the report, which has its own tests; return the folders it was asked for."""
    asked: list[Path] = []

    def write_report(results: Path, language: str) -> None:
        asked.append(results)
        (results / PAGES[language]).write_text("report", encoding="utf-8")

    monkeypatch.setattr(sim.report, "write_report", write_report)
    return asked


@pytest.fixture
def engine(tmp_path: Path) -> FakeEngine:
    (tmp_path / "log").mkdir()
    return FakeEngine(tmp_path / "log")


@pytest.fixture
def common(tmp_path: Path, no_processes: None) -> options.Common:
    return options.common(10, 1, 1, 2, 1, 7, 1, 1, tmp_path / "out")


def study(reference: str = "baseline", first: str = "baseline", worlds: int = 2) -> Study:
    scenarios = [scenario(first), scenario("eased", [LEVERS["simplification"]()])]
    return design(
        scenarios,
        Settings(years=1),
        seed=7,
        worlds=worlds,
        replicates=1,
        world_kind="prior",
        reference=reference,
    )


def refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Run a command that must be refused; return its sentences."""
    assert main(arguments) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert "Traceback" not in output.err
    return output.err.splitlines()


def test_check_says_ok_for_every_shipped_scenario(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 19  # the 15 of the main job, 4 of the driver test
    assert all(line.endswith(".toml: ok") for line in lines)


def test_check_prints_four_sentences_for_four_mistakes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text(BAD, encoding="utf-8")
    sentences = refused(["check", str(bad)], capsys)
    assert len(sentences) == 4
    assert all(sentence.startswith(f"{bad}: levers.") for sentence in sentences)
    assert sum("did you mean" in sentence for sentence in sentences) == 2


def test_check_goes_on_to_the_good_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = ROOT / "scenarios" / "baseline.toml"
    assert main(["check", str(tmp_path / "none.toml"), str(good)]) == 2
    output = capsys.readouterr()
    assert output.out == f"{good}: ok\n"
    assert output.err == f"{tmp_path / 'none.toml'}: no such file.\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--talent-scale", "0"], "--talent-scale: found 0, allowed are whole numbers from 1 to 1000."),
        (["--years", "0"], "--years: found 0, allowed are whole numbers from 1 to 100."),
        (["--workers", "0"], "--workers: found 0, allowed are whole numbers from 1 to 256."),
        (["--worlds", "0"], "--worlds: found 0, allowed are whole numbers from 1 to 100000."),
        (["--replicates", "-1"], "--replicates: found -1, allowed are whole numbers from 1 to 1000."),
        (["--seed", "-1"], "--seed: found -1, allowed are whole numbers from 0 to 9223372036854775807."),
        (["--seed", "3", "check"], "--seed: 'check' runs nothing, so it takes no such option."),
        (["describe", "places", "lion"], "describe places: unknown place 'lion'; did you mean 'lyon'?"),
        (["describe", "levers", "x"], "describe levers: unknown lever 'x'."),
        (["describe", "parameters", "talent.betta"], "parameter 'talent.betta'; did you mean 'talent.b"),
        (["describe", "outcomes", "zzzz"], "describe outcomes: unknown outcome 'zzzz'."),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("adopted_posterior")
def test_a_wrong_option_is_one_sentence(
    arguments: list[str], sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = [] if arguments[-1] == "check" or arguments[0] == "describe" else ["--out", str(tmp_path / "out")]
    (line,) = refused([*out, *arguments], capsys)
    assert sentence in line


def test_all_wrong_options_are_said_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    lines = refused(["--years", "0", "--threads", "0", "--workers", "0", "--out", str(tmp_path / "file")], capsys)
    assert len(lines) == 4


def test_central_world_is_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    baseline = str(ROOT / "scenarios" / "baseline.toml")
    (line,) = refused(["run", baseline, "--worlds", "3", "--out", str(tmp_path / "o")], capsys)
    assert line == "--worlds: found 3, but the central world is one; add --world posterior or prior to draw several."


@pytest.mark.parametrize("arguments", [["--nonsense"], ["nonsense"], ["--years", "x"], ["run"], ["describe", "x"]])
def test_typing_errors_end_with_code_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_results_folders_that_cannot_be_used_are_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.docx").touch()
    for out, sentence in (
        (tmp_path / "file", "is a file; name a folder."),
        (tmp_path / "file" / "below", "is a file; name a folder."),
        (tmp_path / "full", "holds other files than results; name a new folder."),
    ):
        with pytest.raises(InputError) as caught:
            options.common(10, 1, 1, 1, 1, 0, 1, 1, out)
        assert caught.value.problems[0].startswith("--out: ")
        assert caught.value.problems[0].endswith(sentence)


def test_refused_input_leaves_no_results_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text(BAD, encoding="utf-8")
    refused(["run", str(bad), "--out", str(tmp_path / "out")], capsys)
    refused(["--years", "0", "--out", str(tmp_path / "out")], capsys)
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("adopted_posterior")
def test_options_before_a_command_are_that_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Study] = []
    monkeypatch.setattr("sim.cli.study.carry_out", lambda study, *_, **__: seen.append(study) or 0)
    baseline = str(ROOT / "scenarios" / "baseline.toml")
    assert main(["--years", "3", "--out", str(tmp_path / "o"), "run", baseline, "--seed", "5"]) == 0
    assert (seen[0].settings.years, seen[0].seed, len(seen[0].worlds)) == (3, 5, 1)
    assert main(["--out", str(tmp_path / "p")]) == 0
    assert (len(seen[1].scenarios), len(seen[1].worlds), seen[1].n_runs) == (15, 24, 15 * 24)
    assert main(["compare", baseline, baseline.replace("baseline", "label_only"), "--out", str(tmp_path / "q")]) == 0
    assert (seen[2].reference, seen[2].world_kind, seen[2].n_runs) == ("baseline", options.DRAWN, 48)


def test_a_study_leaves_tables_report_and_a_manifest(
    evidence: Evidence, common: options.Common, engine: FakeEngine, report_writer: list[Path],
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    assert carry_out(study(), evidence, common, engine=engine) == 0
    assert report_writer == [common.out] * 2
    shown = capsys.readouterr().out
    assert "Difference to baseline, mean over 2 prior worlds" in shown
    assert str(common.out / "report.html") in shown.replace("\n", "")
    manifest = json.loads((common.out / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["runs_finished"], manifest["n_worlds"], manifest["interrupted"]) == (4, 2, False)
    assert set(manifest["digests"]) == {"scenarios", "evidence", "code"}
    assert manifest["timings"]["record"] == pytest.approx(0.4)
    assert set(manifest["facts"]) == {"0", "1"}
    comparison = pd.read_csv(common.out / "comparison.csv")
    assert set(comparison["scenario"]) == {"eased"}
    row = comparison.set_index("outcome").loc["startups_in_france"]
    assert row["difference"] == pytest.approx(10 * 15)  # 10 more in each of the 15 French places
    assert row["n"] == 2
    first = {path: (common.out / path).read_bytes() for path in ("runs.parquet", "comparison.csv")}
    assert carry_out(study(), evidence, common, engine=engine) == 0
    assert "4 runs finished earlier" in capsys.readouterr().err
    assert first == {path: (common.out / path).read_bytes() for path in first}


def test_a_failed_run_ends_with_code_2_and_is_named(
    evidence: Evidence, common: options.Common, engine: FakeEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert carry_out(study(), evidence, common, engine=replace(engine, raises="eased")) == 2
    error = capsys.readouterr().err
    assert "Failed: eased, world 0, replicate 0: RuntimeError: the talents went missing" in error
    assert "2 runs of 4 failed" in error
    manifest = json.loads((common.out / "manifest.json").read_text(encoding="utf-8"))
    assert [failure["scenario"] for failure in manifest["failures"]] == ["eased", "eased"]
    assert "Traceback" in manifest["failures"][0]["why"]
    assert not (common.out / "comparison.csv").exists()


def test_when_nothing_finished_earlier_results_stay(
    evidence: Evidence, common: options.Common, engine: FakeEngine
) -> None:
    assert carry_out(study(), evidence, common, engine=engine) == 0
    before = (common.out / "manifest.json").read_bytes()
    broken = replace(engine, version="2", unloadable=True)
    assert carry_out(study(), evidence, common, engine=broken) == 2
    assert (common.out / "manifest.json").read_bytes() == before


def test_a_folder_of_another_study_is_refused_and_left_as_it_is(
    evidence: Evidence, common: options.Common, engine: FakeEngine
) -> None:
    assert carry_out(study(), evidence, common, engine=engine) == 0
    before = {path: path.read_bytes() for path in common.out.rglob("*") if path.is_file()}

    def of(*names: str) -> Study:
        return design([scenario(name) for name in names], Settings(years=1), seed=7, worlds=2, replicates=1,
                      world_kind="prior", reference="baseline")  # fmt: skip

    for other in (of("baseline", "other"), of("other"), of("baseline")):
        with pytest.raises(InputError) as caught:
            carry_out(other, evidence, common, engine=engine)
        (sentence,) = caught.value.problems
        assert sentence.startswith(f"{common.out}: holds another study (")
        assert sentence.endswith("whose runs would be erased; name another --out.")
        assert before == {path: path.read_bytes() for path in common.out.rglob("*") if path.is_file()}
    assert carry_out(study(worlds=3), evidence, common, engine=engine) == 0  # the same one, with other options


def test_a_baseline_alone_takes_more_scenarios(evidence: Evidence, common: options.Common, engine: FakeEngine) -> None:
    alone = design([scenario("baseline")], Settings(years=1), seed=7, worlds=2, replicates=1, world_kind="prior",
                   reference="baseline")  # fmt: skip
    assert carry_out(alone, evidence, common, engine=engine) == 0
    assert carry_out(study(), evidence, common, engine=engine) == 0


def test_another_reference_gives_a_table_and_no_report(
    evidence: Evidence, common: options.Common, engine: FakeEngine, report_writer: list[Path],
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    assert carry_out(study("plain", "plain"), evidence, common, engine=engine) == 0
    assert report_writer == []
    assert "Difference to plain" in capsys.readouterr().out


def test_compare_writes_table_and_report_of_existing_results_anew(
    evidence: Evidence, common: options.Common, engine: FakeEngine, report_writer: list[Path]
) -> None:
    carry_out(study(), evidence, common, engine=engine)
    before = (common.out / "comparison.csv").read_bytes()
    (common.out / "comparison.csv").unlink()
    assert compare_again(common.out) == 0
    assert (common.out / "comparison.csv").read_bytes() == before
    assert len(report_writer) == 4


def test_compare_writes_the_table_of_drivers_anew(
    evidence: Evidence, common: options.Common, engine: FakeEngine
) -> None:
    lever = LEVERS["equalisation"](connectivity=False, real_estate=False, capital=False)
    drivers = design([scenario("baseline"), scenario("mine", [lever])], Settings(years=1), seed=7, worlds=2,
                     replicates=1, world_kind="prior", reference="baseline")  # fmt: skip
    assert carry_out(drivers, evidence, common, engine=engine) == 0
    (common.out / "drivers.csv").write_text("stale", encoding="utf-8")
    assert compare_again(common.out) == 0
    assert set(pd.read_csv(common.out / "drivers.csv")["driver"]) == {"mine"}


def test_compare_refuses_what_is_no_results(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (line,) = refused(["compare", str(tmp_path)], capsys)
    assert line.endswith("not a folder of results; it has no manifest.json or no runs.parquet.")
    (line,) = refused(["compare", "a.toml"], capsys)
    assert line == "a.toml: nothing to compare it with; name two scenario files, the reference first."


def test_a_folder_that_cannot_be_made_is_one_sentence(
    evidence: Evidence, common: options.Common, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(InputError, match=r"--out: '.*' cannot be written to \(permission denied\); name another"):
        carry_out(study(), evidence, common, engine=engine)


def test_two_commands_do_not_write_into_one_folder(
    evidence: Evidence, common: options.Common, engine: FakeEngine
) -> None:
    fcntl = pytest.importorskip("fcntl")
    common.out.mkdir()
    with (common.out / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(InputError, match="another command is writing into this folder"):
            carry_out(study(), evidence, common, engine=engine)
    assert carry_out(study(), evidence, common, engine=engine) == 0  # the lock went with its holder


@pytest.mark.parametrize("subject", ["places", "levers", "outcomes", "parameters"])
def test_describe_prints_a_table_and_csv(subject: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["describe", subject]) == 0
    assert len(capsys.readouterr().out.splitlines()) > 9
    assert main(["describe", subject, "--csv"]) == 0
    table = pd.read_csv(io.StringIO(capsys.readouterr().out))
    wanted = {
        "places": {"place", "variable", "value", "unit", "low", "high", "status", "source"},
        "levers": {"lever", "name", "default", "allowed", "unit", "status", "source"},
        "outcomes": {"outcome", "label", "unit", "better", "description"},
        "parameters": {"parameter", "value", "unit", "low", "high", "prior", "status", "source", "checked"},
    }
    assert wanted[subject] <= set(table.columns)


def test_describe_one_place_and_one_lever(capsys: pytest.CaptureFixture[str], evidence: Evidence) -> None:
    assert main(["describe", "places", "lyon", "--csv"]) == 0
    table = pd.read_csv(io.StringIO(capsys.readouterr().out))
    assert set(table["place"]) == {"lyon"}
    assert main(["describe", "levers", "simplification", "--csv"]) == 0
    names = set(pd.read_csv(io.StringIO(capsys.readouterr().out))["name"])
    assert {"strength", "one_stop_shop"} <= names
    assert {name for name in evidence.parameters if name.startswith("lever.simplification.")} <= names


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    text = capsys.readouterr().out
    options = [
        "talent-scale",
        "startup-scale",
        "years",
        "worlds",
        "replicates",
        "seed",
        "workers",
        "threads",
        "out",
    ]
    for word in ("run", "compare", "check", "describe", *(f"--{option}" for option in options)):
        assert re.search(rf"(?<!\w){word}(?!\w)", text), word
    assert "--install-completion" in text


@pytest.mark.parametrize(
    ("value", "places", "signed", "text"),
    [
        (1234567.0, None, False, "1 234 567"),
        (-0.01234, 4, True, "−0.0123"),
        (-0.00001, 2, True, "0.00"),
        (12.0, 1, True, "+12.0"),
        (float("nan"), None, False, "–"),
    ],
)  # fmt: skip
def test_numbers_for_reading(value: float, places: int | None, signed: bool, text: str) -> None:
    assert number(value, places, signed) == text


def child(code: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, env=os.environ | environment,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_a_missing_package_is_one_line_on_stderr_and_code_2(tmp_path: Path) -> None:
    hide = (
        "import importlib.util as u, runpy, sys\n"
        "find = u.find_spec\n"
        "u.find_spec = lambda name, *rest: None if name == 'mesa' else find(name, *rest)\n"
        "sys.argv = ['run_sim.py']\n"
        f"runpy.run_path({str(shutil.copy(ROOT / 'run_sim.py', tmp_path))!r}, run_name='__main__')\n"
    )
    done = child(hide)
    assert done.returncode == 2
    assert done.stdout == ""
    version = "313" if sys.version_info >= (3, 13) else "311"
    assert done.stderr == (
        "Missing package 'mesa': 'make setup' sets everything up, 'make run' also runs the main job;"
        f" without make: 'python3 -m pip install -e . -c constraints/py{version}.txt'.\n"
    )


def test_who_forgot_the_environment_is_told_how_to_use_it(tmp_path: Path) -> None:
    shutil.copy(ROOT / "run_sim.py", tmp_path)
    bare = [sys.executable, "-I", "-S", "run_sim.py"]
    told = [subprocess.run(bare, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)]
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/bin/python").touch()
    told.append(subprocess.run(bare, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False))
    assert [(one.returncode, one.stdout, one.stderr.count("\n")) for one in told] == [(2, "", 1)] * 2
    assert told[0].stderr.startswith("Missing package 'mesa'")
    assert told[1].stderr.endswith("is not the project's Python, which is set up: .venv/bin/python run_sim.py ...\n")


def test_help_check_and_errors_never_load_the_model() -> None:
    """What only tells something loads no tables either: completion in a shell asks at each key."""
    code = (
        "import sys\nfrom sim.cli import main\ncode = main(sys.argv[2:])\n"
        "loaded = sorted({*sys.argv[1].split()} & set(sys.modules))\n"
        "sys.exit(f'loaded {loaded}' if loaded else code)"
    )
    model, tables = "mesa numba matplotlib scipy", "mesa numba matplotlib scipy pandas numpy pyarrow"
    for arguments, unwanted, expected in (
        (["--help"], tables, 0),
        (["check"], model, 0),
        (["check", "none.toml"], model, 2),
        (["--years", "0"], tables, 2),
    ):
        assert child(code, unwanted, *arguments).returncode == expected


def test_every_package_that_is_needed_is_looked_for() -> None:
    import tomllib

    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    sys.path.insert(0, str(ROOT))
    import run_sim

    # A distribution's name is the same in any letters (PEP 503); a module's is not.
    assert {re.split("[>=<]", line)[0] for line in declared} == {name.lower() for name in run_sim.PACKAGES}


INTERRUPTED = """
import sys
from pathlib import Path
if __name__ == "__main__":
    from sim.cli import options
    from sim.cli.study import carry_out
    from sim.evidence import load_evidence
    from tests.experiments.fake_model import FakeEngine
    from tests.test_cli import study
    out, log = Path(sys.argv[1]), Path(sys.argv[2])
    common = options.common(10, 1, 1, 200, 1, 7, 2, 1, out)
    sys.exit(carry_out(study(worlds=200), load_evidence(), common, engine=FakeEngine(log, seconds=0.2)))
"""


def test_control_c_to_the_whole_group_waits_for_the_runs_in_hand_alone(tmp_path: Path, engine: FakeEngine) -> None:
    # As a terminal does it: every process of the group hears SIGINT at once.
    script = tmp_path / "job.py"
    script.write_text(INTERRUPTED, encoding="utf-8")
    out = tmp_path / "out"
    job = subprocess.Popen(
        [sys.executable, str(script), str(out), str(engine.log)], cwd=ROOT, start_new_session=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    wait_for(lambda: len(list(out.glob("shards/*/receipt.json"))) >= 2)
    sent = time.monotonic()
    os.killpg(job.pid, 2)
    _, error = job.communicate(timeout=20)
    assert time.monotonic() - sent < 20.0  # the work left takes 40 seconds
    assert job.returncode == 130
    assert "Traceback" not in error
    assert "Stopped. " in error
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["interrupted"] is True
    runs = pd.read_parquet(out / "runs.parquet")
    assert len(runs) == manifest["runs_finished"] >= 2
    assert np.isfinite(runs["startups_in_france"]).all()
    assert (out / "comparison.csv").exists()
    wait_for(lambda: not alive(job.pid), seconds=2.0)


def alive(group: int) -> list[str]:
    """Return the processes of a group that are still at work (not those that only wait to be counted)."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            name, _, rest = path.read_text().rpartition(")")
            state, _, member = rest.split()[:3]
            if int(member) == group and state != "Z":
                found.append(f"{name}) {state}")
    return found


def wait_for(ready: Callable[[], bool], seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.05)


def command(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "run_sim.py", *arguments], cwd=ROOT, env=os.environ | environment,
        capture_output=True, text=True, errors="replace", timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("seconds", [0.1, 0.3])
def test_ctrl_c_while_starting_is_one_sentence_and_code_130(tmp_path: Path, seconds: float) -> None:
    job = subprocess.Popen(
        [sys.executable, "run_sim.py", "--world", "prior", "--out", str(tmp_path / "out")], cwd=ROOT,
        start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    time.sleep(seconds)
    os.killpg(job.pid, 2)
    _, error = job.communicate(timeout=20)
    assert (job.returncode, "Traceback" in error) == (130, False)
    assert error.splitlines()[-1].startswith("Stopped. ")


@pytest.mark.parametrize("processes", [2, 3, 4])
def test_ctrl_c_while_workers_start_ends_everything_within_two_seconds(tmp_path: Path, processes: int) -> None:
    job = subprocess.Popen(
        [sys.executable, "run_sim.py", "--world", "prior", "--worlds", "2", "--talent-scale", "1000", "--out",
         str(tmp_path / "out")],
        cwd=ROOT, start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    wait_for(lambda: len(alive(job.pid)) >= min(processes, 3))
    time.sleep(0.15 * (processes - 2))
    sent = time.monotonic()
    os.killpg(job.pid, 2)
    _, error = job.communicate(timeout=20)
    assert time.monotonic() - sent < 2.0
    assert (job.returncode, "Traceback" in error) == (130, False)
    assert "Stopped. " in error
    assert {path.name for path in (tmp_path / "out").iterdir()} <= {
        ".lock", "ledger.sqlite", "progress.json", "study.json",
    }  # fmt: skip
    assert options.common(10, 1, 1, 1, 1, 0, 1, 1, tmp_path / "out")  # the same command is not refused


def test_a_worker_that_dies_while_it_starts_does_not_hang_the_driver(tmp_path: Path) -> None:
    # Dies while it is read, with far more behind it than a pipe holds.
    code = """
import posix, sys
from pathlib import Path
from sim.evidence import load_evidence
from sim.experiments.running.runner import Manner, StudyFolder
from tests.experiments.fake_model import FakeEngine
from tests.test_cli import study

class Deadly(FakeEngine):
    def __reduce__(self):
        return posix._exit, (1,)  # that of os may be a wrapper of who watches which branches are taken

folder = StudyFolder(Path(sys.argv[1]), study(worlds=1), load_evidence(), "1")
print(len(folder.run(Deadly(Path(".")), Manner(1), lambda *_: None).failures))
"""
    done = child(code, str(tmp_path))
    assert (done.returncode, done.stdout) == (0, "2\n"), done.stderr


def test_ctrl_c_during_the_first_imports_is_one_sentence() -> None:
    code = """
import runpy, signal, sys

class CtrlC:
    def find_spec(self, name, *rest):
        if name == "sim":
            try:
                signal.raise_signal(signal.SIGINT)
            except BaseException:
                pass  # swallowed, as an import or a destructor may do


sys.meta_path.insert(0, CtrlC())
runpy.run_path("run_sim.py", run_name="__main__")
"""
    done = child(code)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (130, "", 1)
    assert done.stderr.startswith("Stopped. ")


def test_a_folder_left_by_an_early_stop_is_taken_again(tmp_path: Path) -> None:
    (tmp_path / ".driver-host-1").mkdir()
    for name in (".lock", "ledger.sqlite", "study.json", "progress.json"):
        (tmp_path / name).touch()
    (tmp_path / "shards").mkdir()
    assert options.common(10, 1, 1, 1, 1, 0, 1, 1, tmp_path).out == tmp_path


def test_folders_of_other_programs_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    manifest, shards, mixed = tmp_path / "manifest", tmp_path / "shards", tmp_path / "mixed"
    (manifest / "figures").mkdir(parents=True)
    (manifest / "manifest.json").write_text('{"name": "an app"}', encoding="utf-8")
    (shards / "shards" / "customers").mkdir(parents=True)
    (mixed / "shards" / ("a" * 32)).mkdir(parents=True)
    (mixed / "shards" / "customers").mkdir()
    for out in (manifest, shards, mixed):
        with pytest.raises(InputError, match="holds other files than results"):
            options.common(10, 1, 1, 1, 1, 0, 1, 1, out)
    (manifest / "runs.parquet").touch()
    (line,) = refused(["compare", str(manifest)], capsys)
    assert "not a folder of results" in line


def test_only_what_a_command_wrote_is_deleted(evidence: Evidence, common: options.Common, engine: FakeEngine) -> None:
    assert carry_out(study(), evidence, common, engine=engine) == 0
    (common.out / "figures").mkdir()
    for path in ("figures/paths.svg", "figures/mine.svg", "shards/notes"):
        (common.out / path).touch()
    assert carry_out(study(), evidence, common, engine=engine) == 0
    assert [path.name for path in (common.out / "figures").iterdir()] == ["mine.svg"]
    assert (common.out / "shards" / "notes").exists()


def test_figures_to_delete_are_those_drawn() -> None:
    from sim.cli.study import FIGURES
    from sim.report.figures import FIGURES as DRAWN

    assert set(FIGURES) == set(DRAWN)


def test_an_unusable_name_of_a_results_folder_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    (line,) = refused(["--out", "x" * 300], capsys)
    assert line.endswith("cannot be used (file name too long); name another folder.")


def test_the_level_shown_is_of_worlds_that_no_scenario_altered(tmp_path: Path) -> None:
    runs = {"run": [0, 1, 2, 3], "scenario": ["baseline", "baseline", "eased", "baseline"], "world": [0, 1, 2, 2]}
    table = pd.DataFrame(runs | {"replicate": 0, "startups_in_france": [10.0, 20.0, 5.0, 900.0]})
    table.to_parquet(tmp_path / "runs.parquet")
    worlds = [{"world": world, "overrides": {"talent.beta": 1.0} if world == 2 else {}} for world in range(3)]
    (tmp_path / "manifest.json").write_text(json.dumps({"worlds": worlds}), encoding="utf-8")
    assert reference_levels(tmp_path, "baseline") == {"startups_in_france": 15.0}


@pytest.mark.parametrize(
    ("called", "prefix", "typed"),
    [
        ("run_sim.py", ROOT / ".venv", ".venv/bin/python run_sim.py"),
        ("run_sim.py", "elsewhere", "run_sim.py"),
        ("venv/bin/talent-flight", "elsewhere", "talent-flight"),
        ("pytest", ROOT / ".venv", "run_sim.py"),
    ],
)
def test_messages_name_the_program_as_it_was_typed(
    called: str, prefix: Path | str, typed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", [called])
    monkeypatch.setattr(sys, "prefix", str(prefix))
    monkeypatch.chdir(ROOT)
    assert program() == typed


def test_what_is_missing_is_added_in_the_environment_at_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(sys, "prefix", str(ROOT / ".venv"))
    tested = f"constraints/py{sys.version_info.major}{sys.version_info.minor}.txt"
    assert installing("pdf") == f".venv/bin/python -m pip install -e '.[pdf]' -c {tested}"
    monkeypatch.setattr("sim.typed.IS_CHECKOUT", False)  # as a wheel installs it
    assert installing("pdf") == f"python -m pip install 'talent_flight-{sim.__version__}-py3-none-any.whl[pdf]'"


def test_the_heading_says_why_a_difference_has_no_interval() -> None:
    none = float("nan")
    lines = [("startup_jobs", 3.0, 1.0), ("public_cost", 2.0, none), ("public_cost", 0.0, none), ("births", 1.0, none)]
    data = pd.DataFrame(lines, columns=["outcome", "difference", "joint_low"])
    assert intervals_told(data) == "[95% interval, all at once; none where too few differ]"
    assert intervals_told(data.iloc[[0, 2, 3]]) == "[95% interval, all at once]"  # no difference needs none
    assert intervals_told(data.iloc[1:]) == "(too few for an interval)"


@pytest.mark.parametrize("width", [30, 40, 60, 80, 100, 200])
def test_numbers_are_whole_at_any_width(
    width: int, evidence: Evidence, common: options.Common, engine: FakeEngine
) -> None:
    assert carry_out(study(), evidence, common, engine=engine) == 0
    console = Console(width=width, file=io.StringIO(), color_system=None)
    console.print(comparison_table(common.out, "baseline", console))
    assert isinstance(console.file, io.StringIO)
    shown = console.file.getvalue()
    level = number(reference_levels(common.out, "baseline")["startups_in_france"])
    assert " " in level
    assert level in shown
    assert max(len(line) for line in shown.splitlines()) <= width


def full_disk(results: Path, language: str) -> None:
    (results / "report.html").write_text("hal", encoding="utf-8")
    raise OSError(28, "No space left on device", str(results / "report.html"))


def refused_report(results: Path, language: str) -> None:
    raise InputError("page: cannot be written.")


def stopped(results: Path, language: str) -> None:
    raise Stop


def saved_by_halves(results: Path, language: str) -> None:
    """A source of the report that is edited while the runs are made."""
    raise SyntaxError("invalid syntax", ("page.py", 3, 1, "def ("))


def test_a_report_that_cannot_be_written_leaves_whole_tables_and_says_so(
    evidence: Evidence, common: options.Common, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sim.report, "write_report", full_disk)
    with pytest.raises(InputError) as caught:
        carry_out(study(), evidence, common, engine=engine)
    (sentence,) = caught.value.problems
    assert sentence == (
        f"{common.out / 'report.html'}: cannot be read or written (no space left on device)."
        f" The tables in {common.out} are whole; to write the report: run_sim.py compare {common.out}"
    )
    assert (common.out / "manifest.json").exists()
    assert not (common.out / "report.html").exists()
    monkeypatch.setattr(sim.report, "write_report", refused_report)
    with pytest.raises(InputError, match=r"page: cannot be written\. The tables in .* are whole"):
        carry_out(study(), evidence, common, engine=engine)
    monkeypatch.setattr(sim.report, "write_report", stopped)
    with pytest.raises(Stop, match="are whole; to write the report"):
        carry_out(study(), evidence, common, engine=engine)
    monkeypatch.setattr(sim.report, "write_report", saved_by_halves)
    with pytest.raises(InputError, match=r"^page\.py, line 3: cannot be loaded \(invalid syntax\)\. The tables in "):
        carry_out(study(), evidence, common, engine=engine)


@pytest.mark.parametrize("table", ["revenue", "reasons", "pairs"])
def test_a_damaged_table_leaves_the_page_and_names_one_remedy(
    table: str, evidence: Evidence, common: options.Common, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert carry_out(study(), evidence, common, engine=engine) == 0
    path = common.out / f"{table}.parquet"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    before = {name: (common.out / name).read_bytes() for name in ("report.html", "comparison.csv", "accounts.csv")}
    monkeypatch.setattr(sim.report, "write_report", sim.report.page.write_report)
    with pytest.raises(InputError) as caught:
        compare_again(common.out)
    (sentence,) = caught.value.problems
    assert sentence.startswith(f"{path}: not a Parquet table that can be read")
    assert sentence.endswith("; the same run command writes it anew.")
    assert before == {name: (common.out / name).read_bytes() for name in before}


def test_an_earlier_page_stays_until_the_new_one_is_ready(
    evidence: Evidence, common: options.Common, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert carry_out(study(), evidence, common, engine=engine) == 0
    monkeypatch.setattr(sim.report, "write_report", refused_report)
    with pytest.raises(InputError, match="are whole; to write the report"):
        compare_again(common.out)
    assert (common.out / "report.html").read_text(encoding="utf-8") == "report"


def test_of_tables_that_are_gone_accounts_are_removed_and_no_comparison_is_made(
    evidence: Evidence, common: options.Common, engine: FakeEngine
) -> None:
    assert carry_out(study(), evidence, common, engine=engine) == 0
    assert (common.out / "accounts.csv").is_file()
    (common.out / "revenue.parquet").unlink()
    assert compare_again(common.out) == 0
    assert not (common.out / "accounts.csv").exists()
    for name in ("places.csv", "comparison.csv"):
        (common.out / name).unlink()
    with pytest.raises(InputError, match=r"places\.csv"):
        compare_again(common.out)
    assert not (common.out / "comparison.csv").exists()


def test_ctrl_c_and_full_disks_are_sentences(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for failure, code, said in (
        (Stop("All is whole."), 130, "Stopped. All is whole.\n"),
        (OSError(28, "No space left on device", "x"), 2, "x: cannot be read or written (no space left on device).\n"),
    ):

        def fail(_: Path, failure: BaseException = failure) -> None:
            raise failure

        monkeypatch.setattr("sim.cli.study.compare_again", fail)
        assert main(["compare", "x"]) == code
        assert capsys.readouterr().err == said


def test_brackets_in_a_path_are_no_markup(
    evidence: Evidence, common: options.Common, engine: FakeEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    out = common.out / "m[" / "red]"
    assert carry_out(study(), evidence, replace(common, out=common.out / "m[/red]"), engine=engine) == 0
    output = capsys.readouterr()
    assert str(out) in output.err
    assert str(out / "runs.parquet") in output.out


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_that_lacks_signs_gets_others(encoding: str) -> None:
    done = command("describe", "outcomes", PYTHONIOENCODING=encoding)
    assert (done.returncode, done.stderr) == (0, "")
    done = command("check", "é–.toml", PYTHONIOENCODING=f"{encoding}:strict")
    assert (done.returncode, "no such file" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("x = " + "9" * 5000, "a whole number of thousands of digits; no key of a scenario takes one."),
        ("x = " + "[" * 5000 + "]" * 5000, "lists, tables or dotted names nested too deeply; three levels are enough."),
        ("[world]\n" + ".".join(["a"] * 3000) + " = 1", "dotted names nested too deeply"),
        ("[world]\n" + ".".join(["a"] * 30) + " = 1", "no such parameter"),
        ('[world]\n"talent.beta" = ' + "9" * 390, "found a whole number of more than 308 digits"),
        ("[levers.seed_acceleration]\nbudget_meur = 0x" + "f" * 5000, "found a whole number of more than 30 digits"),
    ],
)  # fmt: skip
def test_monstrous_files_are_one_sentence(
    text: str, sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text(f'name = "bad"\ntitle = "t"\nquestion = "q"\nexpected = "e"\n{text}\n', encoding="utf-8")
    (line,) = refused(["check", str(bad)], capsys)
    assert sentence in line
    assert len(line) < len(str(bad)) + 200


def test_a_number_without_unit_is_said_without_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text(BAD.split("[levers")[0] + '[world]\n"talent.beta" = 900\n', encoding="utf-8")
    (line,) = refused(["check", str(bad)], capsys)
    assert re.search(r"allowed is a number from [\d.]+ to [\d.]+\.$", line)
