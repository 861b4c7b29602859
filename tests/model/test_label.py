"""The label: a flag that is only seen, and a rule that is monotone in its thresholds."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.model.conditions import Conditions
from sim.model.flight import FlightModel
from sim.model.levers import LabelNetwork
from tests.model.small_runs import Case, changed_world, flight, frame_bytes, run
from tests.model.test_levers import DOWN, UP, changes, conditions, index, labelled


def unseen_label(case: Case, kind: type[LabelNetwork]) -> list[str]:
    """Return the columns and tables that the bare flag changes in a world where a label is not noticed."""
    blind = case.with_world(lever__label_network__visibility=0.0)
    with_flag = run(blind, kind(flag=True, network=False, premises=False, call=False))
    without = run(blind)
    assert with_flag.series["labelled"].sum() > 0
    one, other = with_flag.series, without.series
    found = [name for name in one if frame_bytes(one[[name]]) != frame_bytes(other[[name]])]
    return found + (["flows"] if frame_bytes(with_flag.flows) != frame_bytes(without.flows) else [])


def test_the_label_by_itself_enters_no_equation_but_awareness(case: Case) -> None:
    assert unseen_label(case, LabelNetwork) == ["labelled"]
    seen = changes(conditions(case), conditions(case, LabelNetwork(network=False, premises=False)))
    assert set(seen) == {"labelled", "awareness"}


def test_twin_a_label_with_a_hidden_bonus_is_reported(case: Case) -> None:
    class Hidden(LabelNetwork):
        key: ClassVar[str] = "label_network"

        def apply(self, conditions: Conditions, model: FlightModel) -> None:
            super().apply(conditions, model)
            conditions.premises_discount += 0.3 * conditions.labelled

    assert set(unseen_label(case, Hidden)) > {"labelled", "jobs"}


LOOSER = {  # direction that lets more districts in
    "label.airport_minutes": UP,
    "label.train_minutes": UP,
    "label.vacant_m2": DOWN,
    "label.office_rent": UP,
    "label.structures": DOWN,
}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.lists(st.floats(0.2, 3.0), min_size=5, max_size=5), st.lists(st.floats(1.0, 3.0), min_size=5, max_size=5))
def test_looser_thresholds_never_cost_a_district_its_label(case: Case, base: list[float], steps: list[float]) -> None:
    start = {name: case.world[name] * factor for name, factor in zip(LOOSER, base, strict=True)}
    looser = {name: start[name] * step ** LOOSER[name] for name, step in zip(LOOSER, steps, strict=True)}
    with flight(case) as model:
        strict, loose = (model.places.meets_label_rule(changed_world(case.world, w)) for w in (start, looser))
    assert (loose | ~strict).all()
    assert not (loose & ~model.places.is_district).any()


def test_the_label_rule_separates_districts_and_dates_override_it(case: Case) -> None:
    held = labelled(case)
    assert 0 < held.sum() < 14
    dated = LabelNetwork(label_dates={"rennes": "2014Q4", "lille": "2020Q1"})
    assert np.flatnonzero(conditions(case, dated).labelled).tolist() == [index(case, "rennes")]
    assert not conditions(case, dated, quarter=4).labelled.any()
