"""The diagram of mechanisms says what the model has: levers, quantities, processes, outcomes."""

from __future__ import annotations

import dataclasses
import itertools
from pathlib import Path

import pytest

from sim.analysis import OUTCOMES
from sim.model.conditions import Conditions
from sim.model.flight import PROCESSES
from sim.model.levers import LEVERS
from sim.report.catalogue import Words
from sim.report.figures import mechanisms as figure
from sim.report.mechanisms import TABLE, Mechanisms, read_mechanisms
from sim.report.results import Results

WORDS = Words()


def drift(table: Mechanisms) -> list[str]:
    """Return where the table departs from the model."""
    found = table.problems()
    moves = {(key, name) for key, lever in LEVERS.items() if lever.number for name in lever.moves}
    drawn = set(table.arrows["moves"])
    found += [f"not drawn: {key} moves {name}" for key, name in sorted(moves - drawn)]
    found += [f"not in the model: {key} moves {name}" for key, name in sorted(drawn - moves)]
    quantities = {field.name for field in dataclasses.fields(Conditions)}
    found += [f"no such quantity: {name}" for box in table.layers[1] for name in box if name not in quantities]
    processes = {process.__name__ for process in PROCESSES}
    found += [f"no such process: {name}" for (name,) in table.layers[3] if name not in processes]
    found += [f"no such outcome: {name}" for (name,) in table.layers[4] if name not in OUTCOMES]
    return found


def test_the_diagram_agrees_with_the_model() -> None:
    assert drift(read_mechanisms()) == []


def test_every_box_has_words() -> None:
    table = read_mechanisms()
    for part, layer in zip(("instrument", "quantity", "reader", "process", "outcome"), table.layers, strict=True):
        for box in layer:
            assert WORDS(f"figure.mechanisms.{part}.{box[0]}")
    numbers = [number for number, _ in figure.levers_of(WORDS).values()]
    assert numbers == [LEVERS[key].number for key in figure.levers_of(WORDS)] == [f"R{n}" for n in range(1, 9)]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('["open_innovation", "orders"]', '["open_innovation", "order"]', "no box for 'order'"),
        ('["simplification", "visa_cost"],', "", "not drawn: simplification moves visa_cost"),
        ('["label_network", "labelled"]', '["label_network", "fibre"]', "not in the model: label_network moves fibre"),
        ('"close_startups"', '"end_startups"', "no such process: end_startups"),
        ('"startup_jobs"', '"jobs"', "no such outcome: jobs"),
        ('["orders", "firm_money"],', "", "no arrow leaves 'orders'"),
        ('["fibre"],', '["fibre", "mobile"],', "'mobile' has two boxes"),
    ],
)
def test_twin_a_table_that_drifts_is_caught(tmp_path: Path, old: str, new: str, problem: str) -> None:
    text = TABLE.read_text("utf-8")
    assert old in text
    (tmp_path / "changed.toml").write_text(text.replace(old, new), "utf-8")
    assert any(problem in found for found in drift(read_mechanisms(tmp_path / "changed.toml")))


def test_boxes_of_a_layer_do_not_overlap() -> None:
    places = figure.placed(read_mechanisms())
    for layer in range(5):
        rows = sorted({place for (where, _), place in places.items() if where == layer}, key=lambda place: place[1])
        for above, below in itertools.pairwise(rows):
            assert above[1] + above[3] / 2 < below[1] - below[3] / 2
        assert rows[0][0] + rows[0][2] < figure.MATRIX


def test_the_data_hold_every_arrow_and_what_was_found(results_folder: Path) -> None:
    built = figure.build(Results(results_folder), WORDS)
    assert built is not None
    data = built[1]
    table = read_mechanisms()
    assert len(data[data["step"] != "found"]) == sum(map(len, table.arrows.values()))
    found = data[data["step"] == "found"]
    assert len(found) == 8 * len(table.layers[4])
    assert found["difference"].notna().all()
