"""Sweep files: the shipped ones load, every key does what it says, and every mistake is one plain sentence."""

from __future__ import annotations

import copy
import datetime
import re
import tomllib
from pathlib import Path

import pytest

from sim.errors import InputError
from sim.experiments.designs.limits import Limits, size_in_bytes
from sim.experiments.designs.sweep_file import load_sweep
from sim.scenario import find_scenarios

# One Python suffices; policies run in worlds of a posterior, here a made-up one.
pytestmark = [pytest.mark.long, pytest.mark.usefixtures("adopted_posterior")]

SCENARIOS = Path(__file__).parents[3] / "scenarios"
FOLDER = SCENARIOS / "sweeps"
# name -> policies, points, runs
SHIPPED = {
    "border_grid": (2, 25, 50),
    "eight_packages": (256, 20, 5120),
    "main_parameters": (2, 64, 128),
    "one_at_a_time": (1, 27, 27),
    "pairs_of_recommendations": (37, 12, 444),
    "recommendations_alone": (9, 8, 72),
    "screening": (2, 1158, 2316),
    "sobol_indices": (2, 448, 896),
    "until_narrow": (2, 200, 400),
    "zone_doses": (10, 1, 80),
}
HEAD = 'name = "mine"\ntitle = "Mine"\nquestion = "What?"\n'
POLICIES = '[policies]\nscenarios = ["baseline", "all_eight"]\n'
TOP = HEAD + POLICIES
WORLDS = '[worlds]\ndesign = "prior"\nsize = 3\n'
LIST = '[worlds]\ndesign = "list"\n'
HYPERCUBE = '[worlds]\ndesign = "latin_hypercube"\nsize = 3\n'
UNTIL = '[until]\noutcome = "startup_flight_rate"\nscenario = "all_eight"\nhalf_width = 0.1\n'


def swept(text, evidence, folder, name="mine"):
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return load_sweep(path, evidence)


def problems_of(text, evidence, folder):
    with pytest.raises(InputError) as caught:
        swept(text, evidence, folder)
    path = folder / "mine.toml"
    assert all(problem.startswith(f"{path}: ") for problem in caught.value.problems)
    return [problem.removeprefix(f"{path}: ") for problem in caught.value.problems]


