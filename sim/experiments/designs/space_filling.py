"""The design of the sensitivity analysis: every uncertain parameter spread evenly over its prior, all at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.experiments.designs.points import Points
from sim.experiments.designs.samplers import Others, latin_hypercube

if TYPE_CHECKING:
    from sim.evidence import Evidence
    from sim.evidence.parameters import Parameter

BLOCK = 50  # worlds of one hypercube; whole blocks more extend a design, and its finished runs stay of use


def uncertain_parameters(evidence: Evidence) -> list[Parameter]:
    """Return the parameters that are not fixed, in the order of the evidence."""
    return [parameter for parameter in evidence.parameters.values() if parameter.prior != "fixed"]


def space_filling(evidence: Evidence, worlds: int, seed: int) -> Points:
    """Return a Latin hypercube over all uncertain parameters, each point with luck of its own.

    It is laid in blocks of ``BLOCK`` worlds: the first points are the same for any number of worlds.

    Raises:
        InputError: for a number of worlds out of range.
    """
    blocks = -(-worlds // BLOCK)
    others = Others("prior", "own")
    return latin_hypercube(uncertain_parameters(evidence), BLOCK, seed, blocks, others).first(worlds)
