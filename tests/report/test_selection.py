"""Which scenarios the figures and tables of the report show, and what it says of those it cannot show."""

import json
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest

from sim.analysis import compare
from sim.analysis.places import quantile_paths
from sim.report import write_report
from sim.report.catalogue import Words
from sim.report.figure_blocks import figure_title
from sim.report.figures import FIGURES, districts, effects, paths
from sim.report.noise_floor import mean_counts
from sim.report.results import Results
from sim.report.sections.headlines import tiles

WORDS = Words()


def chosen(folder: Path, target: Path, scenarios: Sequence[str], placebo: str = "") -> Path:
    """A copy that holds only these scenarios, one of them renamed to be the placebo."""
    shutil.copytree(folder, target, ignore=shutil.ignore_patterns("figures", "report.html"))
    runs = pd.read_parquet(target / "runs.parquet")
    runs = runs[runs["scenario"].isin(scenarios)].replace({"scenario": {placebo: "placebo"}})
    runs.to_parquet(target / "runs.parquet", index=False)
    for path in target.glob("*.parquet"):
        table = pd.read_parquet(path)
        if "run" in table.columns:
            table[table["run"].isin(runs["run"])].to_parquet(path, index=False)
    compare(runs).to_csv(target / "comparison.csv", index=False)
    notes = [n for n in json.loads((target / "scenarios.json").read_text()) if n["name"] in scenarios]
    for note in notes:
        if note["name"] == placebo:
            note |= {"name": "placebo", "title": "The placebo", "recommendation": "", "levers": {"placebo": {}}}
    (target / "scenarios.json").write_text(json.dumps(notes))
    return target


def test_no_pairs_give_an_empty_frame_of_the_same_columns() -> None:
    frame = pd.DataFrame({"scenario": ["baseline"], "world": [0], "replicate": [0], "quarter": [0], "x": [1.0]})
    full = quantile_paths(frame, lambda p: p["x"])
    nothing = quantile_paths(frame, lambda p: p["x"], "baseline")
    assert nothing.empty
    assert list(nothing.columns) == list(full.columns)


def test_one_recommendation_is_reported_with_its_paths(results_folder: Path, tmp_path: Path) -> None:
    target = chosen(results_folder, tmp_path / "one", ("baseline", "r3_international_brand"))
    results = Results(target)
    built = paths.build(results, WORDS)
    assert built is not None
    assert set(built[1]["scenario"]) == {"baseline", "r3_international_brand"}
    assert set(built[1].loc[built[1]["view"] == "difference", "scenario"]) == {"r3_international_brand"}
    alone, eight = effects.build(results, WORDS), effects.build(Results(results_folder), WORDS)
    assert alone is not None
    assert eight is not None
    assert alone[0].get_figheight() < 0.6 * eight[0].get_figheight()


def test_usual_paths_go_before_first_policies(results_folder: Path, tmp_path: Path) -> None:
    assert paths.policies_of(Results(results_folder)) == ("all_eight", "french_tech_2014")
    some = ("baseline", "r1_label_network", "r2_paris_showcase", "r3_international_brand")
    first = chosen(results_folder, tmp_path / "first", some)
    assert paths.policies_of(Results(first)) == some[1:3]


@pytest.mark.usefixtures("undrawn")
def test_placebo_stands_beside_the_recommendations_never_among_them(results_folder: Path, tmp_path: Path) -> None:
    held = ("baseline", "r1_label_network", "label_only")
    target = chosen(results_folder, tmp_path / "placebo", held, placebo="label_only")
    results = Results(target)
    for build in (effects.build, paths.build, districts.build):
        built = build(results, WORDS)
        assert built is not None
        assert "placebo" not in set(built[1]["scenario"])
    rows = [
        (world, 0, scenario, kind, name, "lyon", count)
        for world in range(6) for kind in ("talent", "startup")
        for scenario, name, count in (("r1_label_network", "kept", 40), ("placebo", "kept", 3))
    ]  # fmt: skip
    columns = ["world", "replicate", "scenario", "kind", "class", "place", "count"]
    pd.DataFrame(rows, columns=columns).to_parquet(target / "pairs.parquet")
    text = write_report(target).read_text(encoding="utf-8")
    assert "The placebo" not in text[: text.index('<section id="persons"')]
    part = text[text.index('<section id="persons"') : text.index('<section id="costs"')]
    assert part.count("The placebo") > 0
    assert "The noise floor" in part
    assert "under shared luck" in part