def test_the_shipped_files_are_those_listed_and_no_scenarios():
    assert {path.stem for path in FOLDER.glob("*.toml")} == set(SHIPPED)
    assert not {path.stem for path in find_scenarios(SCENARIOS)} & set(SHIPPED)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_file_makes_the_runs_it_speaks_of(name, evidence):
    sweep = load_sweep(FOLDER / f"{name}.toml", evidence)
    study = sweep.study
    assert (len(study.scenarios), len(study.points), study.n_runs) == SHIPPED[name]
    assert study.reference == "baseline"
    header = re.match(r"(#.*\n)+", (FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    assert header is not None
    assert "# Question: " in header[0]
    assert re.search(rf"\b{study.n_runs:,}\s(#\s)?runs", header[0])


def test_what_is_not_said_has_its_default(evidence, tmp_path):
    sweep = swept(TOP + WORLDS, evidence, tmp_path)
    study = sweep.study
    settings = study.settings
    assert (settings.talent_scale, settings.startup_scale, settings.years) == (20, 1, 10)
    assert (study.seed, study.replicates, study.keep) == (2013, 1, {"pairs"})
    assert (sweep.rule, sweep.limits, sweep.parameters) == (None, Limits(None, None), ())


def test_every_key_reaches_the_study(evidence, tmp_path):
    sweep = swept(
        f"{TOP}reference = 'all_eight'\n{HYPERCUBE}blocks = 2\nothers = 'prior'\nluck = 'same'\n"
        "[worlds.parameters]\ntalent.beta = {}\n'startup.cost_border' = { low = 6, high = 7, prior = 'loguniform' }\n"
        "[runs]\ntalent_scale = 100\nstartup_scale = 5\nyears = 2\nseed = 0\nreplicates = 4\n"
        "[keep]\nseries = true\npairs = false\n[limits]\nseconds_per_run = 9\ndisk = '5 GB'\n",
        evidence, tmp_path,
    )  # fmt: skip
    study = sweep.study
    assert (study.seed, study.replicates, study.keep, study.reference) == (0, 4, {"series"}, "all_eight")
    settings = study.settings
    assert (settings.talent_scale, settings.startup_scale, settings.years) == (100, 5, 2)
    assert sweep.limits == Limits(9.0, 5 * 10**9)
    assert sweep.parameters == study.points.names == ("talent.beta", "startup.cost_border")
    assert (study.points.kind, study.points.draws.tolist()) == ("prior", [0] * 6)
    assert study.points.values[:, 1].min() >= 6
    assert study.points.values[:, 1].max() <= 7
    assert sweep.content["runs"]["years"] == 2


def test_a_list_and_a_grid_take_values(evidence, tmp_path):
    table = "[worlds.parameters]\n'talent.nest' = { values = [0.4, 0.8] }\n'talent.beta' = { values = [1, 2] }\n"
    listed = swept(TOP + LIST + table, evidence, tmp_path).study.points
    grid = swept(TOP + LIST.replace("list", "grid") + table, evidence, tmp_path).study.points
    assert listed.values.tolist() == [[0.4, 1.0], [0.8, 2.0]]
    assert grid.values.tolist() == [[0.4, 1.0], [0.4, 2.0], [0.8, 1.0], [0.8, 2.0]]
    assert (listed.kind, listed.draws.tolist()) == ("central", [0, 0])


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("'all'", lambda parameter: True),
        ("'assumed'", lambda parameter: parameter.status == "assumed"),
        ("['capital.growth.*']", lambda parameter: parameter.name.startswith("capital.growth.")),
        ("['talent.beta', 'talent.*']", lambda parameter: parameter.name.startswith("talent.")),
    ],
)
def test_parameters_are_chosen_by_status_or_pattern(line, wanted, evidence, tmp_path):
    names = swept(f"{TOP}{HYPERCUBE}parameters = {line}\n", evidence, tmp_path).parameters
    free = [parameter for parameter in evidence.parameters.values() if parameter.prior != "fixed"]
    assert len(names) > 1
    assert names == tuple(parameter.name for parameter in free if wanted(parameter))


def test_what_is_said_of_a_name_beats_what_is_said_of_a_pattern(evidence, tmp_path):
    table = "[worlds.parameters]\n'talent.nest' = { values = [0.5] }\n'talent.*st' = { steps = 3 }\n"
    sweep = swept(TOP + LIST.replace("list", "grid") + table, evidence, tmp_path)
    assert sweep.parameters[0] == "talent.nest"
    assert set(sweep.study.points.values[:, 0]) == {0.5}


def test_prior_worlds_with_a_narrowed_parameter(evidence, tmp_path):
    table = "[worlds.parameters]\n'talent.beta' = { high = 1.0 }\n'talent.nest' = {}\n"
    sweep = swept(TOP + WORLDS + table, evidence, tmp_path)
    assert sweep.parameters == ("talent.beta",)
    assert (sweep.study.points.kind, sweep.study.points.draws.tolist()) == ("prior", [0, 1, 2])
    assert sweep.study.points.values.max() <= 1.0


def test_until_takes_the_place_of_a_size(evidence, tmp_path):
    sweep = swept(f"{TOP}{UNTIL}first = 20\nmost = 30\n", evidence, tmp_path)
    rule = sweep.rule
    assert rule is not None
    assert (rule.outcome, rule.scenario, rule.half_width) == ("startup_flight_rate", "all_eight", 0.1)
    assert (rule.first, rule.most, len(sweep.study.points)) == (20, 30, 30)
    assert sweep.study.points.kind == "posterior"
    assert swept(f"{TOP}{UNTIL}[worlds]\ndesign = 'prior'\n", evidence, tmp_path).rule is not None


