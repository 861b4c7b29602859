"""Packages and variants: which scenarios come of scenarios, what they share with files, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest

from sim.errors import InputError
from sim.experiments.designs.packages import packages
from sim.experiments.designs.variants import variant_name, variants
from sim.scenario import find_scenarios, load_scenarios, scenario_of

pytestmark = pytest.mark.long  # one Python suffices

FOLDER = Path(__file__).parents[3] / "scenarios"


@pytest.fixture(scope="module")
def shipped(evidence):
    return {scenario.name: scenario for scenario in load_scenarios(find_scenarios(FOLDER), evidence)}


@pytest.fixture(scope="module")
def eight(shipped):
    return [scenario for scenario in shipped.values() if scenario.recommendation]


def made_of(shipped, name, evidence, **changes):
    """A shipped scenario with other content under the name 'other'."""
    content = {**shipped[name].content, "name": "other", **changes}
    return scenario_of(content, Path("other.toml"), evidence)


def test_eight_levers_make_every_subset_once(eight, shipped, evidence):
    made = packages(eight, shipped["baseline"], evidence)
    keys = [frozenset(lever.key for lever in scenario.levers) for scenario in made]
    assert len(made) == len(set(keys)) == len({scenario.name for scenario in made}) == 256
    assert len({scenario.digest for scenario in made}) == 256
    all_keys = [scenario.levers[0].key for scenario in eight]
    assert set(keys) == {frozenset(subset) for size in range(9) for subset in combinations(all_keys, size)}
    assert [lever for scenario in made[:1] for lever in scenario.levers] == []


def test_none_one_and_all_are_the_files(eight, shipped, evidence):
    made = packages(eight, shipped["baseline"], evidence)
    assert made[0] is shipped["baseline"]
    assert made[1:9] == eight
    assert made[-1].name == "r1_r2_r3_r4_r5_r6_r7_r8"
    assert made[-1].levers == shipped["all_eight"].levers


def test_members_keep_their_levers_in_a_package(eight, shipped, evidence):
    (pair,) = (scenario for scenario in packages(eight, shipped["baseline"], evidence, [2]) if scenario.name == "r3_r8")
    assert pair.levers == shipped["r3_international_brand"].levers + shipped["r8_simplification"].levers
    assert pair.title == "R3 + R8"


def test_the_order_of_members_changes_nothing(eight, shipped, evidence):
    one, other = (packages(members, shipped["baseline"], evidence) for members in (eight[:3], eight[2::-1]))
    assert [scenario.digest for scenario in one] == [scenario.digest for scenario in other]


def test_sizes_choose_subsets(eight, shipped, evidence):
    assert len(packages(eight, shipped["baseline"], evidence, [0, 1, 2])) == 1 + 8 + 28
    with pytest.raises(InputError, match="package_sizes: found 9, allowed are 0 to 8"):
        packages(eight, shipped["baseline"], evidence, [9])


def test_rivals_respond_if_they_do_in_a_member(shipped, evidence):
    rivals = made_of(shipped, "r8_simplification", evidence, rivals_respond=True)
    made = packages([shipped["r3_international_brand"], rivals], shipped["baseline"], evidence)
    assert [scenario.rivals_respond for scenario in made] == [False, False, True, True]


def test_members_that_do_not_go_together_are_refused_in_one_go(shipped, evidence):
    other = made_of(shipped, "r1_label_network", evidence, levers={"label_network": {"start": "2014Q1"}})
    world = replace(made_of(shipped, "r8_simplification", evidence, world={"talent.beta": 2.0}), name="elsewhere")
    with pytest.raises(InputError) as caught:
        packages([shipped["r1_label_network"], other, world, shipped["baseline"]], shipped["baseline"], evidence)
    assert caught.value.problems == [
        "packages: 'elsewhere' changes the world (talent.beta); a member of packages changes levers only.",
        "packages: 'baseline' has no lever; name scenarios with levers.",
        "packages: 'r1_label_network' and 'other' set the lever label_network differently; "
        "a package would not know which to take.",
    ]


def test_equal_levers_in_two_members_go_together(shipped, evidence):
    twin = made_of(shipped, "r1_label_network", evidence)
    made = packages([shipped["r1_label_network"], twin], shipped["baseline"], evidence)
    assert made[-1].name == "r1_other"
    assert made[-1].levers == shipped["r1_label_network"].levers


def test_variants_are_every_combination(shipped, evidence):
    values = {"zone_exemption.strength": [0.0, 0.5, 1.0], "zone_exemption.start": ["2013Q4", "2014Q4"]}
    made = variants(shipped["zone_exemption"], values, evidence)
    assert [scenario.name for scenario in made][:3] == [
        "zone_exemption__strength_0__start_2013q4",
        "zone_exemption__strength_0__start_2014q4",
        "zone_exemption__strength_0_5__start_2013q4",
    ]
    fields = [(scenario.levers[0].strength, scenario.levers[0].start) for scenario in made]
    assert fields == [(s, q) for s in (0.0, 0.5, 1.0) for q in ("2013Q4", "2014Q4")]
    assert all(scenario.levers[0].places == ("paris_rive_gauche",) for scenario in made)
    assert len({scenario.digest for scenario in made}) == 6
    assert shipped["zone_exemption"].levers[0].strength == 1.0  # the file's own content is left alone
    assert "strength" not in shipped["zone_exemption"].content["levers"]["zone_exemption"]


def test_a_variant_can_bring_a_lever_and_rivals(shipped, evidence):
    values = {"simplification.visas": [True, False], "rivals_respond": [True]}
    on, off = variants(shipped["zone_exemption"], values, evidence)
    assert on.name == "zone_exemption__visas_on__rivals_respond_on"
    assert [(one.rivals_respond, [lever.key for lever in one.levers]) for one in (on, off)] == [
        (True, ["simplification", "zone_exemption"])
    ] * 2


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({"a.x": 0.5}, "z__x_0_5"),
        ({"a.x": -2.0}, "z__x_minus_2"),
        ({"a.x": 1e-05}, "z__x_1_e_minus_05"),
        ({"a.x": 3, "a.y": False}, "z__x_3__y_off"),
        ({"a.x": 1, "b.x": 2}, "z__a_x_1__b_x_2"),
        ({"a.places": ["lyon", "paris_saclay"]}, "z__places_lyon_paris_saclay"),
    ],
)
def test_a_variant_says_its_values_in_its_name(settings, name):
    assert variant_name("z", settings) == name


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"zone_exemption.strenght": [1.0]}, "'zone_exemption.strenght': no such field of a lever; did you mean"),
        ({"x": [1.0]}, "'x': no such field of a lever; allowed are rivals_respond and names such as"),
        (
            {"zone_exemption.strength": [2.0]},
            "levers.zone_exemption.strength: found 2, allowed is a number from 0 to 1",
        ),
        ({"rivals_respond": [3]}, "rivals_respond: found 3, allowed is true or false."),
        ({"zone_exemption.strength": [n / 1e6 for n in range(10_001)]}, "found 10001 variants, allowed are 10000."),
    ],
)
def test_what_no_lever_takes_is_one_sentence(values, sentence, shipped, evidence):
    with pytest.raises(InputError) as caught:
        variants(shipped["zone_exemption"], {**values, "simplification.visas": [True]}, evidence)
    (problem,) = caught.value.problems
    assert problem.startswith(sentence)
