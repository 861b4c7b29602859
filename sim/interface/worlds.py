"""Where the worlds of a run come from, in the words of the option ``--world``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from sim.errors import InputError

if TYPE_CHECKING:
    from sim.evidence import Evidence
    from sim.evidence.posterior import Posterior

WorldKind = Literal["central", "prior", "posterior"]


def posterior_for(world: WorldKind, evidence: Evidence) -> Posterior | None:
    """Return the posterior if worlds are drawn from it, after saying why it may not be trusted; else None.

    Raises:
        InputError: for another word, or a posterior that is missing or damaged.
    """
    from sim.cli.drawing import posterior_of
    from sim.cli.options import WorldChoice

    kinds = [choice.value for choice in WorldChoice]
    if world not in kinds:
        raise InputError(f"world: found '{world}', allowed are {', '.join(kinds)}.")
    return posterior_of(WorldChoice(world), evidence)
