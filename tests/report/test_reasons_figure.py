"""Why they leave: the figure, with and without the driver test beside it, and lighter drawings in the page."""

from __future__ import annotations

import json
import re
import shutil
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pandas as pd
import pytest

from sim.report.catalogue import Words
from sim.report.driver_results import drivers_of
from sim.report.figures import reasons
from sim.report.fit import fit_sentence
from sim.report.light_svg import data_url, lighter
from sim.report.results import Results

pytestmark = pytest.mark.long  # one Python draws the figures
WORDS = Words()
DETERMINING = {"seed": 5, "settings": {"years": 10, "talent_scale": 20}}


@pytest.fixture
def beside(results_folder: Path, tmp_path: Path) -> Path:
    """A results folder with a folder of drivers beside it, made by the same model."""
    target = tmp_path / "main"
    shutil.copytree(results_folder, target, ignore=shutil.ignore_patterns("figures", "report.html"))
    manifest = json.loads((target / "manifest.json").read_text()) | DETERMINING
    (target / "manifest.json").write_text(json.dumps(manifest))
    drivers = tmp_path / "drivers"
    drivers.mkdir()
    for name in ("manifest.json", "places.csv"):
        shutil.copy(target / name, drivers / name)
    table = pd.read_csv(target / "comparison.csv")
    names = {"r1_label_network": "equal_taxation", "r2_paris_showcase": "equal_capital"}
    table = table[table["scenario"].isin(names)].replace({"scenario": names})
    table.to_csv(drivers / "comparison.csv", index=False)
    only = dict.fromkeys(("taxation", "connectivity", "real_estate", "capital"), False)
    notes = [
        {"name": f"equal_{name}", "levers": {"equalisation": only | {name: True}}} for name in ("taxation", "capital")
    ]
    (drivers / "scenarios.json").write_text(json.dumps(notes))
    return target


@pytest.mark.parametrize("other", [{"worlds": [{"world": 0}]}, {"interrupted": True}, {"seed": 6}])
def test_drivers_of_other_worlds_are_not_shown_beside(beside: Path, other: dict[str, object]) -> None:
    path = beside.parent / "drivers" / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | other))
    assert panels(beside) == 4


def test_drivers_of_an_interrupted_study_are_not_shown_even_beside_one(beside: Path) -> None:
    for path in (beside / "manifest.json", beside.parent / "drivers" / "manifest.json"):
        path.write_text(json.dumps(json.loads(path.read_text()) | {"interrupted": True}))
    assert drivers_of(Results(beside)) is None


def panels(folder: Path) -> int:
    built = reasons.build(Results(folder), WORDS)
    assert built is not None
    return len(built[0].axes)


def test_two_panels_a_kind_three_with_drivers(results_folder: Path, beside: Path) -> None:
    assert panels(results_folder) == 4
    assert panels(beside) == 6
    table = drivers_of(Results(beside))
    assert table is not None
    assert set(table["driver"]) == {"taxation", "capital"}


@pytest.mark.parametrize(
    "change", [{"seed": 6}, {"settings": {"years": 2}}, {"digests": {"code": "c" * 64, "evidence": "a" * 64}}]
)
def test_drivers_of_another_study_are_left_out(beside: Path, change: dict[str, object]) -> None:
    path = beside.parent / "drivers" / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    assert drivers_of(Results(beside)) is None


def test_a_damaged_folder_of_drivers_stops_no_report(beside: Path) -> None:
    (beside.parent / "drivers" / "comparison.csv").write_text("not,a\ntable", "utf-8")
    assert drivers_of(Results(beside)) is None
    (beside.parent / "drivers" / "manifest.json").write_text("{", "utf-8")
    assert drivers_of(Results(beside)) is None