def test_policies_come_from_names_patterns_paths_and_once_each(evidence, tmp_path):
    (tmp_path / "other.toml").write_text(
        'name = "other"\ntitle = "Other"\nquestion = "?"\nexpected = "?"\n[levers.simplification]\n', encoding="utf-8"
    )
    policies = (
        "[policies]\nscenarios = ['r1_*', 'drivers/*', 'other.toml', 'r1_label_network']\npackages = ['r1_*', 'r8_*']\n"
    )
    study = swept(HEAD + policies + WORLDS, evidence, tmp_path).study
    assert [scenario.name for scenario in study.scenarios] == [
        "r1_label_network", "equal_capital", "equal_connectivity", "equal_real_estate", "equal_taxation", "other",
        "baseline", "r8_simplification", "r1_r8",
    ]  # fmt: skip
    assert study.reference == "baseline"
    everything = swept(f"{HEAD}[policies]\nscenarios = 'all'\nreference = ''\n{WORLDS}", evidence, tmp_path).study
    assert len(everything.scenarios) == len(find_scenarios(SCENARIOS))
    assert (everything.reference, everything.keep) == (None, frozenset())


def test_two_different_policies_of_one_name_are_refused(evidence, tmp_path):
    text = 'name = "baseline"\ntitle = "Other"\nquestion = "?"\nexpected = "?"\n'
    (tmp_path / "baseline.toml").write_text(text, encoding="utf-8")
    problems = problems_of(f"{HEAD}[policies]\nscenarios = ['baseline', 'baseline.toml']\n{WORLDS}", evidence, tmp_path)
    assert problems == ["policies.scenarios: two different policies are called 'baseline'; rename one of them."]


