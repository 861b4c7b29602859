"""Scenario files: the shipped ones load, and every mistake is one plain sentence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim.errors import InputError
from sim.evidence import Evidence
from sim.model.levers import LEVERS
from sim.scenario import Scenario, find_scenarios, load_scenario, load_scenarios, short_names

FOLDER = Path(__file__).parents[1] / "scenarios"
HEADING = 'name = "mine"\ntitle = "Mine"\nquestion = "What?"\nexpected = "Nothing."\n'
NAMES = [
    "baseline", "r1_label_network", "r2_paris_showcase", "r3_international_brand", "r4_seed_acceleration",
    "r5_ultra_broadband", "r6_attractive_taxation", "r7_open_innovation", "r8_simplification",
    "all_eight", "all_eight_rivals", "french_tech_2014", "label_only", "zone_exemption", "placebo",
]  # fmt: skip


@pytest.fixture(scope="module")
def shipped(evidence: Evidence) -> dict[str, Scenario]:
    return {scenario.name: scenario for scenario in load_scenarios(find_scenarios(FOLDER), evidence)}


def problems_of(text: str, evidence: Evidence, folder: Path, name: str = "mine") -> list[str]:
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_scenario(path, evidence)
    assert all(problem.startswith(f"{path}: ") for problem in caught.value.problems)
    return [problem.removeprefix(f"{path}: ") for problem in caught.value.problems]


def test_every_shipped_scenario_loads_in_reading_order(shipped: dict[str, Scenario]) -> None:
    assert list(shipped) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_shipped_file_opens_with_its_question_and_expectation(name: str) -> None:
    header = re.match(r"(#.*\n)+", (FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    assert header is not None
    assert "# Question: " in header[0]
    assert "# Expected: " in header[0]


def test_each_recommendation_is_one_lever_of_that_number(shipped: dict[str, Scenario]) -> None:
    eight = [scenario for scenario in shipped.values() if scenario.recommendation]
    assert [scenario.recommendation for scenario in eight] == [f"R{number}" for number in range(1, 9)]
    for scenario in eight:
        (lever,) = scenario.levers
        assert lever.number == scenario.recommendation
        assert lever.strength == 1.0


def test_all_eight_together_are_the_eight_as_they_are_alone(shipped: dict[str, Scenario]) -> None:
    alone = {lever.key: lever for scenario in shipped.values() if scenario.recommendation for lever in scenario.levers}
    assert {lever.key: lever for lever in shipped["all_eight"].levers} == alone


def test_the_baseline_uses_no_lever_and_changes_no_world(shipped: dict[str, Scenario]) -> None:
    assert shipped["baseline"].levers == ()
    assert shipped["baseline"].world_overrides == {}


def test_foreign_cities_respond_only_where_a_file_says_so(shipped: dict[str, Scenario]) -> None:
    assert [scenario.name for scenario in shipped.values() if scenario.rivals_respond] == ["all_eight_rivals"]
    assert shipped["all_eight_rivals"].levers == shipped["all_eight"].levers
    assert shipped["all_eight_rivals"].digest != shipped["all_eight"].digest


def test_the_digest_covers_content_and_not_comments(evidence: Evidence, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    digests = []
    for text in (HEADING, f"# why\n{HEADING}\n# because\n", HEADING.replace("Nothing", "Much")):
        path.write_text(text, encoding="utf-8")
        digests.append(load_scenario(path, evidence).digest)
    assert digests[0] == digests[1] != digests[2]


def test_overrides_may_be_quoted_or_nested(evidence: Evidence, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    parameter = next(p for p in evidence.parameters.values() if p.prior != "fixed")
    for key in (f'"{parameter.name}"', parameter.name):
        path.write_text(f"{HEADING}[world]\n{key} = {parameter.low!r}\n", encoding="utf-8")
        assert load_scenario(path, evidence).world_overrides == {parameter.name: parameter.low}


def test_the_order_of_lever_tables_does_not_matter(evidence: Evidence, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    tables = ["[levers.simplification]\n", "[levers.label_network]\n"]
    read = []
    for order in (tables, tables[::-1]):
        path.write_text(HEADING + "".join(order), encoding="utf-8")
        read.append(load_scenario(path, evidence).levers)
    assert read[0] == read[1]
    assert [lever.key for lever in read[0]] == ["label_network", "simplification"]


def test_four_mistakes_are_four_sentences(evidence: Evidence, tmp_path: Path) -> None:
    text = f"""{HEADING}
