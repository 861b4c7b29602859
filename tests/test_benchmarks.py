"""Every benchmark runs at toy size and says what it should; no time is ever asserted."""

from __future__ import annotations

import math
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from benchmarks import figures, machine, moving_loop, suite
from benchmarks.__main__ import document
from benchmarks.against_mesa import people_of, quarter_of, tastes_of
from benchmarks.figures import Figure
from benchmarks.mesa_rule import MovingModel
from benchmarks.moving_pair import MovingPair
from benchmarks.places_growth import synthetic
from benchmarks.sizes import TOY
from benchmarks.worlds import model_of, replace_process, resized, start
from sim.model.events import TALENT_TRIGGERS
from sim.model.flight import FlightModel
from sim.settings import Settings

# New processes that compile anew or run the main job take minutes: their code is the same as in the others.
TOO_LONG = {"cold_start", suite.MAIN_JOB}
# Even their toys take seconds: new processes, another compiler, quarters in plain Python. In the long form.
LONGER = {"memory", "against_c", "against_mesa", "against_twin"}
needs_gcc = pytest.mark.skipif(shutil.which("gcc") is None, reason="no gcc")

pytestmark = pytest.mark.long  # one Python suffices


@pytest.fixture
def model() -> Iterator[FlightModel]:
    settings = Settings(talent_scale=TOY.large, startup_scale=TOY.large_startups, threads=1)
    with model_of(start(TOY.large, TOY.large_startups), settings) as made:
        yield made


@pytest.fixture
def lively(model) -> FlightModel:
    """A model whose employers lose jobs and take staff along, and whose dwellings are short, in every quarter."""

    def relocate_startups(model: FlightModel) -> None:
        before(model)
        staff = model.places.startup_staff
        model.jobs_lost = model.jobs_lost + 0.3 * staff
        model.following = model.following + 0.01 * staff[:, None]
        model.places.dwellings = model.places.dwellings_used * 1.0005

    before = replace_process(model, "relocate_startups", relocate_startups)
    return model


@pytest.mark.long
@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.torture) if name in LONGER else name
        for name in sorted(set(suite.BENCHMARKS) - TOO_LONG)
    ],
)
def test_benchmark_runs_at_toy_size(name):
    with np.errstate(all="raise"):
        sections = suite.measure(name, TOY)
    assert sections
    text = document(sections, {"commit": "abc"})
    assert "nan" not in text
    for section in sections:
        assert section.figures or section.text
        for figure in section.figures:
            assert all(math.isfinite(value) for value in figure.values), figure.name


@needs_gcc
@pytest.mark.parametrize("chunk", [1, 256])
def test_c_loop_decides_as_the_engine_does(lively, tmp_path, chunk):
    pair = MovingPair(lively, tmp_path, ((chunk, 1), (chunk, 2)))
    for _ in range(4):
        lively.step()
        assert lively.events.counts["refused_dwellings"].sum() > 0
    triggers = lively.events.talent_triggers.sum(axis=(0, 1))
    assert min(triggers[TALENT_TRIGGERS.index(name)] for name in ("job lost", "with employer")) > 0
    assert pair.moves > 50
    assert (pair.differing, pair.differing_counts) == (0, 0)
    assert pair.largest_term <= 2  # millionths; the order of operations is the compiler's


@needs_gcc
@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("EMPLOYER = 41", "EMPLOYER = 43"),
        ("DWELLING = 42", "DWELLING = 44"),
        ("TASTE_NEST = 4", "TASTE_NEST = 14"),
        ("scale * log(-log(", "log(-log("),
        ("- factor * cost[j]", "- cost[j]"),
    ],
)
def test_twin_a_c_loop_of_another_rule_is_found(lively, tmp_path, monkeypatch, right, wrong):
    text = moving_loop.SOURCE.read_text("utf-8")
    assert right in text
    changed = tmp_path / "moving_loop.c"
    changed.write_text(text.replace(right, wrong), "utf-8")
    monkeypatch.setattr(moving_loop, "SOURCE", changed)
    pair = MovingPair(lively, tmp_path, ((1, 1),))
    for _ in range(4):
        lively.step()
    assert pair.differing > 0


