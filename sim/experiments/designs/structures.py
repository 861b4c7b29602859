"""Structures: the model with one of its rules another one, in the same worlds and with the same luck.

A parameter says how strong a rule is; a structure says which rule there is. Values of a structure may lie where no
prior reaches, so they are no overrides of a scenario. A world keeps its draw and its luck under every structure: only
what the structure names differs. Parameters are not fitted anew: each structure is the reference with one part changed,
and not its own best account of the evidence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sim.errors import InputError, nearest
from sim.scenario import Scenario, scenario_of

if TYPE_CHECKING:
    from sim.evidence import Evidence
    from sim.experiments.designs.study import Study
    from sim.world import World


@dataclass(frozen=True)
class Structure:
    """A named alternative.

    ``reason``: why one may doubt the reference here, in a sentence. ``fixed``: parameter -> value in its own unit,
    whatever was drawn. ``factors``: parameter -> factor on what was drawn. ``rivals_respond``: foreign cities match
    what French levers spend, in every scenario.
    """

    name: str
    reason: str
    fixed: Mapping[str, float] = field(default_factory=dict, hash=False)
    factors: Mapping[str, float] = field(default_factory=dict, hash=False)
    rivals_respond: bool = False

    @property
    def key(self) -> str:
        """What it does to the values of a world, exactly; empty if nothing. Part of the identity of its worlds."""
        parts = [f"{name}={float(value).hex()}" for name, value in sorted(self.fixed.items())]
        return ",".join(parts + [f"{name}*{float(factor).hex()}" for name, factor in sorted(self.factors.items())])

    def of(self, world: World) -> World:
        """Return a world under this structure; it wins over what a scenario fixes.

        Raises:
            KeyError: if it names no parameter.
        """
        if not self.key:
            return world
        return world.changed({**self.fixed, **{name: factor * world[name] for name, factor in self.factors.items()}})

    def policies(self, scenarios: Sequence[Scenario], evidence: Evidence) -> tuple[Scenario, ...]:
        """Return the scenarios under this structure, their names as they were and digests of their own if they differ.

        Raises:
            ValueError: for a scenario that must be changed and does not carry its content.
        """
        if not self.rivals_respond:
            return tuple(scenarios)
        bare = [scenario.name for scenario in scenarios if not scenario.content]
        if bare:
            raise ValueError(f"scenarios without their content cannot be changed: {', '.join(bare)}")
        return tuple(
            scenario_of({**scenario.content, "rivals_respond": True}, scenario.path, evidence) for scenario in scenarios
        )


REFERENCE = Structure("reference", "the model as it is described")
STRUCTURES: dict[str, Structure] = {
    structure.name: structure
    for structure in (
        REFERENCE,
        Structure(
            "plain_logit",
            "no evidence says that the places of one country are closer substitutes than others",
            fixed={"talent.nest": 1.0, "startup.nest": 1.0},
        ),
        Structure(
            "no_lasting_taste",
            "no evidence says how much of a preference for places lasts a life",
            fixed={"talent.taste_country": 0.0, "talent.taste_place": 0.0, "startup.taste": 0.0},
        ),
        Structure(
            "passive_cities",
            "that cities build by a rule of thumb is assumed, and their budgets have no source",
            fixed={"city.budget_eur_per_inhabitant": 0.0},
        ),
        Structure(
            "rivals_respond",
            "foreign cities may answer what France spends, and no evidence says whether they do",
            rivals_respond=True,
        ),
        Structure(
            "perimeter_half",
            "what counts as a digital startup is a convention: half as many",
            factors={"population.perimeter_paris": 0.5, "population.perimeter_rest": 0.5},
        ),
        Structure(
            "perimeter_double",
            "what counts as a digital startup is a convention: twice as many",
            factors={"population.perimeter_paris": 2.0, "population.perimeter_rest": 2.0},
        ),
    )
}


def structure_named(name: str) -> Structure:
    """Return a structure by its name.

    Raises:
        InputError: if there is none of that name.
    """
    if name not in STRUCTURES:
        hint = nearest(name, list(STRUCTURES)) or f"; there are {', '.join(STRUCTURES)}."
        raise InputError(f"structure: found '{name}'{hint}")
    return STRUCTURES[name]


def under(study: Study, structure: Structure, evidence: Evidence) -> Study:
    """Return a study of the reference under another structure: the same worlds, luck and numbers of runs.

    Raises:
        ValueError: as :meth:`Structure.policies`.
    """
    return replace(study, scenarios=structure.policies(study.scenarios, evidence), structure=structure)
