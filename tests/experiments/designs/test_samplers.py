"""Samplers: values in range, the same for the same seed, extending where they say so, and each with its own shape."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import InputError
from sim.evidence import load_evidence
from sim.evidence.parameters import Parameter
from sim.experiments.designs import samplers
from sim.experiments.designs.points import Points
from sim.experiments.designs.samplers import Others

pytestmark = pytest.mark.long  # one Python suffices

FREE = [parameter for parameter in load_evidence().parameters.values() if parameter.prior != "fixed"]
Sampler = Callable[[Sequence[Parameter], int, int], Points]
CUBE: dict[str, Sampler] = {
    "prior": samplers.prior,
    "latin_hypercube": samplers.latin_hypercube,
    "sobol": samplers.sobol,
    "saltelli": samplers.saltelli,
    "morris": samplers.morris,
}
chosen = st.lists(st.sampled_from(FREE), min_size=1, max_size=5, unique_by=lambda parameter: parameter.name)
seeds = st.one_of(st.sampled_from([0, 1, 2**63 - 1]), st.integers(0, 2**63 - 1))
few = settings(max_examples=15)


def strata(points: Points, parameters: Sequence[Parameter]) -> list[list[int]]:
    """How many points lie in each n-th part of each parameter's prior."""
    number, counts = len(points), []
    for column, parameter in enumerate(parameters):
        values, low, high = points.values[:, column], parameter.low, parameter.high
        if parameter.prior == "loguniform":
            values, low, high = np.log(values), math.log(low), math.log(high)
        part = np.clip(np.floor((values - low) / (high - low) * number), 0, number - 1).astype(int)
        counts.append(np.bincount(part, minlength=number).tolist())
    return counts


def moved(points: Points) -> list[list[int]]:
    """Which columns change from each point to the next."""
    return [np.flatnonzero(step).tolist() for step in np.diff(points.values, axis=0)]


def same(one: Points, other: Points) -> bool:
    return (
        (one.kind, one.names) == (other.kind, other.names)
        and np.array_equal(one.values, other.values)
        and np.array_equal(one.draws, other.draws)
    )


def narrowed(parameter: Parameter) -> Parameter:
    third = (parameter.high - parameter.low) / 3.0
    return replace(parameter, low=parameter.low + third, high=parameter.high - third)


@pytest.mark.parametrize("name", CUBE)
@few
@given(parameters=chosen, size=st.integers(1, 9), seed=seeds, narrow=st.booleans())
def test_values_lie_in_range_and_follow_from_the_seed(name, parameters, size, seed, narrow):
    if narrow:
        parameters = [narrowed(parameter) for parameter in parameters]
    points = CUBE[name](parameters, size, seed)
    assert points.names == tuple(parameter.name for parameter in parameters)
    assert np.all(points.values >= [parameter.low for parameter in parameters])
    assert np.all(points.values <= [parameter.high for parameter in parameters])
    assert same(points, CUBE[name](parameters, size, seed))


@pytest.mark.parametrize("name", CUBE)
def test_another_seed_is_another_design(name):
    first, second = (CUBE[name](FREE[:5], 8, seed) for seed in (0, 1))
    assert not same(first, second)


@pytest.mark.parametrize("name", ["prior", "sobol", "saltelli", "morris"])
@few
@given(parameters=chosen, size=st.integers(1, 9), more=st.integers(1, 9), seed=seeds)
def test_a_larger_design_starts_with_the_smaller_one(name, parameters, size, more, seed):
    small, large = (CUBE[name](parameters, number, seed) for number in (size, size + more))
    assert same(small, large.first(len(small)))
    assert len(small) * (size + more) == len(large) * size


@few
@given(parameters=chosen, size=st.integers(1, 9), blocks=st.integers(1, 4), seed=seeds)
def test_a_latin_hypercube_extends_by_blocks(parameters, size, blocks, seed):
    small, large = (samplers.latin_hypercube(parameters, size, seed, number) for number in (blocks, blocks + 1))
    assert same(small, large.first(size * blocks))
    assert len(np.unique(large.values[:, 0])) == len(large)  # no block is the copy of another


def test_twin_a_latin_hypercube_of_another_size_is_another_design():
    small, large = (samplers.latin_hypercube(FREE[:3], size, 7) for size in (4, 8))
    assert not same(small, large.first(4))


@few
@given(parameters=chosen, size=st.integers(1, 40), seed=seeds)
def test_a_latin_hypercube_has_one_point_in_each_part(parameters, size, seed):
    points = samplers.latin_hypercube(parameters, size, seed)
    assert strata(points, parameters) == [[1] * size] * len(parameters)


@few
@given(parameters=chosen, power=st.integers(0, 6), seed=seeds)
def test_a_power_of_two_of_a_sobol_sequence_has_one_point_in_each_part(parameters, power, seed):
    points = samplers.sobol(parameters, 2**power, seed)
    assert strata(points, parameters) == [[1] * 2**power] * len(parameters)


def test_twin_independent_draws_miss_parts():
    # By chance alone 40 draws hit 40 parts once each with probability 40!/40^40, below 1e-15.
    assert strata(samplers.prior(FREE[:1], 40, 3), FREE[:1]) != [[1] * 40]


@few
@given(parameters=chosen, size=st.integers(1, 6), seed=seeds, levels=st.sampled_from([2, 4, 6, 10]))
def test_a_morris_step_moves_one_parameter_and_a_trajectory_each_once(parameters, size, seed, levels):
    points = samplers.morris(parameters, size, seed, levels)
    rows = len(parameters) + 1
    for start in range(0, len(points), rows):
        steps = moved(Points(points.kind, points.names, points.values[start:], points.draws[start:]).first(rows))
        assert sorted(steps) == [[column] for column in range(len(parameters))]