def test_without_gcc_there_is_one_sentence(monkeypatch):
    monkeypatch.setattr(moving_loop.shutil, "which", lambda name: None)
    for name in ("against_c", "threads"):
        (section,) = suite.measure(name, TOY)
        assert section.text == ["Skipped: this machine has no gcc."]
        assert not section.figures


def moves_of_both(model: FlightModel, copies: int, change: float = 0.0) -> tuple[int, int]:
    """Let the engine move once, and the Mesa rule ``copies`` times on the state before; return their moves."""
    people, tastes = people_of(model), tastes_of(model)
    plain = MovingModel(people, tastes, 1)
    total = 0
    for _ in range(copies):
        for agent, person in zip(plain.agents, people, strict=True):
            agent.remember(person)
        numbers, table = quarter_of(model)
        plain.read(numbers | {"hazard_older": numbers["hazard_older"] + change}, table)
        plain.step()
        total += int(np.sum(plain.flows))
    return total, len(people)


def many_moves(model: FlightModel, quarters: int) -> int:
    return sum(int(_stepped(model).events.talent_flows.sum()) for _ in range(quarters))


def _stepped(model: FlightModel) -> FlightModel:
    model.step()
    return model


def unlikely(moves: int, expected: int) -> bool:
    """Whether two counts of rare moves differ by more than four standard deviations."""
    return abs(moves - expected) > 4.0 * math.sqrt(moves + expected)


@pytest.mark.long
def test_mesa_rule_moves_as_many_as_the_engine_and_its_broken_twin_does_not(model):
    quarters = 12
    model.step()
    plain, _ = moves_of_both(model, quarters)
    broken, _ = moves_of_both(model, quarters, change=0.02)
    engine = many_moves(model, quarters)
    assert not unlikely(plain, engine), (plain, engine)
    assert unlikely(broken, engine), (broken, engine)


def test_worlds_of_other_sizes_are_whole():
    whole = start(TOY.large, TOY.large_startups)
    people = len(whole.talents["place"])
    twice = resized(whole, times=2)
    assert len(np.unique(twice.talents["slot"])) == 2 * people
    assert len(resized(whole, 4).talents["place"]) == -(-people // 4)
    for places in (6, 26, 60):
        facts, begin = synthetic(whole, places)
        assert len(facts.places) == len(set(facts.place_ids)) == places
        assert begin.talents["place"].max() < places
        assert begin.constants.shape == (places, places)
        french = np.array([record.country == "FR" for record in facts.places])
        was = whole.geography.is_french[whole.talents["place"]]
        assert np.array_equal(french[begin.talents["place"]], was)


def test_figures_say_met_or_missed():
    assert Figure("x", (1.0, 2.0, 9.0), reach=2.0).verdict == "met"
    assert Figure("x", (1.0, 2.1, 9.0), reach=2.0).verdict == "**missed**"
    assert Figure("x", (99.0,), reach=100.0, at_least=True).verdict == "**missed**"
    assert Figure("x", (101.0,), reach=100.0, at_least=True).verdict == "met"
    assert Figure("x", (1.0,)).verdict == ""
    assert figures.short(0.01234) == "0.0123"
    assert figures.short(1234.5) == "1,234"


def test_machine_is_named():
    assert "cores" in machine.processor()
    assert "numba" in machine.versions()
    assert all(machine.commit())


def test_page_of_results_is_there_and_pointed_at():
    root = Path(machine.ROOT)
    assert "benchmarks/RESULTS.md" in (root / "docs" / "performance.md").read_text("utf-8")
    assert (root / "benchmarks" / "RESULTS.md").read_text("utf-8").startswith("# Measured speed and size")