def test_a_scenario_and_a_design_do_not_both_decide_a_parameter(evidence, tmp_path):
    text = 'name = "hot"\ntitle = "Hot"\nquestion = "?"\nexpected = "?"\n[world]\n"talent.beta" = 2.0\n'
    (tmp_path / "hot.toml").write_text(text, encoding="utf-8")
    text = f"{HEAD}[policies]\nscenarios = ['hot.toml']\n{HYPERCUBE}parameters = ['talent.beta']\n"
    (problem,) = problems_of(text, evidence, tmp_path)
    assert problem == "policies.scenarios: 'hot' fixes 'talent.beta' in its [world], and the design varies it."


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (f"{HEAD}{WORLDS}", "policies: missing; every sweep has a table [policies]."),
        (f"{HEAD}[policies]\n{WORLDS}", "policies.scenarios: found no policy; name scenarios, packages or variants."),
        (f"{HEAD}policies = 3\n{WORLDS}", "policies: found 3, allowed is a table, [policies]."),
        (f"{TOP}", "worlds.design: missing, allowed are central, prior, posterior, list"),
        (f"{TOP}{WORLDS}[wrolds]\n", "wrolds: unknown key; did you mean 'worlds'?"),
        (f"{TOP}{WORLDS}sice = 3\n", "worlds.sice: unknown key; did you mean 'size'?"),
        (f"{TOP}scenario = 'x'\n{WORLDS}", "policies.scenario: unknown key; did you mean 'scenarios'?"),
        (f"{HEAD.replace('mine', 'yours')}{POLICIES}{WORLDS}", "name: found 'yours', allowed is 'mine', the name of"),
        (f"{HEAD.replace('Mine', ' ')}{POLICIES}{WORLDS}", "title: found an empty text, allowed is a text."),
        (f"{HEAD}[policies]\nscenarios = ['basline']\n{WORLDS}", "'basline': no such scenario; did you mean 'base"),
        (f"{HEAD}[policies]\nscenarios = 'baseline'\n{WORLDS}", 'found \'baseline\', allowed is "all" or a list'),
        (f"{HEAD}[policies]\nscenarios = ['x*']\n{WORLDS}", "policies.scenarios: 'x*' matches no file in"),
        (f"{HEAD}[policies]\nscenarios = ['sweeps/*']\n{WORLDS}", "policies.scenarios: 'sweeps/*' matches no file in"),
        (f"{HEAD}[policies]\nscenarios = ['x.toml']\n{WORLDS}", "'x.toml': no such file beside the sweep file."),
        (f"{HEAD}[policies]\nscenarios = [3]\n{WORLDS}", "policies.scenarios: entry 1: found 3, allowed is a text"),
        (f"{TOP}packages = ['baseline']\n{WORLDS}", "policies.packages: 'baseline' has no lever; name"),
        (f"{TOP}packages = []\n{WORLDS}", "policies.packages: found nothing in it"),
        (f"{TOP}packages = 'all'\npackage_sizes = [9]\n{WORLDS}", "policies.package_sizes: found 9, allowed"),
        (f"{TOP}packages = 'all'\npackage_sizes = 2\n{WORLDS}", "policies.package_sizes: found 2, allowed"),
        (f"{TOP}package_sizes = [2]\n{WORLDS}", "policies.package_sizes: found without packages"),
        (f"{TOP}reference = 'all_nine'\n{WORLDS}", "policies.reference: found 'all_nine'; did you mean"),
        (f"{TOP}variants = 3\n{WORLDS}", "policies.variants: found 3, allowed are tables, [[policies"),
        (
            f"{TOP}[[policies.variants]]\nscenario = 'zone_exemption'\nset = {{ a.b = 1 }}\n{WORLDS}",
            "policies.variants[1].set: 'a.b': no such field of a lever",
        ),
        (
            f"{TOP}[[policies.variants]]\nscenario = 'zone_exemption'\n{WORLDS}",
            "policies.variants[1].set: missing or empty",
        ),
        (
            f"{TOP}[[policies.variants]]\nscenario = 'r*'\nset = {{ rivals_respond = true }}\n{WORLDS}",
            "policies.variants[1].scenario: 'r*' matches 8 files, allowed is one.",
        ),
        (
            f"{TOP}[[policies.variants]]\nscenario = 'placebo'\nset = {{ rivals_respond = [true, true] }}\n{WORLDS}",
            "policies.variants[1].set: 'rivals_respond': a value stands there twice.",
        ),
        (f"{TOP}variants = [{'3, ' * 201}]\n{WORLDS}", "found 201 tables, allowed are 200."),
        (f"{TOP}{HYPERCUBE}parameters = ['city.fibre_step']\n", "'city.fibre_step' is fixed at 0.05 and cannot vary."),
        (f"{TOP}{HYPERCUBE}parameters = 'calibrated'\n", "found 'calibrated', but no parameter of that status varies."),
        (
            f"{TOP}[worlds]\ndesign = 'grid'\nparameters.talent.beta = {{ values = [1], low = 1 }}\n",
            "found values beside other keys; the values say it all.",
        ),
        (f"{TOP}{UNTIL.replace('half_width = 0.1', '')}", "until.half_width: missing, allowed is a number above 0"),
        (f"{TOP}{UNTIL.replace('all_eight', 'r1')}", "until.scenario: found 'r1'"),
        (f"{TOP}{WORLDS.replace('prior', 'sobbol')}", "found 'sobbol'; did you mean 'sobol'?"),
        (f"{TOP}{WORLDS.replace('3', '0')}", "worlds.size: found 0, allowed is a whole number from 1 to"),
        (f"{TOP}{WORLDS.replace('size = 3', '')}", "worlds.size: missing, allowed is a whole number from 1"),
        (f"{TOP}{WORLDS}levels = 4\n", "worlds.levels: means nothing in the design 'prior'; it takes size"),
        (f"{TOP}{WORLDS}luck = 'own'\n", "worlds.luck: means nothing in the design 'prior'; it takes size"),
        (f"{TOP}{HYPERCUBE}", "worlds.parameters: missing; the design 'latin_hypercube' needs at least one"),
        (f"{TOP}{HYPERCUBE}luck = 'base'\nparameters = 'all'\n", "worlds.luck: found 'base'"),
        (f"{TOP}{HYPERCUBE}parameters = 'al'\n", "worlds.parameters: found 'al'; did you mean 'all'?"),
        (f"{TOP}{HYPERCUBE}parameters = 3\n", 'worlds.parameters: found 3, allowed is "all", a status'),
        (f"{TOP}{HYPERCUBE}parameters = ['talent.bta']\n", "no such parameter; did you mean 'talent.beta'?"),
        (f"{TOP}{HYPERCUBE}parameters = ['zz.*']\n", "'zz.*' matches no parameter that varies."),
        (f"{TOP}{HYPERCUBE}parameters.talent.beta = 3\n", "parameters 'talent.beta': found 3, allowed is a table"),
        (f"{TOP}{HYPERCUBE}parameters.talent.beta.low = 0.1\n", "low: found 0.1, allowed is a number from 0.8"),
        (f"{TOP}{HYPERCUBE}parameters.talent.beta.lwo = 1\n", "unknown key 'lwo'; did you mean 'low'?"),
        (f"{TOP}{HYPERCUBE}parameters.talent.beta.values = [1]\n", "'values' means nothing in this design"),
        (
            f"{TOP}{HYPERCUBE}parameters.'talent.bet*' = {{ low = 2.0, high = 1.0 }}\n",
            "parameters 'talent.bet*' for 'talent.beta': found low 2 and high 1, allowed is low < high.",
        ),
        (f"{TOP}{HYPERCUBE}parameters.talent.beta.prior = 'normal'\n", "prior: found the text 'normal'"),
        (
            f"{TOP}{HYPERCUBE}parameters.startup.fibre.prior = 'loguniform'\n",
            "prior: found 'loguniform' from 0 on, allowed is a low above 0.",
        ),
        (f"{TOP}{LIST}parameters.talent.beta = {{}}\n", "'talent.beta' has no values, allowed is { values"),
        (f"{TOP}{LIST}parameters.talent.beta.values = [9]\n", "values: found 9, allowed is a number from 0.8"),
        (f"{TOP}{LIST}parameters.talent.beta.values = []\n", "values: found an empty list, allowed is a list"),
        (
            f"{TOP}{LIST}parameters.talent.beta.values = [1, 2]\nparameters.talent.nest.values = [0.5]\n",
            "values: found 2 of 'talent.beta', 1 of 'talent.nest', allowed in a list are as many of each",
        ),
        (
            f"{TOP}[worlds]\ndesign = 'grid'\nparameters = 'all'\n",
            "worlds.design: 'grid': found a design of",
        ),
        (f"{TOP}{WORLDS}[runs]\nyears = 0\n", "runs.years: found 0, allowed are whole numbers from 1 to 100."),
        (f"{TOP}{WORLDS}[runs]\nyears = true\n", "runs.years: found true, allowed are whole numbers"),
        (f"{TOP}{WORLDS}[runs]\nseed = -1\n", "runs.seed: found -1, allowed is a whole number from 0"),
        (f"{TOP}{WORLDS}[runs]\nreplicates = 'x'\n", "runs.replicates: found the text 'x', allowed is a"),
        (f"{TOP}{WORLDS}[keep]\nserie = true\n", "keep.serie: unknown key; did you mean 'series'?"),
        (f"{TOP}{WORLDS}[keep]\nseries = 1\n", "keep.series: found 1, allowed is true or false."),
        (f"{TOP}reference = ''\n{WORLDS}[keep]\npairs = true\n", "keep.pairs: found true, but there is no"),
        (f"{TOP}{WORLDS}[limits]\ndisk = '5'\n", "limits.disk: found the text '5', allowed is a size in"),
        (f"{TOP}{WORLDS}[limits]\nseconds_per_run = 0\n", "seconds_per_run: found 0, allowed is a number above 0"),
        (f"{TOP}{WORLDS}{UNTIL}", "worlds.size: found beside [until], which says how many worlds"),
        (f"{TOP}{UNTIL}[worlds]\ndesign = 'grid'\n", "worlds.design: found 'grid' beside [until], allowed"),
        (f"{TOP}{UNTIL.replace('flight', 'fligt')}", "found 'startup_fligt_rate'; did you mean 'startup_flight"),
        (f"{TOP}{UNTIL.replace('all_eight', 'baseline')}", "until.scenario: found 'baseline'"),
        (f"{TOP}{UNTIL.replace('0.1', '-1')}", "until.half_width: found -1, allowed is a number above 0."),
        (f"{TOP}{UNTIL}first = 500\n", "until.first: found 500, allowed is a whole number from 16 to 400."),
        (f"{TOP}{UNTIL}growth = 1\n", "until.growth: found 1, allowed is a number above 1."),
        (f"{TOP}reference = ''\n{UNTIL}", "until.scenario: found no reference to compare with"),
        (f"{HEAD}[policies\n", "line 4, column 10: not valid TOML: "),
    ],
)  # fmt: skip
def test_one_mistake_is_one_plain_sentence(text, sentence, evidence, tmp_path):
    (problem,) = problems_of(text, evidence, tmp_path)
    assert sentence in problem
    assert problem.endswith((".", "?"))


