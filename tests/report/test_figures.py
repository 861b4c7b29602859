"""Figures as a reader and a researcher get them: legible in every size and language, captions, bytes, colours."""

from __future__ import annotations

import itertools
import json
import shutil
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from PIL import Image
from pypdf import PdfReader

from sim.report.captions import Caption, caption_of, made_with
from sim.report.catalogue import LANGUAGES, Words
from sim.report.figure_blocks import figure_blocks
from sim.report.figures import FIGURES, alluvial, before_after, draw_all, effects, paths, size_for, structures
from sim.report.results import Results
from sim.report.saving import FORMATS, SUFFIXES, save_figure
from sim.report.sizes import DOUBLE, SINGLE, SIZES, SLIDE, Size
from sim.report.style import BLACK, BLUE, GREY, ORANGE, SKY, VERMILION, house_style, luminance_of, new_figure
from tests.report.legible import problems_of

pytestmark = pytest.mark.long  # one Python draws the figures
EN, FR = Words("en"), Words("fr")
SOME = [(name, list(SIZES)[n % len(SIZES)]) for n, name in enumerate(FIGURES)]
"""Every figure in one of the sizes; all of them in the long form."""


@pytest.fixture(scope="module")
def results(results_folder: Path) -> Results:
    return Results(results_folder)


def found(name: str, results: Results, language: str, size: Size) -> list[str]:
    own = size_for(name, size)
    with house_style(own):
        built = FIGURES[name](results, Words(language), own)
        assert built is not None
        width = built.figure.get_figwidth() * 25.4
        assert name == "mechanisms" or width == pytest.approx(own.width, abs=0.1)
        assert built.figure.get_figheight() * 25.4 <= own.most + 0.1
        return problems_of(built.figure, own)


@pytest.mark.parametrize(("name", "size"), SOME)
def test_every_figure_is_legible_in_french_which_is_longer(name: str, size: str, results: Results) -> None:
    assert found(name, results, "fr", SIZES[size]) == []


@pytest.mark.torture
@pytest.mark.parametrize(("name", "size", "language"), list(itertools.product(FIGURES, SIZES, LANGUAGES)))
def test_every_figure_is_legible_in_every_size_and_language(
    name: str, size: str, language: str, results: Results
) -> None:
    assert found(name, results, language, SIZES[size]) == []


def test_twin_of_an_illegible_figure() -> None:
    with house_style():
        figure = new_figure(SINGLE, 50.0)
        ax = figure.subplots()
        ax.text(0.5, 0.5, "one over")
        ax.text(0.51, 0.5, "another")
        ax.text(0.5, 0.2, "tiny", fontsize=5.0)
        ax.text(3.0, 0.8, "beyond").set_in_layout(False)
        ax.set_xlim(0.0, 1.0)
        told = problems_of(figure, SINGLE)
        assert [problem.partition(":")[0] for problem in told] == ["5.0 points", "outside", "over one another"]
        slide = new_figure(SLIDE)
        slide.text(0.5, 0.5, "small on a slide", fontsize=9.0)
        assert problems_of(slide, SLIDE) == ["9.0 points: 'small on a slide'"]


def test_text_of_slides_is_large_and_everything_else_grows_with_it() -> None:
    with house_style(SLIDE):
        wide = effects.key_of(EN)[0][0].get_linewidth()
    with house_style(DOUBLE):
        assert wide == pytest.approx(12.0 / 7.0 * effects.key_of(EN)[0][0].get_linewidth())


def test_drawing_again_gives_the_same_bytes_and_the_caption_is_in_every_file(results: Results, tmp_path: Path) -> None:
    for part in ("one", "two"):
        draw_all(results, FR, tmp_path / part, ("headline",))
    files = {kind: tmp_path / "one" / f"headline.{kind}" for kind in SUFFIXES}
    for path in files.values():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name
    title, _, body = files["txt"].read_text("utf-8").partition("\n")
    body = body.strip()
    assert title == "Jeunes pousses en France\u202f: ce que change chaque recommandation"
    for needed in (
        "8 mondes",
        "intervalles simultanés à 95\u202f%",
        "jeunes pousses",
        "Version 0.1.0",
        "b" * 8,
        "a" * 8,
    ):
        assert needed in body
    assert "b" * 9 not in body
    told = PdfReader(files["pdf"]).metadata
    assert told is not None
    assert (told.title, told.subject) == (title, body)
    assert "Version 0.1.0" in told["/Keywords"]
    texts = Image.open(files["png"]).text  # type: ignore[attr-defined]
    assert (texts["Title"], texts["Description"]) == (title, body)
    dc = {node.tag.partition("}")[2]: node.text for node in ElementTree.parse(files["svg"]).iter() if "dc/" in node.tag}
    assert (dc["title"], dc["description"], dc["language"]) == (title, body, "fr")
    (block,) = figure_blocks({"headline": files["svg"]}, FR)
    assert (block["title"], block["caption"]) == (title, body)