def test_a_folder_of_drivers_is_not_told_as_the_eight(results_folder: Path, tmp_path: Path, undrawn: None) -> None:
    target = chosen(results_folder, tmp_path / "drivers", ("baseline", "label_only"))
    for name in ("runs.parquet", "comparison.csv"):
        path = target / name
        held = pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path)
        held = held.replace({"scenario": {"label_only": "equal_capital"}})
        held.to_parquet(path, index=False) if path.suffix == ".parquet" else held.to_csv(path, index=False)
    off = dict.fromkeys(("taxation", "connectivity", "real_estate"), False)
    notes = json.loads((target / "scenarios.json").read_text())
    notes[1] |= {"name": "equal_capital", "title": "Capital", "provenance": "", "levers": {"equalisation": off}}
    (target / "scenarios.json").write_text(json.dumps(notes))
    text = write_report(target).read_text(encoding="utf-8")
    assert "and what changes it?" in text
    for words in ("the eight recommendations of 2013", "Where the eight", "Two reference", "each recommendation does"):
        assert words not in text


@pytest.mark.parametrize(("years", "said"), [(0.0, "an unknown number of years"), (1.0, "1 year"), (10.0, "10 years")])
def test_years_have_their_noun(years: float, said: str, results_folder: Path) -> None:
    results = Results(results_folder)
    results.__dict__["years"] = years
    assert results.years_text(WORDS) == said


def test_person_counts_by_hand() -> None:
    rows = [
        (0, 0, "r1", "talent", "kept", "lyon", 4), (0, 0, "r1", "talent", "kept", "lille", 2),
        (0, 1, "r1", "talent", "same", "lyon", 9), (1, 0, "r1", "talent", "same", "lyon", 9),
        (0, 0, "r2", "talent", "kept", "lyon", 99), (0, 0, "r1", "startup", "kept", "lyon", 99),
    ]  # fmt: skip
    columns = ["world", "replicate", "scenario", "kind", "class", "place", "count"]
    found = mean_counts(pd.DataFrame(rows, columns=columns), "talent", "r1")
    assert found["kept"]["mean"] == 1.5  # world 0: (6 + 0) / 2; world 1: 0
    assert found["kept"]["n"] == 2
    assert "saved" not in found


@pytest.mark.usefixtures("undrawn")
def test_figures_that_cannot_be_drawn_are_named_and_their_files_removed(results_folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "part"
    shutil.copytree(results_folder, target, ignore=shutil.ignore_patterns("figures", "report.html"))
    (target / "series.parquet").unlink()
    manifest = json.loads((target / "manifest.json").read_text()) | {"settings": {"years": 10}}
    (target / "manifest.json").write_text(json.dumps(manifest))
    (target / "figures").mkdir()
    for name in ("paths.svg", "paths.csv", "districts.png", "my_own.svg"):
        (target / "figures" / name).write_text("old")
    text = write_report(target).read_text(encoding="utf-8")
    left = {p.name for p in (target / "figures").iterdir()}
    missing = ("paths", "before_after_startups", "before_after_talents", "districts", "gains_startups", "gains_talents")
    assert left == {f"{name}.svg" for name in FIGURES if name not in missing} | {"my_own.svg"}
    named = "; ".join(figure_title(name, WORDS) for name in missing)
    assert named.startswith("Paths, 2013 onwards; Startups by city, before and after; ")
    assert f"Not drawn, for want of series.parquet: {named}." in text
    assert "0 years" not in text.replace("10 years", "")


@pytest.mark.usefixtures("two_figures")
def test_times_and_workers_do_not_change_the_page(results_folder: Path, tmp_path: Path) -> None:
    pages = []
    for count in (1, 2):
        target = tmp_path / str(count) / "results"
        shutil.copytree(results_folder, target, ignore=shutil.ignore_patterns("figures", "report.html"))
        manifest = json.loads((target / "manifest.json").read_text())
        manifest |= {"workers": count, "threads": count, "started": f"2026-01-0{count}", "ended": f"{count}",
                     "wall_seconds": count, "runs_reused": count, "seed": 2013}  # fmt: skip
        (target / "manifest.json").write_text(json.dumps(manifest))
        pages.append(write_report(target).read_text(encoding="utf-8"))
    assert pages[0] == pages[1]
    for needed in ("2013", "digests.evidence", "packages.numpy", "commit"):
        assert needed in pages[0][pages[0].index("Versions and digests") :]


def test_rates_beside_each_other_have_the_same_digits(results_folder: Path) -> None:
    results = Results(results_folder)
    runs = results.runs
    assert runs is not None
    n = len(runs)
    spread = [i / n for i in range(n)]
    results.__dict__["runs"] = runs.assign(
        talent_flight_rate=[0.2 + 1.4 * x for x in spread], talent_net_flight_rate=[0.6 + 0.08 * x for x in spread]
    )
    shown = [t for t in tiles(results, WORDS) if "talents leave" in t["text"]]
    assert len(shown) == 2
    assert len({len(t["value"].partition(".")[2]) for t in shown}) == 1
    assert shown[1]["text"] == "of French talents leave each year, net of those who come back"


def test_wide_tables_scroll_and_print_whole(report: Path) -> None:
    text = report.read_text(encoding="utf-8")
    assert text.count("<table") == len(re.findall('<div class="scroll"[^>]*><table', text)) > 2
    assert ".scroll { overflow-x: auto; }" in text
    assert "thead { display: table-header-group; }" in text
