"""Samplers: the points of a design over uncertain parameters.

==================  =====================  ==================================================================
sampler             points                 more of them
==================  =====================  ==================================================================
prior               size                   extend: point i depends on seed, parameter name and i alone
listed              as listed              extend, if the new ones stand at the end
grid                product of the values  do not extend, unless the first parameter gets values at its end
one_at_a_time       1 + values off centre  do not extend, unless the last parameter gets values at its end
latin_hypercube     size * blocks          extend by whole blocks; another size is another design
sobol               size                   extend; powers of two fill the space most evenly
saltelli            size * (2 k + 2)       extend by base points; without second order size * (k + 2)
morris              size * (k + 1)         extend by trajectories
==================  =====================  ==================================================================

k is the number of parameters; another set of parameters is another design. "Extend": a design with more points has the
smaller one as its first points, exactly, so that finished runs stay of use.

A sampler works in the unit cube, and each parameter turns its coordinate into a value by its own quantile: uniform or
log-uniform between its ends. All numbers follow from the study seed, 0 included. What the design does not name, and the
luck, follow from the *draw* of a point: ``luck`` "same" gives all points draw 0, "own" gives point i draw i, and "base"
gives the points of one base point (saltelli) or trajectory (morris) a common draw.

Sources: McKay, Beckman and Conover 1979 (Latin hypercube); Owen 1998 (scrambled Sobol'); Saltelli 2002; Morris 1991.
"""

from __future__ import annotations

import hashlib
import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from sim.errors import InputError
from sim.experiments.designs.points import MOST_POINTS, Points, WorldKind, prior_points
from sim.world import uniform

if TYPE_CHECKING:
    from sim.evidence.parameters import Parameter

Luck = Literal["same", "own", "base"]
MOST_NUMBERS = 20_000_000  # points x parameters: 160 MB
BLOCK = 65_536  # points scaled at once: a list of Python's numbers takes four times the room of an array


@dataclass(frozen=True)
class Others:
    """What a design leaves open: the parameters that it does not name, and the luck of its points."""

    kind: WorldKind = "central"
    luck: Luck = "same"


SAME, OWN = Others(), Others(luck="own")


def prior(parameters: Sequence[Parameter], size: int, seed: int) -> Points:
    """Return worlds drawn from the priors, each with its own luck.

    Parameters given here are drawn from the ranges that they carry, by the numbers that drive their priors.

    Raises:
        InputError: for a size out of range.
    """
    plain = prior_points(size)
    if not parameters:
        return plain
    _refuse_too_many(size, len(parameters))
    columns = [[p.quantile(uniform(seed, p.name, draw)) for draw in range(size)] for p in parameters]
    return Points("prior", _names(parameters), np.array(columns).T.copy(), plain.draws)


def listed(values: Mapping[str, Sequence[float]], others: Others = SAME) -> Points:
    """Return the points of a list: the first value of every parameter, the second, and so on.

    Raises:
        InputError: if the lists differ in length or are empty.
    """
    lengths = {name: len(column) for name, column in values.items()}
    if len(set(lengths.values())) != 1 or 0 in lengths.values():
        counts = ", ".join(f"{number} of '{name}'" for name, number in lengths.items()) or "none"
        raise InputError(f"values: found {counts}, allowed in a list are as many of each parameter, at least one.")
    return _points(tuple(values), np.array([*values.values()], np.float64).T.copy(), others)


def grid(values: Mapping[str, Sequence[float]], others: Others = SAME) -> Points:
    """Return every combination of the values, the last parameter changing fastest.

    Raises:
        InputError: for no value, or more points than fit.
    """
    _refuse_too_many(math.prod(len(column) for column in values.values()), len(values))
    return _points(tuple(values), np.array([*itertools.product(*values.values())], np.float64), others)


def one_at_a_time(values: Mapping[str, Sequence[float]], centre: Mapping[str, float], others: Others = SAME) -> Points:
    """Return the centre, and then the centre with one parameter at one of its values, other than the centre's.

    Raises:
        InputError: for more points than fit.
    """
    names = tuple(values)
    moves = [
        (column, value)
        for column, name in enumerate(names)
        for value in dict.fromkeys(float(value) for value in values[name])
        if value != centre[name]
    ]
    _refuse_too_many(1 + len(moves), len(names))
    cells = np.tile([float(centre[name]) for name in names], (1 + len(moves), 1))
    for row, (column, value) in enumerate(moves, 1):
        cells[row, column] = value
    return _points(names, cells, others)


def latin_hypercube(
    parameters: Sequence[Parameter], size: int, seed: int, blocks: int = 1, others: Others = OWN
) -> Points:
    """Return blocks of ``size`` points, each with one point in every ``size``-th part of every parameter.

    Raises:
        InputError: for a size or a number of blocks out of range.
    """
    from scipy.stats import qmc

    _refuse_too_many(size * blocks, len(parameters))
    cubes = [
        qmc.LatinHypercube(len(parameters), rng=_generator("latin_hypercube", seed, block)).random(size)
        for block in range(blocks)
    ]
    return _points(_names(parameters), _scaled(np.concatenate(cubes), parameters), others)