def test_only_the_formats_asked_for_are_written_and_a_caption_can_be_drawn(results: Results, tmp_path: Path) -> None:
    draw_all(results, EN, tmp_path, ("headline",), DOUBLE, ("svg",), noted=True)
    assert {path.suffix for path in tmp_path.iterdir()} == {".svg", ".csv", ".txt"}
    with house_style(SINGLE):
        plain = effects.build_headline(results, EN, SINGLE)
    assert plain is not None
    height = float(ElementTree.parse(tmp_path / "headline.svg").getroot().attrib["height"].removesuffix("pt"))
    assert height > 72.0 * plain.figure.get_figheight() + 30.0


def test_a_caption_can_be_drawn_under_a_map_whose_frames_are_fixed(results: Results, tmp_path: Path) -> None:
    draw_all(results, EN, tmp_path, ("map_startups",), DOUBLE, ("svg",), noted=True)
    assert "</svg>" in (tmp_path / "map_startups.svg").read_text(encoding="utf-8")


def test_captions_say_what_the_manifest_says_and_nothing_else() -> None:
    manifest = {"version": "9.9", "digests": {"code": "c0de" * 16, "evidence": "e" * 64},
                "posterior": {"digests": {"model": "50de1" * 10, "targets": "7a5" * 20}}}  # fmt: skip
    text = made_with(manifest, EN)
    assert text == "Version 9.9; digests: model c0dec0de, evidence eeeeeeee, posterior fitted with model 50de150d, " \
        "to target rows 7a57a57a."  # fmt: skip
    assert made_with({}, EN) == ""
    assert made_with({"version": "9.9", "digests": 3}, EN) == "Version 9.9."
    hostile = caption_of("effects", EN, {}, "a\x00b\x0b <script>\n& $x$", title="t\ud800", measures=[("=1+1", "")])
    assert (hostile.title, hostile.note) == ("t", "ab <script> & $x$")


def test_hostile_captions_are_text_in_every_format(tmp_path: Path) -> None:
    caption = Caption('<b>"&\\frac{$', "</rdf:RDF> (é) \\n ' [x]", "", "")
    with house_style():
        figure = new_figure(SINGLE, 20.0)
        save_figure(figure, pd.DataFrame({"x": [1]}), tmp_path, "x", caption)
    told = PdfReader(tmp_path / "x.pdf").metadata
    assert told is not None
    assert (told.title, told.subject) == (caption.title, caption.body)
    words = [node.text for node in ElementTree.parse(tmp_path / "x.svg").iter()]
    assert {caption.title, caption.body} <= set(words)


def test_figures_of_results_without_recommendations_do_not_name_them(results_folder: Path, tmp_path: Path) -> None:
    for name in ("comparison.csv", "places.csv", "manifest.json"):
        shutil.copy(results_folder / name, tmp_path / name)
    off = dict.fromkeys(("taxation", "connectivity", "real_estate"), False)
    notes = [{"name": "label_only", "levers": {"equalisation": off}}]
    (tmp_path / "scenarios.json").write_text(json.dumps(notes))
    for words, title in ((EN, "What each driver changes"), (FR, "Ce que change chaque facteur")):
        built = effects.build(Results(tmp_path), words)
        assert built is not None
        assert built.caption.title == title
    assert effects.build_headline(Results(tmp_path), EN) is not None


def test_a_panel_can_be_drawn_on_axes_of_ones_own(results: Results) -> None:
    comparison = results.comparison
    assert comparison is not None
    own = new_figure(SINGLE, 60.0).subplots()
    rows = [("r6_attractive_taxation", "Tax"), ("never_ran", "Nothing")]
    assert effects.draw_forest(comparison, rows, "startups_in_france", EN, own) is own
    assert [label.get_text() for label in own.get_yticklabels()] == ["Tax"]
    new = effects.draw_forest(comparison, rows, "startups_in_france", EN)
    assert new.figure.get_figwidth() * 25.4 == pytest.approx(SINGLE.width)


# --- the new figures, by hand ------------------------------------------------------------------------------