[levers.simplificaton]
[levers.seed_acceleration]
budget_meur = -5
[levers.ultra_broadband]
fibre = "yes"
places = ["lion"]
"""
    assert sorted(problems_of(text, evidence, tmp_path)) == [
        "levers.seed_acceleration.budget_meur: found -5, allowed is a number from 0 to 10000.",
        "levers.simplificaton: unknown lever; did you mean 'simplification'?",
        "levers.ultra_broadband.fibre: found the text 'yes', allowed is true or false.",
        "levers.ultra_broadband.places: unknown place 'lion'; did you mean 'lyon'?",
    ]


def test_a_misspelt_lever_hides_no_problem_of_its_table(evidence: Evidence, tmp_path: Path) -> None:
    text = f"{HEADING}[levers.seed_aceleration]\nbudget_meur = -5\n"
    assert problems_of(text, evidence, tmp_path) == [
        "levers.seed_aceleration: unknown lever; did you mean 'seed_acceleration'?",
        "levers.seed_aceleration.budget_meur: found -5, allowed is a number from 0 to 10000.",
    ]


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ("levers.simplification.stregth = 1", "unknown field; did you mean 'strength'?"),
        ("levers.simplification.strength = 1.5", "strength: found 1.5, allowed is a number from 0 to 1."),
        ("levers.simplification.strength = true", "strength: found true, allowed is a number from 0 to 1."),
        ("levers.simplification.strength = nan", "strength: found nan, allowed is a number from 0 to 1."),
        ("levers.simplification.ramp_quarters = 2.5", "found 2.5, allowed is a whole number from 0 to 80."),
        ("levers.simplification.start = 2014", "found 2014, allowed is a quarter in quotes"),
        ('levers.simplification.start = "2014Q5"', "found the text '2014Q5', allowed is a quarter in quotes"),
        ('levers.simplification.start = "2012Q1"', "found the text '2012Q1', allowed is a quarter in quotes"),
        ("levers.simplification.start = 2014-01-01", "a date or time), allowed is a quarter in quotes"),
        ('levers.simplification.end = "2013Q4"', "end: found '2013Q4', allowed is a quarter after"),
        ('levers.simplification.places = "lyon"', "found the text 'lyon', allowed is a list of place names"),
        ("levers.simplification.places = []", "places: found nothing in it"),
        ("levers.simplification.places = [1]", "places: entry 1: found 1, allowed is a place name"),
        ('levers.simplification.places = ["london"]', "'london' is not in France; allowed are paris_"),
        ('levers.simplification.places = ["paris"]', "unknown place 'paris'; its districts are paris_"),
        ('levers.simplification.places = ["lyon", "lyon"]', "places: 'lyon' is named twice."),
        ('levers.label_network.label_dates.lion = "2014Q1"', "unknown place 'lion'; did you mean 'lyon'?"),
        ("levers.label_network.label_dates.lyon = 4", "label_dates.lyon: found 4, allowed is a quarter"),
        ('levers.label_network.label_dates.lyon = "soon"', "label_dates.lyon: found the text 'soon'"),
        ('levers.label_network.label_dates = ["lyon"]', "label_dates: found a list, allowed is a table"),
        ("levers.simplification = 3", "levers.simplification: found 3, allowed is a table, [levers"),
        ("levers = 3", "levers: found 3, allowed are tables"),
        ("world = 3", "world: found 3, allowed is a table of parameter = number."),
        ("world.talent.bta = 2", "world 'talent.bta': no such parameter; did you mean 'talent.beta'?"),
        ('world."talent.beta" = "x"', "world 'talent.beta': found 'x', allowed is a number"),
        ('world."talent.beta" = -1', "world 'talent.beta': found -1, allowed is a number from"),
        ('recommendation = "R9"', "recommendation: found 'R9', allowed are R1 to R8, or an empty text."),
        ('provenance = "B"', "provenance: found 'B', allowed are A8, A, R, I, with commas between."),
        ('rivals_respond = "yes"', "rivals_respond: found the text 'yes', allowed is true or false."),
        ("rivals_respond = 1", "rivals_respond: found 1, allowed is true or false."),
        ('titel = "x"', "titel: unknown key; did you mean 'title'?"),
    ],
)  # fmt: skip
def test_one_mistake_is_one_plain_sentence(lines: str, sentence: str, evidence: Evidence, tmp_path: Path) -> None:
    (problem,) = problems_of(f"{HEADING}{lines}\n", evidence, tmp_path)
    assert sentence in problem
    assert problem.endswith((".", "?"))


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("", [f"{key}: missing; every scenario states" for key in ("name", "title", "question", "expected")]),
        (HEADING.replace('"What?"', "3"), ["question: found 3, allowed is a text in quotes."]),
        (HEADING.replace("What?", " "), ["question: found an empty text, allowed is a text."]),
        (HEADING.replace('"mine"', '"yours"'), ["name: found 'yours', allowed is 'mine', the name of"]),
        (HEADING.replace('"mine"', '"../mine"'), ["name: found '../mine', allowed are small letters"]),
        (f"{HEADING}[levers\n", ["line 5, column 8: not valid TOML: "]),
        (f"{HEADING}name = 3\n", ["not valid TOML: cannot overwrite a value."]),
        (f"{HEADING}x = ", ["not valid TOML: invalid value."]),
    ],
)  # fmt: skip
def test_headings_and_syntax(text: str, sentences: list[str], evidence: Evidence, tmp_path: Path) -> None:
    problems = problems_of(text, evidence, tmp_path)
    assert len(problems) == len(sentences)
    for problem, sentence in zip(problems, sentences, strict=True):
        assert sentence in problem


def test_files_that_cannot_be_read_are_named(evidence: Evidence, tmp_path: Path) -> None:
    latin = tmp_path / "latin.toml"
    latin.write_bytes(HEADING.encode() + "# é\n".encode("latin-1"))
    missing = tmp_path / "latine.toml"
    with pytest.raises(InputError) as caught:
        load_scenarios([latin, missing, tmp_path], evidence)
    assert caught.value.problems == [
        f"{latin}: line 5: not UTF-8 text; save the file as UTF-8.",
        f"{missing}: no such file; did you mean '{latin}'?",
        f"{tmp_path}: this is a folder; name a scenario file (.toml).",
    ]


def test_two_files_may_not_share_a_name(evidence: Evidence, tmp_path: Path) -> None:
    paths = []
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        paths.append(tmp_path / folder / "mine.toml")
        paths[-1].write_text(HEADING, encoding="utf-8")
    with pytest.raises(InputError, match="give each its own"):
        load_scenarios(paths, evidence)


def test_folders_without_scenarios_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no scenario files"):
        find_scenarios(tmp_path)
    with pytest.raises(InputError, match="no such folder"):
        find_scenarios(tmp_path / "nowhere")


@pytest.mark.parametrize("key", list(LEVERS))
def test_every_field_of_every_lever_can_be_written_in_a_file(key: str, evidence: Evidence, tmp_path: Path) -> None:
    # What a lever's defaults say, written out, is the lever: no field is out of a file's reach.
    lever = LEVERS[key]()
    lines = [
        f"{name} = {str(value).lower() if isinstance(value, bool) else repr(value)}"
        for name, value in lever.model_dump().items()
        if value is not None
    ]
    path = tmp_path / "mine.toml"
    path.write_text(f"{HEADING}[levers.{key}]\n" + "\n".join(lines), encoding="utf-8")
    assert load_scenario(path, evidence).levers == (lever,)


def test_short_names_tell_scenarios_apart() -> None:
    assert short_names(["r1_label", "r2_paris", "zone"]) == ["r1", "r2", "zone"]
    assert short_names(["r1_label", "r1_other", "r3_brand"]) == ["r1_label", "r1_other", "r3"]