def test_all_problems_of_a_file_come_at_once(evidence, tmp_path):
    text = (
        f"titel = 'x'\n{HEAD}[policies]\nscenarios = ['basline']\n"
        "[worlds]\ndesign = 'morris'\nsize = 0\nparameters = 3\n"
        "[runs]\nyears = 0\n[keep]\nserie = true\n[limits]\ndisk = 'much'\n"
    )
    keys = [problem.split(":")[0] for problem in problems_of(text, evidence, tmp_path)]
    assert keys == [
        "titel", "policies.scenarios", "runs.years", "keep.serie", "limits.disk", "worlds.size", "worlds.parameters",
    ]  # fmt: skip


def test_a_problem_of_a_scenario_file_is_the_scenario_files(evidence, tmp_path):
    (tmp_path / "other.toml").write_text("name = 'other'\n", encoding="utf-8")
    (tmp_path / "mine.toml").write_text(f"{HEAD}[policies]\nscenarios = ['other.toml']\n{WORLDS}", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_sweep(tmp_path / "mine.toml", evidence)
    assert [problem.split(": ")[0] for problem in caught.value.problems] == [str(tmp_path / "other.toml")] * 3


@pytest.mark.parametrize(
    ("said", "size"),
    [("5 GB", 5 * 10**9), ("1.5gb", 15 * 10**8), ("2 GiB", 2**31), (1000, 1000), ("x", None), ("-5 GB", None),
     ("5", None), (0, None), (1.5, None), (True, None), ("0 GB", None), ("9" * 400 + " GB", None)],
)  # fmt: skip
def test_sizes_on_disk(said, size):
    assert size_in_bytes(said) == size


WHOLE = (
    f"{HEAD}[policies]\nscenarios = ['baseline', 'r1_*']\npackages = ['r1_*', 'r8_*']\npackage_sizes = [0, 2]\n"
    "reference = 'baseline'\n[[policies.variants]]\nscenario = 'zone_exemption'\n"
    "set = { 'zone_exemption.strength' = [0.5], rivals_respond = true }\n"
    "[worlds]\ndesign = 'grid'\nothers = 'prior'\nluck = 'own'\n"
    "[worlds.parameters]\n'talent.beta' = { low = 1.0, high = 2.0, prior = 'uniform', steps = 2 }\n"
    "'talent.nest' = { values = [0.5, 0.6] }\n"
    "[runs]\nyears = 1\nseed = 1\nreplicates = 1\n[keep]\nseries = true\n[limits]\nseconds_per_run = 9\ndisk = '1 GB'\n"
)
JUNK = [
    3, -1, 0, 1.5, True, "", "x", "all", "*", "**", "/*", "[", "x.toml", "é", "\0", [], [3], ["x"], [[1]], [{}], {},
    {"a": 1}, {"a": {"b": [1]}}, 10**400, float("nan"), float("inf"), datetime.date(2013, 7, 1),
]  # fmt: skip


def places_in(table, before=()):
    """The way to every value of a parsed file, tables and entries of lists too."""
    for key, value in table.items() if isinstance(table, dict) else enumerate(table):
        yield (*before, key)
        if isinstance(value, dict | list):
            yield from places_in(value, (*before, key))


@pytest.mark.long
def test_junk_anywhere_is_answered_with_sentences(evidence, tmp_path, monkeypatch):
    whole, refused, taken = tomllib.loads(WHOLE), [], 0
    for way in places_in(whole):
        for junk in JUNK:
            content = copy.deepcopy(whole)
            table = content
            for key in way[:-1]:
                table = table[key]
            table[way[-1]] = junk
            monkeypatch.setattr("sim.experiments.designs.sweep_file.read_toml", lambda *_, content=content: content)
            try:
                taken += load_sweep(tmp_path / "mine.toml", evidence).study.n_runs > 0
            except InputError as error:
                refused.append(error.problems)
    assert len(refused) > 700
    assert taken > 50
    assert all(refused)
    odd = [one for problems in refused for one in problems if not re.fullmatch(r"[^\n]*: [^\n]*[.?]", one)]
    assert odd == []