def test_flows_are_grouped_by_city_and_small_ends_are_put_together() -> None:
    french = [f"f{n}" for n in range(12)]
    places = pd.DataFrame(
        {"place": [*french, "x", "y"], "city": ["paris", "paris", *french[2:11], "", "x", "y"],
         "country": ["FR"] * 12 + ["GB", "US"]}
    )  # fmt: skip
    rows = [(place, "x", "startup_french", 1.0 + n) for n, place in enumerate(french)]
    rows += [("x", "f0", "startup_french", 99.0), ("f0", "f1", "startup_french", 99.0), ("f0", "y", "talent", 99.0)]
    moves = pd.DataFrame(rows, columns=["origin", "destination", "kind", "per_year"])
    table = alluvial.grouped_flows(moves, places, "startup_french", 2.0)
    assert table["moves"].sum() == pytest.approx(2.0 * sum(range(1, 13)))
    assert set(table["destination"]) == {"x"}
    ends = alluvial.ends_of(table, "origin")
    assert list(ends.index) == ["f11", "f10", "f9", "f8", "f7", "f6", "f5", "f4", "others"]
    assert ends["others"] == pytest.approx(2.0 * (1 + 2 + 3 + 4))
    found = alluvial.spans([3.0, 1.0])
    assert found[0][0] == 0.0
    assert found[-1][1] == pytest.approx(1.0)
    assert found[0][1] - found[0][0] == pytest.approx(3.0 * (found[1][1] - found[1][0]))


@pytest.mark.parametrize("middles", [[0.1, 0.11, 0.5], [0.9, 0.95, 0.99, 1.0], [0.5]])
def test_labels_are_never_nearer_than_a_line(middles: list[float]) -> None:
    placed = alluvial.spread(middles)
    assert all(b - a >= alluvial.LEAST - 1e-12 for a, b in itertools.pairwise(placed))
    assert placed[-1] <= 1.0 + 1e-12


def test_stocks_before_and_after_by_hand() -> None:
    places = pd.DataFrame(
        {"place": ["p1", "p2", "rest", "x"], "short_name": ["A", "B", "Rest", "X"], "city": ["p", "p", "", "x"],
         "country": ["FR", "FR", "FR", "GB"], "kind": ["district", "district", "rest", "hub"], "longitude": 1.0,
         "latitude": 2.0}
    )  # fmt: skip
    runs = pd.DataFrame([(0, "baseline", 0), (1, "baseline", 1), (2, "mine", 0)], columns=["run", "scenario", "world"])
    rows = [
        (run, quarter, place, 10 * (n + 1) + 100 * quarter + 1000 * run)
        for run in range(3) for quarter in (0, 4) for n, place in enumerate(places["place"])
    ]  # fmt: skip
    series = pd.DataFrame(rows, columns=["run", "quarter", "place", "startups"])
    table = before_after.stocks_by_city(runs.assign(replicate=0), series, places, "startups", "mine").set_index("city")
    assert list(table.index) == ["p", "rest"]
    assert table.loc["p", ["start", "baseline", "scenario"]].tolist() == [30.0, 830.0, 4830.0]  # world 1 has no pair
    assert table.loc["p", "members"] == 2
    assert np.isnan(table.loc["rest", "longitude"])
    assert set(table["n"]) == {1}


# --- colours -----------------------------------------------------------------------------------------------

# Viénot, Brettel and Mollon (1999), DOI 10.1002/(SICI)1520-6378(199908)24:4<243::AID-COL5>3.0.CO;2-3: linear RGB as
# seen without red or without green receptors
BLIND = {
    "protanopia": np.array([[0.11238, 0.88762, 0.0], [0.11238, 0.88762, 0.0], [0.00401, -0.00401, 1.0]]),
    "deuteranopia": np.array([[0.29275, 0.70725, 0.0], [0.29275, 0.70725, 0.0], [-0.02234, 0.02234, 1.0]]),
}


def seen(colour: str, by: str) -> np.ndarray:
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return np.asarray(np.clip(BLIND[by] @ linear, 0.0, 1.0) ** (1 / 2.2))


@pytest.mark.parametrize("by", list(BLIND))
@pytest.mark.parametrize("pair", [(BLUE, VERMILION), (BLUE, ORANGE), (SKY, ORANGE), (BLUE, GREY), (BLUE, BLACK)])
def test_colours_are_told_apart_without_red_or_green(pair: tuple[str, str], by: str) -> None:
    assert np.abs(seen(pair[0], by) - seen(pair[1], by)).max() > 0.2


def test_twin_red_and_green_are_not() -> None:
    assert np.abs(seen("#CC3333", "deuteranopia") - seen("#8A7A33", "deuteranopia")).max() < 0.2


def test_nothing_is_told_by_colour_alone() -> None:
    looks = [(marker, face == "white") for kind, (marker, face, _) in effects.MARKS.items() if kind != "cost"]
    assert len(set(looks)) == len(looks)  # costs are alone in their panel
    assert len({marker for marker, _ in structures.MARKS}) == len(structures.MARKS)
    assert len({line for _, line in paths.STYLES}) == len(paths.STYLES)
    for (one, hatch), (other, beside) in itertools.pairwise(alluvial.LOOKS):
        grey = abs(luminance_of(to_rgb(one)) - luminance_of(to_rgb(other)))
        assert grey > 0.15 or hatch != beside
    assert FORMATS == ("pdf", "svg", "png")
