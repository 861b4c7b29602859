"""At the edges of what the model allows every law holds in every quarter; each law reports a run that breaks it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim.evidence import Evidence
from sim.model.cities import act_cities
from sim.model.closing import close_startups
from sim.model.flight import FlightModel, apply_policies, update_places
from sim.model.funding import fund_startups
from sim.model.growth import grow_startups
from sim.model.migration import migrate_talents
from tests.model.extremes import run
from tests.model.extremes.cases import (
    LARGEST_SEED,
    PEOPLE,
    READ_LATER,
    SHORT,
    STARTS,
    Cases,
    Extreme,
    full_strength,
    lever_ends,
)
from tests.model.extremes.starts import Starts
from tests.model.extremes.trying import try_case
from tests.model.small_runs import with_process

ROOT = Path(__file__).parents[3]
WORLDS = 40
Tries = Callable[..., list[str]]


@pytest.fixture(scope="module")
def cases(evidence: Evidence) -> Cases:
    return Cases(evidence, seed=3)


@pytest.fixture(scope="module")
def starts(evidence: Evidence) -> Starts:
    return Starts(evidence)


def of_central_people(cases: Cases) -> Iterator[Extreme]:
    """Cases of all strata for which no constants need be fitted anew, single ends few and spread."""
    ordinary = {name: value for name, value in cases.central.items() if name.startswith(PEOPLE)}
    number = 2 * len(cases.ends)
    many = 0
    while True:
        case = cases.case(number)
        number += 1
        if number % 12 == 0:
            case = cases.case((61 * number) % (2 * len(cases.ends)))
        small = case.settings.talent_scale == SHORT.talent_scale and case.settings.years <= 2
        if small and all(case.world[name] == value for name, value in ordinary.items()):
            many += 1
            yield replace(case, number=many, settings=SHORT)


@pytest.mark.long
def test_forty_worlds_at_the_edges_break_no_law(cases: Cases, starts: Starts, evidence: Evidence) -> None:
    of = of_central_people(cases)
    some = [next(of) for _ in range(WORLDS)]
    assert {"end", "pair", "structure", "start", "lever", "shock"} <= {case.stratum for case in some}
    some.sort(key=lambda case: sorted(case.world.values.items()))  # the same world's start is made once
    tried = [try_case(case, evidence, starts) for case in some]
    assert [one for one in tried if one.problems or one.refused] == []
    assert starts.fits == 1


@pytest.mark.torture
def test_five_thousand_worlds_at_the_edges_break_no_law(tmp_path: Path) -> None:
    assert run.main(["--cases", "5000", "--folder", str(tmp_path)]) == 0


@pytest.mark.torture
def test_a_hundred_of_them_are_the_same_in_plain_python(tmp_path: Path) -> None:
    (compiled := tmp_path / "compiled").mkdir()
    options = ["--cases", "5000", "--every", "48", "--without", "size", "horizon"]
    assert run.main([*options, "--folder", str(compiled)]) == 0
    shutil.copytree(compiled, tmp_path / "plain", ignore=shutil.ignore_patterns("*.jsonl"))  # fits take minutes there
    command = [sys.executable, "-m", "tests.model.extremes.run", *options, "--folder", str(tmp_path / "plain")]
    command += ["--against", str(compiled / "cases-1.jsonl")]
    variables = os.environ | {"NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert "tables differ in 0" in done.stdout


def test_cases_are_the_same_for_ever_and_every_end_is_tried(cases: Cases, evidence: Evidence) -> None:
    again = Cases(evidence, seed=3)
    assert all(again.case(number) == cases.case(number) for number in (0, 1, 500, 4999))
    singles = [cases.case(number) for number in range(2 * len(cases.ends))]
    for name, parameter in cases.drawn.items():
        tried = {one.world[name] for one in singles if one.world[name] != parameter.value}
        assert tried == {parameter.low, parameter.high} - {parameter.value}
    drawn = [cases.case(number) for number in range(2 * len(cases.ends), 1800)]
    assert {one.stratum for one in drawn} == set(cases.strata)
    assert {one.settings.years for one in drawn} >= {1, 100}
    assert {one.seed for one in drawn} >= {0, LARGEST_SEED}
    assert {one.start for one in drawn if one.start} == set(STARTS)


def test_ends_of_a_lever_are_its_bounds() -> None:
    ends = {lever.key: lever_ends(type(lever)) for lever in full_strength()}
    assert ends["seed_acceleration"]["budget_meur"] == (0.0, 10_000.0)
    assert ends["label_network"]["flag"] == (False, True)
    assert all(fields["strength"] == (0.0, 1.0) for fields in ends.values())


@pytest.mark.long
def test_a_start_does_not_depend_on_what_is_read_later(cases: Cases, evidence: Evidence, starts: Starts) -> None:
    later = [name for name in cases.drawn if name.startswith(READ_LATER)]
    given = (
        starts.of(cases.world({}), SHORT),
        starts.of(cases.world({later[0]: cases.value(later[0], "high")}), SHORT),
    )
    assert given[0] is given[1]  # kept
    again = Starts(evidence)
    again.kept = starts.kept
    other = again.of(cases.world({name: cases.value(name, "high") for name in later}), SHORT)
    for columns, others in ((given[0].talents, other.talents), (given[0].startups, other.startups)):
        assert all(np.array_equal(column, others[name]) for name, column in columns.items())
    assert all(np.array_equal(vars(given[0].conditions)[name], value) for name, value in vars(other.conditions).items())
    assert all(np.array_equal(vars(given[0].founding)[name], value) for name, value in vars(other.founding).items())
    assert np.array_equal(given[0].constants, other.constants)
    assert np.array_equal(given[0].moving, other.moving)


# ---- twins ---------------------------------------------------------------------------------------------------------


def spends_twice(model: FlightModel) -> None:
    fund_startups(model)
    model.events.capital_eur[3] += 1


def earns_from_nowhere(model: FlightModel) -> None:
    grow_startups(model)
    model.startups.data["cash"][model.live_rows()[0]] += 1


def keeps_too_much(model: FlightModel) -> None:
    act_cities(model)
    next(iter(model.cities)).saved += 1e9


def tears_down(model: FlightModel) -> None:
    update_places(model)
    model.places.dwellings = 0.9 * model.places.dwellings


def less_than_no_stock(model: FlightModel) -> None:
    close_startups(model)
    model.places.dwellings_used = -model.places.dwellings_used


def more_than_all(model: FlightModel) -> None:
    apply_policies(model)
    model.conditions.fibre = model.conditions.fibre + 1.0


def lost_in_a_move(model: FlightModel) -> None:
    migrate_talents(model)
    data = model.talents.data
    data["place"][np.flatnonzero(data["place"] != 7)[0]] = 7  # moves, and no flow tells of it


def nowhere(model: FlightModel) -> None:
    close_startups(model)
    model.startups.data["lead"][0] = 200


def not_a_number(model: FlightModel) -> None:
    close_startups(model)
    model.jobs_lost[2] = np.inf


def away_from_nobody(model: FlightModel) -> None:
    close_startups(model)
    data = model.startups.data
    data["away"][0] = data["headcount"][0] + 1


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "broken", "reported"),
    [
        ("fund_startups", spends_twice, "money raised is not money invested"),
        ("grow_startups", earns_from_nowhere, "cash is not what a firm had"),
        ("act_cities", keeps_too_much, "a city keeps more than it may"),
        ("update_places", tears_down, "a durable stock shrank"),
        ("close_startups", less_than_no_stock, "a stock of places is negative"),
        ("apply_policies", more_than_all, "fibre is no share"),
        ("migrate_talents", lost_in_a_move, "talents: stock change is not flows"),
        ("close_startups", nowhere, "lead is no place"),
        ("close_startups", not_a_number, "model jobs_lost is not finite"),
        ("close_startups", away_from_nobody, "more staff away than there is"),
    ],
)
def test_twins_that_break_a_law_are_reported(
    cases: Cases, starts: Starts, evidence: Evidence, name: str, broken: Callable[[FlightModel], None], reported: str
) -> None:
    case = Extreme(0, "twin", name, cases.world({}), SHORT)
    problems = try_case(case, evidence, starts, with_process(name, broken)).problems
    assert any(reported in problem for problem in problems), problems


def test_a_run_stopped_half_way_goes_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--seed", "3", "--every", "300", "--folder", str(tmp_path)]
    numbers = [0, 300]
    lines = [f'{{"number": {number}, "stratum": "end", "what": "made before"}}' for number in numbers]
    (tmp_path / "cases-3.jsonl").write_text("\n".join([*lines, '{"number": 60']), encoding="utf-8")
    assert run.main([*options, "--cases", "301"]) == 0
    assert "2 of 2 cases were tried earlier" in capsys.readouterr().out
