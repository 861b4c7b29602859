"""A study as values: equal worlds, runs by their number, and sizes that cannot be."""

from __future__ import annotations

import numpy as np
import pytest

from sim.errors import InputError
from sim.evidence import Evidence
from sim.experiments.designs.points import Points, central_point
from sim.experiments.designs.study import Study, Worlds, design
from sim.settings import Settings
from tests.experiments.fake_model import scenario


@pytest.fixture(scope="module")
def study(evidence: Evidence) -> Study:
    policies = (scenario("baseline"), scenario("eased"))
    return design(policies, Settings(years=1), seed=7, worlds=2, replicates=3, world_kind="prior")


def test_worlds_are_equal_if_each_is() -> None:
    drawn = Points("prior", (), np.empty((2, 0)), np.arange(2))
    assert Worlds(drawn, [{}]) == Worlds(drawn, [{}])
    assert Worlds(drawn, [{}]) != Worlds(drawn.first(1), [{}])
    assert Worlds(drawn, [{}]) != Worlds(Points("prior", (), np.empty((2, 0)), np.array([0, 5])), [{}])
    assert Worlds(drawn, [{}]) != "two worlds"


def test_a_run_is_found_by_its_number_and_no_other(study: Study) -> None:
    assert study.n_runs == 12
    assert [study.experiment(run) for run in range(12)] == list(study.all_experiments())
    for run in (-1, 12):
        with pytest.raises(IndexError):
            study.experiment(run)


@pytest.mark.parametrize(
    ("sizes", "problem"),
    [
        ({"worlds": 2}, "--worlds: found 2, but the central world is one; add --world posterior or prior to draw"),
        ({"worlds": 0, "world_kind": "prior"}, "--worlds: found 0, allowed are whole numbers from 1 to "),
        ({"seed": -1}, "--seed: found -1, allowed are whole numbers from 0 to "),
        ({"replicates": 0}, "--replicates: found 0, allowed are whole numbers from 1 to "),
    ],
)
def test_sizes_that_cannot_be_are_one_sentence(sizes: dict[str, object], problem: str) -> None:
    plain = {"seed": 7, "worlds": 1, "replicates": 1, "world_kind": "central"}
    with pytest.raises(InputError) as caught:
        design((scenario("baseline"),), Settings(years=1), **(plain | sizes))
    (found,) = caught.value.problems
    assert found.startswith(problem)


def test_points_are_a_table_of_their_draws_and_names() -> None:
    assert len(central_point()) == 1
    with pytest.raises(ValueError, match=r"values of shape \(2, 1\) for 2 draws, 2 names"):
        Points("prior", ("a", "b"), np.zeros((2, 1)), np.arange(2))
