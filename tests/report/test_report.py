"""The page and the figures as a reader gets them."""

import json
import re
import shutil
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest

from sim.errors import InputError
from sim.report import write_report
from sim.report.catalogue import Words
from sim.report.figures import FIGURES, draw_all
from sim.report.reference_experiments import label_rows, zone_rows
from sim.report.results import Results
from tests.report.synthetic import SCENARIOS
from tests.report.test_selection import chosen

pytestmark = pytest.mark.long  # one Python draws the pages
LOADS = {"src", "href", "data", "action", "poster", "srcset"}


class Page(HTMLParser):
    """Tags, attributes that load something, and visible text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loaded: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.loaded += [value or "" for name, value in attrs if name in LOADS]

    def handle_data(self, data: str) -> None:
        self.text += data


def rewrite(folder: Path, target: Path, **changes: object) -> Page:
    """Copy a folder, change entries of its manifest or drop files (``without``), write the report, parse it."""
    shutil.copytree(folder, target, ignore=shutil.ignore_patterns("figures", "report.html"))
    for name in changes.pop("without", ()):  # type: ignore[attr-defined]
        (target / str(name)).unlink()
    if changes:
        manifest = json.loads((target / "manifest.json").read_text())
        (target / "manifest.json").write_text(json.dumps(manifest | changes))
    return Page(write_report(target).read_text(encoding="utf-8"))


def test_page_is_one_file_that_loads_nothing(report: Path) -> None:
    text = report.read_text(encoding="utf-8")
    page = Page(text)
    assert page.loaded
    assert all(value.startswith(("data:", "#")) for value in page.loaded)
    assert not re.search(r"@import|url\(", text)
    assert "script" not in page.tags
    assert "link" not in page.tags


def test_first_screen_says_size_effects_and_cost(report: Path) -> None:
    text = Page(report.read_text(encoding="utf-8")).text
    first = text[: text.index("What happens over time")]
    for needed in ("each year", "abroad at the end", "French talents leave", "net of those who come back"):
        assert needed in first
    for _, title, recommendation, _, _ in SCENARIOS[1:9]:
        assert recommendation in first
        assert title in first
    assert "Public cost" in first
    assert "not distinguishable from no effect" in first
    assert "The order at equal public cost may be another" in first
    assert "Only 8 paired worlds" in first
    assert "These are not the eight titles of the report" in first


def test_expected_direction_stands_beside_what_was_found(report: Path) -> None:
    text = Page(report.read_text(encoding="utf-8")).text
    part = text[text.index("The scenarios: expected and found") :]
    assert part.count("More startups stay in France.") == len(SCENARIOS) - 1
    assert "nothing enforces it" in part


def empty(figures: Path, names: Iterable[str]) -> list[str]:
    """Files of figures that are not there, or hold nothing."""
    wanted = [figures / f"{name}.{suffix}" for name in names for suffix in ("pdf", "svg", "png", "csv", "txt")]
    return [path.name for path in wanted if not path.is_file() or not path.stat().st_size]


@pytest.mark.torture
def test_every_figure_has_its_files_and_drawing_again_gives_the_same_bytes(
    results_folder: Path, tmp_path: Path
) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    for folder in (one, other):
        rewrite(results_folder, folder)
    assert empty(one / "figures", FIGURES) == []
    names = [*sorted(p.relative_to(one) for p in one.glob("figures/*")), Path("report.html")]
    assert len(names) == 5 * len(FIGURES) + 1
    assert [str(n) for n in names if (one / n).read_bytes() != (other / n).read_bytes()] == []


def test_figures_have_their_files_and_carry_no_date_or_program(results_folder: Path, tmp_path: Path) -> None:
    figures = tmp_path / "figures"
    draw_all(Results(results_folder), Words(), figures, names=("effects", "reasons"))
    assert empty(figures, ("effects", "reasons")) == []
    assert empty(figures, ("paths",)) != []
    assert b"/CreationDate" not in (figures / "effects.pdf").read_bytes()
    assert b"<dc:date>" not in (figures / "effects.svg").read_bytes()
    assert b"Software" not in (figures / "effects.png").read_bytes()[:500]
    assert b"/FontFile2" in (figures / "effects.pdf").read_bytes()  # TrueType (font type 42): text stays editable


@pytest.mark.parametrize(
    "drawn", ["two_figures", pytest.param("drawn_as_svg", marks=pytest.mark.torture, id="all_figures")]
)
def test_hostile_titles_are_text(
    drawn: str, results_folder: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    request.getfixturevalue(drawn)
    # Of few scenarios, so that the hostile one stands in every figure that has the names of some.
    target = chosen(results_folder, tmp_path / "hostile", ("baseline", "r1_label_network", "r3_international_brand"))
    notes = json.loads((target / "scenarios.json").read_text())
    evil = '<script>alert("x")</script><img src=http://example.org/x> $\\frac{$ {name}'
    for key in ("title", "question", "expected", "provenance"):
        notes[1][key] = evil
    notes[1]["levers"] = {evil: {evil: evil}}
    (target / "scenarios.json").write_text(json.dumps(notes))
    page = Page(write_report(target).read_text(encoding="utf-8"))
    assert "script" not in page.tags
    assert all(value.startswith(("data:", "#")) for value in page.loaded)
    assert page.text.count(evil) >= 4


@pytest.mark.usefixtures("no_figures")
def test_interruption_and_failures_come_first(results_folder: Path, tmp_path: Path, report: Path) -> None:
    assert "interrupted. What" not in report.read_text(encoding="utf-8")
    failures = [{"run": 3, "why": "x"}]
    page = rewrite(results_folder, tmp_path / "a", interrupted=True, failures=failures, runs_planned=78)
    assert page.text.index("This study was interrupted") < page.text.index("How large is the flight of talents")
    assert "1 of 78 runs failed" in page.text


OF_MOVES = {"alluvial", "flows", "map_startups", "map_talents"}
OVER_TIME = {"before_after_startups", "before_after_talents", "districts", "gains_startups", "gains_talents", "paths"}
PARTS = {  # of a folder of results: the figures that cannot be drawn without
    "flows.parquet": OF_MOVES,
    "series.parquet": OF_MOVES | OVER_TIME,
    "comparison.csv": {"effects", "headline", "mechanisms", "districts", "gains_startups", "gains_talents"},
    "runs.parquet": OF_MOVES | OVER_TIME | {"reasons"},
    "scenarios.json": {"mechanisms"},
    "manifest.json": set(),
    "costs.parquet": set(),
}


def without_problems(without: tuple[str, ...], folder: Path, target: Path) -> list[str]:
    """What is wrong with the page of a folder that lacks files."""
    page = rewrite(folder, target, without=without)
    wanted = {"Full comparison": "comparison.csv" not in without, "Limits": True}
    wanted["How large is the flight? Baseline"] = "runs.parquet" not in without
    return [section for section, stands in wanted.items() if (section in page.text) != stands]


@pytest.mark.usefixtures("no_figures")
@pytest.mark.parametrize("part", PARTS)
def test_missing_data_leave_their_section_out(part: str, results_folder: Path, tmp_path: Path) -> None:
    assert without_problems((part,), results_folder, tmp_path / "part") == []


@pytest.mark.usefixtures("undrawn")
def test_figures_that_lack_their_data_are_left_out(results_folder: Path, tmp_path: Path) -> None:
    """All but the costs at once, so that none is left; one after the other takes longer: in the long form."""
    assert without_problems(tuple(PARTS)[:-1], results_folder, tmp_path / "part") == []
    assert not (tmp_path / "part" / "figures").exists()


@pytest.mark.torture
@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize("part", PARTS)
def test_figures_that_lack_one_of_their_data_are_left_out(part: str, results_folder: Path, tmp_path: Path) -> None:
    assert without_problems((part,), results_folder, tmp_path / "part") == []
    drawn = {path.stem for path in (tmp_path / "part" / "figures").iterdir()}
    assert set(FIGURES) - drawn == PARTS[part]


def test_a_folder_without_results_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not a folder of results"):
        write_report(tmp_path)


@pytest.mark.usefixtures("no_figures")
def test_worlds_with_overrides_stay_out_of_the_baseline_levels(results_folder: Path, tmp_path: Path) -> None:
    worlds = [{"world": 5, "overrides": {"talent.beta": 2.0}}]
    page = rewrite(results_folder, tmp_path / "b", worlds=worlds)
    assert "7 prior worlds, drawn from the priors" in page.text


@pytest.mark.usefixtures("two_figures")
def test_the_page_says_where_its_worlds_come_from_and_that_the_posterior_was_stale(
    results_folder: Path, tmp_path: Path
) -> None:
    plain = rewrite(results_folder, tmp_path / "prior").text
    assert "mean over 8 prior worlds and" in plain
    assert "Parameters are drawn from priors" in plain
    fit = {"draws": 512, "parameters": 3, "rows": ["B01", "B17"], "stale": ["The posterior is stale: so it is."]}
    text = rewrite(results_folder, tmp_path / "post", settings={"world_kind": "posterior"}, posterior=fit).text
    first = text[: text.index("What happens over time")]
    assert "The posterior is stale: so it is. Numbers below rest on the older fit." in first
    assert "512 joint draws of 3 parameters, fitted to 2 target rows" in first
    assert "8 posterior worlds (stale)" in first
    assert "prior worlds" not in text
    assert "drawn from priors" not in text


def test_reference_experiments_by_hand(tmp_path: Path) -> None:
    """One district of Paris gains 10 startups, its neighbour loses 4, Lyon loses 2; Lyon is labelled."""
    pd.DataFrame(
        {
            "place": ["p1", "p2", "lyon", "london"], "city": ["paris", "paris", "lyon", "london"],
            "country": ["FR", "FR", "FR", "GB"], "short_name": "", "kind": "district",
            "latitude": 0.0, "longitude": 0.0,
        }
    ).to_csv(tmp_path / "places.csv", index=False)  # fmt: skip
    runs = [(0, "baseline"), (1, "label_only"), (2, "zone_exemption")]
    pd.DataFrame([(r, s, 0, 0) for r, s in runs], columns=["run", "scenario", "world", "replicate"]).to_parquet(
        tmp_path / "runs.parquet"
    )
    startups = {0: (20, 40, 50, 500), 1: (20, 40, 51, 500), 2: (30, 36, 48, 505)}
    rows = [
        (run, quarter, place, startups[run][i] if quarter else 1, 10 * startups[run][i], int(run == 1 and i == 2))
        for run in startups for quarter in (0, 8) for i, place in enumerate(("p1", "p2", "lyon", "london"))
    ]  # fmt: skip
    columns = ["run", "quarter", "place", "startups", "jobs", "labelled"]
    unused = {"startups_french": 0, "talents_french": 0}
    pd.DataFrame(rows, columns=columns).assign(**unused).to_parquet(tmp_path / "series.parquet")
    results, words = Results(tmp_path), Words()
    label = [text for _, _, text in label_rows(results, "label_only", words)]
    assert label == ["+2.00 (+2.00 to +2.00) %"] * 2
    levers = {"zone_exemption": {"places": ["p1"], "start": "2013Q4"}}
    note = results.scenarios[2].__class__("zone_exemption", "", "", "", "", "", levers)
    zone = {target: text.split(" ")[0] for target, _, text in zone_rows(results, note, words)}
    # 30/20; France gains 10-4-2 = 4 of 10; the city 6 of 10
    assert zone == {"Z01": "1.50", "Z02": "0.600", "Z03": "0.600"}


def test_published_values_stand_beside_the_reference_experiments(report: Path) -> None:
    text = Page(report.read_text(encoding="utf-8")).text
    for target in ("(P01)", "(P02)", "(Z01)", "(Z02)", "(Z03)"):
        assert target in text


def test_rests_are_listed_beside_the_map_not_drawn_on_it(report: Path) -> None:
    cities = pd.read_csv(report.parent / "figures" / "map_startups.csv").set_index("city")
    assert cities.loc[["rest_of_france", "rest_of_world"], "longitude"].isna().all()
    assert cities["longitude"].notna().sum() == 22
    assert cities.loc["paris", "members"] == 3