def sobol(parameters: Sequence[Parameter], size: int, seed: int, others: Others = OWN) -> Points:
    """Return the first points of a scrambled Sobol' sequence.

    Raises:
        InputError: for a size out of range.
    """
    from scipy.stats import qmc

    _refuse_too_many(size, len(parameters))
    sequence = qmc.Sobol(len(parameters), scramble=True, rng=_generator("sobol", seed))
    cube = sequence.random(_power_of_two(size))[:size]
    return _points(_names(parameters), _scaled(cube, parameters), others)


def saltelli(
    parameters: Sequence[Parameter], size: int, seed: int, second_order: bool = True, others: Others = SAME
) -> Points:
    """Return the design of SALib for Sobol' indices: of each base point a block of 2 k + 2 (or k + 2) points.

    The order is the one that ``SALib.analyze.sobol.analyze`` expects.

    Raises:
        InputError: for a size out of range.
    """
    from SALib.sample import sobol as salib

    rows = (2 * len(parameters) if second_order else len(parameters)) + 2
    _refuse_too_many(size * rows, len(parameters))
    cube = salib.sample(
        _problem(parameters), _power_of_two(size), calc_second_order=second_order, seed=_generator("saltelli", seed)
    )[: size * rows]
    return _points(_names(parameters), _scaled(cube, parameters), others, rows)


def morris(parameters: Sequence[Parameter], size: int, seed: int, levels: int = 4, others: Others = SAME) -> Points:
    """Return trajectories of SALib for elementary effects: k + 1 points, each step moves one parameter.

    A step is ``levels / (2 (levels - 1))`` of the prior's probability. The order is the one that
    ``SALib.analyze.morris.analyze`` expects.

    Raises:
        InputError: for a number of trajectories or levels out of range.
    """
    from SALib.sample import morris as salib

    if levels < 2 or levels % 2:
        raise InputError(f"levels: found {levels}, allowed is an even number from 2.")
    rows = len(parameters) + 1
    _refuse_too_many(size * rows, len(parameters))
    paths = [
        salib.sample(_problem(parameters), 1, num_levels=levels, seed=_generator("morris", seed, trajectory))
        for trajectory in range(size)
    ]
    # The nearest level, exactly: sums of floating-point steps miss 1 by a hair.
    cube = np.rint(np.concatenate(paths) * (levels - 1)) / (levels - 1)
    return _points(_names(parameters), _scaled(cube, parameters), others, rows)


def steps(parameter: Parameter, number: int) -> list[float]:
    """Return values at equal steps of probability from the low end of a parameter to its high end."""
    return [parameter.quantile(step / (number - 1)) for step in range(number)]


def _points(names: tuple[str, ...], values: np.ndarray, others: Others, rows: int = 1) -> Points:
    """Give each point its draw; ``rows`` points make a base point."""
    numbers = np.arange(len(values))
    draws = {"same": np.zeros_like(numbers), "own": numbers, "base": numbers // rows}[others.luck]
    return Points(others.kind, names, values, draws)


def _names(parameters: Sequence[Parameter]) -> tuple[str, ...]:
    return tuple(parameter.name for parameter in parameters)


def _scaled(cube: np.ndarray, parameters: Sequence[Parameter]) -> np.ndarray:
    """Turn coordinates (n, k) in [0, 1] into values, in place."""
    # Python's logarithm and exponential, not NumPy's: those differ in the last bit between processors.
    for start in range(0, len(cube), BLOCK):
        block = cube[start : start + BLOCK]
        for column, parameter in enumerate(parameters):
            block[:, column] = [parameter.quantile(u) for u in block[:, column].tolist()]
    return cube


def _generator(sampler: str, seed: int, part: int = 0) -> np.random.Generator:
    """Return a generator keyed by sampler, study seed and part; no number, because SALib takes a seed of 0 for none."""
    key = hashlib.blake2b(f"{sampler}|{seed}|{part}".encode(), digest_size=16).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(key, "little")))


def _problem(parameters: Sequence[Parameter]) -> dict[str, Any]:
    """Return SALib's description of a unit cube."""
    number = len(parameters)
    return {"num_vars": number, "names": [*_names(parameters)], "bounds": [[0.0, 1.0]] * number}


def _power_of_two(size: int) -> int:
    """Return the next power of two: the length that a Sobol' sequence is made in, and then cut."""
    return 1 << (size - 1).bit_length()


def _refuse_too_many(points: int, parameters: int) -> None:
    most = min(MOST_POINTS, MOST_NUMBERS // max(parameters, 1))
    if not 1 <= points <= most:
        raise InputError(
            f"found a design of {points} points over {parameters} parameters, allowed are 1 to {most} points; "
            "take a smaller size, or fewer parameters or values."
        )