def test_twin_a_sobol_step_moves_several_parameters():
    assert all(len(columns) == 4 for columns in moved(samplers.sobol(FREE[:4], 8, 1)))


def test_morris_takes_the_levels_exactly():
    parameter = replace(FREE[0], low=0.0, high=1.0, prior="uniform")
    assert set(samplers.morris([parameter], 60, 1).values[:, 0]) == {0.0, 1 / 3, 2 / 3, 1.0}


@few
@given(parameters=chosen, size=st.integers(1, 5), seed=seeds, second=st.booleans())
def test_a_block_of_saltelli_crosses_two_points(parameters, size, seed, second):
    points, k = samplers.saltelli(parameters, size, seed, second), len(parameters)
    rows = (2 * k if second else k) + 2
    assert len(points) == size * rows
    for block in points.values.reshape(size, rows, k):
        first, last = block[0], block[-1]
        for column in range(k):
            into_first, into_last = first.copy(), last.copy()
            into_first[column], into_last[column] = last[column], first[column]
            assert np.array_equal(block[1 + column], into_first)
            if second:
                assert np.array_equal(block[1 + k + column], into_last)


def test_salib_reads_the_designs_in_the_order_they_are_in():
    """A straight line of three parameters: elementary effects are its slopes, Sobol' indices their squares' shares."""
    from SALib.analyze import morris, sobol

    line = [replace(parameter, low=0.0, high=1.0, prior="uniform") for parameter in FREE[:3]]
    problem = {"num_vars": 3, "names": [parameter.name for parameter in line], "bounds": [[0.0, 1.0]] * 3}
    slopes = np.array([3.0, 2.0, 0.0])
    path = samplers.morris(line, 5, 0).values
    effects = morris.analyze(problem, path, path @ slopes, seed=1)
    assert np.allclose(effects["mu_star"], slopes)
    points = samplers.saltelli(line, 256, 0, second_order=False)
    shares = sobol.analyze(problem, points.values @ slopes, calc_second_order=False, num_resamples=2, seed=1)
    assert np.allclose(shares["S1"], slopes**2 / (slopes**2).sum(), atol=0.05)
    # Twin: points in another order do not give the slopes.
    mixed = samplers.morris(line, 5, 0).values[::-1] @ slopes[::-1]
    assert not np.allclose(morris.analyze(problem, path, mixed, seed=1)["mu_star"], slopes)


values = st.lists(st.floats(0.0, 1.0), min_size=1, max_size=4)


@few
@given(table=st.dictionaries(st.sampled_from("abcd"), values, min_size=1))
def test_one_at_a_time_moves_one_parameter_off_the_centre(table):
    points = samplers.one_at_a_time(table, dict.fromkeys("abcd", 0.5))
    assert points.values[0].tolist() == [0.5] * len(table)
    assert all(np.count_nonzero(row != 0.5) == 1 for row in points.values[1:])
    assert len(points) == 1 + sum(len(set(column) - {0.5}) for column in table.values())


def test_twin_a_grid_moves_several():
    points = samplers.grid({"a": [0.0, 1.0], "b": [0.0, 1.0]})
    assert any(np.count_nonzero(row != 0.5) > 1 for row in points.values)


def test_a_grid_is_every_combination_and_a_list_is_what_it_says():
    table = {"a": [1.0, 2.0], "b": [5.0, 6.0]}
    assert samplers.grid(table).values.tolist() == [[1, 5], [1, 6], [2, 5], [2, 6]]
    assert samplers.listed(table).values.tolist() == [[1, 5], [2, 6]]
    with pytest.raises(InputError, match="2 of 'a', 1 of 'b', allowed in a list are as many"):
        samplers.listed({"a": [1.0, 2.0], "b": [1.0]})


@pytest.mark.parametrize(
    ("luck", "draws"), [("same", [0, 0, 0, 0, 0, 0]), ("own", [0, 1, 2, 3, 4, 5]), ("base", [0, 0, 0, 1, 1, 1])]
)
def test_luck_is_shared_as_said(luck, draws):
    points = samplers.morris(FREE[:2], 2, 1, others=Others("prior", luck))
    assert (points.kind, points.draws.tolist()) == ("prior", draws)


def test_prior_without_parameters_is_the_plain_one_and_with_them_narrows_the_same_numbers():
    assert samplers.prior([], 3, 5).names == ()
    beta = FREE[0]
    own, narrow = samplers.prior([beta], 9, 5).values, samplers.prior([narrowed(beta)], 9, 5).values
    assert np.array_equal(np.argsort(own[:, 0]), np.argsort(narrow[:, 0]))
    assert np.ptp(narrow) < np.ptp(own)


@pytest.mark.parametrize(
    "make",
    [
        lambda: samplers.sobol(FREE[:2], 0, 1),
        lambda: samplers.grid({str(name): range(1000) for name in range(9)}),
        lambda: samplers.saltelli(FREE, 10**6, 1),
        lambda: samplers.prior([], 10**8, 1),
    ],
)
def test_designs_that_do_not_fit_are_refused_before_they_are_made(make):
    with pytest.raises(InputError, match="allowed are"):
        make()
    with pytest.raises(InputError, match="levels: found 3, allowed is an even number"):
        samplers.morris(FREE[:2], 1, 1, levels=3)
