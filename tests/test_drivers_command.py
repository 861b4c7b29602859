"""``run_sim.py drivers``: the study it makes, its table, and that the main job knows nothing of it."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pandas as pd
import pytest
from rich.console import Console

from sim.analysis import OUTCOMES
from sim.analysis.drivers import DRIVER_OUTCOMES, is_driver
from sim.analysis.drivers import DRIVERS as SWITCHES
from sim.cli import main, options
from sim.cli.drivers import show_drivers
from sim.evidence import Evidence
from sim.experiments.designs.study import Study
from sim.model.levers import Equalisation
from sim.scenario import find_scenarios, load_scenarios

DRIVERS = ("capital", "connectivity", "real_estate", "taxation")


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[Study]:
    """Studies that a command would have run."""
    found: list[Study] = []
    monkeypatch.setattr("sim.cli.study.carry_out", lambda study, *_, **__: found.append(study) or 0)
    return found


@pytest.mark.usefixtures("adopted_posterior")
def test_baseline_and_four_drivers_in_the_worlds_of_the_main_job(tmp_path: Path, seen: list[Study]) -> None:
    assert main(["drivers", "--worlds", "3", "--seed", "5", "--years", "2", "--out", str(tmp_path / "d")]) == 0
    assert main(["--worlds", "3", "--seed", "5", "--years", "2", "--out", str(tmp_path / "m")]) == 0
    ours, mains = seen
    assert [scenario.name for scenario in ours.scenarios] == ["baseline", *(f"equal_{name}" for name in DRIVERS)]
    assert (ours.worlds, ours.seed, ours.settings) == (mains.worlds, mains.seed, mains.settings)
    assert (ours.reference, ours.n_runs) == ("baseline", 15)
    assert not any(isinstance(lever, Equalisation) for scenario in mains.scenarios for lever in scenario.levers)


def test_each_scenario_equalises_its_driver_from_the_first_quarter(evidence: Evidence) -> None:
    for scenario in load_scenarios(find_scenarios(options.SCENARIOS / "drivers"), evidence):
        (lever,) = scenario.levers
        assert isinstance(lever, Equalisation)
        switched_on = [name for name in DRIVERS if getattr(lever, name)]
        assert scenario.name == f"equal_{switched_on[0]}"
        assert (len(switched_on), lever.start, lever.strength) == (1, "2013Q3", 1.0)


def test_the_lever_decides_what_a_driver_is(evidence: Evidence) -> None:
    folder = options.SCENARIOS
    ours = load_scenarios(find_scenarios(folder / "drivers"), evidence)
    assert all(is_driver(scenario.levers_as_dict()) for scenario in ours)
    others = load_scenarios(find_scenarios(folder), evidence)
    assert not any(is_driver(scenario.levers_as_dict()) for scenario in others)
    assert set(SWITCHES) == set(DRIVERS)
    assert set(SWITCHES) <= set(Equalisation.model_fields)
    off = dict.fromkeys(DRIVERS, False)
    assert not is_driver({"equalisation": off})
    assert not is_driver({"equalisation": {}})  # all on
    assert not is_driver({"equalisation": off | {"capital": True}, "simplification": {}})
    assert not is_driver({"simplification": {}})


def describe(folder: Path, drivers: tuple[str, ...]) -> None:
    off = dict.fromkeys(DRIVERS, False)
    notes = [{"name": f"equal_{name}", "levers": {"equalisation": off | {name: True}}} for name in drivers]
    notes.append({"name": "equal_pay", "levers": {"simplification": {}}})
    (folder / "scenarios.json").write_text(json.dumps(notes), encoding="utf-8")


def comparison(drivers: tuple[str, ...]) -> pd.DataFrame:
    rows = [
        {
            "scenario": f"equal_{driver}", "outcome": name, "label": OUTCOMES[name].label, "unit": OUTCOMES[name].unit,
            "better": OUTCOMES[name].better, "baseline_mean": 100.0, "scenario_mean": 90.0, "difference": -float(rank),
            "low": -2.0 * rank, "high": 0.5, "mc_error": 0.1, "n": 4,
        }
        for rank, driver in enumerate(drivers, 1)
        for name in DRIVER_OUTCOMES
    ]  # fmt: skip
    return pd.DataFrame(rows)


def shown(folder: Path, width: int) -> str:
    text = io.StringIO()
    show_drivers(folder, Console(file=text, width=width))
    return text.getvalue()


@pytest.mark.parametrize("width", [40, 200])
def test_the_table_is_ranked_printed_and_kept(tmp_path: Path, width: int) -> None:
    comparison((*DRIVERS, "pay")).to_csv(tmp_path / "comparison.csv", index=False)
    describe(tmp_path, DRIVERS)
    text = shown(tmp_path, width)
    order = [text.index(name) for name in ("taxation", "real estate", "connectivity", "capital")]
    assert order == sorted(order)
    assert "−4" in text
    assert "drivers.csv" in text.replace("\n", "")
    table = pd.read_csv(tmp_path / "drivers.csv")
    assert list(table["driver"][:4]) == ["taxation", "real_estate", "connectivity", "capital"]
    assert len(table) == 4 * len(DRIVER_OUTCOMES)


def test_nothing_to_compare_leaves_no_table(tmp_path: Path) -> None:
    (tmp_path / "drivers.csv").touch()
    shown(tmp_path, 100)
    assert not (tmp_path / "drivers.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--worlds", "0"], "--worlds: found 0"),
        (["--years", "0", "--workers", "0"], "--years: found 0"),
        (["--talent-scale", "0"], "--talent-scale: found 0"),
    ],
)
@pytest.mark.usefixtures("adopted_posterior")
def test_bad_options_are_sentences(
    arguments: list[str], sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["drivers", *arguments, "--out", str(tmp_path / "out")]) == 2
    error = capsys.readouterr().err
    assert sentence in error
    assert "Traceback" not in error
    assert not (tmp_path / "out").exists()


def test_a_missing_folder_of_drivers_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(options, "SCENARIOS", tmp_path)
    assert main(["drivers", "--out", str(tmp_path / "out")]) == 2
    assert "no such folder of scenario files" in capsys.readouterr().err
