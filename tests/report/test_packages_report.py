"""Packages in the report: whose tables they are, what is told of them, and what goes into the page's script."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from sim.errors import InputError
from sim.report import write_report
from sim.report.catalogue import Words
from sim.report.explorer_data import as_script, explorer_content
from sim.report.package_figures import PACKAGE_FIGURES
from sim.report.package_results import packages_of
from sim.report.package_tables import budget_choices, clear_pairs, contributions, orders, unbeaten
from sim.report.results import Results
from sim.report.sections import explorer, packages
from tests.report.synthetic_packages import write_packages

pytestmark = pytest.mark.long
WORDS = Words()


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_packages(tmp_path_factory.mktemp("results") / "packages")


def main_job(folder: Path, study: Path, **changes: object) -> Results:
    """A folder beside the study that was made by the same model, but for some entries of its manifest."""
    folder.mkdir()
    manifest = json.loads((study / "manifest.json").read_text())
    manifest["settings"] = manifest["settings"] | {"talent_scale": 20}
    (folder / "manifest.json").write_text(json.dumps(manifest | changes))
    shutil.copy(study / "places.csv", folder)
    return Results(folder)


def test_packages_count_only_if_they_are_of_the_same_model_and_evidence(study: Path, tmp_path: Path) -> None:
    shutil.copytree(study, tmp_path / "packages")
    found = packages_of(main_job(tmp_path / "main", study))
    assert found is not None
    assert not found.own
    assert found.folder == tmp_path / "packages"
    assert found.members[3] == "r4_seed_acceleration"
    own = packages_of(Results(study))
    assert own is not None
    assert own.own
    digests = {"evidence": "a" * 64, "code": "c" * 64}
    for n, change in enumerate(({"digests": digests}, {"seed": 2}, {"interrupted": True}, {"posterior": {"draws": 9}})):
        assert packages_of(main_job(tmp_path / f"other{n}", study, **change)) is None
    shutil.move(tmp_path / "packages", tmp_path / "main" / "packages")
    below = packages_of(Results(tmp_path / "main"))
    assert below is not None
    (tmp_path / "main" / "packages" / "shapley.csv").write_text("nothing")
    assert packages_of(Results(tmp_path / "main")) is None


@pytest.mark.parametrize(
    ("name", "change", "why"),
    [
        ("packages.parquet", lambda frame: frame[frame["mask"] != 7], "255 packages are not all subsets of 8 members"),
        ("packages.parquet", lambda frame: frame.assign(difference=np.nan), "a package without its difference"),
        ("packages.parquet", lambda frame: frame[(frame["mask"] != 7) | (frame["outcome"] != "public_cost")],
         "an outcome is missing or does not stand once for each package"),
        ("package_places.parquet", lambda frame: frame[1:], "a place does not stand once for each package"),
        ("package_places.parquet", lambda frame: frame.drop(columns="joint_low"), "no column joint_low"),
    ],
)  # fmt: skip
def test_damaged_tables_of_ones_own_are_one_sentence(study: Path, tmp_path: Path, name: str, change, why: str) -> None:  # type: ignore[no-untyped-def]
    shutil.copytree(study, tmp_path / "packages")
    path = tmp_path / "packages" / name
    change(pd.read_parquet(path)).to_parquet(path, index=False)
    with pytest.raises(InputError, match=why):
        packages_of(Results(tmp_path / "packages"))


def test_the_tables_say_what_was_put_in(study: Path) -> None:
    results = Results(study)
    found = packages_of(results)
    assert found is not None
    table = contributions(found, results, WORDS)
    assert len(table.rows) == 9
    broadband, openness = table.rows[4], table.rows[6]
    assert (broadband[1].text, broadband[1].remark) == ("0", "no change in any world")
    assert openness[1].remark == "not distinguishable from no effect"
    assert openness[4].favour == "cost"
    assert sum(row[1].numbers[0] for row in table.rows[:8]) == pytest.approx(table.rows[8][1].numbers[0])
    alone = orders(found, results, "startups_in_france", WORDS)
    showcase = [entry.numbers[0] for entry in alone.rows[1][1:]]
    assert showcase[0] > showcase[1] > showcase[2]  # in the way of taxation
    pairs = clear_pairs(found, WORDS)
    assert pairs is not None
    told = {(row[0].text, row[1].text): row[4].text for row in pairs.rows}
    assert told["Startups in France", "R2 + R6"] == "substitutes"
    assert told["Startups in France", "R4 + R8"] == "complements"
    assert len(told) == 4
    best = budget_choices(found, WORDS)
    assert len(best.rows) == len(found.budgets)
    assert best.rows[0][2].text == "R1 + R3 + R8"
    assert unbeaten(found, WORDS).rows[0][0].text == "none"


def test_what_is_said_never_says_more_than_the_intervals(study: Path, tmp_path: Path) -> None:
    said = packages.build(Results(study), WORDS)
    assert said is not None
    assert any("R6 Attractive taxation, +28" in text for text in said["sentences"])
    few = write_packages(tmp_path / "packages", worlds=5, places=False)
    poor = packages.build(Results(few), WORDS)
    assert poor is not None
    assert poor["pairs"] is None
    assert poor["no_pairs"] == "only 5 worlds: no interval"
    assert "Contributions have no interval: only 5 worlds: no interval." in poor["sentences"]
    content = explorer.build(Results(few), WORDS)
    assert content is not None
    assert [place["id"] for place in content["places"]] == ["france"]
    assert any("did not count persons by place" in note for note in content["notes"])
    cells = json.loads(content["data"])["cells"]["startups_in_france"]["france"].split(";")
    assert {cell[0] for cell in cells} == {"n", "t"}


def test_nothing_in_the_data_ends_the_script(study: Path, tmp_path: Path) -> None:
    evil = '</script><script>alert(1)</script>&lt;"'
    shutil.copytree(study, tmp_path / "packages")
    path = tmp_path / "packages" / "packages.parquet"
    table = pd.read_parquet(path)
    table.loc[table["outcome"] == "public_cost", ["label", "unit"]] = evil
    table.to_parquet(path, index=False)
    results = Results(tmp_path / "packages")
    found = packages_of(results)
    assert found is not None
    content = explorer_content(found, results, WORDS)
    text = str(as_script(content))
    assert not set("<>&") & set(text)
    assert json.loads(text) == content
    assert any(evil in outcome["label"] for outcome in content["outcomes"])


def test_the_report_of_a_study_of_packages(study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own figures, few scenarios where hundreds were run, and a page that a mail can carry."""
    drawn = {}

    def stub(figure: Figure, data: pd.DataFrame, folder: Path, name: str, *_: object) -> Path:
        drawn[name] = folder
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.svg").write_text("<svg/>")
        return folder / f"{name}.svg"

    for module in ("sim.report.package_figures", "sim.report.figures"):
        monkeypatch.setattr(f"{module}.save_figure", stub)
    shutil.copytree(study, tmp_path / "packages")
    page = write_report(tmp_path / "packages", "fr")
    text = page.read_text(encoding="utf-8")
    assert len(text.encode()) < 5_000_000
    assert text.count("<article") <= 10
    for name in PACKAGE_FIGURES:
        assert drawn[name] == page.parent / "figures" / "fr"
        assert f"figures/fr/{name}.csv" in text
    assert text.count("<script") == 2
    assert (page.parent / "tables" / "fr" / "packages_budgets.csv").is_file()