def test_the_data_hold_all_scenarios_and_directions(results_folder: Path) -> None:
    built = reasons.build(Results(results_folder), WORDS)
    assert built is not None
    data = built[1]
    assert set(data["direction"]) == {"departure", "arrival"}
    assert set(data.loc[data["view"] == "level", "scenario"]) == {"baseline"}
    assert data.loc[data["view"] == "difference", "scenario"].nunique() == 12


def test_nobody_left_or_no_record_nothing_drawn(results_folder: Path, tmp_path: Path) -> None:
    shutil.copytree(results_folder, tmp_path / "x", ignore=shutil.ignore_patterns("figures", "report.html"))
    path = tmp_path / "x" / "reasons.parquet"
    frame = pd.read_parquet(path)
    frame.assign(count=0, total=0.0).to_parquet(path)
    assert reasons.build(Results(tmp_path / "x"), WORDS) is None
    path.unlink()
    assert reasons.build(Results(tmp_path / "x"), WORDS) is None


def test_the_page_says_how_close_the_start_is() -> None:
    facts = {"constants_residual": 0.002, "founding_residual": 1e-5, "moving_residual": 1e-9,
             "talent_stock_max_log_error": 0.12}  # fmt: skip
    worse = facts | {"constants_residual": 0.031}
    text = fit_sentence({"facts": {"0": facts, "1": worse}}, WORDS)
    assert "any of 2 worlds is 3.1% for" in text
    assert "less than 0.01% for births" in text
    assert "12%" in text
    assert fit_sentence({}, WORDS) == fit_sentence({"facts": {"0": {"x": 1.0}}}, WORDS) == ""


SVG = """<?xml version="1.0"?>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">
 <metadata>who</metadata>
 <!-- label -->
 <path d="M 10.123456 -0.04321
L 20.55 7.987
z
" style="fill: #ff0000"/>
 <use xlink:href="#DejaVuSans-41" transform="translate(1.23456 2) scale(0.015625)"/>
</svg>"""


def test_a_lighter_drawing_is_the_same_drawing() -> None:
    light = lighter(SVG)
    assert ElementTree.fromstring(light) is not None
    assert 'd="M10.1 0L20.6 8z"' in light or 'd="M10.1 0L20.5 8z"' in light
    assert "translate(1.23 2) scale(0.015625)" in light
    assert "label" not in light
    assert "who" not in light
    assert lighter(light) == light


def test_dots_of_a_hatching_become_squares_of_the_same_area() -> None:
    def bow(x: float, y: float) -> str:
        return f"C 0.1 0.1 0.2 0.2 {x} {y}"

    turn = [bow(3.21, 71.79), bow(3.3, 71.7), *(bow(3, 72) for _ in range(6))]
    circle = " ".join(["M 3 72", *turn, "z"])
    svg = f'<pattern id="h"><path d="{circle}"/></pattern><path d="{circle}"/>'
    light = lighter(svg)
    assert light.count("C") == 8  # outside a pattern a circle stays one
    numbers = [float(n) for n in re.findall(r"-?[\d.]+", re.search(r' d="([^"]*)"', light)[1])]  # type: ignore[index]
    assert np.prod(numbers[2:4]) == pytest.approx(np.pi * 0.3**2, rel=0.15)


def test_a_data_url_holds_nothing_that_ends_an_attribute() -> None:
    for svg in (SVG, SVG.replace("label", "it's")):
        url = data_url(lighter(svg))
        assert not set('"<>&\n') & set(url)
        assert "url(" not in url
        text = unquote(url.removeprefix("data:image/svg+xml,"))
        assert ElementTree.fromstring(text) is not None


def test_the_page_stays_small(report: Path) -> None:
    assert report.stat().st_size < 5_000_000  # what mail lets pass


def test_other_rounding_of_outlines_keeps_numbers_apart() -> None:
    light = lighter('<svg><path d="M 0.04 -0.04 L 1.26 -12.34"/></svg>')
    assert light == '<svg><path d="M0 0L1.3 -12.3"/></svg>'
