"""Which worlds a sweep looks at: its tables ``[worlds]`` and ``[until]`` as points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast

from sim.errors import InputError
from sim.experiments.designs import samplers
from sim.experiments.designs.points import MOST_POINTS, Points, WorldKind, central_point, posterior_points, prior_points
from sim.experiments.designs.samplers import Luck, Others
from sim.experiments.designs.sweep_parameters import RANGE, STEPS, VALUES, Varied, read_varied
from sim.experiments.designs.sweep_tables import Table
from sim.experiments.posterior_files import open_posterior

if TYPE_CHECKING:
    from sim.evidence import Evidence

KEYS = ("design", "size", "blocks", "second_order", "levels", "others", "luck", "parameters")
MOST_BLOCKS = 10_000


@dataclass(frozen=True)
class Design:
    """What a design takes: its keys besides ``design``, what may be said of a parameter, and how luck is shared."""

    keys: tuple[str, ...]
    fields: tuple[str, ...] = ()
    luck: Luck = "same"


_OPEN = ("parameters", "others", "luck")
DESIGNS = {
    "central": Design(()),
    "prior": Design(("size", "parameters"), RANGE, "own"),
    "posterior": Design(("size",), (), "own"),
    "list": Design(_OPEN, VALUES),
    "grid": Design(_OPEN, (*RANGE, *STEPS, *VALUES)),
    "one_at_a_time": Design(_OPEN, (*RANGE, *STEPS, *VALUES)),
    "latin_hypercube": Design(("size", "blocks", *_OPEN), RANGE, "own"),
    "sobol": Design(("size", *_OPEN), RANGE, "own"),
    "saltelli": Design(("size", "second_order", *_OPEN), RANGE),
    "morris": Design(("size", "levels", *_OPEN), RANGE),
}
GROWING = ("prior", "posterior")  # more worlds leave the first ones as they are
WITH_BASES = ("saltelli", "morris")


def read_worlds(
    table: Table, seed: int, evidence: Evidence, most: int | None, instead: WorldKind | None = None
) -> Points | None:
    """Return the points of ``[worlds]``, or None if anything is wrong; problems are added to the table's.

    Args:
        table: the table.
        seed: the study seed.
        evidence: the parameters there are.
        most: with ``[until]``, the most worlds that the rule takes: the design is posterior or prior, and has no size.
        instead: worlds that will take their place; the posterior is read if they are drawn from it alone.
    """
    before = len(table.problems)
    if "design" not in table and most is None:
        table.wrong("design", f"missing, allowed are {', '.join(DESIGNS)}.")
        return None
    word = table.choice("design", list(DESIGNS), "posterior")
    if len(table.problems) > before:
        return None
    design = DESIGNS[word]
    for key in table.content:
        if key in KEYS and key != "design" and key not in design.keys:
            takes = f"it takes {', '.join(design.keys)}" if design.keys else "it takes no other key"
            table.wrong(key, f"means nothing in the design '{word}'; {takes}.")
    size = most
    if most is not None and word not in GROWING:
        table.wrong("design", f"found '{word}' beside [until], allowed are {', '.join(GROWING)}.")
    elif most is not None and "size" in table:
        table.wrong("size", "found beside [until], which says how many worlds there are; leave it out.")
    elif most is None and "size" in design.keys:
        size = table.whole("size", None, 1, MOST_POINTS)
    varied = read_varied(table, design.fields, evidence) if "parameters" in design.keys else []
    if not varied and "parameters" in design.keys and word != "prior" and len(table.problems) == before:
        table.wrong("parameters", f"missing; the design '{word}' needs at least one.")
    others = _others(table, word, design.luck)
    blocks, levels = table.whole("blocks", 1, 1, MOST_BLOCKS), table.whole("levels", 4, 2, 1000)
    second = table.flag("second_order", True)
    if len(table.problems) > before:
        return None
    try:
        if word == "posterior" and instead in (None, "posterior"):
            return posterior_points(open_posterior(evidence), size or 1, seed)
        if word == "posterior":
            return prior_points(size or 1)
        return _sampled(word, varied, size or 1, seed, others, blocks, levels, second)
    except InputError as error:
        for problem in error.problems:
            table.wrong("design", f"'{word}': {problem}")
        return None


def _others(table: Table, word: str, luck: Luck) -> Others:
    """Read what the design leaves open."""
    options = ("same", "own", "base") if word in WITH_BASES else ("same", "own")
    return Others(
        cast("WorldKind", table.choice("others", ("central", "prior"), "central")),
        cast('Literal["same", "own", "base"]', table.choice("luck", options, luck)),
    )


def _sampled(
    word: str, varied: list[Varied], size: int, seed: int, others: Others, blocks: int, levels: int, second: bool
) -> Points:
    """Lay out the points of a design whose keys are in order."""
    parameters = [one.parameter for one in varied]
    match word:
        case "central":
            return central_point()
        case "prior":
            # A parameter with its own range is drawn as it is anyway: naming it again would make other worlds of it.
            return samplers.prior([one.parameter for one in varied if one.narrowed], size, seed)
        case "list":
            silent = [one.parameter.name for one in varied if one.values is None]
            if silent:
                raise InputError(f"'{silent[0]}' has no values, allowed is {{ values = [1.0, 2.0] }}.")
            return samplers.listed({one.parameter.name: one.values or () for one in varied}, others)
        case "grid":
            return samplers.grid(_values(varied), others)
        case "one_at_a_time":
            centre = {parameter.name: parameter.value for parameter in parameters}
            return samplers.one_at_a_time(_values(varied), centre, others)
        case "latin_hypercube":
            return samplers.latin_hypercube(parameters, size, seed, blocks, others)
        case "sobol":
            return samplers.sobol(parameters, size, seed, others)
        case "saltelli":
            return samplers.saltelli(parameters, size, seed, second, others)
        case _:
            return samplers.morris(parameters, size, seed, levels, others)


def _values(varied: list[Varied]) -> dict[str, tuple[float, ...]]:
    """Return the values of each parameter: those stated, or steps of probability over its range (2: its ends)."""
    return {
        one.parameter.name: tuple(dict.fromkeys(one.values or samplers.steps(one.parameter, one.steps or 2)))
        for one in varied
    }
