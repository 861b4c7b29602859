"""``packages`` and ``counterfactual`` as a user meets them: what they write, what they say, what they refuse."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from sim.cli import main
from sim.cli.counts import counts_table
from tests.analysis.packages.known_runs import notes, runs_of
from tests.analysis.packages.test_package_places import counted
from tests.report.synthetic import PLACES

FIGURES = ("pdf", "svg", "png", "csv")
SWEEP = """
name = "mine"
title = "A small sweep"
question = "?"
[policies]
scenarios = ["baseline", "r8_simplification", "placebo"]
[worlds]
design = "prior"
size = 2
[runs]
years = 1
talent_scale = 500
startup_scale = 8
[keep]
persons = true
"""


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """A results folder with every subset of three members, made by hand."""
    folder = tmp_path / "packages"
    folder.mkdir()
    runs_of(12).to_parquet(folder / "runs.parquet", index=False)
    (folder / "scenarios.json").write_text(json.dumps(notes()[::-1]), encoding="utf-8")
    counted(runs_of(12)).replace({"place": {"paris": "lille"}}).to_parquet(folder / "pairs.parquet", index=False)
    PLACES.to_csv(folder / "places.csv", index=False)
    return folder


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A coarse study of two worlds by the model: the stand-in's persons are not those of its series."""
    from sim.experiments.running.executors import SerialExecutor

    folder = tmp_path_factory.mktemp("study")
    (folder / "mine.toml").write_text(SWEEP, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patched, np.errstate(all="raise"):
        patched.setattr("sim.experiments.running.runner.take_warm", lambda *_: SerialExecutor())
        assert main(["sweep", str(folder / "mine.toml"), "--out", str(folder / "out"), "--workers", "1"]) == 0
    return folder / "out"


@pytest.fixture
def results(study: Path, tmp_path: Path) -> Path:
    """A copy of the study."""
    return Path(shutil.copytree(study, tmp_path / "out"))


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures are built but not written, which takes most of the time."""
    monkeypatch.setattr("sim.report.package_figures.save_figure", lambda figure, data, folder, name, *_: folder / name)


def test_packages_writes_its_tables_and_figures(packages: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["packages", str(packages), "--budget", "70", "--budget", "200"]) == 0
    said = capsys.readouterr().out
    assert "Shapley value" in said
    assert "r4+r10" in said
    assert "Caution: " in said
    table = pd.read_parquet(packages / "packages.parquet")
    assert set(table["package"]) == {note["name"] for note in notes()}
    told = table[table["reading"] == ""]
    assert len(told) > 30
    assert np.isfinite(told.select_dtypes("number").to_numpy(dtype=float)).all()
    shapley = pd.read_csv(packages / "shapley.csv")
    assert (shapley["member"] == "total").sum() == shapley["outcome"].nunique()
    assert set(pd.read_csv(packages / "budgets.csv")["budget"]) == {70.0, 200.0}
    assert len(pd.read_csv(packages / "frontier.csv")) == 8
    by_place = pd.read_parquet(packages / "package_places.parquet")
    assert set(by_place.loc[by_place["difference"] != 0, "where"]) == {"france", "lille", "lyon"}
    for name in ("waterfall", "interactions", "frontier"):
        assert all((packages / "figures" / f"{name}.{kind}").stat().st_size > 0 for kind in FIGURES)
    first = {path.name: path.read_bytes() for path in packages.rglob("*.*") if path.is_file()}
    assert main(["packages", str(packages), "--budget", "70", "--budget", "200"]) == 0
    assert first == {path.name: path.read_bytes() for path in packages.rglob("*.*") if path.is_file()}
    (packages / "pairs.parquet").unlink()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("sim.cli.comparing._draw", lambda *_: [])
        assert main(["packages", str(packages)]) == 0
    assert not (packages / "package_places.parquet").exists()


def test_a_study_without_every_package_is_one_sentence(packages: Path, capsys: pytest.CaptureFixture[str]) -> None:
    some = [note for note in notes() if len(note["levers"]) != 2]
    (packages / "scenarios.json").write_text(json.dumps(some), encoding="utf-8")
    assert main(["packages", str(packages)]) == 2
    assert capsys.readouterr().err == (
        "scenarios.json: 3 of the 8 packages of r2, r4, r10 missing, the first is r2+r4; run_sim.py sweep "
        "scenarios/sweeps/eight_packages.toml makes every package of the eight recommendations.\n"
    )
    assert not (packages / "shapley.csv").exists()
    assert main(["packages", str(packages / "nowhere")]) == 2
    assert "no such folder" in capsys.readouterr().err


def test_counterfactual_counts_and_says_what_is_identified(results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["counterfactual", str(results)]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "Class identities hold in all of 4 pairs of runs." in said
    assert "under shared luck" in said
    table = pd.read_csv(results / "counterfactual.csv")
    assert set(table["scenario"]) == {"r8_simplification", "placebo"}
    assert set(table["by"]) == {"france", "district", "skill", "stage"}
    assert all((results / "figures" / f"fates.{kind}").exists() for kind in FIGURES)


@pytest.mark.parametrize("width", [40, 70, 80, 100, 140])
def test_counts_are_printed_in_one_piece_at_any_width(width: int) -> None:
    """A table where numbers fit, blocks where they would break; the floor stands beside every gross count."""
    measures = {"net": 2075.4, "gained": 123456.7, "lost_in_all": 3.25, "displaced": 27.5, "deadweight": 28335.0}
    rows = [
        {"scenario": name, "kind": kind, "by": "france", "measure": measure, "mean": mean, "low": mean - 644.0,
         "high": mean + 7635.0, "n": 24, "floor": 11.0}
        for name in ("r6_attractive_taxation", "placebo") for kind in ("talent", "startup")
        for measure, mean in measures.items()
    ]  # fmt: skip
    stream = io.StringIO()
    console = Console(file=stream, width=width)
    console.print(counts_table(pd.DataFrame(rows), Path("nowhere"), console))
    said = stream.getvalue()
    assert "…" not in said
    for text, times in (("[+1 431,", 4), ("+9 710]", 4), ("123 457", 4), ("28 335", 4), ("(11.0)", 16)):
        assert said.count(text) == times
    assert " ".join(said.split()).count("under shared luck") == 2
    assert max(map(len, said.splitlines())) <= width


@pytest.mark.usefixtures("undrawn")
def test_persons_of_one_scenario_and_world_are_those_counted(results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["counterfactual", str(results), "--persons", "r8_simplification", "1"]) == 0
    table = pd.read_csv(results / "persons.csv")
    pairs = pd.read_parquet(results / "pairs.parquet")
    ours = pairs[(pairs["scenario"] == "r8_simplification") & (pairs["world"] == 1)]
    once = ours[~ours["class"].isin(["displaced_from", "restaged", "restaged_from"])]
    assert (table["kind"].map({"talent": 500, "startup": 8})).groupby(table["class"]).sum().to_dict() == (
        once.groupby("class")["count"].sum().to_dict()
    )
    capsys.readouterr()
    (results / "counterfactual.csv").unlink()
    for asked, why in (
        (["r8_simplificaton", "1"], "no scenario 'r8_simplificaton' in .*; did you mean 'r8_simplification'"),
        (["r8_simplification", "99"], "found world 99, 'r8_simplification' ran in 2 worlds, 0 to 1"),
        (["baseline", "1"], "'baseline' is what everyone is matched with"),
    ):  # fmt: skip
        assert main(["counterfactual", str(results), "--persons", *asked]) == 2
        said = capsys.readouterr().err
        assert len(said.splitlines()) == 1
        assert pd.Series([said]).str.contains(why).all(), said
        assert not (results / "counterfactual.csv").exists()


@pytest.mark.usefixtures("undrawn")
def test_persons_that_the_study_kept_are_read_and_not_made_again(
    results: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Both ways write the same bytes; what was kept is read whatever the model is by now."""
    asked, path = ["counterfactual", str(results), "--persons", "r8_simplification", "1"], results / "persons.csv"
    with monkeypatch.context() as patched:
        patched.setattr("sim.experiments.running.repeating.persons_again", lambda *_: pytest.fail("made again"))
        patched.setattr("sim.cli.sweeping.current_code", lambda: "another")
        assert main(asked) == 0
    read = path.read_bytes()
    monkeypatch.setattr("sim.cli.comparing._kept_persons", lambda *_: None)
    assert main(asked) == 0
    assert path.read_bytes() == read
    # Not kept, and no longer to be made again: one sentence.
    monkeypatch.setattr("sim.cli.sweeping.current_code", lambda: "another")
    path.unlink()
    capsys.readouterr()
    assert main(asked) == 2
    assert "made by other sources of the model" in capsys.readouterr().err
    assert not path.exists()


@pytest.mark.usefixtures("undrawn")
def test_persons_who_are_not_those_counted_are_refused(results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One firm too many of the same class: sums still agree with the totals, persons do not."""
    path = results / "pairs.parquet"
    pairs = pd.read_parquet(path)
    some = pairs[(pairs["class"] == "same") & (pairs["place"] == "outside_france")].index[0]
    pairs.loc[some, "count"] += 8
    pairs.to_parquet(path, index=False)
    row = pairs.loc[some]
    capsys.readouterr()
    assert main(["counterfactual", str(results), "--persons", str(row["scenario"]), str(row["world"])]) == 2
    assert "are not those that were counted" in capsys.readouterr().err
    assert not (results / "persons.csv").exists()


@pytest.mark.usefixtures("undrawn")
def test_persons_of_tables_without_a_study_are_refused_before_anything_is_written(
    results: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (results / "study.json").unlink()
    capsys.readouterr()
    assert main(["counterfactual", str(results), "--persons", "r8_simplification", "1"]) == 2
    assert "holds tables alone, no study.json" in capsys.readouterr().err
    assert not (results / "counterfactual.csv").exists()


@pytest.mark.usefixtures("undrawn")
def test_pairs_that_do_not_add_up_are_refused(results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = results / "pairs.parquet"
    pairs = pd.read_parquet(path)
    some = (pairs["class"] == "same") & (pairs["kind"] == "startup")
    pairs.loc[some, "class"] = "created"
    pairs.to_parquet(path, index=False)
    capsys.readouterr()
    assert main(["counterfactual", str(results)]) == 2
    assert "startups of the classes differ by" in capsys.readouterr().err
    assert not (results / "counterfactual.csv").exists()
    path.unlink()
    assert main(["counterfactual", str(results)]) == 2
    assert "pairs.parquet: not there" in capsys.readouterr().err
